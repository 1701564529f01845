"""Krippendorff's alpha against published examples and in degenerate cases."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.coding import matching as coding
from analysis.measures import reliability

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units,
# nominal data with missing values; alpha = 0.743.
EXAMPLE_C = pd.DataFrame(
    {
        "A": ["1", "2", "3", "3", "2", "1", "4", "1", "2", None, None, None],
        "B": ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", None, "3"],
        "C": [None, "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", None],
        "D": ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", None],
    },
    dtype=object,
)


def test_published_example_with_missing_values():
    assert reliability.alpha(EXAMPLE_C) == pytest.approx(0.743, abs=0.0005)


def test_published_binary_example():
    # Example A of the same text: two observers, ten units, binary data; alpha = 0.095.
    values = pd.DataFrame({"first": list("0100000010"), "second": list("1110010000")}, dtype=object)
    assert reliability.alpha(values) == pytest.approx(0.095, abs=0.0005)


def test_full_agreement_on_several_categories_is_one():
    values = pd.DataFrame({"a": ["x", "y", "x"], "b": ["x", "y", "x"]}, dtype=object)
    assert reliability.alpha(values) == 1.0
    assert reliability.agreement(values) == 1.0


@pytest.mark.parametrize(
    "values",
    [
        pd.DataFrame({"a": ["x", "x"], "b": ["x", "x"]}, dtype=object),
        pd.DataFrame({"a": ["x", None], "b": [None, "y"]}, dtype=object),
        pd.DataFrame({"a": [], "b": []}, dtype=object),
        pd.DataFrame({"a": ["x", "x", "y"], "b": ["x", "x", None]}, dtype=object),
    ],
    ids=["one category", "nothing to compare", "no unit", "second category only alone"],
)
def test_alpha_without_meaning_is_nan_and_not_a_number(values):
    assert math.isnan(reliability.alpha(values))
    assert all(math.isnan(v) for v in reliability.interval(values, list(range(len(values)))))


def test_agreement_counts_pairs_of_values():
    values = pd.DataFrame({"a": ["x"], "b": ["x"], "c": ["y"]}, dtype=object)
    assert reliability.agreement(values) == pytest.approx(1 / 3)


def test_interval_encloses_alpha_and_is_the_same_each_time():
    clusters = [f"s{n // 2}" for n in range(len(EXAMPLE_C))]
    low, high = reliability.interval(EXAMPLE_C, clusters, resamples=200)
    assert low <= reliability.alpha(EXAMPLE_C) <= high
    assert (low, high) == reliability.interval(EXAMPLE_C, clusters, resamples=200)


@given(
    st.lists(st.lists(st.sampled_from(["x", "y", "z", None]), min_size=3, max_size=3), min_size=1, max_size=12),
    st.data(),
)
def test_alpha_of_a_weighting_is_the_librarys_alpha_of_repeated_units(rows, data):
    values = pd.DataFrame(rows, columns=["a", "b", "c"], dtype=object)
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    repeated = values.loc[values.index.repeat(weights)]
    (weighted,) = reliability.weighted_alphas(reliability._counts(values), np.array([weights]))
    assert weighted == pytest.approx(reliability.alpha(repeated), nan_ok=True)


@pytest.fixture(scope="module")
def passes(study):
    return study.passes


def test_presence_has_every_cell_and_every_statement(study, passes):
    laid = reliability.presence(passes, study.corpus.sentences["sentence"], study.codebook.issues.index)
    assert len(laid) == len(study.corpus.sentences) * len(study.codebook.issues)
    for name, table in passes.items():
        statements = table[table["reason"] == ""]
        assert laid[name].sum() == len(statements.drop_duplicates(["sentence", "issue"]))


def test_pairwise_counts_add_up(study, passes):
    counts, agreement = reliability.pairwise(passes, study.corpus.sentences["sentence"], study.codebook.issues.index)
    assert len(agreement) == len(counts) * (2 + len(reliability.VARIABLES))
    for row in counts.itertuples():
        first, second = (int((passes[name]["reason"] == "").sum()) for name in row.pair.split(" – "))
        assert row.matched + row.only_first == first
        assert row.matched + row.only_second == second


def test_estimate_of_the_unseen_by_hand():
    units = [{"rows": {"a": 1, "b": 1, "c": 1}}] * 5 + [{"rows": {"a": 1}}] * 3 + [{"rows": {"a": 1, "b": 1}}]
    result = reliability.unseen(units, passes=3)
    assert (result["seen"], result["once"], result["twice"]) == (9, 3, 1)
    assert result["estimate"] == pytest.approx(2 / 3 * 3 * 2 / (2 * 2))


def test_nothing_seen_once_means_nothing_estimated():
    assert reliability.unseen([{"rows": {"a": 1, "b": 1}}], passes=2)["estimate"] == 0


def test_agreement_by_issue_and_variable_counts_every_matched_statement(study, passes):
    laid = reliability.by_issue_and_variable(passes, study.codebook.issues.index)
    shared = sum(len(unit["rows"]) > 1 for unit in coding.match(passes))
    assert laid.groupby("variable")["n"].sum().tolist() == [shared] * len(reliability.VARIABLES)
