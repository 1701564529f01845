"""Names that are never published: each must stand where the source pages can withhold it."""

import re

from ..base.faults import Fault


def check(table, corpus, name):
    """Check that every name to be withheld stands in one line of a zone that is no body.

    A span that runs over a line or a zone, or stands in a body, would be
    printed.

    Parameters
    ----------
    table : pandas.DataFrame
        The spans, ``seed, start, end``, indexed by row.
    corpus : analysis.corpus.texts.Corpus
    name : str
        The table's file name, for messages.

    Returns
    -------
    list of Fault
    """
    faults, ends, zones_of = [], {}, dict(list(corpus.zones.groupby("seed")))
    for row, record in table.sort_values(["seed", "start"], kind="stable").iterrows():
        where, seed, start, end = f"row {row}", record["seed"], record["start"], record["end"]
        text = corpus.texts.get(seed)
        if text is None:
            continue
        if not start < end <= len(text):
            faults.append(
                Fault(
                    name,
                    where,
                    f"{start}–{end} of {seed}",
                    f"a start before its end, and both within {len(text)} characters",
                )
            )
            continue
        zones = zones_of[seed][(zones_of[seed]["start"] < end) & (zones_of[seed]["end"] > start)]
        if "body" in set(zones["zone"]) or len(zones) != 1 or re.search("[\r\n]", text[start:end]):
            faults.append(
                Fault(
                    name,
                    where,
                    f"{start}–{end} of {seed}, in {', '.join(zones['zone'])}",
                    "a span in one line of one zone that is no body",
                )
            )
        if start < ends.get(seed, 0):
            faults.append(Fault(name, where, f"{start}–{end} of {seed}, again", "spans that do not meet"))
        ends[seed] = max(end, ends.get(seed, 0))
    return faults
