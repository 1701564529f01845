"""Congruence and conflict, against a small example worked by hand."""

import pandas as pd
import pytest

from analysis.measures import alignment

ROWS = [
    # holder, issue, position
    ("A", "x", "for"), ("A", "x", "for"), ("A", "y", "for"), ("A", "z", "against"),
    ("B", "x", "for"), ("B", "y", "against"),
    ("C", "z", "against"), ("C", "w", "conditional"),
    ("article", "x", "against"),
]  # fmt: skip


@pytest.fixture
def statements():
    table = pd.DataFrame(ROWS, columns=["holder", "issue", "position"])
    return table.assign(article="one")


def test_judgements_leave_out_the_narrator_and_what_is_neither_for_nor_against(statements):
    judged = alignment.judgements(statements)
    assert set(judged["holder"]) == {"A", "B", "C"}
    assert "w" not in set(judged["issue"])
    assert judged.set_index(["holder", "issue"]).at[("A", "x"), "count"] == 2


def test_congruence_and_conflict_by_hand(statements):
    # A judges x, y, z; B judges x, y; C judges z.
    # A and B agree on x, disagree on y, mean activity 2.5; A and C agree on z, mean 2; B and C share nothing.
    pairs = alignment.one_mode(alignment.judgements(statements)).set_index(["first", "second"])
    assert list(pairs.index) == [("A", "B"), ("A", "C")]
    assert pairs.loc[("A", "B"), ["congruence", "conflict"]].tolist() == [1, 1]
    assert pairs.at[("A", "B"), "congruence_normalised"] == pytest.approx(1 / 2.5)
    assert pairs.at[("A", "B"), "conflict_normalised"] == pytest.approx(1 / 2.5)
    assert pairs.at[("A", "C"), "congruence_normalised"] == pytest.approx(1 / 2)


def test_a_holder_with_both_views_agrees_and_disagrees(statements):
    both = pd.concat([statements, pd.DataFrame([("B", "x", "against", "two")], columns=[*statements.columns])])
    pair = alignment.one_mode(alignment.judgements(both)).set_index(["first", "second"]).loc[("A", "B")]
    assert (pair["congruence"], pair["conflict"]) == (1, 2)
    assert alignment.two_mode(alignment.judgements(both)).edges["B", "x"]["agreement"] == "both"


def test_two_mode_network_counts_repetition(statements):
    graph = alignment.two_mode(alignment.judgements(statements))
    assert graph.edges["A", "x"] == {"agreement": "for", "count": 2}
    assert graph.nodes["A"]["kind"] == "holder"
    assert graph.nodes["x"]["kind"] == "issue"


def test_network_of_a_weight_keeps_isolated_holders(statements):
    pairs = alignment.one_mode(alignment.judgements(statements))
    graph = alignment.network(pairs, "conflict")
    assert sorted(graph.edges) == [("A", "B")]
    assert "C" in graph


def test_leaving_out_the_only_article_leaves_no_pair(statements):
    table = alignment.strongest_without_each(statements, least=1)
    assert table.set_index("without").at["one", "pairs"] == "no pair"
    assert table.set_index("without").at["none", "congruence"] == 1


def test_holders_with_few_views_are_left_out(statements):
    assert set(alignment.active(alignment.judgements(statements), 2)["holder"]) == {"A", "B"}
    assert set(alignment.active(alignment.judgements(statements), 1, without={"A"})["holder"]) == {"B", "C"}
