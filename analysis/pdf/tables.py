"""Tables in print: column widths, type size and direction, estimated from the text."""

import math
import re
from collections import defaultdict
from dataclasses import dataclass

from bs4 import BeautifulSoup

PORTRAIT, LANDSCAPE = 442, 728  # points between the margins, as print.css sets them
_TABLE_SIZES = (8.5, 7.75, 7)  # points; print.css has a class for each


def set_tables(article):
    """Say which cells head rows or columns, and choose the size each table can be read at."""
    for table in article.find_all("table"):
        join_columns(table)
        for cell in table.find_all("th"):
            cell["scope"] = "col" if cell.find_parent("thead") else "row"
        columns = measure(table)
        size, width = fit(columns)
        _set_widths(table, share(columns, size, width), crowded=not has_room(columns, size, width))
        wrap = table.find_parent(class_="table-wrap") or table
        wrap["class"] = [*wrap.get("class", []), f"size-{_TABLE_SIZES.index(size) + 1}", width]


_JOINTS = {"print-joins-below": "<br>", "print-joins-beside": " · "}


def join_columns(table):
    """Join narrow columns, so that few wide ones are left.

    Parameters
    ----------
    table : bs4.Tag
        Changed in place. A column goes to the one before it, under its text or
        beside it, where the class of its head says so (``print-joins-below``,
        ``print-joins-beside``). A cell that repeats the one before it is left
        out.
    """
    heads = table.thead.find_all("th") if table.thead else []
    joints = [next((_JOINTS[name] for name in head.get("class", []) if name in _JOINTS), None) for head in heads]
    for row in table.find_all("tr") if any(joints) else []:
        kept, last = None, ""
        for cell, joint in zip(row.find_all(["th", "td"], recursive=False), joints):
            text = text_of(cell)
            if joint is None:
                kept = cell
            else:
                if text and text != last:
                    kept.extend([*BeautifulSoup(f"<p>{joint}</p>", "lxml").p.contents, *cell.contents])
                cell.decompose()
            last = text


@dataclass
class Column:
    """What a column of a table holds, in units of the font size.

    Attributes
    ----------
    word : float
        Width of the longest word.
    cells : list of float
        Width of each cell on one line.
    """

    word: float
    cells: list

    @property
    def line(self):
        """Width of the longest cell on one line."""
        return max(self.word, *self.cells)

    @property
    def typical(self):
        """Width of a cell on one line, longer cells counting for more."""
        return math.sqrt(sum(width * width for width in self.cells) / len(self.cells))


def measure(table):
    """Return the columns of a table, measured by counting characters."""
    words, lines = defaultdict(list), defaultdict(list)
    for row in table.find_all("tr"):
        position = 0
        for cell in row.find_all(["th", "td"], recursive=False):
            span = int(cell.get("colspan", 1))
            if span == 1:
                words[position].append(_longest_word(cell))
                lines[position].append(0.52 * len(text_of(cell)) + 0.3)
            position += span
    return [Column(max(words[n]) + 0.3, lines[n]) for n in sorted(words)]


def _longest_word(cell):
    code = " ".join(element.get_text() for element in cell.find_all(["code", "a"]))
    wide = max((len(word) for word in code.split()), default=0) * 0.56
    plain = max((len(word) for word in re.split(r"[\s/–—-]+", cell.get_text())), default=0) * 0.58
    return max(wide, plain)


def fit(columns):
    """Choose the font size and the page's direction for a table.

    Parameters
    ----------
    columns : list of Column

    Returns
    -------
    (float, str)
        Points, and ``"portrait"`` or ``"landscape"``. A table too wide even
        for the smallest size on a landscape page has its words broken.

    Examples
    --------
    >>> fit([Column(6.0, [6.0] * 20), Column(12.0, [12.0] * 20)])
    (8.5, 'portrait')
    >>> fit([Column(6.0, [6.0] * 20)] * 12)
    (7.75, 'landscape')
    """
    choices = [(size, "portrait") for size in _TABLE_SIZES] + [(size, "landscape") for size in _TABLE_SIZES[1:]]
    possible = [choice for choice in choices if has_room(columns, *choice)]
    if not possible:
        return choices[-1]
    return min(possible, key=lambda choice: _cost(columns, *choice))


def has_room(columns, size, direction):
    """Return whether no word is wider than its column can be."""
    return sum(column.word for column in columns) * size <= _room(len(columns), direction)


def _cost(columns, size, direction):
    """Pages a table takes; small letters and turned pages count extra."""
    full = _room(len(columns), direction) / size + 7 / size * len(columns)
    widths = [fraction * full - 7 / size for fraction in share(columns, size, direction)]
    # A line holds a little less than its width, since words are not broken.
    lines = sum(
        max(math.ceil(cell / (0.93 * width)) for cell, width in zip(row, widths))
        for row in zip(*(c.cells for c in columns))
    )
    height = lines * size * 1.35 + 5 * len(columns[0].cells)
    if direction == "landscape":
        return (math.ceil(height / 460) + 0.75) * (1 + (8.5 - size) / 6)
    return height / 680 * (1 + (8.5 - size) / 6)


def share(columns, size, direction):
    """Share the page's width among columns so that a table stays low.

    Parameters
    ----------
    columns : list of Column
    size : float
    direction : {"portrait", "landscape"}

    Returns
    -------
    list of float
        Fractions of the table's width: no column narrower than its longest
        word or wider than its longest cell needs, the rest by typical length.
    """
    room = _room(len(columns), direction) / size
    if sum(column.word for column in columns) > room:
        widths = [max(column.word, 4) ** 0.35 for column in columns]  # no column squeezed to single letters
    else:
        low, high = 0.0, 1.0
        for _ in range(40):
            factor = (low + high) / 2
            widths = [min(max(factor * column.typical, column.word), column.line) for column in columns]
            low, high = (factor, high) if sum(widths) < room else (low, factor)
    gap = 7 / size
    return [(width + gap) / sum(width + gap for width in widths) for width in widths]


def _room(count, direction):
    """Points for the text of so many columns, without the gaps between them."""
    return (PORTRAIT if direction == "portrait" else LANDSCAPE) - 7 * count


def _set_widths(table, shares, crowded):
    for old in table.find_all("colgroup"):
        old.decompose()
    columns = "".join(f'<col style="width: {100 * fraction:.2f}%">' for fraction in shares)
    group = BeautifulSoup(f"<table><colgroup>{columns}</colgroup></table>", "lxml").colgroup
    if table.caption:
        table.caption.insert_after(group)
    else:
        table.insert(0, group)
    table["class"] = [*table.get("class", []), *(["crowded"] if crowded else [])]


def text_of(element):
    """Return the words of an element, with one blank between them."""
    return " ".join(element.get_text().split())
