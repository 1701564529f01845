"""One descriptor defines every table: our reader and that of the standard's own library find the same faults."""

import csv
import json
import shutil

import pytest
from frictionless import Package
from pybtex.database import parse_file

from analysis import paths
from analysis.base import schema
from analysis.base.faults import DataError
from analysis.coding.study import load

PACKAGE = schema.load(paths.DATA)
FILES = [(table, path) for table in PACKAGE.tables.values() for path in table.paths]
KEYS = set(parse_file(str(paths.BOOK / "references.bib")).entries) | set(
    parse_file(str(paths.BOOK / "articles.bib")).entries
)
SENSELESS = "no such key \u2603"


def resolved(study, folder):
    """The descriptor of a folder, with the keys of the codebook written out, as the library reads it."""
    described = json.loads((folder / schema.FILE).read_text(encoding="utf-8"))
    for resource in described["resources"]:
        for column in resource["schema"]["fields"]:
            for target in column.get("among", ()):
                part = target.partition(".")[2]
                if target.startswith(("codebook.", "issues.")):
                    column.setdefault("constraints", {})["enum"] = study.codebook.keys(
                        "issues" if part == "issue" else part
                    )
    (folder / schema.FILE).write_text(json.dumps(described), encoding="utf-8")
    return folder / schema.FILE


def errors(path):
    """What the library finds wrong, as (file, column)."""
    report = Package(str(path)).validate()
    assert not report.errors
    return {
        (task.place.split(" ")[0], column)
        for task in report.tasks
        for error in task.errors
        for column in getattr(error, "field_names", None) or [getattr(error, "field_name", "")]
    }


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables that a test may break."""
    return shutil.copytree(paths.DATA, tmp_path / "data")


def rows_of(path):
    """All rows of a table, header first."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path, rows):
    """Write all rows of a table, header first."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def change(path, column, value, row=1):
    """Change one cell; the row counts from 1 below the header."""
    rows = rows_of(path)
    rows[row][rows[0].index(column)] = value
    write(path, rows)


def faults(folder):
    """The faults found on loading, which must be some."""
    with pytest.raises(DataError) as caught:
        load(data=folder, bibliography=KEYS)
    return caught.value.faults


def test_every_table_is_valid_to_the_library_as_it_is():
    assert errors(paths.DATA / schema.FILE) == set()


def test_every_table_is_valid_to_the_library_with_the_codebook(study, folder):
    assert errors(resolved(study, folder)) == set()


def test_every_table_of_the_folder_is_described_with_what_each_column_means():
    assert sorted(path for _, path in FILES) == sorted(
        path.relative_to(paths.DATA).as_posix() for path in paths.DATA.rglob("*.csv")
    )
    for table in PACKAGE.tables.values():
        assert table.title and table.row and table.description and table.limits
        assert all(column.description.endswith(".") for column in (*table.fields, *table.derived))


def test_the_invented_corpus_has_the_same_tables_and_two_passes(invented):
    described = [
        json.loads((folder / schema.FILE).read_text(encoding="utf-8"))
        for folder in (paths.ROOT / "analysis" / "data", invented / "data")
    ]
    passes = [
        next(resource.pop("path") for resource in part["resources"] if resource["name"] == "coding")
        for part in described
    ]
    assert described[0] == described[1] and [len(files) for files in passes] == [3, 2]
    assert list(load(invented / "seeds", invented / "data").passes) == ["a", "b"]


def test_a_table_without_a_description_is_a_fault(folder):
    (folder / "more.csv").write_text("a\n1\n", encoding="utf-8")
    (fault,) = faults(folder)
    assert fault.file.endswith("more.csv") and fault.found == "a table without a description"


@pytest.mark.parametrize(("table", "path"), FILES, ids=[path for _, path in FILES])
def test_a_senseless_first_cell_is_found_in_every_table(folder, table, path):
    change(folder / path, table.columns[0], SENSELESS)
    assert any(SENSELESS in fault.found or path == "actors.csv" for fault in faults(folder))


def planted(kind, column):
    """A value of a column with a fault of a kind, and whether the library sees it; or None where there is none."""
    keyed = [target for target in column.among if target.startswith(("codebook", "issues"))]
    if kind == "nothing" and column.required:
        return "", True
    if kind == "unknown value" and (column.enum or keyed):
        return "perhaps", True
    if kind == "broken reference" and column.among and not keyed:
        return "nobody-99", len(column.among) == 1 and column.among[0].partition(".")[
            0
        ] in PACKAGE.tables and not column.separator
    if kind == "wrong type" and column.type != "string":
        return "several", True
    if kind == "no date" and column.dated:
        return "soon", False
    if kind == "wrong form" and column.pattern:
        return "no key!", True
    return None


# What refers to a table with a fault in its key is not looked at, so keys have a turn of their own.
TARGETS = {
    (f"{name}.csv", column)
    for name, column in [
        ("actors", "actor"),
        ("statements", "id"),
        ("statements", "article"),
        ("passages", "id"),
        ("passages", "article"),
    ]
}
CORE = ("articles.csv", "zones.csv")  # without them there is no corpus


@pytest.mark.parametrize("turn", ["core", "keys", "others"])
@pytest.mark.parametrize(
    "kind", ["nothing", "unknown value", "broken reference", "wrong type", "no date", "wrong form"]
)
def test_faults_planted_in_all_columns_of_all_tables_are_found_by_both(study, folder, kind, turn):
    expected, library = set(), set()
    for table, path in FILES:
        for number, column in enumerate(table.fields):
            where = "core" if path in CORE else "keys" if (path, column.name) in TARGETS else "others"
            if where != turn or (plan := planted(kind, column)) is None:
                continue
            rows = rows_of(folder / path)
            filled = [
                n for n, cells in enumerate(rows[1:], start=1) if cells[number]
            ]  # rows of their own, so that none is all empty
            row = filled[number % len(filled)]
            change(folder / path, column.name, plan[0], row)
            expected.add((path, f"row {row + 1}", column.name))
            library |= {(path, column.name)} if plan[1] else set()
    if not expected:
        return
    found = set()
    for fault in faults(folder):
        words = fault.found.split(" ")
        found.add((fault.file.removeprefix(f"{folder}/"), fault.where, words[1] if words[0] == "no" else words[0]))
    assert expected <= found
    passes = "coding/pass_a.csv"  # the library takes the passes for one file
    assert {(passes if path.startswith("coding/pass") else path, column) for path, column in library} <= errors(
        resolved(study, folder)
    )


@pytest.mark.parametrize("core", [True, False])
def test_a_row_that_stands_twice_is_found_by_both(study, folder, core):
    expected = {}
    for table, path in FILES:
        if table.key and (path in CORE) == core:
            rows = rows_of(folder / path)
            write(folder / path, [*rows, rows[1]])
            expected[path] = f"row {len(rows) + 1}"
    found = {
        (fault.file.removeprefix(f"{folder}/"), fault.where)
        for fault in faults(folder)
        if fault.found.endswith("again")
    }
    assert set(expected.items()) <= found
    assert set(expected) <= {path for path, _ in errors(resolved(study, folder))}


@pytest.mark.parametrize(
    ("column", "value"), [("remark", "another"), ("position", "mentioned"), ("speaker", "Japan"), ("date", "2016")]
)
def test_a_statement_that_passes_and_decisions_do_not_yield_is_a_fault(folder, column, value):
    old = dict(zip(*rows_of(folder / "statements.csv")[:2]))[column]
    change(folder / "statements.csv", column, value)
    (fault,) = faults(folder)
    assert (
        fault.where == "row 2"
        and fault.found == f"{column} {value!r}"
        and repr(old) in fault.expected
        and "rebuild" in fault.expected
    )


def test_a_reason_that_passes_and_decisions_do_not_yield_is_a_fault(study, folder):
    other = next(reason for reason in study.codebook.reasons if reason != study.no_statement["reason"].iloc[0])
    change(folder / "no_statement.csv", "reason", other)
    (fault,) = faults(folder)
    assert fault.file.endswith("no_statement.csv") and fault.where == "row 2" and fault.found == f"reason {other!r}"


def test_tables_of_another_corpus_are_told_in_a_few_lines(folder):
    for name in ("articles", "zones", "statements", "no_statement", "passages", "actor_roles", "redactions"):
        rows = rows_of(folder / f"{name}.csv")
        at = rows[0].index("seed")
        write(folder / f"{name}.csv", [rows[0], *([*row[:at], "999_other.txt", *row[at + 1 :]] for row in rows[1:])])
    told = faults(folder)
    assert len(told) <= 12
    (fault,) = [fault for fault in told if fault.file.endswith("statements.csv") and fault.found.startswith("seed")]
    assert fault.where == "179 rows (first: row 2)" and "seeds/" in fault.expected


@pytest.mark.parametrize(
    ("path", "column", "value", "nearest"),
    [
        ("statements.csv", "holder", "Japn", "Japan"),
        ("statements.csv", "issue", "two islands", "two_islands"),
        ("loaded_words.csv", "passage", "sd16-288", "sd16-28"),
        ("coding/pass_a.csv", "speaker", "Sergei Lavrow", "Sergei Lavrov"),
        ("coding/decisions.csv", "settled", "position=agains", "against"),
    ],
)
def test_the_nearest_valid_key_is_named(folder, path, column, value, nearest):
    change(folder / path, column, value)
    assert any(f"nearest: '{nearest}" in fault.expected for fault in faults(folder))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('"resources": [', '"resources": {', "JSON that cannot be read"),
        ('"name": "articles"', '"name": 3', "a description that cannot be read"),
        ('"type": "integer"', '"type": "whole"', "type 'whole'"),
        ('"primaryKey": ["article"]', '"primaryKey": ["artikel"]', "a key of 'artikel'"),
        ('["actors.actor", "actors.variants"]', '["actors.name"]', "a reference to 'actors.name'"),
        ('"name": "zones"', '"name": "areas"', "no table 'zones'"),
    ],
)
def test_a_descriptor_that_cannot_be_used_is_a_fault(folder, old, new, found):
    path = folder / schema.FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(fault.file.endswith(schema.FILE) and found in fault.found for fault in faults(folder))


def test_the_study_has_every_table(study):
    for name in PACKAGE.tables.keys() - {"coding", "actor_roles", "articles", "zones"}:
        assert len(getattr(study, name)), name
    assert list(study.passes) == ["a", "b", "c"]
    with pytest.raises(AttributeError, match="no table 'nothing'"):
        study.nothing  # noqa: B018
