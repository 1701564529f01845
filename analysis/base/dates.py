"""Dates with uncertainty: EDTF (ISO 8601-2), read by the `edtf` library."""

import re
from functools import cache

from edtf import EDTFParseException, parse_edtf, struct_time_to_date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}


@cache
def _parsed(value):
    try:
        return parse_edtf(value)
    except (EDTFParseException, TypeError, ValueError):  # the library stumbles over some dates, such as ../196X
        return None


# What the project uses of EDTF; the library accepts more, some of which it cannot bound.
_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?[?~%]?|\d{2}[\dX]X(?:-\d{2})?"
_CHOICE = rf"(?:{_DAY})(?:\.\.(?:{_DAY}))?"
_FORM = re.compile(rf"(?:{_DAY})(?:/(?:{_DAY}|\.\.))?|\.\./(?:{_DAY})|\[{_CHOICE}(?:,{_CHOICE})*\]", re.ASCII)


def valid(value):
    """Whether `value` is an EDTF date of a form this project uses, and exists.

    Parameters
    ----------
    value : str

    Returns
    -------
    bool
        False for reversed intervals and days that no calendar has.
    """
    sides = [side for side in value.split("/") if side != ".."]  # each on its own, as `bounds` asks for them
    if not _FORM.fullmatch(value) or any(_parsed(side) is None for side in sides):
        return False
    try:
        first, last = bounds(value)
    except ValueError:
        return False
    return first is None or last is None or first <= last


def bounds(value):
    """Return the earliest and latest day an EDTF date allows.

    Parameters
    ----------
    value : str
        An EDTF date; empty for "not known".

    Returns
    -------
    (datetime.date or None, datetime.date or None)
        None where the date is open or unknown on that side.
    """
    if not value:
        return None, None
    if "/" in value:  # the library fails on the open side, so each side is asked on its own
        first, last = value.split("/")
        return bounds("" if first == ".." else first)[0], bounds("" if last == ".." else last)[1]
    date = _parsed(value)
    return struct_time_to_date(date.lower_strict()), struct_time_to_date(date.upper_strict())


def choices(value):
    """Return the dates that an EDTF date leaves to choose from, itself alone where it is one date or interval.

    Examples
    --------
    >>> choices("[2015-12-07..2015-12-13,2016-12-05]")
    ['2015-12-07/2015-12-13', '2016-12-05']
    """
    return [part.strip().replace("..", "/") for part in value[1:-1].split(",")] if value.startswith("[") else [value]


def years(value):
    """Return the earliest and latest time an EDTF date allows, in years.

    Parameters
    ----------
    value : str

    Returns
    -------
    (float or None, float or None)
        2016.5 for the beginning of July; None where the date is open or unknown on that side.
    """
    return tuple(day and day.year + (day.timetuple().tm_yday - 1) / 365.25 for day in bounds(value))


def year(value):
    """Return the year of an EDTF date whose span lies in one.

    Parameters
    ----------
    value : str

    Returns
    -------
    int or None
        None where the date is open, unknown or spans several years; for a
        date "up to" a year, that year.
    """
    first, last = bounds(value)
    if first is None or last is None or first.year != last.year:
        return last.year if first is None and last is not None else None
    return first.year


def month(value):
    """Return month and year of an EDTF date whose span lies in one month.

    Parameters
    ----------
    value : str

    Returns
    -------
    str or None
        Such as "September 2016"; None where the span is wider or open.
    """
    first, last = bounds(value)
    if first is None or last is None or (first.year, first.month) != (last.year, last.month):
        return None
    return f"{MONTHS[first.month - 1]} {first.year}"


def show(value, short=False):
    """Write an EDTF date in English.

    Parameters
    ----------
    value : str
        An EDTF date or interval; empty for "not known".
    short : bool
        Use three-letter months, for citations and tables.

    Returns
    -------
    str

    Examples
    --------
    >>> show("2016-09-02/2016-09-05~")
    '2 to about 5 September 2016'
    >>> show("2016-09-02/2016-09-05~", short=True)
    '2–c. 5 Sep 2016'
    >>> show("../1960")
    'up to 1960'
    """
    if not value:
        return "undated"
    if value.startswith("["):
        return " or ".join(show(part, short) for part in choices(value))
    if "/" not in value:
        return " ".join(_words(value, short))
    first, last = value.split("/")
    if first == "..":
        return f"up to {show(last, short)}"
    if last == "..":
        return f"from {show(first, short)}"
    left, right = _words(first, short), _words(last, short)
    shared = 0
    while shared < min(len(left), len(right)) - 1 and left[-1 - shared] == right[-1 - shared]:
        shared += 1
    left = left[: len(left) - shared]
    joint = "–" if short and len(left) == 1 else " – " if short else " to "
    return " ".join(left) + joint + " ".join(right)


def _words(value, short):
    """The day, month and year of a single EDTF date, as far as it gives them."""
    doubt = {"?": "probably ", "~": "c. " if short else "about ", "%": "perhaps about "}.get(value[-1], "")
    year, *rest = value.rstrip("?~%").split("-")
    month = ""
    if rest:
        number = int(rest[0])
        month = SEASONS.get(number) or MONTHS[number - 1][: 3 if short else None]
    day = str(int(rest[1])) if len(rest) > 1 else ""
    words = list(filter(None, [day, month, year]))
    words[0] = doubt + words[0]
    return words
