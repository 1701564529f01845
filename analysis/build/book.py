"""Build the book aside, and put it in place only when all of it is good."""

import errno
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

from .. import paths
from ..base import citation
from . import finished, inputs
from ..base.faults import visible


_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_WRAPPED = re.compile(r"^sphinx\.errors\.\w+: ")
_CELL_LINE = re.compile(r"(\.ipynb):(\d{5,})\b")
_NOISE = (
    "=====", "RuntimeError:", "There was an error in building", "Running Jupyter-Book", "Source Folder", "Config Path",
    "Output Path", "[IPKernelApp] WARNING", "Extension error", "Building your book, returns", "The full traceback has been saved",
    "Please also report this", "Exception occurred", "A bug report can be filed", "/tmp/sphinx-err-", "To report this",
)  # fmt: skip


# How the system, SQLite and Python's temporary files say that a disk is full.
_FULL = (os.strerror(errno.ENOSPC), os.strerror(errno.EFBIG), os.strerror(errno.EDQUOT), "disk is full", "disk I/O error", "No usable temporary directory")
_NO_ROOM = "Free about 100 MB where _build and the temporary files lie, and build again."


class BuildError(RuntimeError):
    """Raised when a stage of the build fails; the previous book is untouched."""


@contextmanager
def stage(name):
    """Announce a stage of the build and print how long it took, in seconds."""
    print(f"{name} …", flush=True)
    begin = time.perf_counter()
    yield
    print(f"{name}: {time.perf_counter() - begin:.1f} s", flush=True)


@contextmanager
def alone(patience=3):
    """Hold the build folder for one build at a time, and leave it without half a book.

    Parameters
    ----------
    patience : float
        Seconds to wait for a build that was killed to let go.

    Yields
    ------
    int
        The file descriptor that holds the folder.

    Raises
    ------
    BuildError
        If another build holds it.
    """
    paths.BUILD.mkdir(exist_ok=True)
    with open(paths.IN_USE, "w") as lock:
        for remaining in range(int(patience * 10), -1, -1):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not remaining:
                    raise BuildError("another build is running in this folder; wait for it to end") from None
                time.sleep(0.1)
        finished.recover()
        yield lock.fileno()


def build(with_pdf):
    """Build the HTML, and the PDF beside it, into ``_build/html``; do nothing if they stand there already.

    Parameters
    ----------
    with_pdf : bool or None
        Whether to print the PDF too; None for "if its libraries are there".

    Raises
    ------
    DataError
        If the data has faults.
    BuildError
        If a stage fails. ``_build/html`` is then as it was before.
    """
    begin = time.perf_counter()
    try:
        with alone() as lock:
            files, record = inputs.files(), finished.noted()
            changed = finished.changes(files, inputs.settings(with_pdf is not False), record)
            if changed and with_pdf is not False and (lack := _missing_for_pdf()):
                if with_pdf:
                    raise BuildError(lack)
                print(f"The HTML alone is built. {lack}", file=sys.stderr)
                with_pdf = False
                changed = finished.changes(files, inputs.settings(with_pdf), record)
            if changed:
                if record:
                    print(f"changed: {', '.join(changed[:3])}{f' and {len(changed) - 3} more' if len(changed) > 3 else ''}", flush=True)
                _make(with_pdf is not False, files, lock)
                closing = f"{time.perf_counter() - begin:.1f} s in all"
            else:
                closing = f"nothing has changed since the last build ({time.perf_counter() - begin:.1f} s)"
    except OSError as error:
        raise BuildError(_explain(error)) from error
    print(f"{paths.relative(paths.HTML)}/index.html: {closing}", flush=True)


def _make(with_pdf, files, lock):
    """Build all anew and put it in place."""
    for leftover in (paths.WORK, paths.NEXT):  # a build that failed leaves pages that look finished; nothing of it may be taken for good
        shutil.rmtree(leftover, ignore_errors=True)
    with stage("html"):
        run_sphinx(with_pdf, lock)
        (paths.WORK / "_build" / "html").rename(paths.NEXT)
        (paths.NEXT / ".buildinfo").unlink(missing_ok=True)  # for Sphinx alone, and it holds a hash that paths of the machine enter
    if with_pdf:
        from ..pdf import printing as pdf  # only here: the HTML must not need the PDF's libraries

        with stage("pdf"):
            try:
                pdf.write(paths.NEXT, paths.NEXT / citation.read().pdf)
            except pdf.PdfError as error:
                raise BuildError(f"the PDF cannot be printed: {error}\n{_unchanged()}") from None
    if changed := finished.different(files, inputs.files()):
        raise BuildError(f"{changed[0]} changed while the book was built; build again. {_unchanged()}")
    finished.put_in_place(paths.NEXT)
    finished.note(files, inputs.settings(with_pdf))
    shutil.rmtree(paths.WORK, ignore_errors=True)


def _missing_for_pdf():
    from ..pdf import printing as pdf  # only here: its libraries take a second to import

    return pdf.missing()


def _unchanged():
    """What to say of the last good book."""
    return f"The book in {paths.relative(paths.HTML)} is unchanged." if paths.HTML.exists() else f"There is no book in {paths.relative(paths.HTML)} yet."


def _explain(error):
    """Say what an operating system's error means for whoever builds."""
    where = f" ({paths.relative(error.filename)})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        said = f"there is no room left to write{where}.\n{_NO_ROOM}"
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        said = f"it is not allowed to write{where}: {paths.BUILD.name} must be a folder this user may write to. Mend that, and build again."
    else:
        said = f"{error.strerror or error}{where}"
    return f"{said}\n{_unchanged()}"


def run_sphinx(with_pdf, lock):
    """Check the data and run Jupyter Book; every warning is an error.

    Parameters
    ----------
    with_pdf : bool
        Whether the pages link to the PDF.
    lock : int
        File descriptor that holds the build folder; Jupyter Book holds it too.

    Raises
    ------
    DataError
        If the data has faults.
    BuildError
        If Jupyter Book reports an error or a warning.
    """
    command = [
        sys.executable, "-m", "analysis.build.sphinx_run", "{pipe}", "build", str(paths.BOOK), "--config", str(paths.CONFIG),
        "--path-output", str(paths.WORK), "-n", "-W", "--keep-going", "-q",
    ]  # fmt: skip
    # What a user has set for himself must not change the book: time zone, language, and settings of IPython and Matplotlib.
    environment = os.environ | {
        "REPORT_WITH_PDF": "1" if with_pdf else "",
        "SOURCE_DATE_EPOCH": str(citation.read().epoch),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "MATPLOTLIBRC": os.devnull,
        "IPYTHONDIR": str(paths.WORK / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(paths.WORK / "runtime"),
    }
    for folder in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        os.makedirs(environment[folder])
    reading, writing = os.pipe()
    command[3] = str(reading)
    try:
        # A session of its own: Ctrl-C reaches this process alone, which then ends all the others.
        running = subprocess.Popen(
            command, env=environment, cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            pass_fds=[reading, lock], start_new_session=True,
        )  # fmt: skip
        log = []
        reader = threading.Thread(target=lambda: log.append(running.stdout.read()), daemon=True)
        reader.start()
        try:
            with stage("check"):  # while Jupyter Book loads
                from ..coding import statements

                statements.load()
            running.wait()
        finally:
            with suppress(ProcessLookupError):  # kernels, and the process they are forked from, end with it
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            reader.join()
            running.stdout.close()
    finally:
        os.close(reading)
        os.close(writing)
    if running.returncode:
        said = readable(log[0])
        hint = f"\n{_NO_ROOM}" if any(words in said for words in _FULL) else ""
        raise BuildError(f"Jupyter Book stopped:\n{said}{hint}\n{_unchanged()}")


def readable(log):
    """Reduce the log of a failed build to what its author needs.

    Parameters
    ----------
    log : str

    Returns
    -------
    str
        Errors and warnings without the traceback of the tool around them.
    """
    lines, inside = [], False
    for line in _COLOUR.sub("", log).splitlines():
        if line.startswith(("Traceback (most recent call last)", "The above exception was")):
            inside = True
        elif inside and line and not line.startswith((" ", "\t")):
            inside = False
        if not inside and line.strip() and not line.startswith(_NOISE):
            lines.append(visible(_CELL_LINE.sub(_in_cell, _WRAPPED.sub("", line)), keep="\t\u00a0"))
    return "\n".join(dict.fromkeys(lines))


def _in_cell(match):
    """Turn MyST-NB's line numbers (cell × 10,000 + line) into cell and line."""
    cell, line = divmod(int(match[2]), 10_000)
    return f"{match[1]}, cell {cell}, line {line}"
