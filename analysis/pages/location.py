"""Say where on a page something stands, in the author's terms."""

import json
from pathlib import Path

from ..paths import relative

_CELL = 10_000  # MyST-NB numbers the lines of cell n from n × 10,000 (`nb_to_tokens`)


def place(env, line, text=""):
    """Return "file, line n", or "file, cell n, line m" for a notebook.

    Parameters
    ----------
    env : sphinx.environment.BuildEnvironment
    line : int or None
        As Sphinx gives it: the first line of the paragraph or directive.
    text : str, optional
        The markup in question. Its own line is looked up in the file, since
        Sphinx knows only the paragraph's.

    Returns
    -------
    str
        Cells count from 1, in the order of the notebook; lines from 1.
    """
    path = Path(env.doc2path(env.docname))
    name = relative(path)
    if not line:
        return name
    if path.suffix == ".ipynb":
        cell, line = divmod(line, _CELL)
        line -= 1  # the cell's own number counts as its first line
        source = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][cell - 1]["source"])
        return f"{name}, cell {cell}, line {_seek(source, line, text)}"
    return f"{name}, line {_seek(path.read_text(encoding='utf-8'), line, text)}"


def _seek(source, line, text):
    """The line, from the one before `line` on, in which `text` begins; else `line`."""
    first = text.split("\n")[0]
    for number, content in enumerate(source.split("\n"), start=1):
        if number >= line - 1 and first and first in content:
            return number
    return line
