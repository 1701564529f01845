"""Run notebooks side by side, and keep results only as long as all they read is unchanged."""

import hashlib
import os
import platform
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from nbclient.exceptions import DeadKernelError
from sphinx.errors import ExtensionError

from .. import paths, warm_kernel

_SHARED = (
    ("seeds", "*"), ("analysis", "*.py"), ("analysis/data", "**/*.csv"),
    ("analysis/data", "*.yml"), ("analysis/data", "*.geojson"),
)  # fmt: skip
_LATER = {  # run after the notebooks, never by one
    "__main__.py", "build.py", "pdf.py", "pdf_tables.py", "pdf_drawings.py", "warm_kernel.py", "references.py", "metadata.py", "addresses.py",
}  # fmt: skip


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
    """Execute the notebooks that the cache lacks, as many at once as there are processors.

    Jupyter Book would run them one after another while it reads the pages.

    Raises
    ------
    sphinx.errors.ExtensionError
        Names every notebook that fails, with the cell and its traceback.
    """
    if app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    waiting = [path for path in map(Path, map(env.doc2path, docnames)) if path.suffix == ".ipynb" and not _cached(cache, path)]
    waiting.sort(key=lambda path: -path.stat().st_size)  # the longest first, so that none is waited for alone
    failures = []
    with warm_kernel.as_default(), ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(waiting, pool.map(lambda path: _execute(path, app.config.nb_execution_timeout), waiting)):
            if isinstance(result, str):
                failures.append(result)
            else:
                cache.cache_notebook_bundle(result, check_validity=False, overwrite=True)
    if failures:
        raise ExtensionError("\n".join(failures))


def _execute(path, timeout):
    """Run a notebook; return it for the cache, or what went wrong."""
    notebook, name = nbformat.read(path, nbformat.NO_CONVERT), paths.relative(path)
    try:
        result = single_nb_execution(notebook, cwd=str(path.parent), timeout=timeout, allow_errors=False)
    except DeadKernelError:
        return f"{name}, cell {_stopped_at(notebook)}: the kernel died"
    if result.err is not None:
        return f"{name}, cell {_stopped_at(notebook)}:\n{result.err}"
    return CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})


def _stopped_at(notebook):
    """The number of the cell, from 1, that failed or did not end."""
    code = [(number, cell) for number, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    failed = [number for number, cell in code if any(output.output_type == "error" for output in cell.outputs)]
    begun = [number for number, cell in code if cell.execution_count is not None]
    waiting = [number for number, cell in code if cell.execution_count is None]
    return (failed or waiting[:1] or begun[-1:])[0]


def _cached(cache, path):
    with suppress(KeyError):
        cache.match_cache_notebook(nbformat.read(path, nbformat.NO_CONVERT))
        return True
    return False
