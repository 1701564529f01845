"""What a notebook hands to the page: numbers in words, names, tables, figures."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

from analysis.cells import results


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """What a notebook's own shell brings to formatting, without history or settings of a user."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setattr(HistoryManager, "enabled", False)
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def glued(shell, monkeypatch):
    """Collects what is offered to the page: name to (mime bundle, metadata)."""
    collected = {}

    def collect(data, raw, metadata):
        assert raw
        collected[metadata["scrapbook"]["name"]] = (data, metadata)

    monkeypatch.setattr(results, "display", collect)
    return collected


def plain(collected):
    """Name to text of what is offered without being shown."""
    return {name: data["application/papermill.record/text/plain"] for name, (data, _) in collected.items()}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "no"),
        (1, "one"),
        (2, "two"),
        (12, "twelve"),
        (13, "13"),
        (100, "100"),
        (1234, "1,234"),
        (1234567, "1,234,567"),
    ],
)
def test_counts_are_words_up_to_twelve_and_digits_above(number, text):
    assert results.words(number) == text


@given(st.integers(0, 10**9))
def test_a_count_in_words_is_never_empty_and_above_twelve_reads_back(number):
    text = results.words(number)
    assert text
    if number > 12:
        assert int(text.replace(",", "")) == number


@pytest.mark.parametrize(
    ("items", "text"),
    [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"), (["A", "B", "C", "D"], "A, B, C and D")],
)
def test_names_are_joined_for_prose(items, text):
    assert results.names(items) == text
    assert results.names(iter(items)) == text


def test_names_take_another_joint():
    assert results.names(["A", "B", "C"], joint="or") == "A, B or C"


def test_an_empty_list_of_names_needs_a_wording():
    assert results.names([], none="nobody") == "nobody"
    with pytest.raises(ValueError, match="the list of names is empty"):
        results.names([])


@pytest.mark.parametrize(
    ("number", "text"), [(0, "none is open"), (1, "one is open"), (2, "two are open"), (1500, "1,500 are open")]
)
def test_a_count_brings_the_words_that_agree_with_it(number, text):
    assert results.counted(number, "is open", "are open", none="none is open") == text


def test_a_count_of_zero_needs_a_wording():
    with pytest.raises(ValueError, match="no “articles speak” any more"):
        results.counted(0, "article speaks", "articles speak")


@pytest.mark.parametrize("few", [0, 1, "no", "one", "0", "1"])
def test_a_sentence_for_many_does_not_take_zero_or_one(glued, few):
    number = results._FEW[few] if isinstance(few, str) else few
    with pytest.raises(
        ValueError,
        match=rf'other_experts is {number}, .*{{glue:text}}`other_experts`.*add "other_experts": {number} to may_be',
    ):
        results.numbers(experts=9, other_experts=few)
    assert glued == {}


def test_all_numbers_that_stop_the_build_are_told_at_once(glued):
    with pytest.raises(ValueError, match=r"(?s)a is 0.*c is 1.*"):
        results.numbers(a=0, b=2, c=1)


def test_a_zero_or_one_that_fits_its_sentence_is_let_through_and_no_other(glued):
    results.numbers(may_be={"one": 1, "both": (0, 1), "more": 1}, one=1, both=0, more=3)
    assert {plain(glued)[key] for key in ("one", "both", "more")} == {"one", "no", "three"}
    with pytest.raises(ValueError, match="one is 0"):
        results.numbers(may_be={"one": 1}, one=0)


def test_a_permission_without_a_number_is_a_fault(glued):
    with pytest.raises(ValueError, match="may_be names experts"):
        results.numbers(may_be={"experts": 1}, expert=1)


def test_a_number_in_prose_is_whole(glued):
    with pytest.raises(TypeError):
        results.numbers(share=0.4)


def test_numbers_are_offered_in_words_and_with_a_capital(glued):
    results.numbers(n_two=2, n_many=1500, share="about half", n_none=0, may_be={"n_none": 0})
    assert plain(glued) == {
        "n_two": "two", "n_two_cap": "Two", "n_many": "'1,500'", "n_many_cap": "'1,500'",  # as MyST-NB reads it
        "share": "about half", "share_cap": "About half", "n_none": "no", "n_none_cap": "No",
    }  # fmt: skip


def test_counts_of_numpy_are_counts(glued):
    results.numbers(n=pd.Series([True, True]).sum())
    assert plain(glued)["n"] == "two"


def test_show_offers_the_table_under_a_key_of_its_own_and_shows_it(glued):
    results.numbers(tab=2)
    results.show("tab", results.Table(pd.DataFrame({"a": [1]})))
    assert set(glued) == {"tab", "tab_cap", results.RESULT_KEY("tab")}
    data, metadata = glued[results.RESULT_KEY("tab")]
    assert data[results.TABLE_MIME]["rows"] == [["1"]] and "<table>" in data["text/html"]
    assert metadata["scrapbook"]["mime_prefix"] == ""


def test_a_frame_is_shown_as_a_table(glued):
    results.show("tab", pd.DataFrame({"a": [1]}))
    assert glued[results.RESULT_KEY("tab")][0][results.TABLE_MIME] == {"columns": ["a"], "rows": [["1"]], "stub": 1}


def test_a_claim_that_holds_is_silent_and_one_that_does_not_stops_with_its_sentence():
    results.claim(True, "Japan wants four islands")
    with pytest.raises(AssertionError, match="Japan wants four islands"):
        results.claim(False, "Japan wants four islands")


def test_a_table_carries_plain_data_and_html():
    frame = pd.DataFrame({"holder": ["Japan", "Russia"], "count": [3, 12]}, index=[7, 9])
    bundle = results.Table(frame)._repr_mimebundle_()
    assert bundle[results.TABLE_MIME] == {
        "columns": ["holder", "count"],
        "rows": [["Japan", "3"], ["Russia", "12"]],
        "stub": 1,
    }
    assert bundle["text/html"].count("<tr>") == 3 and bundle["text/html"].count("<td>") == 4
    assert "Japan" in bundle["text/plain"] and "12" in bundle["text/plain"]


def test_a_table_says_how_many_columns_head_its_rows():
    assert (
        results.Table(pd.DataFrame({"a": [1], "b": [2]}), stub=2)._repr_mimebundle_()[results.TABLE_MIME]["stub"] == 2
    )


def test_html_in_cells_and_heads_is_escaped_in_the_notebook():
    frame = pd.DataFrame({"<b>head</b>": ["<script>alert(1)</script>", 'a & b "c"']})
    shown = results.Table(frame)._repr_mimebundle_()["text/html"]
    assert "<script" not in shown and "<b>" not in shown
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;" in shown and "&lt;b&gt;head&lt;/b&gt;" in shown and "a &amp; b" in shown
    )


def test_roles_in_cells_are_shown_as_their_text_in_the_notebook_and_kept_for_the_page():
    bundle = results.Table(pd.DataFrame({"ids": ["{sid}`mt13-04, mt13-05`"]}))._repr_mimebundle_()
    assert "<td>mt13-04, mt13-05</td>" in bundle["text/html"]
    assert bundle[results.TABLE_MIME]["rows"] == [["{sid}`mt13-04, mt13-05`"]]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_cell_breaks_the_table_in_the_notebook(cells):
    shown = results.Table(pd.DataFrame({"a": cells}, dtype=object))._repr_mimebundle_()["text/html"]
    assert shown.count("<tr>") == len(cells) + 1
    assert set(re.findall(r"</?(\w+)", shown)) == {"table", "thead", "tbody", "tr", "th", "td"}


def test_a_figure_carries_its_drawing():
    links = "".join(
        f'<a xlink:href="#{target}"><text>x</text></a>' for target in ("mt13-04", "?holder=A&amp;issue=b", "mt13-04")
    )
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{links}<use xlink:href="#m1"/></svg>'
    bundle = results.Figure(drawing, alt="A mark.")._repr_mimebundle_()
    assert bundle[results.FIGURE_MIME] == {"svg": drawing, "alt": "A mark.", "links": ["?holder=A&issue=b", "mt13-04"]}
    assert bundle["text/html"] == drawing and bundle["text/plain"]


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(
    "value",
    [results._Text("two"), results.Table(pd.DataFrame({"a": ["b"]})), results.Figure("<svg></svg>")],
    ids=["text", "table", "figure"],
)
def test_glue_does_what_the_original_does(glued, monkeypatch, value, shown):
    import myst_nb.ext.glue as original

    sent = []
    monkeypatch.setattr(original, "ipy_display", lambda data, raw, metadata: sent.append((data, metadata)))
    original.glue("key", value, display=shown)
    results._glue("key", value, show=shown)
    assert sent == [glued["key"]]
