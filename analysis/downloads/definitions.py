"""The tables for scholars: those of the data package, and the cells that are derived from the study."""

from dataclasses import dataclass, field, replace

import pandas as pd

from ..base import schema
from ..corpus import texts as corpus

_CODES = {"position": "positions", "kind": "kinds", "mode": "modes", "reason": "reasons"}


@dataclass(frozen=True)
class Download:
    """A table with its rows.

    Attributes
    ----------
    table : analysis.base.schema.Table
        With derived columns in their places, and the values that depend on the codebook among their ``enum``.
    references : dict of str to (str, str)
        Column to the table and column that it refers to.
    rows : list of tuple
        Cells are ``str``, ``int`` or None.
    """

    table: schema.Table
    references: dict
    rows: list = field(repr=False)


def tables(material):
    """Return the tables, in the order of the descriptor.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    list of Download
    """
    package = material.study.package
    return [_download(material, package, table) for table in package.published()]


def _download(material, package, table):
    """Put a table together: cells of plain types, text of the articles only where it may be shown."""
    if table.name == "sentences" and not material.full:
        table = replace(table, fields=table.fields[:-1], limits="The text, which this edition may not show whole.")
    table = replace(
        table, fields=tuple(replace(column, enum=_enum(material.study, package, column)) for column in table.fields)
    )
    references = _references(package, table)
    # Keys and names are not quotations, however long they are.
    free = [
        c.type == "string" and not c.enum and c.name not in (*table.key, *references, "exact") for c in table.fields
    ]
    rows = []
    for record in _frame(material, table.name)[table.columns].itertuples(index=False, name=None):
        cells = [_cell(value, c.type) for value, c in zip(record, table.fields)]
        rows.append([material.prose(cell) if cell and prose else cell for cell, prose in zip(cells, free)])
    if "exact" in table.columns:
        seed, start, end, exact = (table.columns.index(column) for column in ("seed", "start", "end", "exact"))
        for cells in rows:
            if cells[start] is not None and not material.shown(cells[seed], cells[start], cells[end]):
                cells[exact] = None
    return Download(table, references, [tuple(cells) for cells in rows])


def _cell(value, kind):
    if value is None or value is pd.NA or value != value or value == "":
        return None
    return int(value) if kind == "integer" else str(value)


def _enum(study, package, column):
    """The values a column can have: its own, a part of the codebook, the passes, or those of its target."""
    if column.enum or len(column.among) != 1:
        return column.enum
    table, _, part = column.among[0].partition(".")
    if table == "codebook":
        return tuple(study.codebook.keys(part))
    if table == "passes":
        return tuple(study.passes)
    target = package.find(column.among[0])[1]
    return _enum(study, package, target) if target else ()


def _references(package, table):
    """The columns that refer to the key of one other table, which the downloads have."""
    found = {}
    for column in table.fields:
        targets = [target.split(".") for target in column.among]
        if column.separator or len({name for name, *_ in targets}) != 1:
            continue
        other, _ = package.find(column.among[0])
        if other and other.download and other.key == tuple(targets[0][1:]) and other.name != table.name:
            found[column.name] = tuple(targets[0])
    return found


def _frame(material, name):
    """The rows of a table, derived columns among them."""
    study = material.study
    if name == "files":
        return study.corpus.files
    if name in ("articles", "issues", "actors"):
        return {"articles": study.corpus.articles, "actors": study.actors, "issues": _issues(study.codebook)}[
            name
        ].reset_index()
    if name in ("zones", "sentences"):
        return getattr(study.corpus, name)
    if name in ("statements", "passages"):
        return _utf16(study, getattr(study, name).reset_index())
    if name == "codes":
        texts = [
            (variable, code, text.strip())
            for variable, part in _CODES.items()
            for code, text in getattr(study.codebook, part).items()
        ]
        return pd.DataFrame(texts, columns=["variable", "code", "definition"])
    return {"actor_roles": study.roles, "coding": material.coding}.get(name, getattr(study, name, None))


def _issues(book):
    return book.issues.assign(group_title=book.issues["group"].map(book.groups))


def _utf16(study, frame):
    """Add the offsets as JavaScript, Java and Windows count."""
    texts = study.corpus.texts
    return frame.assign(
        start_utf16=[corpus.utf16_offset(texts[s], a) for s, a in zip(frame["seed"], frame["start"])],
        end_utf16=[corpus.utf16_offset(texts[s], b) for s, b in zip(frame["seed"], frame["end"])],
    )
