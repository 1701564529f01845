"""Faults in data and pages: collected first, reported together, by file and row."""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

_LONGEST = 1000  # characters of a message's parts
_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+")
_MANY = 12  # faults of one kind in one file that are told one by one


def visible(text, keep=""):
    """Write characters that would act on a terminal, or hide, as escapes.

    Parameters
    ----------
    text : str
    keep : str
        Characters that stay as they are though they do not print.

    Returns
    -------
    str

    Examples
    --------
    >>> visible("\x1b[2J\u202egpj.exe")
    '\\\\x1b[2J\\\\u202egpj.exe'
    """
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode("ascii") for c in text)


def _shown(text):
    text = str(text)
    cut = f"{text[:_LONGEST]} … ({len(text):,} characters)" if len(text) > _LONGEST else text
    return visible(cut)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one place.

    Parameters
    ----------
    file : str
        File in which the fault stands, relative to the repository.
    where : str
        Row, line or offset inside the file ("row 12", "line 3"); may be empty.
    found : str
        What stands there.
    expected : str
        What should stand there.
    """

    file: str
    where: str
    found: str
    expected: str

    def __str__(self):
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{_shown(place)}: found {_shown(self.found)}; expected {_shown(self.expected)}"


def nearest(word, known, expected):
    """Say what is expected, and which of the known words is most like the one found.

    Parameters
    ----------
    word : str
    known : iterable of str
    expected : str

    Returns
    -------
    str

    Examples
    --------
    >>> nearest("lock", ["locks", "toll"], "an issue")
    "an issue (nearest: 'locks')"
    """
    close = get_close_matches(str(word), list(known), n=1)
    return f"{expected} (nearest: {close[0]!r})" if close else expected


def grouped(faults):
    """Tell faults that are many and of one kind as one, since they have one cause.

    Parameters
    ----------
    faults : sequence of Fault

    Returns
    -------
    list of Fault
        More than twelve faults of one file whose `found` begins with the same two words, values left out, give way to
        the first of them, with their number.
    """
    groups = {}
    for fault in faults:
        groups.setdefault((fault.file, *_VALUE.sub("", fault.found).split()[:2]), []).append(fault)
    return [told for group in groups.values() for told in (group if len(group) <= _MANY else [_first_of(group)])]


def _first_of(group):
    first = group[0]
    places = "rows" if first.where.startswith("row ") else "places"
    return replace(first, where=f"{len(group)} {places} (first: {first.where})", found=f"{first.found}, and the like")


class DataError(ValueError):
    """Raised once for all faults found in what the book is made from.

    Parameters
    ----------
    faults : sequence of Fault
        At least one fault; the message lists them all.
    """

    def __init__(self, faults):
        self.faults = list(faults)
        count = len(self.faults)
        head = "1 fault" if count == 1 else f"{count} faults"
        super().__init__("\n".join([head + ":"] + [f"  {fault}" for fault in self.faults]))


def raise_any(faults):
    """Raise a :class:`DataError` if there is any fault, those of one cause :func:`grouped`.

    Parameters
    ----------
    faults : sequence of Fault

    Raises
    ------
    DataError
        If `faults` is not empty.
    """
    if faults:
        raise DataError(grouped(faults))


class PdfError(RuntimeError):
    """Raised when the pages cannot be printed as they are; nothing is written."""
