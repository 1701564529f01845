"""Text alternatives tell the same as the tables behind the figures."""

import re

import pandas as pd
import pytest

from analysis.coding import events as chronology
from analysis.measures import alignment, ledger, positions
from analysis.report import descriptions
from analysis.coding.codebook import label

COUNTS = {word: number for number, word in enumerate("no one two three four five six seven eight nine ten eleven twelve".split())}


def number(word):
    """The count that a word or numeral writes."""
    return COUNTS[word.lower()] if word.lower() in COUNTS else int(word)


@pytest.mark.parametrize("issue", ["four_islands", "two_islands", "compromise", "breakthrough", "decoupling"])
def test_the_dots_of_an_issue_add_up(study, issue):
    text = descriptions.stances(study.statements, study.actors, [issue])
    told = {stance: number(word) for word, stance in re.findall(r"(\w+) (for|conditional|mentioned|against) \(", text)}
    here = study.statements[study.statements["issue"] == issue]
    assert told == here["position"].value_counts().to_dict()
    assert f"{label(issue)}: " in text


def test_one_side_is_named_without_a_count_and_own_words_are_told():
    table = pd.DataFrame(
        {"issue": "two_islands", "position": ["for", "for", "against"], "speaker": ["A", "B", "A"], "holder": ["A", "J", "R"], "kind": "demand"}, index=["a", "b", "c"]
    )
    actors = pd.DataFrame({"country": ["Japan", "Japan", "Japan", "Russia"]}, index=["A", "B", "J", "R"])
    text = descriptions.stances(table, actors, ["two_islands"])
    assert "Two islands: two for (Japanese; one in the holder's own word); one against (Russian; all ascribed)." in text


def test_every_description_names_what_it_shows(study):
    s, actors, articles = study.statements, study.actors, study.corpus.articles
    judged = alignment.active(alignment.judgements(s), 3, {"Japan and Russia"})
    pairs = alignment.one_mode(judged)
    rows = ledger.sentences(study)
    assert all(row.short in descriptions.voices(s, articles, actors) for row in articles.itertuples())
    assert all(row.short in descriptions.article_dates(articles) for row in articles.itertuples())
    assert all(f"{holder}: " in descriptions.judgements(judged, study.codebook.issues.index) for holder in judged["holder"])
    told = descriptions.ledger(rows, articles)
    assert sum(number(word) for word in re.findall(r"(\w+) sentences", told)) == len(rows)
    assert sum(number(word) for word in re.findall(r"(\w+) of them empty", told)) == (rows["reason"] != "").sum()
    assert "between Japan and Russia" in descriptions.network(pairs)
    assert f"{len(chronology.read_events(study))} events" in descriptions.timeline(chronology.read_events(study), articles)
    options = descriptions.options(s, articles, positions.SETTLEMENT)
    assert all(label(issue) in options for issue in positions.SETTLEMENT)
