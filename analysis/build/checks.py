"""All that a build reads, checked together, so that every fault is told at once."""

from .. import paths
from ..base import citation
from ..base.faults import DataError, raise_any
from ..cite import addresses, bibliography, redirects
from ..coding import study
from ..corpus import publication
from . import contents


def _keys():
    """Return the keys of the bibliographies, or None where one has a fault, which the check of the pages tells."""
    try:
        return {item["id"] for path in sorted(paths.BOOK.glob("*.bib")) for item in bibliography.read(path)}
    except DataError:
        return None


# Each reads one part and raises its faults; the first returns the study.
READERS = (
    lambda: study.load(bibliography=_keys()),
    lambda: raise_any(contents.faults()),
    citation.read,
    addresses.read,
    redirects.read,
    publication.setting,
)


def load(*more):
    """Load the study and check every other file that a build reads.

    Parameters
    ----------
    *more : callable
        Further checks, which raise their faults.

    Returns
    -------
    analysis.coding.study.Study

    Raises
    ------
    DataError
        Lists every fault in data, pages, table of contents, bibliographies,
        lists of addresses, citation file and settings.
    """
    found, faults = [], []
    for reader in (*READERS, *more):
        try:
            found.append(reader())
        except DataError as error:
            faults += error.faults
    raise_any(faults)
    return found[0]
