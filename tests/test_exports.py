"""The downloads, read back by readers that know nothing of this project."""

import csv
import dataclasses
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from analysis import downloads as exports
from analysis import paths
from analysis.base.faults import DataError
from analysis.coding import codebook
from analysis.coding.study import load
from analysis.corpus import publication
from analysis.corpus import texts as corpus
from analysis.downloads import material, tabular
from analysis.measures import alignment

SCHEMAS = paths.ROOT / "tests" / "data" / "refi-qda"
Q = "{urn:QDA-XML:project:1.0}"
WINDOW = 40  # characters in a row that are no coincidence
MODES = (publication.FULL, publication.EXCERPTS)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))  # all that UTF-8 can write
CSV_NAMES = (
    "files", "articles", "zones", "sentences", "issues", "codes", "actors", "actor_roles", "statements", "no_statement", "passages",
    "coding", "decisions", "events", "contradictions", "loaded_words",
)  # fmt: skip
HOSTILE = [
    "=1+1",
    "+49",
    "-5",
    "@SUM(A1)",
    "'=1+1",
    "''-1",
    "'tis",
    "\tx",
    "\nx",
    "\uff1d1",
    'a "b"; c, d',
    "a\r\nb",
    "\U0001f600",
    "= é",
]


@pytest.fixture(scope="module")
def written(study, tmp_path_factory):
    """For each mode the folder of downloads and their table."""
    out = {}
    for mode in MODES:
        folder = tmp_path_factory.mktemp(mode)
        out[mode] = (folder, exports.write(study, folder, mode))
    return out


@pytest.fixture(params=MODES)
def downloads(request, written):
    """The folder of downloads, once in each mode."""
    return written[request.param][0]


@pytest.fixture
def full(written):
    return written[publication.FULL][0]


@pytest.fixture
def excerpts(written):
    return written[publication.EXCERPTS][0]


@pytest.fixture(scope="module")
def strange(study, tmp_path_factory):
    """A study with characters beyond the basic plane and cells that look like formulas, written in full."""
    root = tmp_path_factory.mktemp("strange")
    seeds, data = shutil.copytree(paths.SEEDS, root / "seeds"), shutil.copytree(paths.DATA, root / "data")
    sums = []
    for line in (seeds / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        path = seeds / line.split("  ")[1]
        text = path.read_bytes().decode("utf-8")
        free = _free_offset(study, path.name, text)
        path.write_bytes((text[:free] + "\U0001f5fe" + text[free + 1 :]).encode("utf-8"))
        sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    (seeds / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    changed = load(seeds, data)
    table = changed.statements.copy()
    table.iloc[: len(HOSTILE), table.columns.get_loc("remark")] = HOSTILE
    changed = dataclasses.replace(changed, statements=table)
    exports.write(changed, root / "out")
    return changed, root / "out"


def _free_offset(study, seed, text):
    """The first letter of a file that no table quotes and no sentence holds."""
    tables = (study.statements, study.passages, study.roles, study.corpus.sentences)
    spans = [(row.start, row.end) for table in tables for row in table[table["seed"] == seed].itertuples()]
    return next(n for n, c in enumerate(text) if c.isalpha() and not any(a <= n < b for a, b in spans))


def cells(path, **options):
    """The rows of a CSV file as dicts, by Python's own reader."""
    with open(path, encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, strict=True, **options))


def strings(name, content):
    """Every text in a file, whatever its format."""
    if name.endswith((".zip", ".qdpx")):
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            for entry in source.namelist():
                yield from strings(entry, source.read(entry))
    elif name.endswith(".parquet"):
        import pyarrow.parquet as pq

        table = pq.read_table(io.BytesIO(content))
        yield from (value.decode() for value in (table.schema.metadata or {}).values())
        for column in table.columns:
            yield from (str(value) for value in column.to_pylist() if value is not None)
    elif name.endswith((".json", ".jsonld")):
        stack = [json.loads(content)]
        while stack:
            value = stack.pop()
            if isinstance(value, dict) and "exact" in value:  # what a reader can put together
                yield value.get("prefix", "") + value["exact"] + value.get("suffix", "")
            elif isinstance(value, dict):
                stack += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                stack += value
            else:
                yield str(value)
    elif name.endswith((".graphml", ".qdc", ".qde")):
        for element in etree.fromstring(content).iter():
            yield from (part for part in (element.text, element.tail, *element.attrib.values()) if part)
    elif name.endswith(".csv"):
        delimiter = ";" if name.startswith("dna") else ","
        for row in csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True, delimiter=delimiter):
            yield from row
    else:
        yield content.decode("utf-8")


def everything(folder):
    """Every text in every file below a folder, with the file's name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for text in strings(path.name, path.read_bytes()):
                yield path.name, text


# The whole


def test_the_table_lists_every_file_with_its_size_and_sum(written):
    for folder, table in written.values():
        there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert set(table["name"]) == there and table["name"].is_unique
        for row in table.itertuples():
            content = (folder / row.name).read_bytes()
            assert (row.bytes, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
            assert all(str(cell).strip() for cell in row)


def test_sha256sum_finds_all_files_whole(downloads):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=downloads, capture_output=True, text=True
    )
    files = [p for p in downloads.rglob("*") if p.is_file()]
    assert done.returncode == 0 and done.stdout.count(": OK\n") == len(files) - 1


def test_another_process_writes_the_same_bytes(written, tmp_path):
    program = (
        "import sys, pathlib; from analysis import downloads as exports; from analysis.coding.study import load\n"
        "for mode in ('full', 'excerpts'): exports.write(load(), pathlib.Path(sys.argv[1]) / mode, mode)"
    )
    environment = os.environ | {
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Kamchatka",
        "LANG": "C",
        "USER": "somebody",
        "PYTHONPATH": str(paths.ROOT),
    }
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=environment, check=True, cwd=tmp_path)
    for mode, (folder, table) in written.items():
        for name in table["name"]:
            assert (tmp_path / mode / name).read_bytes() == (folder / name).read_bytes(), name


def test_no_file_names_the_machine_or_the_day(downloads):
    strangers = {str(paths.ROOT), str(Path.home()), os.uname().nodename, date.today().isoformat()} - {
        "",
        "/",
        str(_released()),
    }
    for name, text in everything(downloads):
        assert not [word for word in strangers if word in text], name


def _released():
    import yaml

    return yaml.safe_load(paths.CITATION.read_text(encoding="utf-8"))["date-released"]


def test_zip_files_bear_the_day_of_release_alone(downloads):
    for name in ("two-islands-or-four.zip", "two-islands-or-four.qdpx", "coding-passes.qdpx"):
        with zipfile.ZipFile(downloads / name) as source:
            assert source.testzip() is None
            assert {info.date_time for info in source.infolist()} == {(*_released().timetuple()[:3], 0, 0, 0)}
            assert {(info.create_system, info.external_attr >> 16) for info in source.infolist()} == {(3, 0o644)}


def test_an_unknown_mode_is_refused(study, tmp_path):
    with pytest.raises(ValueError, match="'half'.*'full'.*'excerpts'"):
        exports.write(study, tmp_path, "half")


# Tables


@pytest.mark.parametrize("mode", MODES)
def test_every_statement_comes_back_from_csv(study, written, mode):
    rows = cells(written[mode][0] / "tables" / "statements.csv")
    assert [row["id"] for row in rows] == list(study.statements.index)
    shared = [c for c in rows[0] if c in study.statements.columns]
    assert set(study.statements.columns) == set(shared)
    for row, (_, expected) in zip(rows, study.statements.iterrows()):
        read = {c: tabular.unguard(row[c]) for c in shared}
        same = [
            c for c in shared if mode == publication.FULL or c != "remark"
        ]  # a remark may quote what excerpts do not show
        assert {c: read[c] for c in same} == {c: str(expected[c]) for c in same}
        text = study.corpus.texts[row["seed"]]
        assert text[int(row["start"]) : int(row["end"])] == row["exact"]
        assert (
            text.encode("utf-16-le")[2 * int(row["start_utf16"]) : 2 * int(row["end_utf16"])].decode("utf-16-le")
            == row["exact"]
        )


def test_csv_tables_hold_what_the_repository_has(full):
    for name in (
        "actors",
        "articles",
        "decisions",
        "events",
        "contradictions",
        "loaded_words",
        "no_statement",
        "passages",
        "actor_roles",
        "zones",
    ):
        path = paths.DATA / f"{name}.csv"
        expected = cells(path if path.exists() else paths.DATA / "coding" / f"{name}.csv")
        found = cells(full / "tables" / f"{name}.csv")
        assert [{c: tabular.unguard(row[c]) for c in expected[0]} for row in found] == expected, name


def test_every_row_of_every_pass_comes_back(full):
    rows = cells(full / "tables" / "coding.csv")
    for name in "abc":
        expected = cells(paths.DATA / "coding" / f"pass_{name}.csv")
        found = [row for row in rows if row["pass"] == name]
        for one, other in zip(found, expected, strict=True):
            same = ("sentence", "exact", "issue", "position", "kind", "mode", "date", "status", "reason", "remark")
            assert {c: tabular.unguard(one[c]) for c in same} == {c: other[c] for c in same}


@pytest.mark.parametrize("name", CSV_NAMES)
def test_parquet_and_csv_say_the_same(downloads, name):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(downloads / "tables" / f"{name}.parquet")
    rows = cells(downloads / "tables" / f"{name}.csv")
    assert table.column_names == list(rows[0])
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in table.to_pylist()] == [
        {k: tabular.unguard(v) for k, v in row.items()} for row in rows
    ]
    assert set(table.schema.types) <= {pa.string(), pa.int64()}
    assert all(field.metadata[b"description"] for field in table.schema)
    assert b"pandas" not in pq.read_schema(downloads / "tables" / f"{name}.parquet").metadata


def test_the_data_package_is_valid_with_its_data(downloads):
    import frictionless

    for name in ("datapackage.json", "two-islands-or-four.zip"):
        report = frictionless.Package(str(downloads / name)).validate()
        assert report.valid, report.flatten(["type", "note", "rowNumber", "fieldName"])[:5]
        assert {task.name for task in report.tasks} == set(CSV_NAMES)


@pytest.mark.parametrize(
    ("table", "old", "new", "kind"),
    [
        ("statements", b",indirect,", b",shouted,", "constraint-error"),
        ("statements", b"\r\nsd16-02,", b"\r\nsd16-01,", "primary-key"),
        ("statements", b"Sergei Lavrov,,Sergei Lavrov,", b"Sergei Lavrov,,Nobody At All,", "foreign-key"),
        ("zones", b",0,26,", b",zero,26,", "type-error"),
        ("codes", b"position,for,", b"position,,", "constraint-error"),
    ],
)  # fmt: skip
def test_the_data_package_tells_what_is_wrong_with_the_data(full, tmp_path, table, old, new, kind):
    import frictionless

    folder = shutil.copytree(full, tmp_path / "broken")
    path = folder / "tables" / f"{table}.csv"
    broken = path.read_bytes().replace(old, new, 1)
    assert broken != path.read_bytes()
    path.write_bytes(broken)
    errors = frictionless.Package(str(folder / "datapackage.json")).validate().flatten(["type"])
    assert {kind for (kind,) in errors} & {"hash-count", "byte-count"}
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in described["resources"]:  # with the sum gone, the content must give the fault away
        del resource["hash"], resource["bytes"]
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    errors = frictionless.Package(str(folder / "datapackage.json")).validate().flatten(["type"])
    assert kind in {found for (found,) in errors}


def test_the_descriptor_gives_meaning_type_and_values_of_every_column(full, study):
    package = json.loads((full / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["created"][:10] == str(_released())
    resources = {r["name"]: r for r in package["resources"]}
    for name, resource in resources.items():
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == list(cells(full / resource["path"])[0])
        assert all(f["description"] and f["type"] in ("string", "integer") for f in fields)
        assert resource["schema"]["missingValues"] == [""] and resource["schema"]["primaryKey"], name
    enums = {
        f["name"]: f["constraints"].get("enum")
        for f in resources["statements"]["schema"]["fields"]
        if "constraints" in f
    }
    assert enums["issue"] == list(study.codebook.issues.index)
    assert enums["position"] == list(study.codebook.positions) and enums["status"] == list(codebook.STATUSES)


def test_the_zip_holds_the_same_tables(downloads):
    with zipfile.ZipFile(downloads / "two-islands-or-four.zip") as source:
        assert source.namelist() == ["datapackage.json", *(f"tables/{name}.csv" for name in CSV_NAMES)]
        for name in source.namelist():
            assert source.read(name) == (downloads / name).read_bytes()


def test_cells_that_look_like_formulas_are_marked_and_come_back(strange):
    study, folder = strange
    risky = ("=", "+", "-", "@", "\t", "\r", "\n")
    for name, identifier, options in (
        ("tables/statements.csv", "id", {}),
        ("dna-statements.csv", "id", {"delimiter": ";"}),
    ):
        rows = cells(folder / name, **options)
        assert not [cell for row in rows for cell in row.values() if cell.startswith(risky)]
        assert [row[identifier] for row in rows] == list(study.statements.index)
    remarks = [row["remark"] for row in cells(folder / "tables" / "statements.csv")]
    assert [tabular.unguard(cell) for cell in remarks] == list(study.statements["remark"])
    assert [tabular.unguard(cell) for cell in remarks[: len(HOSTILE)]] == HOSTILE
    marked = sum(
        tabular.unguard(c) != c
        for name in CSV_NAMES
        for row in cells(folder / "tables" / f"{name}.csv")
        for c in row.values()
    )
    assert json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["formulaGuard"] == {
        "mark": "'",
        "cells": marked,
    }
    assert marked >= 9


def test_parquet_keeps_such_cells_as_they_are(strange):
    import pyarrow.parquet as pq

    study, folder = strange
    assert pq.read_table(folder / "tables" / "statements.parquet")["remark"].to_pylist() == [
        r or None for r in study.statements["remark"]
    ]


@given(st.text())
def test_a_guarded_cell_comes_back_and_is_no_formula(cell):
    guarded = tabular.guard(cell)
    assert tabular.unguard(guarded) == cell
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.text(alphabet="'=+-@\t\r\n ;,\"x"))
def test_the_mark_comes_off_hostile_cells(cell):
    assert tabular.unguard(tabular.guard(cell)) == cell


@given(
    st.lists(st.tuples(TEXT.filter(lambda text: "\x00" not in text), st.none() | st.integers(0, 9)), max_size=8),
    st.sampled_from([",", ";"]),
)
def test_rows_of_any_text_come_back_from_csv(rows, delimiter):
    written = tabular.to_csv(["text", "number"], rows, delimiter=delimiter).decode("utf-8")
    head, *read = csv.reader(io.StringIO(written, newline=""), strict=True, delimiter=delimiter)
    assert head == ["text", "number"]
    assert [(tabular.unguard(text), number) for text, number in read] == [
        (text, "" if number is None else str(number)) for text, number in rows
    ]


# Annotations


def occurrences(text, selector):
    """Where the words of a TextQuoteSelector stand, by the W3C's rule: prefix, exact and suffix in a row."""
    prefix, exact, suffix = selector.get("prefix", ""), selector["exact"], selector.get("suffix", "")
    return [m.start() + len(prefix) for m in re.finditer(f"(?={re.escape(prefix + exact + suffix)})", text)]


def by_digest(texts):
    import base64

    def name(text):
        digest = hashlib.sha256(text.encode("utf-8")).digest()
        return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")

    return {name(text): text for text in texts.values()}


def check_web_annotations(study, folder, whole):
    collection = json.loads((folder / "web-annotations.jsonld").read_text(encoding="utf-8"))
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    items = collection["first"]["items"]
    assert (collection["type"], collection["first"]["type"]) == ("AnnotationCollection", "AnnotationPage")
    assert collection["total"] == len(items) == len(study.statements) + len(study.passages)
    assert len({item["id"] for item in items}) == len(items)
    texts, found = by_digest(study.corpus.texts), {}
    for item in items:
        text = texts[item["target"]["source"]["id"]]
        quote, position = item["target"]["selector"]
        assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
        assert text[position["start"] : position["end"]] == quote["exact"]
        places = occurrences(text, quote)
        assert position["start"] in places
        if whole:
            assert len(places) == 1
        described = next(body["value"] for body in item["body"] if body["purpose"] == "describing")
        found[described.split(":")[0]] = (
            quote["exact"],
            {body["value"] for body in item["body"] if body["purpose"] == "tagging"},
        )
    for identifier, row in study.statements.iterrows():
        exact, tags = found[identifier]
        assert exact == row["exact"]
        assert {
            f"{name}:{row[name]}" for name in ("issue", "position", "kind", "mode", "status", "holder", "speaker")
        } == tags
    for identifier, row in study.passages.iterrows():
        assert found[identifier] == (row["exact"], set())


def test_web_annotations_lead_to_every_passage(study, written):
    for mode, (folder, _) in written.items():
        check_web_annotations(study, folder, mode == publication.FULL)


def test_web_annotations_count_code_points(strange):
    check_web_annotations(*strange, True)


def test_annotations_name_no_human_as_coder(downloads):
    items = json.loads((downloads / "web-annotations.jsonld").read_text(encoding="utf-8"))["first"]["items"]
    assert {(i["creator"]["type"], i["creator"]["name"]) for i in items} == {("Software", "decisions (AI annotator)")}


def check_client_files(study, folder):
    found = {}
    for number, seed in zip(study.corpus.files["number"], study.corpus.files["seed"]):
        content = json.loads((folder / f"hypothesis-{number}.json").read_text(encoding="utf-8"))
        units = study.corpus.texts[seed].encode("utf-16-le")
        assert {a["user"] for a in content["annotations"]} == {content["export_userid"]}
        for a in content["annotations"]:
            assert {
                "target",
                "tags",
                "text",
                "uri",
                "document",
                "permissions",
                "user",
                "group",
                "created",
                "updated",
                "links",
                "hidden",
            } <= a.keys()
            assert not [reader for reader in a["permissions"]["read"] if reader.startswith("group:")]
            (target,) = a["target"]
            position, quote = target["selector"]
            assert units[2 * position["start"] : 2 * position["end"]].decode("utf-16-le") == quote["exact"]
            before, after = (
                units[: 2 * position["start"]].decode("utf-16-le"),
                units[2 * position["end"] :].decode("utf-16-le"),
            )
            assert before.endswith(quote["prefix"]) and after.startswith(quote["suffix"])
            assert a["id"] not in found and a["text"].startswith(f"{a['id']}: ")
            found[a["id"]] = (seed, quote["exact"], tuple(a["tags"]))
    expected = {i: (r["seed"], r["exact"]) for t in (study.statements, study.passages) for i, r in t.iterrows()}
    assert {i: value[:2] for i, value in found.items()} == expected
    return found


def test_the_client_finds_every_passage(study, downloads):
    found = check_client_files(study, downloads)
    for identifier, row in study.statements.iterrows():
        assert f"issue:{row['issue']}" in found[identifier][2] and f"position:{row['position']}" in found[identifier][2]


def test_the_client_gets_utf16_positions(strange):
    study, folder = strange
    check_client_files(study, folder)
    rows = cells(folder / "tables" / "statements.csv")
    assert (
        Counter(int(r["start_utf16"]) - int(r["start"]) for r in rows)[1] > 0
    )  # the strange character stands before them


@given(TEXT, st.integers(0, 40))
def test_utf16_offsets_count_what_javascript_counts(text, offset):
    offset = min(offset, len(text))
    counted = sum(2 if ord(c) > 0xFFFF else 1 for c in text[:offset])
    assert corpus.utf16_offset(text, offset) == counted
    assert text.encode("utf-16-le")[: 2 * counted].decode("utf-16-le") == text[:offset]


# REFI-QDA


def opened(path):
    """The project of a QDPX file and its sources by the name the project gives them."""
    with zipfile.ZipFile(path) as source:
        root = etree.fromstring(source.read("project.qde"))
        texts = {name: source.read(name) for name in source.namelist() if name != "project.qde"}
    return root, texts


@pytest.mark.parametrize("name", ["two-islands-or-four.qdpx", "coding-passes.qdpx"])
def test_a_project_is_valid_by_the_standards_schema(downloads, name):
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "Project.xsd"))
    root, texts = opened(downloads / name)
    assert schema.validate(root), schema.error_log
    coding = root.find(f".//{Q}PlainTextSelection/{Q}Coding")
    coding.append(coding.makeelement(f"{Q}CodeRef", targetGUID="x"))
    assert not schema.validate(root)  # the schema sees what it should see
    root, _ = opened(downloads / name)
    guids = [e.get("guid") for e in root.iter() if e.get("guid")]
    assert len(guids) == len(set(guids))
    targets = {
        value
        for e in root.iter()
        for key, value in e.attrib.items()
        if key in ("targetGUID", "creatingUser", "creatingUserGUID")
    }
    assert targets <= set(guids)
    assert all(coding[0].tag == f"{Q}CodeRef" for coding in root.iter(f"{Q}Coding"))
    paths_given = [s.get("plainTextPath") for s in root.iter(f"{Q}TextSource")]
    assert {p.replace("internal://", "sources/") for p in paths_given} == set(texts)


def test_the_codebook_is_valid_and_whole(downloads, study):
    root = etree.parse(downloads / "codebook.qdc").getroot()
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "Codebook.xsd"))
    assert schema.validate(root), schema.error_log
    c = "{urn:QDA-XML:codebook:1.0}"
    groups = {g.get("name"): g for g in root.find(f"{c}Codes")}
    for group, title in study.codebook.groups.items():
        issues = study.codebook.issues[study.codebook.issues["group"] == group]
        assert groups[title].get("isCodable") == "false"
        assert [code.get("name") for code in groups[title].findall(f"{c}Code")] == list(issues["label"])
        assert all(code.get("isCodable") == "true" for code in groups[title].findall(f"{c}Code"))
        for code, sentence in zip(groups[title].findall(f"{c}Code"), issues["sentence"]):
            assert code.findtext(f"{c}Description").startswith(sentence)
    assert [k.get("name") for k in groups["Position"]] == [f"position: {key}" for key in study.codebook.positions]
    names = [code.get("name") for code in root.iter(f"{c}Code")]
    assert len(names) == len(set(names))


def selections(root, texts):
    """Every selection as a dict: text, name, user, codes by name, memo, seed, positions."""
    code = {e.get("guid"): e.get("name") for e in root.iter(f"{Q}Code")}
    user = {e.get("guid"): e.get("name") for e in root.iter(f"{Q}User")}
    for source in root.iter(f"{Q}TextSource"):
        text = texts[source.get("plainTextPath").replace("internal://", "sources/")].decode("utf-8")
        for s in source.findall(f"{Q}PlainTextSelection"):
            start, end = int(s.get("startPosition")), int(s.get("endPosition"))
            codes = [code[c.find(f"{Q}CodeRef").get("targetGUID")] for c in s.findall(f"{Q}Coding")]
            memo = s.findtext(f"{Q}Description") or ""
            yield {
                "guid": s.get("guid"), "name": s.get("name"), "seed": source.get("name"), "text": text[start:end], "start": start, "end": end,
                "codes": codes, "user": user[s.get("creatingUser")], "memo": memo,
            }  # fmt: skip


def check_project(study, folder):
    root, texts = opened(folder / "two-islands-or-four.qdpx")
    found = {s["name"]: s for s in selections(root, texts)}
    assert set(found) == set(study.statements.index)
    for identifier, row in study.statements.iterrows():
        s = found[identifier]
        assert (s["text"], s["seed"], s["start"], s["end"]) == (row["exact"], row["seed"], row["start"], row["end"])
        expected = {study.codebook.issues.at[row["issue"], "label"]}
        expected |= {f"{name}: {row[name]}" for name in ("position", "kind", "mode", "status", "holder", "speaker")}
        assert set(s["codes"]) == expected and s["user"] == "decisions (AI annotator)"
    return root, found


def test_a_project_has_every_statement_with_its_codes(study, downloads):
    root, found = check_project(study, downloads)
    names = {s["guid"]: name for name, s in found.items()}
    variables = {e.get("guid"): e.get("name") for e in root.iter(f"{Q}Variable")}
    cases = {}
    for case in root.iter(f"{Q}Case"):
        values = {
            variables[v.find(f"{Q}VariableRef").get("targetGUID")]: v.findtext(f"{Q}TextValue")
            for v in case.findall(f"{Q}VariableValue")
        }
        cases[case.get("name")] = (values, [names[r.get("targetGUID")] for r in case.findall(f"{Q}SelectionRef")])
    for actor, row in study.actors.iterrows():
        values, ids = cases[actor]
        assert ids == list(study.statements.index[study.statements["holder"] == actor])
        assert values["type"] == row["type"] and values.get("country", "") == row["country"]
    for article, row in study.corpus.articles.iterrows():
        values, ids = cases[row["label"]]
        assert ids == list(study.statements.index[study.statements["article"] == article])
        assert values["date in the record"] == row["date_record"]


def test_a_project_counts_code_points(strange):
    check_project(*strange)


def test_the_passes_are_coders_of_their_own(study, downloads):
    root, texts = opened(downloads / "coding-passes.qdpx")
    assert [u.get("name") for u in root.iter(f"{Q}User")] == [f"pass {name} (AI annotator)" for name in "abc"]
    found = list(selections(root, texts))
    seeds, where = study.corpus.texts, study.corpus.sentences.set_index("sentence")
    for name in "abc":
        rows = [row for row in cells(paths.DATA / "coding" / f"pass_{name}.csv") if not row["reason"]]
        mine = [s for s in found if s["user"] == f"pass {name} (AI annotator)"]
        labels = study.codebook.issues["label"]
        got = Counter((seeds[s["seed"]][s["start"] : s["end"]], *s["codes"][:3]) for s in mine)
        assert got == Counter(
            (r["exact"], labels[r["issue"]], f"position: {r['position']}", f"kind: {r['kind']}") for r in rows
        )
        for row in rows:
            sentence = where.loc[row["sentence"]]
            assert any(
                sentence["start"] <= s["start"] and s["end"] <= sentence["end"] and s["seed"] == sentence["seed"]
                for s in mine
            )


def test_sources_keep_length_and_lines_of_the_saved_files(study, downloads):
    root, texts = opened(downloads / "two-islands-or-four.qdpx")
    for source in root.iter(f"{Q}TextSource"):
        seed = source.get("name")
        original = study.corpus.texts[seed]
        raw = texts[source.get("plainTextPath").replace("internal://", "sources/")]
        text = raw.decode("utf-8")
        assert len(text) == len(original) and b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")
        assert [n for n, c in enumerate(text) if c == "\n"] == [n for n, c in enumerate(original) if c == "\n"]


def test_a_full_project_differs_from_the_files_in_withheld_names_alone(study, full):
    root, texts = opened(full / "two-islands-or-four.qdpx")
    for source in root.iter(f"{Q}TextSource"):
        seed, original = source.get("name"), study.corpus.texts[source.get("name")]
        text = texts[source.get("plainTextPath").replace("internal://", "sources/")].decode("utf-8")
        hidden = {n for a, b in study.withheld[seed] for n in range(a, b)}
        assert {n for n in range(len(text)) if text[n] != original[n]} <= hidden
        assert all(set(text[a:b]) <= {"·", " "} for a, b in study.withheld[seed])


# Networks


def test_every_statement_comes_back_from_the_event_list(study, downloads):
    rows = cells(downloads / "dna-statements.csv", delimiter=";")
    assert list(rows[0])[:8] == [
        "statement_id",
        "time",
        "person",
        "organization",
        "concept",
        "agreement",
        "start_position",
        "stop_position",
    ]
    for count, (row, (identifier, expected)) in enumerate(zip(rows, study.statements.iterrows(), strict=True), start=1):
        assert (row["id"], row["text"], row["person"], row["concept"]) == (
            identifier,
            expected["exact"],
            expected["holder"],
            expected["issue"],
        )
        assert int(row["statement_id"]) == count
        assert (
            study.corpus.texts[row["seed"]][int(row["start_position"]) : int(row["stop_position"])] == expected["exact"]
        )
        assert row["agreement"] == {"for": "1", "against": "0"}.get(expected["position"], "")
        assert row["position"] == expected["position"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00", row["time"])


def test_a_network_of_the_event_list_is_the_reports_own(study, downloads):
    """Congruence counted from the file alone, as a reader of the file would."""
    stances = {}
    for row in cells(downloads / "dna-statements.csv", delimiter=";"):
        if row["agreement"] and row["person"] != "article":
            stances.setdefault(row["person"], set()).add((row["concept"], row["agreement"]))
    graph = nx.read_graphml(downloads / "network-congruence.graphml")
    assert set(graph) == set(stances)
    for first in graph:
        for second in graph:
            if first < second:
                shared = len(stances[first] & stances[second])
                assert (graph.edges[first, second]["issues"] if graph.has_edge(first, second) else 0) == shared


def test_networks_come_back_with_their_weights(study, downloads):
    judged = alignment.judgements(study.statements)
    pairs = alignment.one_mode(judged)
    for name in ("congruence", "conflict"):
        graph = nx.read_graphml(downloads / f"network-{name}.graphml")
        assert type(graph) is nx.Graph
        found = {tuple(sorted(edge[:2])): (edge[2]["issues"], edge[2]["weight"]) for edge in graph.edges(data=True)}
        expected = {
            (r["first"], r["second"]): (r[name], r[f"{name}_normalised"]) for _, r in pairs[pairs[name] > 0].iterrows()
        }
        assert found == expected and found
    graph = nx.read_graphml(downloads / "network-two-mode.graphml")
    expected = {}
    for row in judged.itertuples():
        expected.setdefault((row.holder, row.issue), []).append(row)
    assert graph.number_of_edges() == len(expected)
    for (holder, issue), rows in expected.items():
        word = "both" if len(rows) == 2 else "for" if rows[0].agreement else "against"
        assert graph.edges[holder, issue] == {"agreement": word, "count": sum(r.count for r in rows)}
        assert (graph.nodes[holder]["kind"], graph.nodes[issue]["kind"]) == ("holder", "issue")


def test_graphml_is_plain(downloads):
    for path in downloads.glob("*.graphml"):
        root = etree.parse(path).getroot()
        assert {etree.QName(e).namespace for e in root.iter()} == {"http://graphml.graphdrawing.org/xmlns"}
        assert not [key for key in root.iter("{*}key") if not key.get("attr.name")]


# What may be shown


def plain(text):
    return "".join(" " if c.isspace() else c for c in text)


def unmarked_runs(study):
    """All runs of WINDOW characters of the saved files with a letter or sign that no marked part holds."""
    runs, shown = set(), set()
    for seed, text in study.corpus.texts.items():
        text = plain(text)
        marked = {n for a, b in publication.shown(study, seed, publication.EXCERPTS) for n in range(a, b)} | {
            n for n, c in enumerate(text) if c == " "
        }
        for n in range(len(text) - WINDOW + 1):
            (shown if marked.issuperset(range(n, n + WINDOW)) else runs).add(text[n : n + WINDOW])
    return runs - shown


def leaks(study, folder):
    runs = unmarked_runs(study)
    found = set()
    for name, text in everything(folder):
        text = plain(text)
        found |= {(name, text[n : n + WINDOW]) for n in range(len(text) - WINDOW + 1) if text[n : n + WINDOW] in runs}
    return found


def test_excerpts_hold_nothing_of_the_articles_but_marked_passages(study, excerpts):
    assert leaks(study, excerpts) == set()


def test_the_search_for_unmarked_text_finds_it_in_the_full_edition(study, full):
    expected = {"sentences.csv", "sentences.parquet", "two-islands-or-four.qdpx", "web-annotations.jsonld"}
    assert {name for name, _ in leaks(study, full)} >= expected


def test_excerpts_clip_the_surroundings_of_a_quotation(study, excerpts, full):
    shorter = 0
    for mode, folder in (("excerpts", excerpts), ("full", full)):
        for item in json.loads((folder / "web-annotations.jsonld").read_text(encoding="utf-8"))["first"]["items"]:
            quote, position = item["target"]["selector"]
            seed = next(
                seed
                for seed, text in study.corpus.texts.items()
                if by_digest({0: text}).keys() == {item["target"]["source"]["id"]}
            )
            a, b = position["start"] - len(quote.get("prefix", "")), position["end"] + len(quote.get("suffix", ""))
            if mode == "excerpts":
                assert any(x <= a and b <= y for x, y in publication.shown(study, seed, publication.EXCERPTS))
            else:
                shorter += position["start"] - a == 32
    assert shorter > len(study.statements) / 2


def test_excerpts_leave_out_the_texts_of_tables(study, excerpts, full):
    assert "text" in cells(full / "tables" / "sentences.csv")[0]
    assert "text" not in cells(excerpts / "tables" / "sentences.csv")[0]
    assert "text" not in cells(full / "tables" / "zones.csv")[0]
    marked = {seed: publication.shown(study, seed, publication.EXCERPTS) for seed in study.corpus.texts}
    for name in ("coding", "actor_roles"):
        rows = [r for r in cells(excerpts / "tables" / f"{name}.csv") if r["start"]]
        assert rows
        for row in rows:
            inside = any(a <= int(row["start"]) and int(row["end"]) <= b for a, b in marked[row["seed"]])
            assert bool(row["exact"]) == inside


def test_excerpts_show_every_marked_passage_in_the_sources(study, excerpts):
    root, texts = opened(excerpts / "two-islands-or-four.qdpx")
    for source in root.iter(f"{Q}TextSource"):
        seed, original = source.get("name"), study.corpus.texts[source.get("name")]
        text = texts[source.get("plainTextPath").replace("internal://", "sources/")].decode("utf-8")
        shown = set()
        for a, b in publication.shown(study, seed, publication.EXCERPTS):
            assert text[a:b] == original[a:b]
            shown |= set(range(a, b))
        assert {c for n, c in enumerate(text) if n not in shown} <= {"·", " ", "\n"}


def test_names_of_comment_writers_are_in_no_file(study, downloads):
    names = {study.corpus.texts[seed][a:b] for seed in study.corpus.texts for a, b in study.withheld[seed]}
    assert names
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names)))
    assert [name for name, text in everything(downloads) if pattern.search(text)] == []


def withholding(study, seed, start, end):
    """The study with one span to withhold, and no other."""
    return dataclasses.replace(
        study,
        tables=study.tables | {"redactions": pd.DataFrame([(seed, start, end)], columns=["seed", "start", "end"])},
    )


def test_the_surroundings_of_a_quotation_stop_at_a_withheld_name(study):
    row = study.statements.iloc[0]
    stuff = material.gather(withholding(study, row["seed"], row["start"] - 12, row["start"] - 3), publication.FULL)
    prefix, _ = stuff.context(row["seed"], row["start"], row["end"])
    text = study.corpus.texts[row["seed"]]
    assert prefix == text[row["start"] - 3 : row["start"]]
    source = stuff.source_text(row["seed"])
    assert source[row["start"] - 12 : row["start"] - 3].replace("\n", "").strip("·") == ""
    assert source[row["start"] - 3 :] == text[row["start"] - 3 :]


def test_a_statement_that_quotes_a_withheld_name_stops_everything(study, tmp_path):
    row = study.statements.iloc[3]
    changed = withholding(study, row["seed"], row["start"] + 2, row["start"] + 5)
    with pytest.raises(DataError, match=f"statements.csv, {row.name}: found a quotation with a withheld name"):
        exports.write(changed, tmp_path)


@pytest.fixture(scope="module")
def closed(study):
    """The material of the excerpts, and the runs it may not show."""
    return material.gather(study, publication.EXCERPTS), unmarked_runs(study)


@given(st.data())
def test_a_remark_never_carries_unmarked_text(study, closed, data):
    stuff, unmarked = closed
    seed = data.draw(st.sampled_from(sorted(study.corpus.texts)))
    text = study.corpus.texts[seed]
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : start + data.draw(st.integers(0, 120))]
    remark = data.draw(st.text(max_size=10)) + piece + data.draw(st.text(max_size=10))
    shown = plain(stuff.prose(remark))
    assert not [n for n in range(len(shown) - WINDOW + 1) if shown[n : n + WINDOW] in unmarked]
