"""Notebooks as they ran, outputs included, beside the pages made from them."""

from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from sphinx.errors import ExtensionError

from .. import paths

FOLDER = "notebooks"
_VOLATILE = ("execution", "collapsed", "scrolled")  # what a tool may add to a cell and no reader needs


def address(app, pagename):
    """Return where a page's executed notebook lies in the built book, or an empty string if it has none.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    pagename : str

    Returns
    -------
    str
    """
    executed = app.config.nb_execution_mode == "cache" and pagename in app.env.found_docs
    return f"{FOLDER}/{pagename}.ipynb" if executed and Path(app.env.doc2path(pagename)).suffix == ".ipynb" else ""


def with_outputs(cache, path):
    """Join a stored notebook with the outputs of its run.

    Parameters
    ----------
    cache : jupyter_cache.cache.main.JupyterCacheBase
    path : Path
        The notebook as stored, without outputs.

    Returns
    -------
    str
        The notebook as JSON. It names no time of day and no place: metadata
        are those of the stored notebook.

    Raises
    ------
    sphinx.errors.ExtensionError
        If the cache has no run of this notebook, or an output names the
        project's folder.
    """
    name = paths.relative(path)
    stored = nbformat.read(path, nbformat.NO_CONVERT)
    try:
        _, notebook = cache.merge_match_into_notebook(stored, nb_meta=())
    except KeyError:
        raise ExtensionError(
            f"{name}: the cache has no run of this notebook, though the page was made from one"
        ) from None
    for cell, before in zip(notebook.cells, stored.cells):
        cell.metadata = nbformat.from_dict(
            {key: value for key, value in before.metadata.items() if key not in _VOLATILE}
        )
    text = nbformat.writes(notebook) + "\n"
    if str(paths.ROOT) in text:
        raise ExtensionError(f"{name}: an output names the folder {paths.ROOT}; what is published must not")
    return text


def write_all(app, exception):
    """Write the executed notebooks into the built book."""
    if exception is not None or app.builder.format != "html":
        return
    wanted = {page: target for page in sorted(app.env.found_docs) if (target := address(app, page))}
    cache = get_cache(app.config.nb_execution_cache_path) if wanted else None
    for page, target in wanted.items():
        path = Path(app.outdir) / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(with_outputs(cache, Path(app.env.doc2path(page))), encoding="utf-8")


def setup(app):
    """Write the notebooks when the pages are done."""
    app.connect("build-finished", write_all)
