"""A release as a list of hashes, and whether the book built here is that release.

The list is no input of the book. Its form is that of ``sha256sum``, with a
head of lines ``# name: value``.
"""

import platform
import re
import sys

from .. import paths
from ..base import citation
from . import finished, inputs

FOLDER = paths.ROOT / "release"
# Where two builds were compared byte for byte; the colophon says so, and the manifest is made there.
TESTED_ON = "Debian GNU/Linux 12, x86_64, Python 3.11"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def version():
    """Return the version in CITATION.cff."""
    return citation.read().version


def system():
    """Name this operating system, its architecture and the minor version of Python.

    Returns
    -------
    str
        Such as "Debian GNU/Linux 12, x86_64, Python 3.11".
    """
    try:
        release = platform.freedesktop_os_release()
        name = f"{release['NAME']} {release.get('VERSION_ID', '')}".strip()
    except OSError:
        name = f"macOS {platform.mac_ver()[0]}" if sys.platform == "darwin" else platform.system()
    return f"{name}, {platform.machine()}, Python {sys.version_info.major}.{sys.version_info.minor}"


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
    for line in (paths.ROOT / "requirements.in").read_text(encoding="utf-8").splitlines():
        requirement, _, reason = line.partition("#")
        if name := re.match(r"[A-Za-z0-9._-]+", requirement):
            found.append((name[0], locked[_normal(name[0])], reason.strip()))
    return found


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def write(path, book, head):
    """Write a manifest.

    Parameters
    ----------
    path : Path
    book : dict of str to str
        File of the book to SHA-256.
    head : dict of str to str
    """
    lines = [f"# {name}: {value}" for name, value in head.items()] + [f"{value}  {name}" for name, value in sorted(book.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(path):
    """Read a manifest.

    Parameters
    ----------
    path : Path

    Returns
    -------
    head : dict of str to str
    book : dict of str to str

    Raises
    ------
    ValueError
        Names the line that is neither head nor hash.
    """
    head, book = {}, {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if match := re.fullmatch(r"# (\w+): (.*)", line):
            head[match[1]] = match[2]
        elif match := re.fullmatch(r"([0-9a-f]{64})  (\S.*)", line):
            book[match[2]] = match[1]
        else:
            raise ValueError(f"{paths.relative(path)}, line {number}: found {line!r}; expected '# <name>: <value>' or '<sha256>  <file name>'")
    return head, book


def compare(expected, found):
    """Say in what a book differs from a manifest.

    Parameters
    ----------
    expected, found : dict of str to str
        File name to SHA-256.

    Returns
    -------
    list of str
        One line a file.
    """
    lines = []
    for name in finished.different(expected, found):
        kind = "missing" if name not in found else "not in the manifest" if name not in expected else "different"
        lines.append(f"{name}: {kind}")
    return lines


def verify(path=None, book=None):
    """Compare the book in place with the manifest of its release, and print what differs.

    Parameters
    ----------
    path : Path, optional
        The manifest.
    book : Path, optional
        The folder of the book.

    Returns
    -------
    int
        1 if the comparison cannot be made, or if anything differs on the
        system that the manifest names; else 0.
    """
    path = path or FOLDER / f"manifest-{version()}.sha256"
    if not path.exists():
        return _say(f"there is no {paths.relative(path)}; maintainers write it with `make manifest`")
    try:
        head, expected = read(path)
    except ValueError as error:
        return _say(str(error))
    if book is None and (fault := _unfit()):
        return _say(fault)
    found = finished.contents(book or finished.HTML)
    differences, here = compare(expected, found), system()
    if not differences:
        print(f"all {len(expected)} files are those of {paths.relative(path)}")
        return 0
    print("\n".join(differences))
    said = f"{len(differences)} of {len(expected)} files differ from {paths.relative(path)}"
    if book is None and inputs.digest(inputs.files()) != head.get("inputs"):
        said += "; so do the files the book is made from"
    if head.get("system") == here:
        return _say(f"{said}, which was made on this system: {here}")
    print(f"{said}; it was made on {head.get('system')}, this is {here}, so that is no fault by itself")
    return 0


def manifest():
    """Write the manifest of the book in place.

    Returns
    -------
    int
        1 if this is not the system that the colophon names, or the book is
        not a plain and complete one of the present files.
    """
    if system() != TESTED_ON:
        return _say(f"a manifest is made on {TESTED_ON}, which the colophon names (TESTED_ON in analysis/build/release.py); this is {system()}")
    if fault := _unfit():
        return _say(fault)
    path = FOLDER / f"manifest-{version()}.sha256"
    book = finished.contents(finished.HTML)
    write(path, book, {"version": version(), "system": system(), "inputs": inputs.digest(inputs.files())})
    print(f"{paths.relative(path)}: {len(book)} files")
    return 0


def _unfit():
    """Why the book in place cannot be compared; empty if it can."""
    record = finished.noted()
    settings = record["settings"] if record else {}
    given = [f"{name}={value}" for name, value in settings.items() if name.startswith("REPORT_") and name != "REPORT_WITH_PDF"]
    if given:
        return f"this book was built with {', '.join(given)}; a manifest is of a plain one: unset that and run `make book`"
    if record and "REPORT_WITH_PDF" not in settings:
        return "this book has no PDF; a manifest is of one with it: run `make pdf`"
    if changed := finished.changes(inputs.files(), settings, record):
        return f"the book in place is not the one these files give ({changed[0]}); run `make book`"
    return ""


def _say(fault):
    print(fault, file=sys.stderr)
    return 1
