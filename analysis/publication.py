"""What of the articles a build may show: all of it, or the marked passages alone.

The articles belong to their publishers. A build at home shows the files whole,
since the reader has them anyway; a published one quotes.
"""

from . import paths, tables

FULL, EXCERPTS = "full", "excerpts"
REDACTION_COLUMNS = ("seed", "start", "end")


def redactions(seed):
    """Return the spans of a file that are never published: names of comment writers.

    Parameters
    ----------
    seed : str

    Returns
    -------
    list of (int, int)
        Offsets, end exclusive.
    """
    path = paths.DATA / "redactions.csv"
    table = tables.integers(tables.read(path, REDACTION_COLUMNS), ["start", "end"], paths.relative(path))
    return [(r.start, r.end) for r in table[table["seed"] == seed].itertuples()]


def marked(study, seed):
    """Return the parts of a file that the book marks and so may quote in public.

    Parameters
    ----------
    study : analysis.statements.Study
    seed : str
        Name of the file.

    Returns
    -------
    list of (int, int)
        Offsets in code points, end exclusive; in order, apart from each
        other. Overlapping statements and passages are joined.
    """
    spans = []
    for table in (study.statements, study.passages):
        spans += [(row.start, row.end) for row in table[table["seed"] == seed].itertuples()]
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
