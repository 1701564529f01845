"""The pages of the book, as its table of contents lists them, and what a build reads of each."""

import yaml
from sphinx_external_toc.parsing import MalformedError, parse_toc_data

from .. import paths
from ..base import strict_yaml, tables
from ..base.faults import DataError, Fault, nearest, raise_any
from ..cite import bibliography
from . import notebook_files

FILE = "_toc.yml"
SUFFIXES = (".ipynb", ".md")
_NO_PAGES = {"_build", ".ipynb_checkpoints"}


def pages(book=None):
    """Read the table of contents.

    Parameters
    ----------
    book : Path, optional
        The folder of the pages; the project's own by default.

    Returns
    -------
    dict of str to Path
        Name of each page to its file, in the order of the book.

    Raises
    ------
    DataError
        If the table of contents cannot be read, or lists a page that is not
        there, or one twice.
    """
    found, faults_ = _listed(book or paths.BOOK)
    raise_any(faults_)
    return found


def faults(book=None):
    """Check all that a build reads of the pages: table of contents, notebooks, texts and bibliographies.

    Parameters
    ----------
    book : Path, optional
        The folder of the pages; the project's own by default.

    Returns
    -------
    list of Fault
    """
    book = book or paths.BOOK
    listed, found = _listed(book)
    for path in listed.values():
        found += notebook_files.faults(path) if path.suffix == ".ipynb" else _of_text(path)
    for path in sorted(book.glob("*.bib")):
        found += _caught(bibliography.read, path)[1]
    return found


def _caught(reader, path):
    """What a reader returns, and the faults it raises."""
    try:
        return reader(path), []
    except DataError as error:
        return None, error.faults


def _of_text(path):
    text, found = _caught(tables.written, path)
    return found or (
        [] if text.strip() else [Fault(paths.relative(path), "", "an empty file", "a page that begins with a heading")]
    )


def _listed(book):
    """The pages that are there, by name, and all that is wrong with the list."""
    path = book / FILE
    name, (value, found) = paths.relative(path), _caught(strict_yaml.read, path)
    if found:
        return {}, found
    tree = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    files, listed, lines = {}, {}, {}
    for file in sorted(book.rglob("*")):
        if file.suffix in SUFFIXES and _NO_PAGES.isdisjoint(file.parts):
            files.setdefault(file.relative_to(book).with_suffix("").as_posix(), []).append(file)
    for page, line in _entries(tree, book):
        page, where = page.removesuffix(".ipynb").removesuffix(".md"), f"line {line}"
        if page in lines:
            found.append(Fault(name, where, f"{page!r} again, first in line {lines[page]}", "each page once"))
        elif page not in files:
            found.append(
                Fault(
                    name,
                    where,
                    f"{page!r}, of which there is no file",
                    nearest(page, files, f"a notebook or a Markdown file of {paths.relative(book)}"),
                )
            )
        elif len(files[page]) > 1:
            found.append(
                Fault(
                    name,
                    where,
                    f"{page!r}, of which there are two files ({', '.join(file.name for file in files[page])})",
                    "one",
                )
            )
        else:
            listed[page] = files[page][0]
        lines.setdefault(page, line)
    try:
        parse_toc_data(value)
    # What has the wrong form can fail in any way.
    except (MalformedError, AttributeError, TypeError, ValueError) as error:
        said, _, place = str(error).partition(" @ ")
        where = f"line {_line(tree, place)}"
        if "used multiple times" not in said and where not in {fault.where for fault in found}:
            found.append(
                Fault(
                    name,
                    where,
                    said.partition(", allowed")[0],
                    "a table of contents of Jupyter Book (format: jb-book, root, parts or chapters)",
                )
            )
    return listed, found


def _entries(node, book):
    """Every page that is named, with its line, in order."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(value, yaml.ScalarNode):
                yield from _entries(value, book)
            elif key.value in ("root", "file"):
                yield value.value, value.start_mark.line + 1
            elif key.value == "glob":
                for path in sorted(book.glob(value.value)):
                    yield path.relative_to(book).as_posix(), value.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _entries(child, book)


def _line(node, place):
    """The line of what a path such as '/parts/0/chapters/3' leads to, as far as it leads."""
    for step in filter(None, place.strip("'").split("/")):
        if isinstance(node, yaml.MappingNode):
            inner = {key.value: value for key, value in node.value}.get(step)
        elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            inner = node.value[int(step)]
        else:
            inner = None
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1 if node is not None else 1
