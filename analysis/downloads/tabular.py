"""The tables as CSV and Parquet, and the data package that describes them.

The descriptor follows Data Package 2.0 and Table Schema 2.0 of the Frictionless
standards (https://datapackage.org/standard/data-package/,
https://datapackage.org/standard/table-schema/).
"""

import csv
import hashlib
import io
import json

from ..base.schema import EDTF
from . import definitions
from .material import File, archive

STANDARD = "https://datapackage.org/profiles/2.0"
MARK = "'"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guard(cell):
    """Mark a cell that a spreadsheet would take for a formula.

    A cell is marked by an apostrophe when, apart from apostrophes it begins
    with, it begins with ``=``, ``+``, ``-``, ``@``, a tab, a line end, or the
    wide form of one of the four signs (the list of OWASP's page on CSV
    injection, https://owasp.org/www-community/attacks/CSV_Injection).

    Parameters
    ----------
    cell : str

    Returns
    -------
    str

    Examples
    --------
    >>> guard("=1+1"), guard("'=1+1"), guard("1+1"), guard("'tis")
    ("'=1+1", "''=1+1", '1+1', "'tis")
    """
    return MARK + cell if cell.lstrip(MARK).startswith(_RISKY) else cell


def unguard(cell):
    """Take the mark of :func:`guard` off again.

    Parameters
    ----------
    cell : str

    Returns
    -------
    str

    Examples
    --------
    >>> unguard("'=1+1"), unguard("''=1+1"), unguard("1+1"), unguard("'tis")
    ('=1+1', "'=1+1", '1+1', "'tis")
    """
    return cell[1:] if cell.startswith(MARK) and cell.lstrip(MARK).startswith(_RISKY) else cell


def to_csv(columns, rows, **options):
    """Write rows as CSV in the form of RFC 4180, UTF-8 without a byte order mark.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence
        Cells are ``str``, ``int``, or None for a missing value. Texts pass
        through :func:`guard`.
    **options
        For `csv.writer`.

    Returns
    -------
    bytes
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, **options)
    writer.writerow(columns)
    writer.writerows([guard(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8")


def to_parquet(download):
    """Write a table as Parquet, with types and descriptions, without a trace of the machine.

    Parameters
    ----------
    download : analysis.downloads.definitions.Download

    Returns
    -------
    bytes
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table, kinds = download.table, {"string": pa.string(), "integer": pa.int64()}
    schema = pa.schema(
        [
            pa.field(c.name, kinds[c.type], nullable=not c.required, metadata={"description": c.description})
            for c in table.fields
        ],
        metadata={"title": table.title, "description": _described(table)},
    )  # fmt: skip
    cells = list(zip(*download.rows)) or [()] * len(table.columns)
    arrays = [pa.array(values, type=field.type) for values, field in zip(cells, schema)]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), stream, compression="snappy")
    return stream.getvalue()


def descriptor(material, tables, contents):
    """Describe the CSV files as a data package.

    Parameters
    ----------
    material : analysis.downloads.material.Material
    tables : list of analysis.downloads.definitions.Download
    contents : dict of str to bytes
        Table name to its CSV.

    Returns
    -------
    dict
        A Data Package 2.0 descriptor. ``formulaGuard`` is an addition of this
        report: the mark, and the number of cells that bear it.
    """
    citation = material.citation
    marked = sum(
        guard(cell) != cell for download in tables for row in download.rows for cell in row if isinstance(cell, str)
    )
    return {
        "$schema": f"{STANDARD}/datapackage.json",
        "name": citation.name,
        "title": citation.title,
        "description": (
            "The coded statements of the report and the tables they refer to. Offsets count Unicode code points in the saved file, "
            "the end exclusive; those of columns named utf16 count UTF-16 code units. Dates are EDTF (ISO 8601-2). "
            "A cell that a spreadsheet would take for a formula bears an apostrophe before it: drop the first apostrophe of a cell "
            "whose first character that is no apostrophe is = + - @, a tab, a line end, or the wide form of one of the four signs. "
            + ("" if material.full else "Of the articles it holds only the passages that the report marks. ")
        ).strip(),
        "version": citation.version,
        "created": material.released,
        "keywords": list(citation.keywords),
        "licenses": [
            {
                "name": "CC0-1.0",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
                "title": "CC0 1.0 Universal, except the quotations",
            }
        ],
        "contributors": [{"title": name, "roles": ["creator"]} for name in material.authors],
        "sources": [
            {"title": f"{a.label}: the saved file {a.seed}"} for a in material.study.corpus.articles.itertuples()
        ],
        "formulaGuard": {"mark": MARK, "cells": marked},
        "resources": [_resource(download, contents[download.table.name]) for download in tables],
    }


def _described(table):
    return f"{table.description} Not in it: {table.limits}"


def _resource(download, content):
    table = download.table
    schema = {
        "$schema": f"{STANDARD}/tableschema.json",
        "fields": [_field(column) for column in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {"fields": [column], "reference": {"resource": other, "fields": [target]}} for column, (other, target) in download.references.items()
        ],
    }  # fmt: skip
    if not schema["foreignKeys"]:
        del schema["foreignKeys"]
    return {
        "$schema": f"{STANDARD}/dataresource.json",
        "name": table.name,
        "type": "table",
        "path": f"tables/{table.name}.csv",
        "title": table.title,
        "description": _described(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _field(column):
    field = {"name": column.name, "type": column.type, "description": column.description} | (
        {"rdfType": EDTF} if column.dated else {}
    )
    constraints = {}
    if column.required:
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.pattern:
        constraints["pattern"] = column.pattern
    if column.enum:
        constraints["enum"] = list(column.enum)
    if column.type == "integer":
        constraints["minimum"] = 0
    return field | ({"constraints": constraints} if constraints else {})


def to_json(value):
    """Write JSON as people read it: UTF-8, indented, keys in the order given.

    Parameters
    ----------
    value : dict or list

    Returns
    -------
    bytes
    """
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def files(material):
    """Yield the data package, whole and in parts.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Yields
    ------
    analysis.downloads.material.File
    """
    tables = definitions.tables(material)
    texts = {download.table.name: to_csv(download.table.columns, download.rows) for download in tables}
    package = to_json(descriptor(material, tables, texts))
    entries = {"datapackage.json": package} | {f"tables/{name}.csv": content for name, content in texts.items()}
    yield File(
        f"{material.citation.name}.zip", "Data Package (zip)", "All tables as CSV with their descriptor, in one file that opens as it is in "
        "programs for data packages, and unpacks to what stands below.", "The saved files themselves, and what no table has a column for.",
        archive(entries, material.citation.released),
    )  # fmt: skip
    yield File(
        "datapackage.json", "Data Package 2.0", "Describes the CSV files: types, the meaning of every column, keys, allowed values.",
        "That quotations stand in the saved files letter for letter; the report checks this when it is built.", package,
    )  # fmt: skip
    for download in tables:
        table = download.table
        yield File(f"tables/{table.name}.csv", "CSV", table.description, table.limits, texts[table.name])
        yield File(f"tables/{table.name}.parquet", "Parquet", table.description, table.limits, to_parquet(download))
