"""The direct dependencies as they are locked, and where two builds were compared, for the colophon."""

import re

from .. import paths
from ..base import tables
from ..base.faults import Fault, raise_any

TESTED_ON = "Debian GNU/Linux 12, x86_64, Python 3.11"  # two builds from two clones were the same there, byte for byte
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def dependencies():
    """Return the direct dependencies as they are locked.

    Returns
    -------
    list of (str, str, str, str)
        Name, version, licence as an SPDX expression, and what the package is
        for, in the order of ``requirements.in``.

    Raises
    ------
    DataError
        Names each package that is not locked, or whose licence is not listed.
    """
    locked = {_normal(name): number for name, number in _LOCKED.findall(paths.LOCK.read_text(encoding="utf-8"))}
    listed = tables.read(paths.LICENCES, ("name", "licence"), key="name").set_index("name")["licence"]
    found, faults = [], []
    for row, line in enumerate(paths.REQUIREMENTS.read_text(encoding="utf-8").splitlines(), start=1):
        requirement, _, reason = line.partition("#")
        if match := re.match(r"[A-Za-z0-9._-]+", requirement):
            name = _normal(match[0])
            found.append((match[0], locked.get(name, ""), listed.get(name, ""), reason.strip()))
            where = [
                paths.relative(path)
                for path, names in ((paths.LOCK, locked), (paths.LICENCES, listed))
                if name not in names
            ]
            faults += [
                Fault(paths.relative(paths.REQUIREMENTS), f"line {row}", repr(name), f"the same package in {place}")
                for place in where
            ]
    raise_any(faults)
    return found


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
