"""EDTF dates: what they bound, how they are written, and what is none."""

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base import dates

# Every form that stands in the tables, and edge cases: value, first day, last day, long, short.
FORMS = [
    ("1956", date(1956, 1, 1), date(1956, 12, 31), "1956", "1956"),
    ("2016-05", date(2016, 5, 1), date(2016, 5, 31), "May 2016", "May 2016"),
    ("2016-12", date(2016, 12, 1), date(2016, 12, 31), "December 2016", "Dec 2016"),
    ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "February 2016", "Feb 2016"),
    ("2013-04-29", date(2013, 4, 29), date(2013, 4, 29), "29 April 2013", "29 Apr 2013"),
    ("2016-02-29", date(2016, 2, 29), date(2016, 2, 29), "29 February 2016", "29 Feb 2016"),
    ("2015/2016", date(2015, 1, 1), date(2016, 12, 31), "2015 to 2016", "2015–2016"),
    ("2016-08-30/2016-09-01", date(2016, 8, 30), date(2016, 9, 1), "30 August to 1 September 2016", "30 Aug – 1 Sep 2016"),
    ("2016-09-03/2016-09-04", date(2016, 9, 3), date(2016, 9, 4), "3 to 4 September 2016", "3–4 Sep 2016"),
    ("2016-09-02/2016-09-05~", date(2016, 9, 2), date(2016, 9, 5), "2 to about 5 September 2016", "2–c. 5 Sep 2016"),
    ("2017-12/2018-04", date(2017, 12, 1), date(2018, 4, 30), "December 2017 to April 2018", "Dec 2017 – Apr 2018"),
    ("2016-05/2016-09", date(2016, 5, 1), date(2016, 9, 30), "May to September 2016", "May–Sep 2016"),
    ("2016-12-30/2017-01-02", date(2016, 12, 30), date(2017, 1, 2), "30 December 2016 to 2 January 2017", "30 Dec 2016 – 2 Jan 2017"),
    ("../2013", None, date(2013, 12, 31), "up to 2013", "up to 2013"),
    ("../1960-05-26", None, date(1960, 5, 26), "up to 26 May 1960", "up to 26 May 1960"),
    ("2014/..", date(2014, 1, 1), None, "from 2014", "from 2014"),
    ("2016-23", date(2016, 9, 1), date(2016, 11, 30), "autumn 2016", "autumn 2016"),
    ("2016-21", date(2016, 3, 1), date(2016, 5, 31), "spring 2016", "spring 2016"),
    ("1984?", date(1984, 1, 1), date(1984, 12, 31), "probably 1984", "probably 1984"),
    ("1984~", date(1984, 1, 1), date(1984, 12, 31), "about 1984", "c. 1984"),
    ("1984%", date(1984, 1, 1), date(1984, 12, 31), "perhaps about 1984", "perhaps about 1984"),
    ("2016-09-05~", date(2016, 9, 5), date(2016, 9, 5), "about 5 September 2016", "c. 5 Sep 2016"),
    ("[1667,1668]", date(1667, 1, 1), date(1668, 12, 31), "1667 or 1668", "1667 or 1668"),
    (
        "[2015-12-07..2015-12-13,2016-12-05..2016-12-11]", date(2015, 12, 7), date(2016, 12, 11),
        "7 to 13 December 2015 or 5 to 11 December 2016", "7–13 Dec 2015 or 5–11 Dec 2016",
    ),
]  # fmt: skip

INVALID = [
    "", "soon", "2016-13", "2016-00", "2016-1", "2016-9-2", "16", "2016-02-30", "2015-02-29", "2016-04-31", "2016-12-01/2016-13",
    "9 December 2016", "2016.12.09", "12/09/2016", "199u", "2017/2016", "2016-09-05/2016-09-02", " 2016", "2016 ", "2016\n", "２０１６", "[2016", "2016]", "/",
]  # fmt: skip

# Rarer EDTF. Whether it is accepted is open; but what is accepted must work everywhere.
RARE = [
    "201X", "20XX", "201X-06/201X-12", "2016-XX", "2016-12-XX", "2016-24", "2016-21/2016-23", "{1960,1961}", "{1960..1962}", "[..1960]", "[1960..]",
    "[1960,1961..]", "/1960", "1960/", "../..", "-0044", "0000", "0001", "9999", "Y17E8", "Y-17E7", "2016-12-05T10:00:00", "2016-12-05T10:00:00Z",
    "2016-12-~05", "?2016-06", "2016-?06", "2016~/2017~", "2016-09-02?/..", "../2016?", "1950S2", "XXXX", "1XXX", "2016-06-XX/2016-08-XX",
]  # fmt: skip


@pytest.mark.parametrize(("value", "first", "last", "long", "short"), FORMS, ids=[form[0] for form in FORMS])
def test_a_date_has_its_bounds_and_its_words(value, first, last, long, short):
    assert dates.valid(value)
    assert dates.bounds(value) == (first, last)
    assert dates.show(value) == long
    assert dates.show(value, short=True) == short


def test_no_date_is_undated():
    assert dates.bounds("") == (None, None)
    assert dates.show("") == dates.show("", short=True) == "undated"


@pytest.mark.parametrize("value", INVALID)
def test_what_is_no_date_is_refused(value):
    assert not dates.valid(value)


@pytest.mark.parametrize("value", RARE)
def test_whatever_is_accepted_can_be_bounded_and_shown(value):
    if not dates.valid(value):
        return
    first, last = dates.bounds(value)
    assert first is None or last is None or first <= last
    for short in (False, True):
        words = dates.show(value, short=short)
        assert words and words == words.strip()
        assert ".." not in words and "/" not in words and "{" not in words


def test_a_decade_is_bounded_by_its_years():
    assert dates.bounds("201X") == (date(2010, 1, 1), date(2019, 12, 31))
    assert "201" in dates.show("201X")


def test_every_date_of_the_tables_works(study):
    articles = study.corpus.articles
    values = {*articles["date_text"], *articles["date_record"], *study.statements["date"]} - {""}
    assert len(values) > 10
    for value in values:
        assert dates.valid(value)
        first, last = dates.bounds(value)
        assert (first or last) and (not first or not last or first <= last)
        assert not dates.show(value).startswith(" ") and ".." not in dates.show(value)


def test_every_article_is_dated_by_text_or_record(study):
    for article in study.corpus.articles.itertuples():
        assert article.date_text or article.date_record, article.Index


_years = st.integers(1000, 2999).map("{:04d}".format)
_months = st.tuples(_years, st.integers(1, 12)).map(lambda parts: f"{parts[0]}-{parts[1]:02d}")
_days = st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(date.isoformat)
_single = st.one_of(_years, _months, _days)


@given(_single, st.sampled_from(["", "?", "~", "%"]))
def test_the_first_day_is_not_after_the_last(value, doubt):
    assert dates.valid(value + doubt)
    first, last = dates.bounds(value + doubt)
    assert first <= last
    assert first.isoformat().startswith(value) and last.isoformat().startswith(value)
    assert dates.show(value + doubt).endswith(value[:4])


@given(_months)
def test_a_month_ends_on_its_last_day(value):
    last = dates.bounds(value)[1]
    assert last.day == calendar.monthrange(last.year, last.month)[1]


@given(_single, _single)
def test_an_interval_runs_from_the_first_to_the_last_day_or_is_refused(one, other):
    first, last = dates.bounds(one)[0], dates.bounds(other)[1]
    interval = f"{one}/{other}"
    if first <= last and dates.bounds(one)[1] <= last and first <= dates.bounds(other)[0]:
        assert dates.valid(interval)
        assert dates.bounds(interval) == (first, last)
        assert dates.show(interval).endswith(dates.show(other)[-4:])
    elif first > last:
        assert not dates.valid(interval)


@given(_single)
def test_an_open_interval_is_bounded_on_one_side(value):
    assert dates.bounds(f"../{value}") == (None, dates.bounds(value)[1])
    assert dates.bounds(f"{value}/..") == (dates.bounds(value)[0], None)
    assert dates.show(f"../{value}") == f"up to {dates.show(value)}"
    assert dates.show(f"{value}/..") == f"from {dates.show(value)}"


@given(st.text(max_size=12))
def test_any_text_is_either_refused_or_works(text):
    if dates.valid(text):
        dates.bounds(text)
        assert dates.show(text)
