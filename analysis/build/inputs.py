"""What the book is made from, listed once.

Two questions are answered from this list: whether the finished book is still
that of these files, and whether a notebook's outputs are.
"""

import hashlib
import os
import sys

from .. import paths

_PREFIX = "REPORT_"  # environment variables that change what is built all begin so


def files(root=None):
    """Hash every file the book is made from.

    Parameters
    ----------
    root : Path, optional
        The repository; this one by default.

    Returns
    -------
    dict of str to str
        Path below the repository to SHA-256, hexadecimal, in the order of the
        paths. Hidden files, caches and virtual environments are left out.
    """
    root = os.fspath(root or paths.ROOT)
    found = {}
    for folder, folders, names in os.walk(root):
        here = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if here == "." else here + "/"
        folders[:] = [name for name in folders if _counts(prefix, name) and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))]
        for name in names:
            path = os.path.join(folder, name)
            if _counts(prefix, name) and os.path.isfile(path):
                with open(path, "rb") as file:
                    found[prefix + name] = hashlib.sha256(file.read()).hexdigest()
    return dict(sorted(found.items()))


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
        found.pop("REPORT_WITH_PDF", None)
        found |= {"REPORT_WITH_PDF": "1"} if with_pdf else {}
    return found | {"Python": "{}.{}.{}".format(*sys.version_info)}


def of_notebooks(hashes):
    """Choose, from all inputs, those that every notebook may read.

    Parameters
    ----------
    hashes : dict of str to str
        As :func:`files` returns it.

    Returns
    -------
    dict of str to str
        Seeds, data, the package without what only the build uses, and the
        locked dependencies.
    """
    return {name: value for name, value in hashes.items() if name == paths.relative(paths.LOCK) or _in_notebooks(name)}


def key_of_notebooks(hashes):
    """Return the name under which the results of notebooks are kept.

    Parameters
    ----------
    hashes : dict of str to str
        As :func:`files` returns it.

    Returns
    -------
    str
        Sixteen hexadecimal digits; another one as soon as anything that a
        notebook may read, or the Python version, is another.
    """
    return digest(of_notebooks(hashes), settings()["Python"])[:16]


def _in_notebooks(name):
    return name.startswith(("seeds/", "analysis/")) and not name.startswith(paths.NOT_IN_NOTEBOOKS)


def of_every_page(hashes):
    """Choose, from all inputs, those that any page may show although its own file stays as it is.

    Parameters
    ----------
    hashes : dict of str to str
        As :func:`files` returns it.

    Returns
    -------
    dict of str to str
        Everything outside ``book``, and what is in there but is no page.
    """
    return {name: value for name, value in hashes.items() if not (name.startswith("book/") and name.endswith((".md", ".ipynb")))}


def digest(hashes, *more):
    """Return one SHA-256 for a set of inputs.

    Parameters
    ----------
    hashes : dict of str to str
    *more : str
        What else counts, such as the Python version.

    Returns
    -------
    str
        Hexadecimal.
    """
    total = hashlib.sha256("\0".join(more).encode())
    for name, value in sorted(hashes.items()):
        total.update(f"{name}\0{value}\n".encode())
    return total.hexdigest()
