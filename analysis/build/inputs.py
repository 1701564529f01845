"""What the book is made from, listed once.

The list tells whether the finished book, and each notebook's outputs, still
match these files.
"""

import hashlib
import os
import sys

from .. import paths

_PREFIX = "REPORT_"  # environment variables that change what is built all begin so


def files(root=paths.ROOT):
    """Hash every file the book is made from.

    Parameters
    ----------
    root : Path
        The repository.

    Returns
    -------
    dict of str to str
        Path below the repository to SHA-256, hexadecimal, in the order of the
        paths. Hidden files, caches and virtual environments are left out.
    """
    root, found = os.fspath(root), {}
    for folder, folders, names in os.walk(root):
        here = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if here == "." else here + "/"
        folders[:] = [
            name
            for name in folders
            if _counts(prefix, name) and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        ]
        for name in names:
            path = os.path.join(folder, name)
            if _counts(prefix, name) and os.path.isfile(path):
                found[prefix + name] = hash_of(path)
    return dict(sorted(found.items()))


def hash_of(path):
    """Return the SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _counts(prefix, name):
    if name.startswith(".") or name in paths.MADE or name.endswith((".pyc", ".egg-info", "~")):
        return False
    return prefix != "" or name not in paths.NO_INPUT


def settings(with_pdf=None):
    """Return what else a build depends on.

    Parameters
    ----------
    with_pdf : bool, optional
        Whether the PDF is printed too; by default as the environment says.

    Returns
    -------
    dict of str to str
        The Python version, and each environment variable that begins with
        ``REPORT_`` and is not empty.
    """
    found = {name: value for name, value in sorted(os.environ.items()) if name.startswith(_PREFIX) and value}
    if with_pdf is not None:
        found["REPORT_WITH_PDF"] = "1" if with_pdf else ""
    return {name: value for name, value in found.items() if value} | {"Python": "{}.{}.{}".format(*sys.version_info)}


def of_notebooks(hashes):
    """Choose those inputs that every notebook may read: seeds, data, locked packages, the code it may import."""

    def read(name):
        return name.startswith(("seeds/", "analysis/")) and not name.startswith(paths.NOT_IN_NOTEBOOKS)

    return {name: value for name, value in hashes.items() if name == paths.relative(paths.LOCK) or read(name)}


def key_of_notebooks(hashes):
    """Return the name under which notebooks' results are kept; it changes with anything a notebook may read."""
    return digest(of_notebooks(hashes), settings()["Python"])[:16]


def of_every_page(hashes):
    """Choose those inputs that any page may show although its own file stays as it is: all that are no page."""
    return {
        name: value
        for name, value in hashes.items()
        if not (name.startswith("book/") and name.endswith((".md", ".ipynb")))
    }


def digest(hashes, *more):
    """Return one SHA-256 for a set of inputs and whatever else counts, such as the Python version."""
    total = hashlib.sha256("\0".join(more).encode())
    for name, value in sorted(hashes.items()):
        total.update(f"{name}\0{value}\n".encode())
    return total.hexdigest()
