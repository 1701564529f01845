"""Build the book aside, and put it in place only when all of it is good."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

from .. import paths
from ..base import citation
from . import environment, finished, inputs, log


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
                    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
                    print(f"changed: {', '.join(changed[:3])}{more}", flush=True)
                _make(with_pdf is not False, files, lock)
                closing = f"{time.perf_counter() - begin:.1f} s in all"
            else:
                closing = f"nothing has changed since the last build ({time.perf_counter() - begin:.1f} s)"
    except OSError as error:
        raise BuildError(log.explain(error)) from error
    print(f"{paths.relative(paths.HTML)}/index.html: {closing}", flush=True)


def _make(with_pdf, files, lock):
    """Build all anew and put it in place."""
    for leftover in (
        paths.WORK,
        paths.NEXT,
    ):  # a build that failed leaves pages that look finished; nothing of it may be taken for good
        shutil.rmtree(leftover, ignore_errors=True)
    with stage("html"):
        study = run_sphinx(with_pdf, lock)
        (paths.WORK / "_build" / "html").rename(paths.NEXT)
        (paths.NEXT / ".buildinfo").unlink(
            missing_ok=True
        )  # for Sphinx alone, and it holds a hash that paths of the machine enter
    if with_pdf:
        from ..pdf import printing as pdf  # only here: the HTML must not need the PDF's libraries

        with stage("pdf"):
            try:
                pdf.write(paths.NEXT, paths.NEXT / citation.read().pdf)
            except pdf.PdfError as error:
                raise BuildError(f"the PDF cannot be printed: {error}\n{log.unchanged()}") from None
    with stage("search"):
        _search(study)
    if changed := finished.different(files, inputs.files()):
        raise BuildError(f"{changed[0]} changed while the book was built; build again. {log.unchanged()}")
    finished.put_in_place(paths.NEXT)
    finished.note(files, inputs.settings(with_pdf))
    shutil.rmtree(paths.WORK, ignore_errors=True)


def _search(study):
    """Stop if a finished file shows what this edition must not."""
    from ..corpus import publication  # only here: a build that finds nothing to do must not wait for libraries
    from . import leaks

    if found := leaks.faults(paths.NEXT, study, publication.setting()):
        files = "1 file holds" if len(found) == 1 else f"{len(found)} files hold"
        told = "\n".join(f"  {fault}" for fault in found)
        raise BuildError(f"{files} what must not be published:\n{told}\n{log.unchanged()}")


def _missing_for_pdf():
    from ..pdf import printing as pdf  # only here: its libraries take a second to import

    return pdf.missing()


def run_sphinx(with_pdf, lock):
    """Check the data and run Jupyter Book; every warning is an error.

    Parameters
    ----------
    with_pdf : bool
        Whether the pages link to the PDF.
    lock : int
        File descriptor that holds the build folder; Jupyter Book holds it too.

    Returns
    -------
    analysis.coding.study.Study
        The data the book was made from.

    Raises
    ------
    DataError
        If the data has faults.
    BuildError
        If Jupyter Book reports an error or a warning.
    """
    reading, writing = os.pipe()  # while the second end is open, this process lives
    command = [
        sys.executable,
        "-m",
        "analysis.build.sphinx_run",
        str(reading),
        "build",
        str(paths.BOOK),
        "--config",
        str(paths.CONFIG),
        "--path-output",
        str(paths.WORK),
        "-n",
        "-W",
        "--keep-going",
        "-q",
    ]
    variables = environment.of_build(os.environ) | {
        "REPORT_WITH_PDF": "1" if with_pdf else "",
        "SOURCE_DATE_EPOCH": str(citation.read().epoch),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "IPYTHONDIR": str(paths.WORK / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(paths.WORK / "runtime"),
    }
    try:
        for folder in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
            os.makedirs(variables[folder])
        # A session of its own: Ctrl-C reaches this process alone, which then ends all the others.
        running = subprocess.Popen(
            command,
            env=variables,
            cwd=paths.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            pass_fds=[reading, lock],
            start_new_session=True,
        )
        read = []
        reader = threading.Thread(target=lambda: read.append(running.stdout.read()), daemon=True)
        reader.start()
        try:
            with stage("check"):  # while Jupyter Book loads
                from . import checks

                study = checks.load()
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
        said = log.readable(read[0])
        hint = f"\n{log.NO_ROOM}" if any(words in said for words in log.FULL) else ""
        raise BuildError(f"Jupyter Book stopped:\n{said}{hint}\n{log.unchanged()}")
    return study
