"""The house style of figures: drawn with matplotlib, returned as inline SVG.

Colours are CSS variables with a fallback, so that one drawing serves the light
page, the dark page and print.
"""

import io
import math
import textwrap
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from fontpkg_noto_sans import __path__ as _font_path
from lxml import etree
from matplotlib import font_manager

from .results import XLINK_HREF, Figure, counted

INK, MUTED, RULE, PAPER, LAND = "#1f2328", "#5c6670", "#c9cfd6", "#fffffe", "#e8edf2"
FIRST, SECOND, BOTH, OTHER = "#0b63a5", "#b34700", "#7a3e9d", "#59616a"  # two sides, the two together, and nobody's
FROM_TEXT, FROM_RECORD, CODED, OPPOSED, ARTICLE = (
    FIRST,
    SECOND,
    FIRST,
    SECOND,
    BOTH,
)  # what else these colours tell apart
VARIABLES = {
    INK: "--fig-ink",
    MUTED: "--fig-muted",
    RULE: "--fig-rule",
    PAPER: "--fig-paper",
    LAND: "--fig-land",
    FIRST: "--fig-first",
    SECOND: "--fig-second",
    BOTH: "--fig-both",
    OTHER: "--fig-other",
}
STYLE = {
    "font.family": "Noto Sans",
    "font.size": 9,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "svg.hashsalt": "report",
    "figure.constrained_layout.use": True,
}
styled = matplotlib.rc_context(STYLE)  # a decorator: the function draws in the house style

_SVG = "{http://www.w3.org/2000/svg}"

# A font of the same name on this machine may be of another version, and would change the drawings.
_fonts = font_manager.fontManager
_fonts.ttflist = [font for font in _fonts.ttflist if font.name != STYLE["font.family"]]
for _file in sorted((Path(next(iter(_font_path))) / "files").glob("NotoSans[[]*.ttf")):
    _fonts.addfont(str(_file))


def link(target, text):
    """Return what a mark takes as its URL, so that it becomes a named link.

    Parameters
    ----------
    target : str
        ``#`` and the id of a statement or passage, or the address of a view
        from :func:`analysis.measures.views.view`.
    text : str
        The link's accessible name, shown as a tooltip too.

    Returns
    -------
    str
        Both in one, until :func:`finish` takes them apart.
    """
    return f"{target} {text}"


def finish(figure, name, alt, data=None):
    """Turn a matplotlib figure into an inline drawing and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Prefix of all ids inside, unique in the book.
    alt : str
        The text alternative.
    data : pandas.DataFrame, optional
        The rows that the marks stand for. Columns with a capital are printed
        under the drawing; the others only serve to draw it.

    Returns
    -------
    analysis.cells.results.Figure
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    plt.close(figure)
    svg = etree.fromstring(buffer.getvalue(), etree.XMLParser(resolve_entities=False, no_network=True))
    # Matplotlib's points are 4/3 pixels. A figure of up to 4.4 inches fits on a phone at its least width, with words of
    # nine pixels; a wider one scrolls there.
    own = float(svg.get("width").removesuffix("pt")) * 4 / 3
    svg.set("class", "report-figure")
    size = f"--width: {own:.0f}px; min-width: {min(480, own * 0.78):.0f}px; max-width: {own:.0f}px; "
    svg.set("style", size + "width: 100%; height: auto")
    for attribute in ("width", "height"):
        del svg.attrib[attribute]
    for element in list(svg.iter(etree.Element)):
        if element.tag == f"{_SVG}metadata":
            element.getparent().remove(element)
        elif element.tag == f"{_SVG}a":
            _name_link(element)
        else:
            _rename(element, name)
    shown = None if data is None else data[[column for column in data if column[0].isupper()]]
    return Figure(etree.tostring(svg, encoding="unicode"), shown, alt)


def _name_link(element):
    """Take apart what `link` joined: an address, and a name for readers who point and for readers who listen."""
    target, text = element.get(XLINK_HREF).split(" ", 1)
    element.attrib.clear()  # no new window: a passage opens where its citation stands, so that "back" leads there again
    element.set("aria-label", text)
    element.set(XLINK_HREF, target)
    title = etree.Element(f"{_SVG}title")
    title.text = text
    element.insert(0, title)


def _rename(element, name):
    """Give ids a prefix, and colours their variables."""
    for attribute, value in element.attrib.items():
        value = value.replace("url(#", f"url(#{name}-")
        if attribute == "id":
            value = f"{name}-{value}"
        elif attribute == XLINK_HREF:
            value = value.replace("#", f"#{name}-", 1)
        for colour, variable in VARIABLES.items():
            value = value.replace(colour, f"var({variable}, {colour})")
        element.set(attribute, value)


def several(number, noun):
    """Write a count with its noun: "no pairs", "one pair", "two pairs"."""
    return counted(number, noun, f"{noun}s", none=f"no {noun}s")


def narrow(text, width=16):
    """Break a label into lines, so that a figure has room for its marks on a phone."""
    return textwrap.fill(text, width, break_long_words=False)


def article_names(articles):
    """Name the rows of a figure by key and short title of their articles."""
    return [narrow(f"{key} {short}") for key, short in articles["short"].items()]


def bare(axes, rows):
    """Leave an axes its labels alone: columns on top, rows at heights of their own (a dict of height to label)."""
    axes.xaxis.tick_top()
    axes.set_yticks(list(rows), list(rows.values()))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def filled(colour, full=True, width=1.2):
    """Return the look of a mark that is full of its colour, or hollow."""
    return {"edgecolors": colour, "facecolors": colour if full else PAPER, "linewidths": width, "zorder": 3}


def dot(marker="o", colour=MUTED, full=True):
    """Return a mark for a key, full or hollow."""
    inside = colour if full else PAPER
    return plt.Line2D([], [], linestyle="", marker=marker, markersize=6, color=colour, markerfacecolor=inside)


def bar(marker, colour):
    """Return a mark on a line for a key."""
    return plt.Line2D([], [], color=colour, marker=marker, linewidth=3)


def key(figure, entries, columns=3, **options):
    """Put the key to marks under a drawing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    entries : dict of str to matplotlib.artist.Artist
        What a mark means, and a mark from :func:`dot`, for example.
    columns : int
    """
    place = {"loc": "outside lower center", "ncols": columns, "frameon": False, "fontsize": 8}
    figure.legend(list(entries.values()), list(entries), **place, **options)


def cluster(count, step, columns):
    """Return the places of `count` dots around a centre: rows of at most `columns`, centred."""
    rows = [min(columns, count - start) for start in range(0, count, columns)]
    return [
        ((column - (here - 1) / 2) * step * 0.9, ((len(rows) - 1) / 2 - row) * step * 1.55)
        for row, here in enumerate(rows)
        for column in range(here)
    ]


def stretches(spans, gap=20):
    """Cut time into stretches, wherever nothing is dated for `gap` years.

    Parameters
    ----------
    spans : iterable of (float or None, float or None)
        First and last year of each date, None where it is open.
    gap : float

    Returns
    -------
    list of (float, float)
        In order; every given year lies in one.
    """
    found = []
    for first, last in sorted((first or last, last or first) for first, last in spans if first or last):
        if found and first - found[-1][1] < gap:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def time_axes(spans, size, share):
    """Draw empty axes for time, broken where :func:`stretches` cuts it.

    Parameters
    ----------
    spans : list of (float or None, float or None)
        See :func:`stretches`.
    size : (float, float)
        Width and height of the figure in inches.
    share : float
        How many times as wide as another the stretch with most dates is.

    Returns
    -------
    (matplotlib.figure.Figure, list of matplotlib.axes.Axes)
        Every date of `spans` lies within the limits of one of the axes.
    """
    parts = stretches(spans) or [(0, 1)]
    dated = [sum(low <= day <= high for span in spans for day in span if day) for low, high in parts]
    busiest = dated.index(max(dated))
    weights = [share if number == busiest else 1 for number in range(len(parts))]
    figure, axes = plt.subplots(1, len(parts), figsize=size, sharey=True, width_ratios=weights, squeeze=False)
    for number, (panel, (low, high), weight) in enumerate(zip(axes[0], parts, weights)):
        room = max(0.5, 0.05 * (high - low) * sum(weights) / weight)
        panel.set_xlim(low - room, high + room)
        ticks = _years(low - room, high + room) if number == busiest else sorted({int(low), int(high)})
        panel.set_xticks(ticks if any(dated) else [], map(str, ticks if any(dated) else []))
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
    return figure, list(axes[0])


def _years(low, high):
    """Return at most seven round years between two."""
    step = next(step for step in (1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000) if (high - low) / step <= 6.5)
    return [year for year in range(math.ceil(low), math.floor(high) + 1) if year % step == 0]
