"""Run notebooks side by side, and keep their results as long as all they read is unchanged."""

import multiprocessing
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from .. import paths
from . import inputs, warm_kernel
from .notebook_files import faults

_KEPT = 8  # states of the inputs whose results stay, so that a change taken back costs nothing
_LONGEST = 1000  # characters of a message that other programs wrote
_UNFINISHED = "unfinished"  # marks a folder until its results are known to come from unchanged inputs


class ExecutionError(RuntimeError):
    """Raised when notebooks fail, or their results cannot be kept; the message says which, where and why."""


class Execution:
    """Notebooks that run while their reader does something else.

    Parameters
    ----------
    files : dict of str to str
        The inputs, as :func:`analysis.build.inputs.files` returned them before.

    Attributes
    ----------
    folder : Path
        The folder of jupyter-cache where the results stand.
    """

    def __init__(self, files):
        self._key, self._running, self._stack = inputs.key_of_notebooks(files), {}, ExitStack()
        self.folder = paths.NOTEBOOK_CACHE / self._key

    def start(self, notebooks, timeout):
        """Start those notebooks that have no result, unless some run already.

        Parameters
        ----------
        notebooks : sequence of Path
            In the order in which they start.
        timeout : int
            Seconds that a cell may take.

        Raises
        ------
        ExecutionError
            If there is no place for results.
        """
        if self._running:
            return
        with self._keeping():
            if not (waiting := self._without_result(notebooks)):
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / _UNFINISHED).touch()
            self._stack.enter_context(warm_kernel.as_default())
            # One more than there are processors: a kernel's start and end are a matter of waiting.
            pool = ThreadPoolExecutor((os.cpu_count() or 1) + 1)
            self._stack.callback(pool.shutdown)
            self._running = {path: pool.submit(_execute, path, timeout) for path in waiting}

    @contextmanager
    def _keeping(self):
        """Say that the results cannot be kept, whatever the reason: disk, database or rights."""
        try:
            yield
        except Exception as error:
            raise ExecutionError(
                f"the results of the notebooks cannot be kept in {paths.relative(self.folder)}: {error}"
            ) from None

    def _without_result(self, notebooks):
        """Return the notebooks without a result; a cache that is unfinished or cannot be read is thrown away."""
        if not self.folder.exists():
            return list(notebooks)
        try:
            if not (self.folder / _UNFINISHED).exists():
                cache = get_cache(self.folder)
                return [path for path in notebooks if not _cached(cache, path)]
        except Exception:  # a damaged database or file can fail in many ways, and each means the same
            pass
        shutil.rmtree(self.folder)
        return list(notebooks)

    def wait_for(self, path):
        """Wait until a notebook has a result in the cache; an ExecutionError names every one that fails, cell and traceback."""
        if path not in self._running:
            return
        result = self._running[path].result()
        if isinstance(result, str):
            results = [future.result() for future in self._running.values()]
            raise ExecutionError("\n".join(result for result in results if isinstance(result, str)))
        with self._keeping():
            cache = get_cache(self.folder)
            cache.cache_notebook_bundle(result, check_validity=False, overwrite=True)
            cache.db.dispose()

    def finish(self):
        """End what still runs, and keep the results; an ExecutionError if the inputs, and so the key, have changed meanwhile."""
        if not self._running:
            return
        for future in self._running.values():
            future.cancel()
        if not all(future.done() for future in self._running.values()):
            for kernel in multiprocessing.active_children():
                kernel.kill()
        self._running = {}
        self._stack.close()
        with self._keeping():
            if changed := inputs.key_of_notebooks(inputs.files()) != self._key:
                shutil.rmtree(self.folder)
            else:
                (self.folder / _UNFINISHED).unlink()
            others = sorted(
                (path for path in self.folder.parent.iterdir() if path != self.folder),
                key=lambda path: path.stat().st_mtime,
            )
            for path in others[: -_KEPT + 1]:
                shutil.rmtree(path, ignore_errors=True)
        if changed:
            raise ExecutionError("the data or the package changed while the notebooks ran; build again")


def _cached(cache, path):
    try:
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
    except Exception:  # no fault of the cache; it is told when the notebook is to run
        return False
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    cache.get_cache_bundle(record.pk)
    return True


def _execute(path, timeout):
    """Run a notebook; return it for the cache, or what went wrong, whatever it is."""
    notebook = None
    try:
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
        result = single_nb_execution(notebook, cwd=str(path.parent), timeout=timeout, allow_errors=False)
    except Exception as error:
        return _explain(path, notebook, error)
    if result.err:
        return _explain(path, notebook, result.err)
    return CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})


def _explain(path, notebook, error):
    """Say where a notebook stopped, and why."""
    name = paths.relative(path)
    if isinstance(error, DeadKernelError):
        return f"{name}, cell {_stopped_at(notebook)}: the kernel died"
    if isinstance(error, CellTimeoutError):
        limit = "The limit is execute / timeout in _config.yml, in seconds."
        return f"{name}, cell {_stopped_at(notebook)}:\n{error}\n{limit}"
    if isinstance(error, CellExecutionError):
        return f"{name}, cell {_stopped_at(notebook)}:\n{error}"
    if found := faults(path):
        return "\n".join(map(str, found))
    begun = notebook and any(cell.cell_type == "code" and cell.execution_count is not None for cell in notebook.cells)
    where = f", cell {_stopped_at(notebook)}" if begun else ""
    said = str(error)
    return f"{name}{where}: {type(error).__name__}: {said if len(said) < _LONGEST else said[:_LONGEST] + ' …'}"


def _stopped_at(notebook):
    """The number of the cell, from 1, that failed or did not end."""
    code = [(number, cell) for number, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    failed = [number for number, cell in code if any(output.output_type == "error" for output in cell.outputs)]
    begun = [number for number, cell in code if cell.execution_count is not None]
    waiting = [number for number, cell in code if cell.execution_count is None]
    return (failed or waiting[:1] or begun[-1:])[0]
