"""What a notebook hands to the page: numbers, tables and figures, each under a speaking name.

A table or figure is shown in the notebook as HTML and carried to the book as
plain data, so that the page's own reader checks every citation inside it.
"""

import ast
import html
import operator
import warnings

import pandas as pd
from IPython.core.formatters import format_display_data
from IPython.display import display
from lxml import etree

from ..base import markup

TABLE_MIME = "application/vnd.report.table+json"
FIGURE_MIME = "application/vnd.report.figure+json"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
RESULT_KEY = "result-{}".format  # keeps tables and figures apart from numbers of the same name

_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


_HIDDEN = "application/papermill.record/"  # MyST-NB's prefix of what a cell offers without showing it


def _glue(name, value, show):
    """Offer a value to the page as ``myst_nb.glue`` does.

    The original imports Sphinx, which costs every notebook two seconds; a test
    holds this to it.
    """
    data, metadata = format_display_data(value)
    prefix = "" if show else _HIDDEN
    metadata["scrapbook"] = {"name": name, "mime_prefix": prefix}
    display({prefix + mime: content for mime, content in data.items()}, raw=True, metadata=metadata)


class _Text:
    """A string shown without quotation marks."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        # MyST-NB evaluates what looks like Python, and would print 30,115 as a pair of numbers.
        try:
            with warnings.catch_warnings(action="ignore"):
                ast.literal_eval(self.text)
        except (SyntaxError, ValueError):
            return self.text
        except (MemoryError, RecursionError):  # brackets in thousands
            pass
        return repr(self.text)


def words(number):
    """Write a count for running prose: words up to twelve, digits above.

    Parameters
    ----------
    number : int
        Zero or more.

    Returns
    -------
    str
        ``"no"`` for zero.
    """
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def counted(number, one, many, none=None):
    """Return a count together with the words that must agree with it.

    Parameters
    ----------
    number : int
        Zero or more.
    one, many : str
        What follows the number word, in the singular and in the plural.
    none : str, optional
        The whole wording for zero.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If `number` is zero and `none` is not given.

    Examples
    --------
    >>> counted(1, "article speaks", "articles speak")
    'one article speaks'
    >>> counted(0, "is open", "are open", none="none is open")
    'none is open'
    """
    if number == 0:
        if none is None:
            raise ValueError(
                f"there are no “{many}” any more, and the sentence has no wording for zero. Add none=…, or change the sentence"
            )
        return none
    return f"{words(number)} {one if number == 1 else many}"


def names(items, joint="and", none=None):
    """Join names for running prose.

    Parameters
    ----------
    items : iterable of str
    joint : str
    none : str, optional
        The wording for an empty list, such as ``"nobody"``.

    Returns
    -------
    str
        "A", "A and B", "A, B and C".

    Raises
    ------
    ValueError
        If there are no items and `none` is not given.
    """
    items = list(items)
    if not items:
        if none is None:
            raise ValueError(
                "the list of names is empty, and the sentence has no wording for that. Add none=…, or change the sentence"
            )
        return none
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}"


def sentence(text):
    """Return a text as a sentence: with a capital and a full stop."""
    return text[:1].upper() + text[1:] + "."


_FEW = {"no": 0, "0": 0, "one": 1, "1": 1}  # counts at which a sentence written for many turns false or ungrammatical


def numbers(*, may_be=None, **values):
    """Offer values to the prose of the page, as ``{glue:text}`` keys.

    Parameters
    ----------
    may_be : dict of str to int or tuple of int, optional
        The values 0 and 1 at which the sentence around a key was read and
        found true, such as ``{"other_experts": 1}``.
    **values : int or str
        Integers are written out by :func:`words`. Every key is offered a
        second time with ``_cap`` behind it, for the beginning of a sentence.

    Raises
    ------
    ValueError
        If a value is 0 or 1 and `may_be` does not allow it, for all such
        values at once, or if `may_be` names a key that is not offered.
    """
    texts = {key: value if isinstance(value, str) else words(operator.index(value)) for key, value in values.items()}
    allowed = {key: few if isinstance(few, tuple) else (few,) for key, few in (may_be or {}).items()}
    faults = [
        f"may_be names {key}, which is not among the numbers. Remove it there" for key in allowed if key not in texts
    ]
    faults += [
        f"{key} is {_FEW[text]}, and its sentence was written for two or more. Read the sentence with {{glue:text}}`{key}`: "
        f'if it is true as it stands, add "{key}": {_FEW[text]} to may_be; if not, change the sentence, or use results.counted'
        for key, text in texts.items()
        if text in _FEW and _FEW[text] not in allowed.get(key, ())
    ]
    if faults:
        raise ValueError("\n".join(faults))
    for key, text in texts.items():
        _glue(key, _Text(text), show=False)
        _glue(f"{key}_cap", _Text(text[:1].upper() + text[1:]), show=False)


def _cell(value):
    return markup.cell(value if isinstance(value, str) else str(value))


class Table:
    """A table for the page.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells hold text; citations are written as roles, such as
        ``{sid}`mt13-04```. Anything else that MyST would read as markup is
        escaped (:func:`analysis.base.markup.cell`), so that no word of an article
        becomes a link, a picture or HTML. The index is not shown.
    stub : int
        How many columns at the left head their rows.
    """

    def __init__(self, frame, stub=1):
        self.frame = frame
        self.stub = stub

    def _repr_mimebundle_(self, include=None, exclude=None):
        columns = [_cell(column) for column in self.frame.columns]
        rows = [[_cell(cell) for cell in row] for row in self.frame.itertuples(index=False, name=None)]
        return {
            TABLE_MIME: {"columns": columns, "rows": rows, "stub": self.stub},
            "text/html": self._html(columns, rows),
            "text/plain": self.frame.to_string(index=False),
        }

    @staticmethod
    def _html(columns, rows):
        def plain(cell):
            return html.escape(markup.plain(cell))

        head = "".join(f"<th>{plain(column)}</th>" for column in columns)
        body = "".join("<tr>" + "".join(f"<td>{plain(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Figure:
    """A figure for the page.

    Parameters
    ----------
    svg : str
        The drawing, an ``<svg>`` element. Its links point to statement ids, or
        to views of the statement table (:func:`analysis.measures.views.view`).
    data : pandas.DataFrame, optional
        What the marks stand for. Cells are plain text; those of the columns
        ``Statement``, ``Statements`` and ``Passages`` hold ids, separated by
        blanks. The index is not shown.
    alt : str
        The text alternative: what one would see.

    Attributes
    ----------
    links : list of str
        What marks lead to, each once: ids, and queries that begin with ``?``.
    """

    def __init__(self, svg, data=None, alt=""):
        self.svg = svg
        self.data = data
        self.alt = alt
        addresses = {link.get(XLINK_HREF) for link in etree.fromstring(svg).iter("{*}a")} - {None}
        self.links = sorted(address[1:] for address in addresses if address.startswith("#"))

    def _repr_mimebundle_(self, include=None, exclude=None):
        content = {"svg": self.svg, "alt": self.alt, "links": self.links}
        if self.data is not None:
            rows = [[str(cell) for cell in row] for row in self.data.itertuples(index=False, name=None)]
            content["data"] = {"columns": [str(column) for column in self.data.columns], "rows": rows}
        return {FIGURE_MIME: content, "text/html": self.svg, "text/plain": self.alt}


def show(name, result):
    """Show a table or figure in the notebook and offer it to the page.

    Parameters
    ----------
    name : str
        The key for the page's ``table-result`` or ``figure-result`` directive.
    result : Table, Figure or pandas.DataFrame
        A frame is shown as a table with one column of heads.
    """
    _glue(RESULT_KEY(name), Table(result) if isinstance(result, pd.DataFrame) else result, show=True)


def claim(condition, sentence):
    """Stop the build when the data no longer bear out a sentence of the page.

    Parameters
    ----------
    condition : bool
        What the sentence says, computed.
    sentence : str
        The sentence, in short, for the message.

    Raises
    ------
    AssertionError
        If `condition` is false.
    """
    if not condition:
        raise AssertionError(f"the page says “{sentence}”, and the data no longer bear it out")
