"""Run notebooks side by side, and keep results only as long as all they read is unchanged."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from sphinx.errors import ExtensionError
from sqlalchemy.exc import SQLAlchemyError

from .. import inputs, paths, warm_kernel

_FOLDER = paths.BUILD / "notebook-cache"
_KEPT = 8  # states of the inputs whose results stay, so that a change taken back costs nothing


def key_by_inputs(app, config):
    """Give the notebook cache a folder of its own for every state of the shared inputs.

    Jupyter Book's cache knows a notebook by its code cells only; a changed
    statement table would leave the old numbers in place.
    """
    app.input_files = inputs.files()
    if config.nb_execution_mode == "cache":
        config.nb_execution_cache_path = str(_FOLDER / _key(app.input_files))
        if not os.path.exists(config.nb_execution_cache_path):
            warm_kernel.prepare()  # the libraries load while Sphinx does


def _key(files):
    return inputs.digest(inputs.of_notebooks(files), inputs.settings()["Python"])[:16]


def read_again(app, env, added, changed, removed):
    """Have Sphinx read every page again when something changed that any page may show."""
    app.pages_gone = bool(removed)
    now = inputs.digest(inputs.of_every_page(app.input_files), *inputs.settings().values())
    before, env.report_inputs = getattr(env, "report_inputs", None), now
    return [] if now == before else env.found_docs


def write_again(app, env):
    """Have Sphinx write every page when one was read or is gone: pages show who cites them, and numbers from other pages."""
    return sorted(env.found_docs) if app.pages_read or app.pages_gone else []


def run_in_parallel(app, env, docnames):
    """Execute the notebooks that the cache lacks, as many at once as there are processors.

    Jupyter Book would run them one after another while it reads the pages.

    Raises
    ------
    sphinx.errors.ExtensionError
        Names every notebook that fails, with the cell and its traceback; or
        says that an input changed meanwhile.
    """
    app.pages_read = bool(docnames)
    if app.config.nb_execution_mode != "cache":
        return
    folder = Path(app.config.nb_execution_cache_path)
    notebooks = [path for path in map(Path, map(env.doc2path, docnames)) if path.suffix == ".ipynb"]
    waiting = _missing(folder, notebooks)
    waiting.sort(key=lambda path: (-path.stat().st_size, path))  # the longest first, so that none is waited for alone
    if not waiting:
        return
    with warm_kernel.as_default(), ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda path: _execute(path, app.config.nb_execution_timeout), waiting))
    # Outputs of changed inputs must not be kept under the key of the old ones.
    if _key(inputs.files()) != _key(app.input_files):
        raise ExtensionError("the data or the package changed while the notebooks ran; build again")
    try:
        _keep(folder, [result for result in results if not isinstance(result, str)])
    except (OSError, SQLAlchemyError) as error:
        raise ExtensionError(f"the results of the notebooks cannot be kept in {paths.relative(folder)}: {error}") from None
    failures = [result for result in results if isinstance(result, str)]
    if failures:
        raise ExtensionError("\n".join(failures))


def _missing(folder, notebooks):
    """Return the notebooks without a result; a cache that cannot be read is thrown away."""
    if not folder.exists():
        return list(notebooks)
    try:
        cache = get_cache(folder)
        return [path for path in notebooks if not _cached(cache, path)]
    except Exception:  # a damaged database or file can fail in many ways, and each means the same
        shutil.rmtree(folder)
        return list(notebooks)


def _cached(cache, path):
    try:
        record = cache.match_cache_notebook(nbformat.read(path, nbformat.NO_CONVERT))
    except KeyError:
        return False
    cache.get_cache_bundle(record.pk)
    return True


def _keep(folder, results):
    """Add results to the cache, in a copy that then takes its place.

    The cache writes first that it has a result and then the result. Killed in
    between, it would be damaged.
    """
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, fresh)
    cache = get_cache(fresh)
    for result in results:
        cache.cache_notebook_bundle(result, check_validity=False, overwrite=True)
    cache.db.dispose()
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    others = sorted((path for path in folder.parent.iterdir() if path != folder), key=lambda path: path.stat().st_mtime)
    for path in others[: -_KEPT + 1]:
        shutil.rmtree(path, ignore_errors=True)


def _execute(path, timeout):
    """Run a notebook; return it for the cache, or what went wrong."""
    notebook, name = nbformat.read(path, nbformat.NO_CONVERT), paths.relative(path)
    try:
        result = single_nb_execution(notebook, cwd=str(path.parent), timeout=timeout, allow_errors=False)
    except DeadKernelError:
        return f"{name}, cell {_stopped_at(notebook)}: the kernel died"
    if result.err is not None:
        hint = "\nThe limit is execute / timeout in _config.yml, in seconds." if isinstance(result.err, CellTimeoutError) else ""
        return f"{name}, cell {_stopped_at(notebook)}:\n{result.err}{hint}"
    return CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})


def _stopped_at(notebook):
    """The number of the cell, from 1, that failed or did not end."""
    code = [(number, cell) for number, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    failed = [number for number, cell in code if any(output.output_type == "error" for output in cell.outputs)]
    begun = [number for number, cell in code if cell.execution_count is not None]
    waiting = [number for number, cell in code if cell.execution_count is None]
    return (failed or waiting[:1] or begun[-1:])[0]
