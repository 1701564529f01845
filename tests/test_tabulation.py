"""Tables made from the statements: positions, ledger, conditions, findings, chronology, chapters."""

import dataclasses
import shutil
from pathlib import Path

import pandas as pd
import pytest
from pybtex.database import parse_file

from analysis import paths
from analysis.base.faults import DataError
from analysis.cells import listings
from analysis.coding import events as chronology
from analysis.corpus import conditions
from analysis.measures import ledger, positions
from analysis.report import chapters, findings, sides


def test_every_issue_belongs_to_exactly_one_chapter(study):
    named = [issue for issues in chapters.CHAPTERS.values() for issue in issues]
    assert sorted(named) == sorted(study.codebook.issues.index)


def test_every_statement_enters_exactly_one_chapters_count(study):
    counted = pd.concat([positions.select(study.statements, chapters.issues(c)) for c in chapters.CHAPTERS])
    assert sorted(counted.index) == sorted(study.statements.index)


def test_matrix_holds_every_statement_once(study):
    issues = list(study.codebook.issues.index)
    text = listings.matrix(study, issues, sides.ORDER).to_csv()
    for identifier in study.statements.index:
        assert text.count(f"`{identifier}`") == 1


def test_tally_adds_up(study):
    table = positions.tally(study.statements, study.codebook.issues.index)
    assert table["all"].sum() == len(study.statements)
    assert table.loc["breakthrough", "against"] == len(
        positions.select(study.statements, "breakthrough", position="against")
    )


def test_ascription_tells_own_word_from_the_articles_and_from_others():
    table = pd.DataFrame({"speaker": ["A", "article", "B", "article"], "holder": ["A", "A", "A", "article"]})
    assert positions.ascription(table).tolist() == ["own", "article", "ascribed", "own"]


def test_holders_of_a_matrix_are_in_order_of_their_sides(study):
    holders = listings.matrix(study, chapters.issues("islands"), sides.ORDER)["Holder"].replace(
        "the article itself", "article"
    )
    ranks = [side.rank for side in sides.of(holders, study.actors)]
    assert ranks == sorted(ranks) and len(set(ranks)) > 2


def test_ledger_accounts_for_every_sentence_and_every_character(study):
    rows = ledger.sentences(study)
    assert all(bool(row.statements) != bool(row.reason) for row in rows.itertuples())
    assert sorted(i for ids in rows["statements"] for i in ids) == sorted(study.statements.index)
    counts = ledger.characters(study)
    for file in study.corpus.files.itertuples():
        assert counts[file.number].iloc[:-1].sum() == file.characters


def test_zone_accounts_add_up_to_the_files(study):
    table = conditions.accounts(study.corpus).set_index("zone")
    for file in study.corpus.files.itertuples():
        assert table.at["all", file.number] == file.characters == table[file.number].drop("all").sum()


def test_known_conditions_of_the_sources_are_found(study):
    found = conditions.found(study.corpus).set_index(["seed", "condition"])["lines"]
    names = dict(zip(study.corpus.files["number"], study.corpus.files["seed"]))
    assert found[names["001"], "closing quotation mark without an opening one in its paragraph"] == "13"
    assert found[names["001"], "sentences joined without a space"] == "17"
    assert found[names["000"], "Cyrillic letter inside a Latin word"] == "54"


def test_findings_hold_and_a_contrary_statement_overturns_one(study):
    assert findings.evaluate(study)["holds"].all()
    table = study.statements.copy()
    table.loc["bb16-09", ["speaker", "holder"]] = "Shinzo Abe"
    changed = dataclasses.replace(study, statements=table)
    assert (
        not findings.evaluate(changed)
        .set_index("finding")
        .at["Apart from the Soviet pledge, nobody speaks for two islands as their own position.", "holds"]
    )


def test_trials_cover_passes_articles_and_outlets(study):
    trial = findings.trials(study, study.passes)
    assert {"firm only", "pass a", "without mt13", "without Sputnik", "without file 001"} <= set(trial.columns)
    no_advocate = trial.set_index("finding").loc["Putin refuses, in direct quotation, to trade territory."]
    assert not no_advocate["without bb16"]


def test_only_the_year_of_crimea_contradicts_the_record(study):
    assert chronology.differing(chronology.in_order(study.events))["key"].tolist() == ["crimea"]


def test_an_issue_that_no_chapter_counts_is_a_fault(tmp_path):
    path = shutil.copy(paths.DATA / "codebook.yml", tmp_path)
    text = (paths.DATA / "codebook.yml").read_text(encoding="utf-8")
    (tmp_path / "codebook.yml").write_text(text.replace("\n  two_islands:\n", "\n  two_isles:\n"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        chapters.check(Path(path))
    assert [(fault.where, fault.found) for fault in caught.value.faults] == [
        ("issue two_isles", "no chapter"),
        ("chapter islands", "issue 'two_islands'"),
    ]
    assert "two_isles" in caught.value.faults[1].expected


def test_every_reference_was_checked_and_none_is_cited_that_was_not_found(study):
    checks = study.references_checked
    confirmed = set(checks.loc[checks["result"].str.startswith("verified"), "key"])
    assert set(parse_file(str(paths.BOOK / "references.bib")).entries) <= confirmed


def test_every_article_has_an_entry_that_names_its_file(study):
    entries = parse_file(str(paths.BOOK / "articles.bib")).entries
    for article in study.corpus.articles.itertuples():
        assert article.seed in entries[article.bibkey].fields["note"].replace("\\_", "_")
