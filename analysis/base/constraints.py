"""Checking the cells of a table against its definition, column by column."""

import re
from dataclasses import dataclass

from . import dates, tables
from .faults import Fault, nearest

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_SHOWN = 12  # values for which the nearest known one is looked for


@dataclass(frozen=True)
class Known:
    """The values that a column may refer to.

    Attributes
    ----------
    values : set of str
    phrase : str
        What such a value is, for messages.
    """

    values: object
    phrase: str


def typed(frame, table):
    """Convert the columns of whole numbers to ``int64``.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text, as :func:`analysis.base.tables.read` returns it, in which :func:`check_column` finds no fault.
    table : analysis.base.schema.Table

    Returns
    -------
    pandas.DataFrame
        Numbers with digits behind the point stay as they are written.
    """
    return frame.astype({column.name: "int64" for column in table.fields if column.type == "integer"})


def check_column(frame, column, name, known):
    """Check the cells of one column: that they are there, their form, and that they are found where they must be.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text, as :func:`analysis.base.tables.read` returns it.
    column : analysis.base.schema.Field
    name : str
        The file's name, for messages.
    known : dict of str to Known
        The values of what ``column.among`` names; a name that is missing is not looked at.

    Returns
    -------
    list of Fault
        Checked value by value, not cell by cell: a table of 100,000 rows has few different ones.
    """
    if column.type == "integer":
        return tables.whole_numbers(frame, column.name, name)
    cells = frame[column.name].tolist()
    formed = column.type != "string" or column.pattern or column.dated or column.separator
    if not (formed or column.unique or column.enum or column.among) and (not column.required or "" not in cells):
        return []  # free text
    distinct = set(cells)
    targets = (
        [known[target] for target in column.among]
        if column.among and all(target in known for target in column.among)
        else []
    )
    allowed = set(column.enum).union(*(target.values for target in targets)) if column.enum or targets else None
    expected = _phrase(column, targets)
    nothing = "" if column.required else ", or nothing"
    bad = {}
    if column.required and "" in distinct:
        bad[""] = (f"{column.name} ''", expected) if expected else (f"no {column.name}", "one in each row")
    for value in (distinct if formed else set() if allowed is None else distinct - allowed) - {""}:
        if column.type == "number" and not _NUMBER.fullmatch(value):
            bad[value] = (f"{column.name} {value!r}", "a number")
        elif column.pattern and not re.fullmatch(column.pattern, value):
            bad[value] = (f"{column.name} {value!r}", f"the form {column.pattern}")
        elif column.dated and not dates.valid(value):
            bad[value] = (f"{column.name} {value!r}", f"an EDTF date{nothing}")
        elif allowed is not None and (missing := [part for part in column.values(value) if part not in allowed]):
            shown = f"{column.name} {missing[0]!r}"
            bad[value] = (
                shown,
                nearest(missing[0], allowed, expected + nothing) if len(bad) < _SHOWN else expected + nothing,
            )
    if not bad:
        return _repeated(cells, frame.index, (column.name,), name) if column.unique else []
    found = [Fault(name, f"row {row}", *bad[cell]) for row, cell in zip(frame.index, cells) if cell in bad]
    if targets and len(found) > 1 and bad.keys() == distinct:
        first = found[0]
        return [
            Fault(
                name,
                f"{len(found)} rows (first: {first.where})",
                first.found,
                f"{first.expected}; is this the table of another corpus?",
            )
        ]
    return found


def _phrase(column, targets):
    if column.enum:
        return "one of " + ", ".join(column.enum)
    parts = [target.phrase.partition(" of ") for target in targets]
    if len({head for head, *_ in parts}) == 1:
        return parts[0][0] + parts[0][1] + " or ".join(dict.fromkeys(tail for *_, tail in parts))
    return " or ".join(target.phrase for target in targets)


def check_keys(frame, table, name):
    """Check that no two rows have the same key.

    Parameters
    ----------
    frame : pandas.DataFrame
    table : analysis.base.schema.Table
    name : str

    Returns
    -------
    list of Fault
        Those of the key, or else of the further columns that tell rows apart.
    """
    looked_at = {(column.name,) for column in table.fields if column.unique}
    for columns in dict.fromkeys((table.key, *table.unique)):
        if columns in looked_at:
            continue
        if columns and (
            faults := _repeated(list(zip(*(frame[c].tolist() for c in columns))), frame.index, columns, name)
        ):
            return faults
    return []


def _repeated(values, rows, columns, name):
    if len(set(values)) == len(values):
        return []
    first, faults, words = {}, [], ", ".join(columns)
    for row, value in zip(rows, values):
        if value in first:
            shown = ", ".join(map(repr, value)) if isinstance(value, tuple) else repr(value)
            found = f"{words} {shown} again" if len(columns) < 4 else f"the {words} of row {first[value]} again"
            faults.append(Fault(name, f"row {row}", found, f"one row for each (first in row {first[value]})"))
        first.setdefault(value, row)
    return faults


def values(frame, column):
    """Return the different values of a column, those of one cell apart.

    Parameters
    ----------
    frame : pandas.DataFrame
    column : analysis.base.schema.Field

    Returns
    -------
    set of str
    """
    distinct = set(frame[column.name].tolist())
    return {value for cell in distinct for value in column.values(cell)} if column.separator else distinct - {""}
