"""Run notebooks side by side, and keep results only as long as all they read is unchanged."""

import hashlib
import platform
from contextlib import suppress
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

from .. import paths

_SHARED = (
    ("seeds", "*"), ("analysis", "*.py"), ("analysis/data", "**/*.csv"),
    ("analysis/data", "*.yml"), ("analysis/data", "*.geojson"),
)  # fmt: skip
_LATER = {"__main__.py", "build.py", "pdf.py", "pdf_tables.py", "pdf_drawings.py"}  # run after the notebooks, never by one


def inputs_digest():
    """Return a digest of what all notebooks share.

    Returns
    -------
    str
        SHA-256 over the package's code, the data, the seeds, the locked
        dependencies and the Python version, as hexadecimal digits.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    files = {path for folder, pattern in _SHARED for path in (paths.ROOT / folder).glob(pattern) if path.is_file() and path.name not in _LATER}
    for path in [paths.LOCK, *sorted(files)]:
        digest.update(paths.relative(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def key_by_inputs(app, config):
    """Give the notebook cache a folder of its own for every state of the shared inputs.

    Jupyter Book's cache knows a notebook by its code cells only; a changed
    statement table would leave the old numbers in place.
    """
    if config.nb_execution_mode == "cache":
        config.nb_execution_cache_path = str(paths.BUILD / "notebook-cache" / inputs_digest()[:16])


def run_in_parallel(app, env, docnames):
    """Execute the notebooks that the cache lacks, one process each.

    Jupyter Book runs them one after another while it reads the pages. Here
    they run before, by jupyter-cache's own parallel executor; a notebook that
    fails is left to Jupyter Book, which reports it.
    """
    if app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    waiting = [path for path in map(Path, map(env.doc2path, docnames)) if path.suffix == ".ipynb" and not _cached(cache, path)]
    if len(waiting) < 2:
        return
    for path in waiting:
        cache.add_nb_to_project(str(path))
    executor = load_executor("local-parallel", cache)
    executor.run_and_cache(filter_uris=[str(path) for path in waiting], timeout=app.config.nb_execution_timeout)


def _cached(cache, path):
    with suppress(KeyError):
        cache.match_cache_notebook(nbformat.read(path, nbformat.NO_CONVERT))
        return True
    return False
