"""All that a build reads, checked together, so that every fault is told at once."""

from .. import paths
from ..base import citation, tables
from ..base.faults import DataError, Fault, nearest, raise_any
from ..cite import addresses, redirects
from ..coding import events as chronology, passes as coding, statements
from ..corpus import publication
from ..downloads import definitions
from . import contents


def load():
    """Load the study and check every other file that a build reads.

    Returns
    -------
    analysis.coding.statements.Study

    Raises
    ------
    DataError
        Lists every fault in data, pages, table of contents, bibliographies,
        lists of addresses, citation file and settings.
    """
    faults = []

    def attempt(reader, *arguments):
        try:
            return reader(*arguments)
        except DataError as error:
            faults.extend(error.faults)
            return None

    if study := attempt(statements.load):
        attempt(chronology.read_events, study)
        attempt(_check_passages, study, "contradictions.csv", definitions.CONTRADICTION_COLUMNS, "passages")
        attempt(_check_passages, study, "loaded_words.csv", definitions.LOADED_COLUMNS, "passage")
        if passes := attempt(coding.read_passes, study.corpus.sentences, study.codebook, study.actors):
            units = coding.match(passes)
            attempt(coding.read_decisions, paths.CODING / "decisions.csv", coding.disagreements(passes, units), units)
    faults += contents.faults()
    for reader in (citation.read, addresses.read, redirects.read, publication.setting):
        attempt(reader)
    raise_any(faults)
    return study


def _check_passages(study, file, columns, column):
    """Check that a table names passages that there are."""
    path, known = paths.DATA / file, [*study.statements.index, *study.passages.index]
    named = ((row, name) for row, names in tables.read(path, columns)[column].items() for name in names.split() or [""])
    expected = "an id of statements.csv or passages.csv"
    raise_any(
        [
            Fault(paths.relative(path), f"row {row}", f"{column} {name!r}", nearest(name, known, expected))
            for row, name in named
            if name not in known
        ]
    )
