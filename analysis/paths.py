"""Where things are. The only module that knows the layout of the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
PACKAGE = ROOT / "analysis"
DATA = PACKAGE / "data"
BOOK = ROOT / "book"
ADDRESSES = BOOK / "addresses.csv"
REDIRECTS = BOOK / "redirects.csv"
BIBLIOGRAPHIES = (BOOK / "articles.bib", BOOK / "references.bib")
BUILD = ROOT / "_build"
HTML = BUILD / "html"
WORK, NEXT, PREVIOUS = BUILD / "work", BUILD / "next", BUILD / "previous"  # on the way to HTML, and back
RECORD, IN_USE = BUILD / "record.json", BUILD / "lock"
NOTEBOOK_CACHE = BUILD / "notebook-cache"
CONFIG = ROOT / "_config.yml"
CITATION = ROOT / "CITATION.cff"
REQUIREMENTS = ROOT / "requirements.in"
LICENCES = ROOT / "LICENSES" / "dependencies.csv"
LOCK = ROOT / "requirements.txt"

# Everything in the repository is an input of the book unless it is named here, so that a new folder or kind of file is never forgotten.
NO_INPUT = {"tests", "tools", "benchmarks", "Makefile", "README.md"}
MADE = {"__pycache__", "_build", "node_modules"}
# Code that runs beside or after the notebooks, never in one; a test follows the imports of the notebooks.
NOT_IN_NOTEBOOKS = (
    "analysis/__main__.py",
    *(f"analysis/{folder}/" for folder in ("build", "cite", "downloads", "pages", "pdf")),
)
RUN_IN_NOTEBOOKS = ("cells", "measures", "report")  # the folders of the package whose modules notebooks import
SHOWN = ("seeds/", "analysis/data/")  # what the colophon lists


def relative(path):
    """Return `path` as a POSIX string relative to the repository, for messages.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    str
        The path below the repository root, or the path as given when it lies
        outside.
    """
    path = Path(path)
    try:
        return path.resolve().relative_to(ROOT).as_posix()
    except ValueError:
        return path.as_posix()
