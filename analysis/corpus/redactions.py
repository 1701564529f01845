"""Names that are never published: each must stand where the source pages can withhold it."""

import re

from .. import paths
from ..base import tables
from ..base.faults import DataError, Fault

COLUMNS = ("seed", "start", "end")
FILE = "redactions.csv"


def check(path, corpus):
    """Check that every name to be withheld stands in one line of a zone that is no body.

    A span that runs over a line or a zone, or stands in a body, would be
    printed.

    Parameters
    ----------
    path : Path
    corpus : analysis.corpus.texts.Corpus

    Returns
    -------
    list of Fault
    """
    name = paths.relative(path)
    try:
        table = tables.integers(tables.read(path, COLUMNS), ["start", "end"], name)
    except DataError as error:
        return error.faults
    faults, ends = [], {}
    for row, record in table.sort_values(["seed", "start"], kind="stable").iterrows():
        where, seed, start, end = f"row {row}", record["seed"], record["start"], record["end"]
        text = corpus.texts.get(seed)
        if text is None:
            faults.append(Fault(name, where, f"seed {seed!r}", "the name of a file in seeds/"))
            continue
        if not start < end <= len(text):
            faults.append(Fault(name, where, f"{start}–{end} of {seed}", f"a start before its end, and both within {len(text)} characters"))
            continue
        zones = corpus.zones[(corpus.zones["seed"] == seed) & (corpus.zones["start"] < end) & (corpus.zones["end"] > start)]
        if "body" in set(zones["zone"]) or len(zones) != 1 or re.search("[\r\n]", text[start:end]):
            faults.append(Fault(name, where, f"{start}–{end} of {seed}, in {', '.join(zones['zone'])}", "a span in one line of one zone that is no body"))
        if start < ends.get(seed, 0):
            faults.append(Fault(name, where, f"{start}–{end} of {seed}, again", "spans that do not meet"))
        ends[seed] = max(end, ends.get(seed, 0))
    return faults
