"""What of the articles a build may show: all of it, or the marked passages alone.

The articles belong to their publishers. A build at home shows the files whole,
since the reader has them anyway; a published one quotes.
"""

import os

from .. import paths
from ..base import strict_yaml
from ..base.faults import DataError, Fault, nearest

FULL, EXCERPTS = "full", "excerpts"
# A headline is what an article is called: bibliographic data, which every reference to it prints.
SHOWN_ZONES = ("headline",)


def setting():
    """Return what this build shows: ``REPORT_TEXT`` of the environment, else ``report_text`` of ``_config.yml``.

    Returns
    -------
    str
        :data:`FULL` or :data:`EXCERPTS`.

    Raises
    ------
    DataError
        If it is anything else, or the configuration cannot be read.
    """
    where, found = "REPORT_TEXT", os.environ.get("REPORT_TEXT")
    if not found:
        where, found = "sphinx / config / report_text", strict_yaml.read(paths.CONFIG)
        for key in where.split(" / "):
            found = found.get(key) if isinstance(found, dict) else None
        found = FULL if found is None else found
    if found not in (FULL, EXCERPTS):
        name = "the environment" if where == "REPORT_TEXT" else paths.relative(paths.CONFIG)
        raise DataError([Fault(name, where, repr(found), nearest(found, (FULL, EXCERPTS), "full or excerpts"))])
    return found


def marked(study, seed):
    """Return the parts of a file that the book marks and so may quote in public.

    Parameters
    ----------
    study : analysis.coding.study.Study
    seed : str
        Name of the file.

    Returns
    -------
    list of (int, int)
        Offsets in code points, end exclusive; in order, apart from each
        other: statements, quoted passages and the introductions of actors,
        which the chapter on speakers quotes. Overlapping ones are joined.
    """
    quoted = (study.statements, study.passages, study.roles)
    return _joined((row.start, row.end) for table in quoted for row in table[table["seed"] == seed].itertuples())


def shown(study, seed, setting):
    """Return the parts of a file that a build shows.

    Parameters
    ----------
    study : analysis.coding.study.Study
    seed : str
        Name of the file.
    setting : str
        :data:`FULL` or :data:`EXCERPTS`.

    Returns
    -------
    list of (int, int)
        As :func:`marked`: the whole file, or the marked parts and the zones
        of :data:`SHOWN_ZONES`. Names that are withheld (``study.withheld``)
        are not taken out.
    """
    if setting == FULL:
        return [(0, len(study.corpus.texts[seed]))]
    zones = study.corpus.zones
    zones = zones[(zones["seed"] == seed) & zones["zone"].isin(SHOWN_ZONES)]
    return _joined([*marked(study, seed), *zip(zones["start"], zones["end"])])


def pieces(text, start, end, spans):
    """Divide a run of a file into what is shown and what is not.

    Parameters
    ----------
    text : str
        The whole file.
    start, end : int
        The run, in code points, end exclusive.
    spans : list of (int, int)
        What is shown, as :func:`shown` returns it.

    Returns
    -------
    list of (int, int, bool)
        A part and whether it is shown; the parts tile the run. What stands
        between shown parts and holds no letter and no digit (a full stop, a
        space, a quotation mark) is shown too: nothing is quoted with it.

    Examples
    --------
    >>> pieces("One. Two, three.", 0, 16, [(0, 3), (5, 8)])
    [(0, 8, True), (8, 16, False)]
    """
    parts, at = [], start
    for a, b in [*((max(a, start), min(b, end)) for a, b in spans if a < end and b > start), (end, end)]:
        for c, d, visible in ((at, a, not any(map(str.isalnum, text[at:a]))), (a, b, True)):
            if d > c and parts and parts[-1][2] and visible:
                parts[-1] = (parts[-1][0], d, True)
            elif d > c:
                parts.append((c, d, visible))
        at = b
    return parts


def _joined(spans):
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
