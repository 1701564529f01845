"""Tables as a data package defines them: columns, types, keys, and where the values of a column must be found.

The descriptor follows Data Package 2.0 (https://datapackage.org/standard/data-package/); what it adds to the
standard, it says itself.
"""

import json
import re
from dataclasses import dataclass, field, replace

from ..paths import relative
from . import tables
from .faults import DataError, Fault, nearest, raise_any

FILE = "datapackage.json"
TYPES = ("string", "integer", "number")
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"


@dataclass(frozen=True)
class Field:
    """A column.

    Attributes
    ----------
    name, type, description : str
        ``type`` is one of :data:`TYPES`.
    required, unique : bool
        Whether every row has a value, and one that no other row has.
    enum : tuple of str
        The values it can have; empty where it can have others.
    pattern : str
        The form of its values; empty where they can have any.
    dated : bool
        Whether its values are EDTF dates.
    among : tuple of str
        Where each value must be found: ``table.column``, ``codebook.part`` or ``bibliography``.
    separator : str
        What stands between several values in one cell; empty where a cell is one value.
    before : str
        The column before which downloads put a derived one; empty for the end.
    """

    name: str
    type: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple = ()
    pattern: str = ""
    dated: bool = False
    among: tuple = ()
    separator: str = ""
    before: str = ""

    def values(self, cell):
        """Return the values in a cell, none if it is empty."""
        return (
            [cell] if not self.separator and cell else [value for value in cell.split(self.separator or None) if value]
        )


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    name, title, row, description, limits : str
        ``row`` says what a row is, ``limits`` what the table cannot hold.
    paths : tuple of str
        Its files below the folder of the descriptor; none for a derived table.
    fields : tuple of Field
    key : tuple of str
        Columns that together tell the rows apart; may be empty.
    unique : tuple of tuple of str
        Further columns that together tell the rows apart.
    download : bool
        Whether it is among the downloads.
    before : str
        The table before which downloads put a derived one.
    derived : tuple of Field
        Columns that only downloads have.
    derived_key : tuple of str
        The key that downloads have instead.
    """

    name: str
    title: str
    description: str
    limits: str
    fields: tuple
    row: str = ""
    paths: tuple = ()
    key: tuple = ()
    unique: tuple = ()
    download: bool = True
    before: str = ""
    derived: tuple = ()
    derived_key: tuple = ()

    @property
    def columns(self):
        """The names of the columns."""
        return [column.name for column in self.fields]

    def published(self):
        """Return the table as downloads have it, derived columns in their places."""
        return replace(
            self, fields=tuple(_placed(self.fields, self.derived)), key=self.derived_key or self.key, derived=()
        )


@dataclass(frozen=True)
class Package:
    """The tables of a folder, by name; those of `derived` are in the downloads only."""

    tables: dict
    derived: dict = field(default_factory=dict)

    def published(self):
        """Return the tables of the downloads, in their order."""
        return _placed([table.published() for table in self.tables.values() if table.download], self.derived.values())

    def find(self, reference):
        """Return the table and the column of a reference such as ``articles.article``, or None twice."""
        name, _, column = reference.partition(".")
        table = self.tables.get(name) or self.derived.get(name)
        return table, next((f for f in table.fields if f.name == column), None) if table else None


def _placed(items, more):
    """Put each of the further items before the one it names, or at the end."""
    placed = list(items)
    for item in more:
        names = [other.name for other in placed]
        placed.insert(names.index(item.before) if item.before in names else len(placed), item)
    return placed


def load(folder):
    """Read the descriptor of a folder of tables.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Package

    Raises
    ------
    DataError
        If it is no JSON, a part is missing or of another kind, a key or reference names no column, or a CSV file of
        the folder is in no table.
    """
    path = folder / FILE
    name, faults = relative(path), []
    try:
        descriptor = json.loads(tables.written(path))
    except json.JSONDecodeError as error:
        raise DataError(
            [Fault(name, f"line {error.lineno}", f"JSON that cannot be read ({error.msg})", "JSON")]
        ) from None
    except RecursionError:
        raise DataError([Fault(name, "", "JSON that cannot be read (nested too deeply)", "JSON")]) from None
    parts = {"resources": {}, "derived": {}}
    for part, found in parts.items():
        listed = descriptor.get(part, []) if isinstance(descriptor, dict) else None
        for number, resource in enumerate(listed if isinstance(listed, list) else [None], start=1):
            try:
                table = _table(resource)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                faults.append(
                    Fault(
                        name,
                        f"{part}, table {number}",
                        f"a description that cannot be read ({error!r})",
                        "a table as the standard describes it",
                    )
                )
            else:
                found[table.name] = table
    package = Package(parts["resources"], parts["derived"])
    faults += _misfits(package, name)
    described = {path for table in package.tables.values() for path in table.paths}
    for file in sorted(folder.rglob("*.csv")):
        if (here := file.relative_to(folder).as_posix()) not in described and not faults:
            faults.append(
                Fault(
                    relative(file),
                    "",
                    "a table without a description",
                    nearest(here, described, f"a file named in {FILE}"),
                )
            )
    raise_any(faults)
    return package


def _table(resource):
    schema, derived = resource["schema"], resource.get("derived", {})
    targets = {
        key["fields"][0]: (f"{key['reference']['resource']}.{key['reference']['fields'][0]}",)
        for key in schema.get("foreignKeys", [])
    }
    paths = resource.get("path", ())
    return Table(
        *(_text(resource[key]) for key in ("name", "title", "description", "limits")),
        fields=tuple(_field(column, targets) for column in schema["fields"]),
        row=_text(resource.get("row", "")),
        paths=(paths,) if isinstance(paths, str) else tuple(map(_text, paths)),
        key=_names(schema.get("primaryKey", ())),
        unique=tuple(map(_names, schema.get("uniqueKeys", ()))),
        download=resource.get("download", True) is True,
        before=_text(resource.get("before", "")),
        derived=tuple(_field(column, targets) for column in derived.get("fields", ())),
        derived_key=_names(derived.get("primaryKey", ())),
    )


def _field(column, targets):
    limits = column.get("constraints", {})
    re.compile(limits.get("pattern", ""))
    return Field(
        *(_text(column[key]) for key in ("name", "type", "description")),
        required=limits.get("required", False) is True,
        unique=limits.get("unique", False) is True,
        enum=tuple(map(_text, limits.get("enum", ()))),
        pattern=_text(limits.get("pattern", "")),
        dated=column.get("rdfType") == EDTF,
        among=tuple(map(_text, column.get("among", ()))) or targets.get(column["name"], ()),
        separator=_text(column.get("separator", "")),
        before=_text(column.get("before", "")),
    )


def _text(value):
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _names(value):
    return (value,) if isinstance(value, str) else tuple(map(_text, value))


def _misfits(package, name):
    """Types that are not known, and keys and references that name no column."""
    faults = []
    for table in [*package.tables.values(), *package.derived.values()]:
        known = {column.name for column in (*table.fields, *table.derived)}
        for column in {name for key in (table.key, table.derived_key, *table.unique) for name in key} - known:
            faults.append(
                Fault(
                    name, f"table {table.name}", f"a key of {column!r}", nearest(column, known, "a column of the table")
                )
            )
        for column in (*table.fields, *table.derived):
            where = f"table {table.name}, column {column.name}"
            if column.type not in TYPES:
                faults.append(
                    Fault(
                        name, where, f"type {column.type!r}", nearest(column.type, TYPES, "one of " + ", ".join(TYPES))
                    )
                )
            for target in column.among:
                if target.partition(".")[0] in package.tables and package.find(target)[1] is None:
                    faults.append(Fault(name, where, f"a reference to {target!r}", "a column of that table"))
    return faults
