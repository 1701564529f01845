"""The environment a book is built in: what of the user's own is let through, and what is set.

A user's settings come as variables, and as files in the home folder and in ``/etc``. Only the variables named here
are passed on, a build has its own home folder in ``_build``, and files in ``/etc`` are answered by an empty file.
"""

import os
import sys
import time
from pathlib import Path

from .. import paths

# What a build needs of this machine: commands, temporary files, libraries, and what processors and containers ask for.
_PASSED = {"PATH", "TMPDIR", "TEMP", "TMP", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "OMP_NUM_THREADS"}
_PASSED_PREFIXES = ("REPORT_", "LD_", "DYLD_", "NIX_LD", "OPENBLAS_")

_SET = {
    "HOME": str(paths.BUILD / "home"),  # it stays between builds, for the cache of Matplotlib
    "PYTHONPATH": str(paths.ROOT),
    "PYTHONNOUSERSITE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "DOCUTILSCONFIG": os.devnull,
    "MATPLOTLIBRC": os.devnull,
    "FONTCONFIG_FILE": str(Path(__file__).with_name("no-fonts.conf")),
}


def of_build(given):
    """Return the variables that a build runs with.

    Parameters
    ----------
    given : mapping of str to str
        The variables of whoever starts it.

    Returns
    -------
    dict of str to str
        Those that are let through, and those that are set.
    """
    passed = {name: value for name, value in given.items() if name in _PASSED or name.startswith(_PASSED_PREFIXES)}
    return passed | _SET


def _is_of_build():
    return all(os.environ.get(name) == value for name, value in _SET.items())


def enter():
    """Start this process again in the environment of a build, unless it runs in it.

    Setting variables would not do: Python and the C library read some only when they start.
    """
    if not _is_of_build():
        python = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, python, of_build(os.environ) | {"PYTHONIOENCODING": sys.stdout.encoding})


def settle():
    """Set the variables of a build in a process that has begun without them, for all that is read later."""
    if not _is_of_build():
        variables = of_build(os.environ)
        os.environ.clear()
        os.environ.update(variables)
        os.makedirs(_SET["HOME"], exist_ok=True)  # else IPython warns, and a warning ends a build
        time.tzset()
