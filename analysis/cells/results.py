"""What a notebook hands to the page: numbers, tables and figures, each under a speaking name.

A table or figure is shown in the notebook as HTML and carried to the book as
plain data, so that the page's own reader checks every citation inside it.
"""

import ast
import html
import warnings

from IPython.core.formatters import format_display_data
from IPython.display import display

from ..base import markup

TABLE_MIME = "application/vnd.report.table+json"
FIGURE_MIME = "application/vnd.report.figure+json"
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


def names(items, joint="and"):
    """Join names for running prose.

    Parameters
    ----------
    items : iterable of str
    joint : str

    Returns
    -------
    str
        "nobody" for none; "A", "A and B", "A, B and C" otherwise.
    """
    items = list(items)
    if len(items) < 2:
        return items[0] if items else "nobody"
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def numbers(**values):
    """Offer values to the prose of the page, as ``{glue:text}`` keys.

    Parameters
    ----------
    **values : int or str
        Integers are written out by :func:`words`. Every key is offered a
        second time with ``_cap`` behind it, for the beginning of a sentence.
    """
    for key, value in values.items():
        text = words(int(value)) if not isinstance(value, str) else value
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
    """

    def __init__(self, svg, data=None, alt=""):
        self.svg = svg
        self.data = data
        self.alt = alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        content = {"svg": self.svg, "alt": self.alt}
        if self.data is not None:
            rows = [[str(cell) for cell in row] for row in self.data.itertuples(index=False, name=None)]
            content["data"] = {"columns": [str(column) for column in self.data.columns], "rows": rows}
        return {FIGURE_MIME: content, "text/html": self.svg, "text/plain": self.alt}


def show(name, result, alt=None):
    """Show a table or figure in the notebook and offer it to the page.

    Parameters
    ----------
    name : str
        The key for the page's ``table-result`` or ``figure-result`` directive.
    result : Table or Figure
    alt : str, optional
        The text alternative of a figure, as :mod:`analysis.report.descriptions` writes it.
    """
    if alt is not None:
        result.alt = alt
    _glue(RESULT_KEY(name), result, show=True)


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
