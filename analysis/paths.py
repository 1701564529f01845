"""Where things are. The only module that knows the layout of the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SEED_SUMS = SEEDS / "SHA256SUMS"
DATA = ROOT / "analysis" / "data"
CODING = DATA / "coding"
BOOK = ROOT / "book"
ADDRESSES = BOOK / "addresses.csv"
REDIRECTS = BOOK / "redirects.csv"
BIBLIOGRAPHIES = (BOOK / "articles.bib", BOOK / "references.bib")
BUILD = ROOT / "_build"
NOTEBOOK_CACHE = BUILD / "notebook-cache"
CONFIG = ROOT / "_config.yml"
CITATION = ROOT / "CITATION.cff"
REQUIREMENTS = ROOT / "requirements.in"
LICENCES = ROOT / "LICENSES" / "dependencies.csv"
LOCK = ROOT / "requirements.txt"


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
