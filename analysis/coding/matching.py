"""Which statements of the passes are the same, and on what the passes differ.

A *cell* is a sentence and an issue. Within a cell, statements of different
passes are matched by overlap of their evidence, then by holder; a match is a
*unit*.
"""

import pandas as pd

from .passes import CODES
from .passes import records as by_row


def match(passes):
    """Match the statements of the passes, cell by cell.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame

    Returns
    -------
    list of dict
        One unit each: ``sentence, issue`` and ``rows``, a dict from pass name
        to the row's label in that pass. A row belongs to exactly one unit.
    """
    records = {name: by_row(table[table["reason"] == ""]) for name, table in passes.items()}
    cells = {}
    for name, rows in records.items():
        for row, record in rows.items():
            units = cells.setdefault((record["sentence"], record["issue"]), [])
            candidates = [unit for unit in units if name not in unit["rows"]]
            scored = [(_likeness(record, unit, records), -index, unit) for index, unit in enumerate(candidates)]
            scored = [item for item in scored if item[0] > (0, 0)]
            if scored:
                max(scored, key=lambda item: item[:2])[2]["rows"][name] = row
            else:
                units.append({"sentence": record["sentence"], "issue": record["issue"], "rows": {name: row}})
    return [unit for units in cells.values() for unit in units]


def _likeness(record, unit, records):
    """Shared characters of evidence (as a share of the longer run) and equality of holder."""
    others = [records[name][row] for name, row in unit["rows"].items()]
    shares = [
        max(0, min(record["end"], other["end"]) - max(record["start"], other["start"]))
        / max(record["end"] - record["start"], other["end"] - other["start"])
        for other in others
    ]
    return (round(max(shares), 1), sum(record["holder"] == other["holder"] for other in others))


def disagreements(passes, units):
    """List everything on which the passes differ.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    units : list of dict
        As :func:`match` returns them.

    Returns
    -------
    pandas.DataFrame
        ``sentence, issue, rows, said``; ``issue`` is empty where the passes
        differ on the reason of a sentence without statement. ``rows`` such as
        ``"a12 b13"`` names the rows, ``said`` what each pass has.
    """
    found, columns = (
        [],
        {
            name: {code: dict(zip(table.index.tolist(), table[code].tolist())) for code in CODES}
            for name, table in passes.items()
        },
    )
    for unit in units:
        rows, said = unit["rows"], []
        if len(rows) < len(passes):
            said.append(f"statement: in {', '.join(rows)}; not in {', '.join(p for p in passes if p not in rows)}")
        for code in CODES:
            values = {name: columns[name][code][row] for name, row in rows.items()}
            if len(set(values.values())) > 1:
                said.append(f"{code}: " + ", ".join(f"{name} {value or 'none'}" for name, value in values.items()))
        if said:
            found.append((unit["sentence"], unit["issue"], label(rows), "; ".join(said)))
    excuses = {}
    for name, table in passes.items():
        for row, sentence, reason in zip(table.index, table["sentence"].tolist(), table["reason"].tolist()):
            if reason:
                excuses.setdefault(sentence, {})[name] = (row, reason)
    for sentence, given in excuses.items():
        if len(given) < len(passes) or len({reason for _, reason in given.values()}) > 1:
            said = ", ".join(f"{name} {given[name][1] if name in given else 'coded'}" for name in passes)
            found.append((sentence, "", label({name: row for name, (row, _) in given.items()}), f"reason: {said}"))
    return pd.DataFrame(found, columns=["sentence", "issue", "rows", "said"])


def label(rows):
    """Return the name of a unit in decisions, such as ``"a12 b13"``.

    Parameters
    ----------
    rows : dict of str to int
        Pass name to row.

    Returns
    -------
    str
    """
    return " ".join(f"{name}{row}" for name, row in rows.items())
