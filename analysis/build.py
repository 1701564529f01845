"""Build the book aside, and put it in place only when all of it is good."""

import calendar
import datetime
import fcntl
import importlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

from . import paths, statements, strict_yaml
from .faults import DataError, Fault, visible

WORK = paths.BUILD / "work"
NEXT = paths.BUILD / "next"
HTML = paths.BUILD / "html"
PREVIOUS = paths.BUILD / "previous"
PDF_NAME = "two-islands-or-four.pdf"


_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_WRAPPED = re.compile(r"^sphinx\.errors\.\w+: ")
_CELL_LINE = re.compile(r"(\.ipynb):(\d{5,})\b")
_NOISE = (
    "=====", "RuntimeError:", "There was an error in building", "Running Jupyter-Book", "Source Folder", "Config Path",
    "Output Path", "[IPKernelApp] WARNING", "Extension error", "Building your book, returns", "The full traceback has been saved",
    "Please also report this", "Exception occurred", "A bug report can be filed", "/tmp/sphinx-err-", "To report this",
)  # fmt: skip


# Jupyter Book's command. The one module it is started without checks the form of web addresses in JSON schemas, which
# nothing here asks for, and takes two seconds to import.
_JUPYTER_BOOK = "import sys; sys.modules['rfc3987_syntax'] = None; from jupyter_book.cli.main import main; main()"


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
def alone():
    """Hold the build folder for one build at a time.

    Raises
    ------
    BuildError
        If another build holds it.
    """
    paths.BUILD.mkdir(exist_ok=True)
    with open(paths.BUILD / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildError("another build is running in this folder; wait for it to end") from None
        yield


def build(with_pdf):
    """Build the HTML, and the PDF beside it, into ``_build/html``.

    Parameters
    ----------
    with_pdf : bool
        Whether to print the PDF too.

    Raises
    ------
    DataError
        If the data has faults.
    BuildError
        If a stage fails. ``_build/html`` is then as it was before.
    """
    begin = time.perf_counter()
    with alone():
        with stage("check"):
            statements.load()
        with stage("html"):
            if with_pdf:  # its libraries take a while to import; this process has nothing else to do meanwhile
                threading.Thread(target=importlib.import_module, args=["weasyprint"], daemon=True).start()
            run_sphinx(with_pdf)
            shutil.rmtree(NEXT, ignore_errors=True)
            shutil.copytree(WORK / "_build" / "html", NEXT)
        if with_pdf:
            from . import pdf  # only here: the HTML must not need the PDF's libraries

            with stage("pdf"):
                try:
                    pdf.write(NEXT, NEXT / PDF_NAME)
                except pdf.PdfError as error:
                    raise BuildError(f"the PDF cannot be printed: {error}\nThe book in {paths.relative(HTML)} is unchanged.") from None
        put_in_place()
    print(f"{paths.relative(HTML)}/index.html: {time.perf_counter() - begin:.1f} s in all", flush=True)


def run_sphinx(with_pdf):
    """Run Jupyter Book; every warning is an error.

    Parameters
    ----------
    with_pdf : bool
        Whether the pages link to the PDF.

    Raises
    ------
    BuildError
        If Jupyter Book reports an error or a warning.
    """
    # A build that failed on a warning leaves pages that look finished; nothing of it may be taken for good.
    shutil.rmtree(WORK, ignore_errors=True)
    command = [
        sys.executable, "-c", _JUPYTER_BOOK, "build", str(paths.BOOK), "--config", str(paths.CONFIG),
        "--path-output", str(WORK), "-n", "-W", "--keep-going", "-q",
    ]  # fmt: skip
    environment = os.environ | {
        "REPORT_WITH_PDF": "1" if with_pdf else "",
        "SOURCE_DATE_EPOCH": str(release_epoch()),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(command, env=environment, cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise BuildError(f"Jupyter Book stopped:\n{readable(done.stdout)}\nThe book in {paths.relative(HTML)} is unchanged.")


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


def release_epoch():
    """Return the release date of CITATION.cff as seconds since 1970, UTC.

    Raises
    ------
    DataError
        If the file has none.
    """
    citation = strict_yaml.read(paths.CITATION)
    released = citation.get("date-released") if isinstance(citation, dict) else None
    if not isinstance(released, datetime.date):
        raise DataError([Fault(paths.relative(paths.CITATION), "", f"date-released {released!r}", "a date such as 2026-01-31")])
    return calendar.timegm(released.timetuple())


def put_in_place():
    """Swap the finished build in; the old one goes only when the new one stands."""
    shutil.rmtree(PREVIOUS, ignore_errors=True)
    if HTML.exists():
        HTML.rename(PREVIOUS)
    try:
        NEXT.rename(HTML)
    except OSError:
        PREVIOUS.rename(HTML)
        raise
    shutil.rmtree(PREVIOUS, ignore_errors=True)
