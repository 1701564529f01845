"""From the passes and the decisions to the statement table."""

import csv
import shutil

import pandas as pd
import pytest

from analysis import paths
from analysis.base import schema, tables
from analysis.base.faults import DataError
from analysis.coding import decisions as deciding
from analysis.coding import matching as coding
from analysis.coding.study import load

COLUMNS = [column.name for column in schema.load(paths.DATA).tables["coding"].fields]


@pytest.fixture(scope="module")
def passes(study):
    """The passes, read and checked."""
    return study.passes


@pytest.fixture(scope="module")
def units(study):
    """The matched statements of the passes."""
    return study.units


def rebuild(passes, decisions, book, sentences=None):
    """The tables of statements and of excused sentences that passes and decisions yield."""
    sentences = SENTENCES if sentences is None else sentences
    table = deciding.settle(passes, coding.match(passes), decisions, sentences, book, "decisions.csv")
    return table, deciding.excuse(passes, decisions, table, sentences, "decisions.csv")


@pytest.fixture(scope="module")
def rebuilt(study):
    """The tables that passes and decisions yield."""
    return rebuild(study.passes, study.decisions, study.codebook, study.corpus.sentences)


@pytest.fixture
def folder(tmp_path):
    """The passes and decisions in a copy of the data that a test may break."""
    return shutil.copytree(paths.DATA, tmp_path / "data") / "coding"


def rows_of(path):
    """All rows of a table, header first."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path, rows):
    """Write all rows of a table, header first."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def change(path, line, **cells):
    """Change cells of the row that stands on a line of a table."""
    rows = rows_of(path)
    for column, value in cells.items():
        rows[line - 1][rows[0].index(column)] = value
    write(path, rows)


def cells(path, line):
    """The row on a line of a table, by column."""
    rows = rows_of(path)
    return dict(zip(rows[0], rows[line - 1], strict=True))


def line_with(path, wanted):
    """The first line of a table whose row satisfies a condition."""
    rows = rows_of(path)
    return next(number for number, row in enumerate(rows[1:], start=2) if wanted(dict(zip(rows[0], row, strict=True))))


def faults_of(call, *arguments):
    """The faults a call raises; it must raise some and name them all."""
    with pytest.raises(DataError) as caught:
        call(*arguments)
    for fault in caught.value.faults:
        assert str(fault) in str(caught.value)
    return caught.value.faults


def pass_faults(folder):
    """The faults found on loading, when passes in a folder have some."""
    return faults_of(load, None, folder.parent)


def test_the_statement_table_is_what_passes_and_decisions_yield(study, rebuilt):
    columns = study.package.tables["statements"].columns
    stored = tables.read(paths.DATA / "statements.csv", columns)
    assert rebuilt[0][columns].astype(str).to_numpy().tolist() == stored.to_numpy().tolist()


def test_the_table_of_excused_sentences_is_what_passes_and_decisions_yield(rebuilt):
    stored = tables.read(paths.DATA / "no_statement.csv", list(rebuilt[1].columns))
    assert rebuilt[1].astype(str).to_numpy().tolist() == stored.to_numpy().tolist()


def test_each_row_of_each_pass_belongs_to_exactly_one_unit(passes, units):
    for name, table in passes.items():
        coded = sorted(table.index[table["reason"] == ""])
        assert sorted(unit["rows"][name] for unit in units if name in unit["rows"]) == coded


def test_the_rows_of_a_unit_are_of_one_sentence_and_one_issue(passes, units):
    for unit in units:
        for name, row in unit["rows"].items():
            record = passes[name].loc[row]
            assert (record["sentence"], record["issue"]) == (unit["sentence"], unit["issue"])


def test_rows_of_a_unit_share_evidence_or_holder(passes, units):
    for unit in units:
        records = [passes[name].loc[row] for name, row in unit["rows"].items()]
        for record in records[1:]:
            assert any(
                record["holder"] == other["holder"]
                or (record["start"] < other["end"] and other["start"] < record["end"])
                for other in records
                if other is not record
            )


def test_the_order_of_the_passes_in_the_call_leaves_agreement_alone(passes, units):
    def as_sets(found):
        return {frozenset(unit["rows"].items()) for unit in found if len(unit["rows"]) == len(passes)}

    backwards = coding.match(dict(reversed(passes.items())))
    common = as_sets(units) & as_sets(backwards)
    assert len(common) >= 0.95 * len(as_sets(units))


def test_evidence_of_a_pass_stands_at_its_offsets(study, passes):
    seeds = study.corpus.sentences.set_index("sentence")["seed"]
    for table in passes.values():
        for row in table[table["reason"] == ""].itertuples():
            assert study.corpus.texts[seeds[row.sentence]][row.start : row.end] == row.exact


def test_names_of_a_pass_are_canonical(study, passes):
    for table in passes.values():
        coded = table[table["reason"] == ""]
        assert set(coded["speaker"]) | set(coded["holder"]) <= set(study.actors.index)


def test_every_disagreement_has_one_decision_and_each_decision_its_reason(study):
    decisions = study.decisions
    keys = list(decisions[["sentence", "issue", "rows"]].itertuples(index=False, name=None))
    assert len(keys) == len(set(keys))
    assert {(d.sentence, d.issue, d.rows) for d in study.differing.itertuples()} <= set(keys)
    assert decisions["reason"].str.len().min() > 0


@pytest.mark.parametrize("column", ["issue", "position", "kind", "mode", "status", "speaker", "holder", "via", "date"])
def test_an_unknown_key_or_name_in_a_pass_is_a_fault(folder, column):
    line = line_with(folder / "pass_b.csv", lambda row: not row["reason"])
    change(folder / "pass_b.csv", line, **{column: "perhaps"})
    (fault,) = pass_faults(folder)
    assert fault.file.endswith("pass_b.csv") and fault.where == f"row {line}" and fault.found == f"{column} 'perhaps'"


def test_an_unknown_reason_in_a_pass_is_a_fault(folder):
    line = line_with(folder / "pass_a.csv", lambda row: row["reason"])
    change(folder / "pass_a.csv", line, reason="boring")
    (fault,) = pass_faults(folder)
    assert fault.file.endswith("pass_a.csv") and fault.where == f"row {line}" and fault.found == "reason 'boring'"


@pytest.mark.parametrize(("exact", "count"), [("not in the sentence", 0), ("", 0), ("e", 2)])
def test_evidence_not_once_in_its_sentence_is_a_fault(folder, exact, count):
    change(folder / "pass_c.csv", 2, exact=exact)
    (fault,) = pass_faults(folder)
    assert fault.file.endswith("pass_c.csv") and fault.where == "row 2" and repr(exact) in fault.found
    assert ("0 times" in fault.found) == (count == 0)


def test_a_sentence_missing_from_a_pass_is_named(folder):
    path = folder / "pass_a.csv"
    rows = rows_of(path)
    write(path, [row for row in rows if row[0] != "mt13.s01"])
    (fault,) = pass_faults(folder)
    assert fault.file.endswith("pass_a.csv") and "mt13.s01" in fault.where and fault.found == "nothing"


def test_a_sentence_that_does_not_exist_is_a_fault(folder):
    path = folder / "pass_a.csv"
    write(path, [*rows_of(path), ["sd16.s99", *rows_of(path)[1][1:]]])
    (fault,) = pass_faults(folder)
    assert fault.found == "sentence 'sd16.s99'" and fault.where == f"row {len(rows_of(path))}"


def test_a_sentence_coded_and_excused_in_a_pass_is_a_fault(folder):
    path = folder / "pass_a.csv"
    rows = rows_of(path)
    write(path, [*rows, ["sd16.s01", *[""] * 10, "logistics", ""]])
    (fault,) = pass_faults(folder)
    assert fault.where == f"row {len(rows) + 1}" and "sd16.s01" in fault.found and "row 2" in fault.found


def test_a_reason_beside_coded_cells_is_a_fault(folder):
    path = folder / "pass_a.csv"
    line = line_with(path, lambda row: row["reason"])
    change(path, line, holder="Japan")
    (fault,) = pass_faults(folder)
    assert fault.where == f"row {line}" and "a reason and coded cells" in fault.found


def test_a_second_reason_in_a_pass_is_a_fault(folder):
    path = folder / "pass_a.csv"
    rows = rows_of(path)
    line = line_with(path, lambda row: row["reason"])
    write(path, [*rows, rows[line - 1]])
    (fault,) = pass_faults(folder)
    assert fault.where == f"row {len(rows) + 1}" and f"row {line}" in fault.found


def test_a_missing_pass_is_named(folder):
    (folder / "pass_c.csv").unlink()
    (fault,) = pass_faults(folder)
    assert fault.file.endswith("pass_c.csv") and fault.found == "no such file"


def test_the_faults_of_all_passes_are_reported_together(folder):
    change(folder / "pass_a.csv", 2, exact="not there", kind="perhaps")
    change(folder / "pass_b.csv", 3, holder="Nobody Known")
    change(folder / "pass_c.csv", 4, date="soon")
    found = sorted((fault.file[-10:], fault.where, fault.found.split()[0]) for fault in pass_faults(folder))
    assert found == [
        ("pass_a.csv", "row 2", "evidence"),
        ("pass_a.csv", "row 2", "kind"),
        ("pass_b.csv", "row 3", "holder"),
        ("pass_c.csv", "row 4", "date"),
    ]


def decision_faults(folder):
    """The faults found on loading, all of them in the decisions."""
    faults = faults_of(load, None, folder.parent)
    assert all(fault.file.endswith("decisions.csv") for fault in faults)
    return faults


def ordinary(row):
    """Whether a decision settles a disagreement and does not overrule agreement."""
    return not row["said"].startswith("all agree")


def test_a_missing_decision_is_named(folder):
    path = folder / "decisions.csv"
    gone = cells(path, line_with(path, ordinary))
    write(path, [row for row in rows_of(path) if row[0] != gone["decision"]])
    (fault,) = decision_faults(folder)
    assert gone["sentence"] in fault.where and gone["rows"] in fault.found and "no decision" in fault.found


def test_a_doubled_decision_is_a_fault(folder):
    path = folder / "decisions.csv"
    rows = rows_of(path)
    write(path, [*rows, ["d99", *rows[1][1:]]])
    (fault,) = decision_faults(folder)
    assert fault.where == f"row {len(rows) + 1}" and "row 2" in fault.found


def test_a_decision_on_no_disagreement_is_a_fault(folder):
    path = folder / "decisions.csv"
    rows = rows_of(path)
    write(
        path, [*rows, ["d99", "mt13.s01", "four_islands", "a1 b1 c1", "kind: a demand, b forecast", "keep", "because"]]
    )
    (fault,) = decision_faults(folder)
    assert fault.where == f"row {len(rows) + 1}" and "a1 b1 c1" in fault.found


def test_a_decision_that_overrules_agreement_must_name_a_unit(folder):
    path = folder / "decisions.csv"
    rows = rows_of(path)
    write(
        path,
        [
            *rows,
            ["d99", "mt13.s01", "four_islands", "a900 b900 c900", "all agree: kind demand", "kind=forecast", "because"],
        ],
    )
    (fault,) = decision_faults(folder)
    assert "a900 b900 c900" in fault.found


def test_a_decision_that_misreports_the_passes_is_a_fault(folder):
    path = folder / "decisions.csv"
    line = line_with(path, ordinary)
    said = cells(path, line)["said"]
    change(path, line, said=said + "!")
    (fault,) = decision_faults(folder)
    assert fault.where == f"row {line}" and fault.found == f"said {said + '!'!r}" and fault.expected == repr(said)


def test_a_decision_without_a_reason_is_a_fault(folder):
    change(folder / "decisions.csv", 2, reason="")
    (fault,) = decision_faults(folder)
    assert fault.where == "row 2" and fault.found == "no reason"


@pytest.mark.parametrize("settled", ["", "dropped", "kind", "colour=red", "drop; keep"])
def test_a_decision_that_settles_nothing_known_is_a_fault(folder, settled):
    change(folder / "decisions.csv", 2, settled=settled)
    faults = decision_faults(folder)
    assert faults and all(fault.where == "row 2" for fault in faults)


def test_a_decision_that_leaves_a_difference_unsettled_is_a_fault(folder):
    path = folder / "decisions.csv"
    line = line_with(path, lambda row: row["said"].startswith("position: "))
    change(path, line, settled="status=open")
    faults = decision_faults(folder)
    assert [fault.where for fault in faults] == [f"row {line}"] and "position" in str(faults[0])


def test_a_reason_settles_no_statement(folder):
    path = folder / "decisions.csv"
    line = line_with(path, lambda row: row["said"].startswith("statement: "))
    change(path, line, settled="reason=logistics")
    assert {fault.where for fault in decision_faults(folder)} == {f"row {line}"}


def test_a_decision_for_evidence_that_is_not_in_the_sentence_is_a_fault(folder):
    path = folder / "decisions.csv"
    line = line_with(path, lambda row: row["issue"] and row["settled"] != "drop")
    change(path, line, settled=cells(path, line)["settled"].replace("keep", "status=open") + "; exact=nowhere in it")
    (fault,) = decision_faults(folder)
    assert "nowhere in it" in fault.found


def test_the_faults_of_the_decisions_are_reported_together(folder):
    path = folder / "decisions.csv"
    change(path, 2, reason="")
    change(path, 3, said="nothing")
    change(path, 4, settled="colour=red")
    assert [fault.where for fault in decision_faults(folder)] == ["row 2", "row 3", "row 4"]


# A small example by hand: one article of three sentences, two passes.

SENTENCES = pd.DataFrame(
    [
        ("xx01.s01", "xx01", 1, "x.txt", 0, 40, 1, "Japan wants four islands, Russia refuses"),
        ("xx01.s02", "xx01", 1, "x.txt", 41, 60, 1, "They meet on Monday"),
        ("xx01.s03", "xx01", 1, "x.txt", 61, 80, 1, "Talks shall go on."),
    ],
    columns=["sentence", "article", "paragraph", "seed", "start", "end", "line", "text"],
)


def coded(sentence, exact, holder, issue="four_islands", position="for", reason="", **more):
    """A row of a pass made by hand."""
    base = {
        "speaker": holder,
        "via": "",
        "kind": "demand",
        "mode": "narrator",
        "date": "",
        "status": "firm",
        "remark": "",
    } | more
    if reason:
        return dict.fromkeys(COLUMNS, "") | {"sentence": sentence, "reason": reason, "start": None, "end": None}
    known = SENTENCES.set_index("sentence").loc[sentence]
    start = known["start"] + known["text"].index(exact)
    return base | {
        "sentence": sentence, "exact": exact, "holder": holder, "issue": issue, "position": position,
        "reason": "", "start": start, "end": start + len(exact),
    }  # fmt: skip


def by_hand(*rows):
    """A pass made by hand; rows are numbered from 2, as in a file."""
    return pd.DataFrame(rows, index=range(2, len(rows) + 2))[[*COLUMNS, "start", "end"]]


@pytest.fixture
def example():
    """Two passes that differ in the order of rows, one statement, one code and one reason."""
    return {
        "a": by_hand(
            coded("xx01.s01", "Japan wants four islands", "Japan", remark="first"),
            coded("xx01.s01", "Russia refuses", "Russia", position="against"),
            coded("xx01.s02", "", "", reason="logistics"),
            coded("xx01.s03", "Talks shall go on", "article", issue="dialogue", status="open"),
        ),
        "b": by_hand(
            coded("xx01.s01", "refuses", "Russia", position="against", kind="assessment"),
            coded("xx01.s01", "wants four islands", "Japan"),
            coded("xx01.s02", "", "", reason="background"),
            coded("xx01.s03", "", "", reason="connective"),
        ),
    }


def decide(*rows):
    """Decisions made by hand: sentence, issue, rows, settings."""
    return pd.DataFrame(rows, columns=["sentence", "issue", "rows", "settings"]).assign(decision="d01")


def test_statements_are_matched_by_evidence_whatever_their_order(example):
    found = {(unit["sentence"], unit["issue"]): [] for unit in coding.match(example)}
    for unit in coding.match(example):
        found[unit["sentence"], unit["issue"]].append(unit["rows"])
    assert found == {
        ("xx01.s01", "four_islands"): [{"a": 2, "b": 3}, {"a": 3, "b": 2}],
        ("xx01.s03", "dialogue"): [{"a": 5}],
    }


def test_statements_without_shared_evidence_are_matched_by_holder():
    passes = {
        "a": by_hand(coded("xx01.s01", "Japan wants", "Japan"), coded("xx01.s01", "refuses", "Russia")),
        "b": by_hand(coded("xx01.s01", "four islands", "Russia")),
    }
    assert [unit["rows"] for unit in coding.match(passes)] == [{"a": 2}, {"a": 3, "b": 2}]


def test_statements_with_neither_are_left_apart():
    passes = {"a": by_hand(coded("xx01.s01", "Japan", "Japan")), "b": by_hand(coded("xx01.s01", "refuses", "Russia"))}
    assert [unit["rows"] for unit in coding.match(passes)] == [{"a": 2}, {"b": 2}]


def test_statements_on_different_issues_are_left_apart():
    passes = {
        "a": by_hand(coded("xx01.s01", "Japan", "Japan")),
        "b": by_hand(coded("xx01.s01", "Japan", "Japan", issue="two_islands")),
    }
    assert len(coding.match(passes)) == 2


def test_disagreements_say_what_each_pass_has(example):
    found = coding.disagreements(example, coding.match(example))
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("xx01.s01", "four_islands", "a3 b2", "kind: a demand, b assessment"),
        ("xx01.s03", "dialogue", "a5", "statement: in a; not in b"),
        ("xx01.s02", "", "a4 b4", "reason: a logistics, b background"),
        ("xx01.s03", "", "b5", "reason: a coded, b connective"),
    ]


def test_rebuilding_settles_numbers_and_orders(study, example):
    decisions = decide(
        ("xx01.s01", "four_islands", "a3 b2", {"kind": "demand", "status": "open", "remark": "settled"}),
        ("xx01.s03", "dialogue", "a5", {}),
        ("xx01.s02", "", "a4 b4", {"reason": "logistics"}),
    )
    table, excused = rebuild(example, decisions, study.codebook)
    columns = ["id", "start", "end", "exact", "holder", "position", "kind", "status", "remark"]
    assert table[columns].to_numpy().tolist() == [
        ["xx01-01", 6, 24, "wants four islands", "Japan", "for", "demand", "firm", "first"],
        ["xx01-02", 33, 40, "refuses", "Russia", "against", "demand", "open", "settled"],
        ["xx01-03", 61, 78, "Talks shall go on", "article", "for", "demand", "open", ""],
    ]
    assert excused.to_numpy().tolist() == [["x.txt", 41, 60, "logistics"]]


def test_a_dropped_statement_leaves_the_reason_that_is_left(study, example):
    decisions = decide(
        ("xx01.s03", "dialogue", "a5", {"drop": True}),
        ("xx01.s02", "", "a4 b4", {"reason": "background"}),
    )
    table, excused = rebuild(example, decisions, study.codebook)
    assert list(table["id"]) == ["xx01-01", "xx01-02"]
    assert excused["reason"].tolist() == ["background", "connective"]


def test_a_sentence_left_with_nothing_stops_the_rebuilding(study, example):
    example["b"].loc[5, ["exact", "reason"]] = ["", "connective"]
    example["a"].loc[4, "reason"] = "logistics"
    with pytest.raises(DataError, match="xx01.s02"):
        rebuild(example, decide(), study.codebook)


def test_of_three_runs_of_evidence_the_one_of_median_length_is_taken(study):
    runs = ["Japan wants four islands", "four islands", "wants four islands"]
    passes = {
        name: by_hand(
            coded("xx01.s01", run, "Japan"),
            *(coded(sentence, "", "", reason="logistics") for sentence in ("xx01.s02", "xx01.s03")),
        )
        for name, run in zip("abc", runs, strict=True)
    }
    table, _ = rebuild(passes, decide(), study.codebook)
    assert table["exact"].tolist() == ["wants four islands"]


@pytest.mark.parametrize(
    ("flags", "status"), [("ffo", "firm"), ("foo", "open"), ("ooo", "open"), ("fo", "firm"), ("oo", "open")]
)
def test_a_statement_is_open_where_most_passes_call_it_open(study, flags, status):
    passes = {
        name: by_hand(
            coded("xx01.s01", "Japan wants four islands", "Japan", status={"f": "firm", "o": "open"}[flag]),
            *(coded(sentence, "", "", reason="logistics") for sentence in ("xx01.s02", "xx01.s03")),
        )
        for name, flag in zip("abc", flags, strict=False)
    }
    table, _ = rebuild(passes, decide(), study.codebook)
    assert table["status"].tolist() == [status]
