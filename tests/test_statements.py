"""Loading is checking: the real data load, and each kind of fault is named by file and row."""

import csv
import shutil

import pytest

from analysis import paths
from analysis.base.faults import DataError
from analysis.coding import codebook
from analysis.coding.study import load
from analysis.corpus import texts as corpora


class Tables:
    """A copy of the seeds and the tables that a test may break."""

    def __init__(self, folder):
        self.seeds = shutil.copytree(paths.SEEDS, folder / "seeds")
        self.data = shutil.copytree(paths.DATA, folder / "data")

    def rows(self, name):
        """All rows of a table, header first."""
        with open(self.data / name, encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, name, rows):
        """Write all rows of a table, header first."""
        with open(self.data / name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def set(self, name, line, **cells):
        """Change cells of the row that stands on a line of a table."""
        rows = self.rows(name)
        for column, value in cells.items():
            rows[line - 1][rows[0].index(column)] = str(value)
        self.write(name, rows)

    def get(self, name, line):
        """The row on a line of a table, by column."""
        rows = self.rows(name)
        return dict(zip(rows[0], rows[line - 1], strict=True))

    def add(self, name, **cells):
        """Put a row at the end of a table and return its line."""
        rows = self.rows(name)
        rows.append([str(cells.get(column, "")) for column in rows[0]])
        self.write(name, rows)
        return len(rows)

    def remove(self, name, line):
        """Take away the row on a line of a table."""
        rows = self.rows(name)
        del rows[line - 1]
        self.write(name, rows)

    def faults(self):
        """The faults found on loading; there must be some, and the message must list them all."""
        with pytest.raises(DataError) as caught:
            load(seeds=self.seeds, data=self.data)
        for fault in caught.value.faults:
            assert str(fault) in str(caught.value)
        return caught.value.faults

    def the_fault(self):
        """The only fault found on loading."""
        (fault,) = self.faults()
        return fault


@pytest.fixture
def tables(tmp_path):
    """A copy of the seeds and the tables that a test may break."""
    return Tables(tmp_path)


def in_file(fault, name):
    """Whether a fault names a file."""
    return fault.file == name or fault.file.endswith(f"/{name}")


def test_the_data_load(study):
    assert len(study.statements) > 100
    assert study.statements.index.is_unique
    assert set(study.statements["article"]) == set(study.corpus.articles.index)
    assert not study.statements[["sentence", "paragraph", "line", "group"]].isna().any(axis=None)


def test_a_copy_of_the_data_loads_alike(study, tables):
    copy = load(seeds=tables.seeds, data=tables.data)
    assert copy.statements.equals(study.statements)
    assert copy.no_statement.equals(study.no_statement)
    assert copy.passages.equals(study.passages)


def test_statements_stand_in_reading_order(study):
    order = {article: number for number, article in enumerate(study.corpus.articles.index)}
    keys = [(order[s.article], s.start, s.end) for s in study.statements.itertuples()]
    assert keys == sorted(keys)


def test_every_quotation_stands_at_its_offsets(study):
    for table in (study.statements, study.passages):
        for row in table.itertuples():
            assert study.corpus.texts[row.seed][row.start : row.end] == row.exact


def test_a_statement_lies_in_the_sentence_paragraph_and_line_it_names(study):
    sentences = study.corpus.sentences.set_index("sentence")
    for row in study.statements.itertuples():
        sentence = sentences.loc[row.sentence]
        assert sentence["start"] <= row.start < row.end <= sentence["end"]
        assert (sentence["article"], sentence["paragraph"], sentence["line"]) == (row.article, row.paragraph, row.line)


def test_every_sentence_is_coded_or_excused_and_never_both(study):
    coded, excused = set(study.statements["sentence"]), list(study.no_statement["sentence"])
    assert len(excused) == len(set(excused))
    assert coded.isdisjoint(excused)
    assert coded | set(excused) == set(study.corpus.sentences["sentence"])


def test_a_wrong_quotation_is_named_beside_the_text_that_stands_there(tables):
    exact = tables.get("statements.csv", 5)["exact"]
    tables.set("statements.csv", 5, exact=exact.swapcase())
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5"
    assert repr(exact.swapcase()) in fault.found and repr(exact) in fault.expected
    assert "the quotation stands nowhere in the file" in fault.expected


@pytest.mark.parametrize(
    ("old", "new"), [("’", "'"), (" ", "\u00a0"), ("e", "е")], ids=["apostrophe", "no-break space", "Cyrillic letter"]
)
def test_one_look_alike_letter_is_a_wrong_quotation(tables, old, new):
    rows = tables.rows("statements.csv")
    exact = rows[0].index("exact")
    line = next(number for number, row in enumerate(rows[1:], start=2) if old in row[exact])
    tables.set("statements.csv", line, exact=rows[line - 1][exact].replace(old, new, 1))
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == f"row {line}"
    assert repr(rows[line - 1][exact].replace(old, new, 1)) in fault.found


@pytest.mark.parametrize("shift", [-1, 1])
def test_moved_offsets_are_a_fault_with_a_hint_where_the_quotation_stands(tables, shift):
    row = tables.get("statements.csv", 5)
    tables.set("statements.csv", 5, start=int(row["start"]) + shift, end=int(row["end"]) + shift)
    faults = tables.faults()
    assert all(in_file(fault, "statements.csv") and fault.where == "row 5" for fault in faults)
    assert f"stands at {row['start']} instead" in faults[0].expected


@pytest.mark.parametrize(
    "cells", [{"start": 0, "end": 0}, {"start": 400, "end": 300}, {"start": 999998, "end": 999999}]
)
def test_offsets_that_span_nothing_are_a_fault(tables, cells):
    tables.set("statements.csv", 5, **cells)
    assert {fault.where for fault in tables.faults()} >= {"row 5"}


def test_an_empty_quotation_is_a_fault(tables):
    start = tables.get("statements.csv", 5)["start"]
    tables.set("statements.csv", 5, exact="", end=start)
    assert {fault.where for fault in tables.faults()} >= {"row 5"}


@pytest.mark.parametrize("cell", ["", "12.0", "-4", "twelve"])
def test_an_offset_that_is_no_whole_number_is_a_fault(tables, cell):
    tables.set("statements.csv", 5, start=cell)
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == f"start {cell!r}"


@pytest.mark.parametrize("column", ["issue", "position", "kind", "mode", "status"])
@pytest.mark.parametrize("value", ["perhaps", ""])
def test_an_unknown_key_is_named_with_the_keys_there_are(tables, column, value):
    known = tables.get("statements.csv", 5)[column]
    tables.set("statements.csv", 5, **{column: value})
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == f"{column} {value!r}"
    assert known in fault.expected


@pytest.mark.parametrize("column", ["speaker", "holder", "via"])
def test_an_unknown_name_is_a_fault(tables, column):
    tables.set("statements.csv", 5, **{column: "Nobody Known"})
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == f"{column} 'Nobody Known'"


@pytest.mark.parametrize("column", ["speaker", "holder"])
def test_speaker_and_holder_may_not_be_empty(tables, column):
    tables.set("statements.csv", 5, **{column: ""})
    assert tables.the_fault().found == f"{column} ''"


def test_a_variant_of_a_name_is_not_the_name(tables):
    tables.set("statements.csv", 5, speaker="Putin", holder="Putin")
    assert [fault.found for fault in tables.faults()] == ["speaker 'Putin'", "holder 'Putin'"]


@pytest.mark.parametrize("date", ["last year", "2016-13", "2016-9-2", "2016-02-30", "9 December 2016"])
def test_a_date_that_is_not_edtf_is_a_fault(tables, date):
    tables.set("statements.csv", 5, date=date)
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == f"date {date!r}"


@pytest.mark.parametrize("column", ["date_text", "date_record"])
def test_a_date_of_an_article_that_is_not_edtf_is_a_fault(tables, column):
    tables.set("articles.csv", 2, **{column: "soon"})
    fault = tables.the_fault()
    assert in_file(fault, "articles.csv") and fault.where == "row 2" and fault.found == f"{column} 'soon'"


def test_the_same_statement_twice_is_a_fault(tables):
    line = tables.add("statements.csv", **tables.get("statements.csv", 5) | {"id": "sd16-99"})
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == f"row {line}" and "row 5" in fault.found


def test_a_doubled_row_is_a_fault(tables):
    line = tables.add("statements.csv", **tables.get("statements.csv", 5))
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == f"row {line}" and "again" in fault.found


def test_a_doubled_id_is_a_fault_that_names_the_first(tables):
    tables.set("statements.csv", 6, id=tables.get("statements.csv", 5)["id"])
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 6"
    assert tables.get("statements.csv", 5)["id"] in fault.found and "row 5" in fault.expected


@pytest.mark.parametrize("identifier", ["sd16-4", "sd16_04", "mt13-99", "sd16-p04", "SD16-04", "sd16-04 ", "sd16-٠٤"])
def test_a_malformed_id_is_a_fault(tables, identifier):
    tables.set("statements.csv", 5, id=identifier)
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == f"id {identifier!r}"
    assert "sd16-01" in fault.expected


def test_a_missing_id_is_a_fault(tables):
    tables.set("statements.csv", 5, id="")
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == "no id"


def test_a_passage_needs_an_id_of_its_own_form(tables):
    rows = tables.rows("passages.csv")
    article = rows[1][rows[0].index("article")]
    tables.set("passages.csv", 2, id=f"{article}-77")
    fault = tables.the_fault()
    assert in_file(fault, "passages.csv") and fault.where == "row 2" and f"{article}-p01" in fault.expected


def test_a_passage_must_stand_at_its_offsets(tables):
    tables.set("passages.csv", 2, exact="something else")
    fault = tables.the_fault()
    assert in_file(fault, "passages.csv") and fault.where == "row 2" and "'something else'" in fault.found


def test_a_sentence_both_coded_and_excused_is_a_fault(tables, study):
    sentence = study.corpus.sentences.set_index("sentence").loc[study.statements.iloc[0]["sentence"]]
    line = tables.add(
        "no_statement.csv", seed=sentence["seed"], start=sentence["start"], end=sentence["end"], reason="logistics"
    )
    fault = tables.the_fault()
    assert (
        in_file(fault, "no_statement.csv")
        and fault.where == f"row {line}"
        and study.statements.iloc[0]["sentence"] in fault.found
    )


def test_a_sentence_neither_coded_nor_excused_is_named(tables, study):
    tables.remove("no_statement.csv", 2)
    fault = tables.the_fault()
    assert study.no_statement.iloc[0]["sentence"] in fault.where and "no statement and no reason" in fault.found
    assert "no_statement.csv" in fault.expected


def test_a_sentence_that_lost_its_statements_is_named(tables, study):
    alone = study.statements["sentence"].drop_duplicates(keep=False)
    tables.remove("statements.csv", 2 + study.statements.index.get_loc(alone.index[0]))
    fault = tables.the_fault()
    assert alone.iloc[0] in fault.where and "no statement and no reason" in fault.found


def test_two_reasons_for_one_sentence_are_a_fault(tables, study):
    line = tables.add("no_statement.csv", **tables.get("no_statement.csv", 2) | {"reason": "background"})
    fault = tables.the_fault()
    assert in_file(fault, "no_statement.csv") and fault.where == f"row {line}"
    assert "again" in fault.found and "row 2" in fault.expected


def test_an_unknown_reason_is_a_fault(tables):
    tables.set("no_statement.csv", 2, reason="boring")
    fault = tables.the_fault()
    assert (
        in_file(fault, "no_statement.csv")
        and fault.where == "row 2"
        and fault.found == "reason 'boring'"
        and "logistics" in fault.expected
    )


def test_a_reason_must_cover_a_whole_sentence(tables):
    row = tables.get("no_statement.csv", 2)
    tables.set("no_statement.csv", 2, end=int(row["end"]) - 1)
    faults = tables.faults()
    assert (
        in_file(faults[0], "no_statement.csv")
        and faults[0].where == "row 2"
        and faults[0].expected == "the offsets of one body sentence"
    )


def test_evidence_that_crosses_a_sentence_border_is_a_fault(tables, study):
    sentences = study.corpus.sentences
    second = sentences[sentences.duplicated(["article", "paragraph"])].iloc[0]
    first = sentences.loc[second.name - 1]
    start, end = first["end"] - 5, second["start"] + 5
    text, article = study.corpus.texts[first["seed"]][start:end], first["article"]
    like = tables.get("statements.csv", 2)
    line = tables.add(
        "statements.csv",
        **like
        | {"id": f"{article}-99", "article": article, "seed": first["seed"], "start": start, "end": end, "exact": text},
    )
    fault = tables.the_fault()
    assert (
        in_file(fault, "statements.csv")
        and fault.where == f"row {line}"
        and fault.found == f"evidence at {start}–{end} of {first['seed']}"
    )
    assert fault.expected == "evidence inside one body sentence"


def test_evidence_outside_the_body_is_a_fault(tables, study):
    headline = study.corpus.zones.query("zone == 'headline' and article == 'sd16'").iloc[0]
    start = headline["start"] + len(headline["text"]) - len(headline["text"].lstrip())
    tables.add(
        "statements.csv",
        **tables.get("statements.csv", 2)
        | {"id": "sd16-99", "start": start, "end": start + 5, "exact": headline["text"].lstrip()[:5]},
    )
    assert tables.the_fault().expected == "evidence inside one body sentence"


def test_a_changed_seed_is_named_with_both_digests(tables, study):
    name, recorded = study.corpus.files.iloc[4][["seed", "sha256"]]
    path = tables.seeds / name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    fault = tables.the_fault()
    assert (
        in_file(fault, name) and "SHA-256" in fault.found and recorded in fault.expected and recorded not in fault.found
    )


def test_one_line_end_more_is_a_changed_seed(tables, study):
    path = tables.seeds / study.corpus.files.iloc[4]["seed"]
    path.write_bytes(path.read_bytes() + b"\n")
    assert any(in_file(fault, path.name) and "SHA-256" in fault.found for fault in tables.faults())


def test_a_missing_seed_is_named(tables, study):
    (tables.seeds / study.corpus.files.iloc[4]["seed"]).unlink()
    fault = tables.the_fault()
    assert (
        in_file(fault, study.corpus.files.iloc[4]["seed"])
        and fault.found == "no such file"
        and "line 5" in fault.expected
    )


def test_a_seed_not_recorded_is_named(tables):
    (tables.seeds / "005_extra.txt").write_text("more", encoding="utf-8")
    fault = tables.the_fault()
    assert in_file(fault, "005_extra.txt") and fault.found == "a file not recorded"


def test_a_seed_that_is_not_utf8_is_named_with_its_line(tables, study):
    path = tables.seeds / study.corpus.files.iloc[4]["seed"]
    lines = path.read_bytes().split(b"\n")
    lines[9] = b"\xff" + lines[9]
    path.write_bytes(b"\n".join(lines))
    faults = [fault for fault in tables.faults() if fault.where]
    assert [(in_file(fault, path.name), fault.where, fault.expected) for fault in faults] == [
        (True, "line 10", "UTF-8 text")
    ]
    assert "0xff" in faults[0].found


@pytest.mark.parametrize(
    "line", ["", "not a digest  file.txt", "0" * 64 + "  ../statements.py", "0" * 64 + " one-space.txt"]
)
def test_a_line_of_sums_that_is_none_is_named(tables, line):
    sums = tables.seeds / "SHA256SUMS"
    sums.write_text(sums.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    fault = tables.the_fault()
    assert in_file(fault, "SHA256SUMS") and fault.where == "line 6"


def test_missing_sums_are_named(tables):
    (tables.seeds / "SHA256SUMS").unlink()
    assert any(in_file(fault, "SHA256SUMS") and fault.found == "no such file" for fault in tables.faults())


def test_an_unknown_article_is_a_fault(tables):
    tables.set("statements.csv", 5, article="xx99", id="xx99-04")
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == "article 'xx99'"


def test_an_unknown_seed_is_a_fault(tables):
    tables.set("statements.csv", 5, seed="nowhere.txt")
    assert any(
        in_file(fault, "statements.csv") and fault.where == "row 5" and fault.found == "seed 'nowhere.txt'"
        for fault in tables.faults()
    )


def test_an_article_in_the_wrong_file_is_a_fault(tables, study):
    tables.set("statements.csv", 5, article="mt13", id="mt13-99")
    fault = tables.the_fault()
    assert in_file(fault, "statements.csv") and fault.where == "row 5" and "article 'mt13'" in fault.found
    assert fault.expected == study.corpus.articles.at["mt13", "seed"]


def test_an_article_that_is_another_of_the_same_file_is_a_fault(tables, study):
    """File 001 holds four articles; a statement belongs to the one its sentence is in."""
    line = 2 + study.statements.index.get_loc(study.statements.query("article == 'ba16'").index[0])
    tables.set("statements.csv", line, article="bb16", id="bb16-99")
    assert {fault.where for fault in tables.faults()} == {f"row {line}"}


@pytest.mark.parametrize(
    ("change", "telling"),
    [
        (lambda row: {"end": int(row["end"]) + 1}, "start"),
        (lambda row: {"end": int(row["end"]) - 1}, "start"),
        (lambda row: {"zone": "margin"}, "zone 'margin'"),
        (lambda row: {"article": "xx99"}, "article 'xx99'"),
        (lambda row: {"seed": "nowhere.txt"}, "seed 'nowhere.txt'"),
        (lambda row: {"zone": "body", "article": ""}, "body zone of no article"),
    ],
    ids=["overlap", "gap", "unknown zone", "unknown article", "unknown file", "body of no article"],
)
def test_zones_that_do_not_fit_are_a_fault(tables, change, telling):
    tables.set("zones.csv", 3, **change(tables.get("zones.csv", 3)))
    faults = tables.faults()
    assert all(in_file(fault, "zones.csv") for fault in faults)
    assert any(telling in fault.found and fault.where in ("row 3", "row 4") for fault in faults)


def test_zones_that_end_before_the_file_are_a_fault(tables):
    tables.remove("zones.csv", len(tables.rows("zones.csv")))
    fault = tables.the_fault()
    assert in_file(fault, "zones.csv") and "the length of the file" in fault.expected


def test_an_unknown_type_of_actor_is_a_fault(tables):
    tables.set("actors.csv", 3, type="wizard")
    fault = tables.the_fault()
    assert in_file(fault, "actors.csv") and fault.where == "row 3" and fault.found == "type 'wizard'"


def test_a_variant_that_names_two_actors_is_a_fault(tables):
    tables.set("actors.csv", 4, variants="Abe")
    assert any(in_file(fault, "actors.csv") and "'Abe'" in fault.found for fault in tables.faults())


@pytest.mark.parametrize(
    "name",
    ["articles.csv", "zones.csv", "actors.csv", "statements.csv", "no_statement.csv", "passages.csv", "codebook.yml"],
)
def test_a_missing_table_is_named(tables, name):
    (tables.data / name).unlink()
    assert [fault.found for fault in tables.faults() if in_file(fault, name)] == ["no such file"]


def test_a_codebook_that_is_not_yaml_is_named_with_its_line(tables):
    path = tables.data / "codebook.yml"
    path.write_text("version: '1'\nissues: [\n", encoding="utf-8")
    fault = tables.the_fault()
    assert in_file(fault, "codebook.yml") and fault.where.startswith("line") and fault.expected == "YAML"


def test_an_issue_is_printed_by_its_label_else_by_its_key_in_words(tables):
    path = tables.data / "codebook.yml"
    text = path.read_text(encoding="utf-8").replace("\n  two_islands:\n", "\n  two_islands:\n    label: A pair\n", 1)
    path.write_text(text, encoding="utf-8")
    labels = codebook.load(path).issues["label"]
    assert (labels["two_islands"], labels["no_transfer"]) == ("A pair", "No transfer")
    path.write_text(text.replace("label: A pair", "label: [1]"), encoding="utf-8")
    fault = tables.the_fault()
    assert (fault.where, fault.found, fault.expected) == ("issue two_islands", "label [1]", "a text")


@pytest.mark.parametrize("part", ["version", "groups", "issues", "variables", "no_statement_reasons"])
def test_a_codebook_without_a_part_is_a_fault(tables, part):
    path = tables.data / "codebook.yml"
    text = path.read_text(encoding="utf-8")
    assert f"\n{part}:" in text
    path.write_text(text.replace(f"\n{part}:", f"\nno_{part}:"), encoding="utf-8")
    faults = tables.faults()
    assert any(in_file(fault, "codebook.yml") and part in fault.found for fault in faults)


def test_a_codebook_that_is_no_mapping_is_a_fault(tables):
    (tables.data / "codebook.yml").write_text("- only\n- a list\n", encoding="utf-8")
    assert all(in_file(fault, "codebook.yml") for fault in tables.faults())


def test_an_issue_of_an_unknown_group_is_a_fault(tables):
    path = tables.data / "codebook.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    group: settlement\n", "    group: weather\n", 1), encoding="utf-8")
    fault = tables.the_fault()
    assert in_file(fault, "codebook.yml") and fault.where == "issue four_islands" and "'weather'" in fault.found


def test_all_faults_are_reported_at_once(tables):
    tables.set("statements.csv", 3, issue="perhaps", exact="nothing of the kind")
    tables.set("statements.csv", 5, date="soon", speaker="Nobody Known")
    tables.set("no_statement.csv", 2, reason="boring")
    tables.set("passages.csv", 2, exact="nor this")
    found = {(fault.file.rsplit("/", 1)[-1], fault.where, fault.found.split()[0]) for fault in tables.faults()}
    assert found == {
        ("statements.csv", "row 3", "issue"),
        ("statements.csv", "row 3", "quotation"),
        ("statements.csv", "row 5", "date"),
        ("statements.csv", "row 5", "speaker"),
        ("no_statement.csv", "row 2", "reason"),
        ("passages.csv", "row 2", "quotation"),
    }


def test_faults_of_several_files_that_cannot_be_read_are_reported_at_once(tables, study):
    (tables.seeds / study.corpus.files.iloc[0]["seed"]).unlink()
    (tables.data / "actors.csv").unlink()
    (tables.data / "codebook.yml").unlink()
    names = {fault.file.rsplit("/", 1)[-1] for fault in tables.faults()}
    assert names == {study.corpus.files.iloc[0]["seed"], "actors.csv", "codebook.yml"}


def test_offsets_stay_those_of_the_file_after_loading(study):
    """Offsets count code points: what JavaScript and a hex editor see is derived from them."""
    row = study.statements.query("seed.str.startswith('001')", engine="python").iloc[-1]
    text = study.corpus.texts[row["seed"]]
    a, b = corpora.byte_offset(text, row["start"]), corpora.byte_offset(text, row["end"])
    assert (paths.SEEDS / row["seed"]).read_bytes()[a:b].decode("utf-8") == row["exact"]
    assert a > row["start"]
