"""What a failed build says to whoever builds."""

import errno
import os
import re

from .. import paths
from ..base.faults import visible

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_WRAPPED = re.compile(r"^sphinx\.errors\.\w+: ")
_CELL_LINE = re.compile(r"(\.ipynb):(\d{5,})\b")
_NOISE = (
    "=====",
    "RuntimeError:",
    "There was an error in building",
    "Running Jupyter-Book",
    "Source Folder",
    "Config Path",
    "Output Path",
    "[IPKernelApp] WARNING",
    "Extension error",
    "Building your book, returns",
    "The full traceback has been saved",
    "Please also report this",
    "Exception occurred",
    "A bug report can be filed",
    "/tmp/sphinx-err-",
    "To report this",
)
# How the system, SQLite and Python's temporary files say that a disk is full.
FULL = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EFBIG),
    os.strerror(errno.EDQUOT),
    "disk is full",
    "disk I/O error",
    "No usable temporary directory",
)
NO_ROOM = "Free about 100 MB where _build and the temporary files lie, and build again."


def unchanged():
    """Return what is left: the last good book, or none."""
    return (
        f"The book in {paths.relative(paths.HTML)} is unchanged."
        if paths.HTML.exists()
        else f"There is no book in {paths.relative(paths.HTML)} yet."
    )


def explain(error):
    """Return what an operating system's error means for whoever builds."""
    where = f" ({paths.relative(error.filename)})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        said = f"there is no room left to write{where}.\n{NO_ROOM}"
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        said = f"you have no permission to write{where}. Change that, then build again."
    else:
        said = f"{error.strerror or error}{where}"
    return f"{said}\n{unchanged()}"


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
