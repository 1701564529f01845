"""The direct dependencies as they are locked, and where two builds were compared, for the colophon."""

import re

from .. import paths

TESTED_ON = "Debian GNU/Linux 12, x86_64, Python 3.11"  # two builds from two clones were the same there, byte for byte
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def dependencies():
    """Return the direct dependencies as they are locked.

    Returns
    -------
    list of (str, str, str)
        Name, version, and what the package is for, in the order of
        ``requirements.in``.
    """
    locked = {_normal(name): number for name, number in _LOCKED.findall(paths.LOCK.read_text(encoding="utf-8"))}
    found = []
    for line in paths.REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        requirement, _, reason = line.partition("#")
        if name := re.match(r"[A-Za-z0-9._-]+", requirement):
            found.append((name[0], locked[_normal(name[0])], reason.strip()))
    return found


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
