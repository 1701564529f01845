"""The finished book: which build it is of, and how a new one takes its place."""

import ctypes
import errno
import json
import os
import shutil
import sys

from .. import paths
from . import inputs


def contents(folder):
    """Return the SHA-256 of every file of a folder, by its path in it; none if there is no such folder."""
    found = {os.path.join(here, name) for here, _, names in os.walk(folder) for name in names}
    return {os.path.relpath(path, folder).replace(os.sep, "/"): inputs.hash_of(path) for path in sorted(found)}


def different(one, other):
    """Return the names, sorted, that stand in one of two dicts only, or with another value."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def note(files, settings):
    """Record what the book in place was made from, and what it consists of.

    Parameters
    ----------
    files, settings : dict of str to str
        As `analysis.build.inputs` returns them.
    """
    fresh = paths.RECORD.with_suffix(".new")
    fresh.write_text(
        json.dumps({"files": files, "settings": settings, "book": contents(paths.HTML)}, indent=1) + "\n",
        encoding="utf-8",
    )
    fresh.replace(paths.RECORD)


def noted():
    """Return the record of the last good build, ``files, settings, book``; None if there is none that can be read."""
    try:
        record = json.loads(paths.RECORD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and {"files", "settings", "book"} <= record.keys() else None


def changes(files, settings, record):
    """Return what makes the book in place another than the one these inputs give.

    Parameters
    ----------
    files, settings : dict of str to str
        As `analysis.build.inputs` returns them.
    record : dict or None
        As :func:`noted` returns it.

    Returns
    -------
    list of str
        Changed files, settings, or files of the finished book; empty if the
        book in place is the one a build would make.
    """
    if record is None:
        return ["no build is recorded"]
    changed = different(files, record["files"]) + different(settings, record["settings"])
    return changed or [
        f"{paths.BUILD.name}/{paths.HTML.name}/{name}" for name in different(contents(paths.HTML), record["book"])
    ]


def recover():
    """Put the last good book back if a build was killed between the two steps of :func:`put_in_place`."""
    if paths.PREVIOUS.exists() and not paths.HTML.exists():
        paths.PREVIOUS.rename(paths.HTML)


def put_in_place(fresh):
    """Let a finished folder take the place of the book, readable for all: whoever copies it to a server copies its modes.

    Where the system can exchange two folders, there is no moment without a
    whole book. Elsewhere there is one between two renames; whoever is killed
    in it leaves the old book to :func:`recover`.

    Parameters
    ----------
    fresh : Path
        Beside the book. Gone afterwards.
    """
    for folder, _, names in os.walk(fresh):
        os.chmod(folder, 0o755)
        for name in names:
            os.chmod(os.path.join(folder, name), 0o644)
    if not paths.HTML.exists():
        fresh.rename(paths.HTML)
    elif exchange(fresh, paths.HTML):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        shutil.rmtree(paths.PREVIOUS, ignore_errors=True)
        paths.HTML.rename(paths.PREVIOUS)
        try:
            fresh.rename(paths.HTML)
        except OSError:
            paths.PREVIOUS.rename(paths.HTML)
            raise
    shutil.rmtree(paths.PREVIOUS, ignore_errors=True)


def exchange(one, other):
    """Exchange two folders in one step.

    Parameters
    ----------
    one, other : Path
        Both exist, in one file system.

    Returns
    -------
    bool
        False where the system cannot; nothing has then happened.

    Raises
    ------
    OSError
        If the system can but refuses.
    """
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, 2)  # RENAME_SWAP
        else:
            here = -100  # AT_FDCWD: the names are not relative to an open folder
            failed = library.renameat2(here, names[0], here, names[1], 2)  # RENAME_EXCHANGE
    except AttributeError:  # the C library has no such function
        return False
    if failed and ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), os.fspath(other))
    return True
