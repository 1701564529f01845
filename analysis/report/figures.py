"""Figures: one look for all, drawn with matplotlib, returned as inline SVG.

Colours are CSS variables with a fallback, so that one drawing serves the light
page, the dark page and print. Side is told by colour and by shape.
"""

import html
import io
import math
import re
import textwrap
from pathlib import Path

import matplotlib
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
from fontpkg_noto_sans import __path__ as _font_path
from matplotlib import font_manager

from ..base import dates
from ..measures import alignment, positions, views as explorer
from ..coding.codebook import label
from ..cells.results import Figure

INK, MUTED, RULE, PAPER = "#1f2328", "#5c6670", "#c9cfd6", "#fffffe"
SIDE_COLOUR = {"Japan": "#0b63a5", "Russia": "#b34700", "Japan and Russia": "#7a3e9d", "other": "#59616a"}
SIDE_MARKER = {"Japan": "o", "Russia": "s", "Japan and Russia": "D", "other": "^"}
_VARIABLES = {
    INK: "--fig-ink", MUTED: "--fig-muted", RULE: "--fig-rule", PAPER: "--fig-paper", "#e8edf2": "--fig-land",
    SIDE_COLOUR["Japan"]: "--fig-japan", SIDE_COLOUR["Russia"]: "--fig-russia",
    SIDE_COLOUR["Japan and Russia"]: "--fig-both", SIDE_COLOUR["other"]: "--fig-other",
}  # fmt: skip
LAND = "#e8edf2"
STYLE = {
    "font.family": "Noto Sans", "font.size": 9, "axes.edgecolor": RULE, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": MUTED, "ytick.color": INK, "xtick.labelcolor": INK, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": False, "figure.facecolor": "none", "axes.facecolor": "none",
    "svg.fonttype": "none", "text.parse_math": False, "svg.hashsalt": "two-islands-or-four", "figure.constrained_layout.use": True,
}  # fmt: skip

# A font of the same name on this machine may be of another version, and would change the drawings.
font_manager.fontManager.ttflist = [font for font in font_manager.fontManager.ttflist if font.name != STYLE["font.family"]]
for _file in sorted((Path(next(iter(_font_path))) / "files").glob("NotoSans[[]*.ttf")):
    font_manager.fontManager.addfont(str(_file))


_LINK = re.compile(r"""<a xlink:href=(["'])(?P<target>#\S+) (?P<name>.*?)\1[^>]*>""", re.DOTALL)  # what follows is matplotlib's wish for a new window


def link(target, text):
    """Return what a mark takes as its URL, so that it becomes a named link.

    Parameters
    ----------
    target : str
        ``#`` and the id of a statement or passage, or the address of a view
        from :func:`analysis.explorer.view`.
    text : str
        The link's accessible name, shown as a tooltip too.

    Returns
    -------
    str
        Both in one, until :func:`finish` takes them apart.
    """
    return f"{target} {text}"


def finish(figure, name, data=None):
    """Turn a matplotlib figure into an inline drawing and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Prefix of all ids inside, unique in the book.
    data : pandas.DataFrame, optional
        What the marks stand for, as text, for readers of tables.

    Returns
    -------
    analysis.cells.results.Figure
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    plt.close(figure)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    width = float(re.search(r'width="([\d.]+)pt"', svg)[1])
    svg = re.sub(r' (?:width|height)="[\d.]+pt"', "", svg, count=2)
    # Matplotlib's points are 4/3 pixels. A figure of up to 4.4 inches fits on a phone at its least width, with words of nine pixels; a wider one scrolls there.
    own = width * 4 / 3
    size = f"--width: {own:.0f}px; min-width: {min(480, own * 0.78):.0f}px; max-width: {own:.0f}px; width: 100%; height: auto"
    svg = svg.replace("<svg ", f'<svg class="report-figure" style="{size}" ', 1)
    svg = re.sub(r"<\w[^>]*>", lambda tag: _rename(tag[0], name), svg)
    svg = svg.replace(' target="_blank"', "")  # a passage opens where its citation stands, so that "back" leads there again
    return Figure(_LINK.sub(_name_link, svg), data)


def _name_link(match):
    """Take apart what `link` joined: an address, and a name for readers who point and for readers who listen."""
    text = html.unescape(match["name"])
    return f'<a aria-label="{html.escape(text)}" xlink:href="{match["target"]}"><title>{html.escape(text, quote=False)}</title>'


def _rename(tag, name):
    """Give the ids in a tag a prefix and its colours their variables; words of a drawing stand between tags and stay."""
    tag = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', tag)
    tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", tag)
    tag = re.sub(r'(<use\b[^>]*?xlink:href=")#', rf"\1#{name}-", tag)
    for colour, variable in _VARIABLES.items():
        tag = tag.replace(colour, f"var({variable}, {colour})")
    return tag


def style(function):
    """Draw with the house style."""

    def styled(*arguments, **options):
        with matplotlib.rc_context(STYLE):
            return function(*arguments, **options)

    styled.__doc__ = function.__doc__
    styled.__name__ = function.__name__
    return styled


def _to_passage(row, who="holder"):
    """The link of a mark that stands for one statement."""
    return link(f"#{row.Index}", f"{row.Index}: {positions.holder_name(getattr(row, who))}, {label(row.issue).lower()}, {row.position}")


_WORD = {"own": "own word", "article": "ascribed by the article", "ascribed": "ascribed by another speaker"}


def _statement_data(statements):
    """The data of a drawing with one mark a statement."""
    return pd.DataFrame(
        {
            "Statement": statements.index,
            "Issue": [label(issue) for issue in statements["issue"]],
            "Position": statements["position"].to_numpy(),
            "Holder": [positions.holder_name(holder) for holder in statements["holder"]],
            "Side": statements["side"].to_numpy(),
            "Word": statements["basis"].map(_WORD).to_numpy(),
        }
    )


def _stacked(count, step=0.17, columns=6):
    """Places of `count` dots around a centre: rows of at most `columns`, centred."""
    rows = -(-count // columns)
    places = []
    for row in range(rows):
        here = min(columns, count - row * columns)
        for column in range(here):
            places.append(((column - (here - 1) / 2) * step * 0.9, ((rows - 1) / 2 - row) * step * 1.55))
    return places


@style
def stance_dots(statements, actors, issues, name):
    """Draw one dot per statement: issues down, stances across.

    Parameters
    ----------
    statements : pandas.DataFrame
    actors : pandas.DataFrame
    issues : sequence of str
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Colour and shape give the holder's side; a filled mark is the holder's
        own word, a hollow one is ascribed. Every mark links to its passage.
    """
    chosen = positions.select(statements, issues)
    chosen = chosen.assign(side=positions.side(chosen, actors), basis=positions.ascription(chosen))
    issues = list(issues)
    heights = [max(1, *(-(-len(chosen[(chosen["issue"] == i) & (chosen["position"] == s)]) // 6) for s in positions.STANCES)) for i in issues]
    centres, top = [], 0.0
    for height in heights:
        span = 0.62 + 0.27 * (height - 1)
        centres.append(-(top + span / 2))
        top += span
    figure, axes = plt.subplots(figsize=(4.3, 0.75 + 0.62 * top))
    for issue, centre in zip(issues, centres):
        for column, stance in enumerate(positions.STANCES):
            here = chosen[(chosen["issue"] == issue) & (chosen["position"] == stance)]
            here = here.assign(rank=here["side"].map({s: n for n, s in enumerate(positions.SIDES)})).sort_values(["rank", "basis"], kind="stable")
            for (dx, dy), row in zip(_stacked(len(here)), here.itertuples()):
                colour = SIDE_COLOUR[row.side]
                axes.scatter(
                    column + dx, centre + dy, s=34, marker=SIDE_MARKER[row.side], linewidths=1.2, edgecolors=colour,
                    facecolors=colour if row.basis == "own" else PAPER, urls=[_to_passage(row)], zorder=3,
                )  # fmt: skip
        axes.axhline(centre - (0.62 + 0.27 * (heights[issues.index(issue)] - 1)) / 2, color=RULE, linewidth=0.6)
    axes.set_xlim(-0.55, len(positions.STANCES) - 0.45)
    axes.set_ylim(-top - 0.02, 0.02)
    axes.set_xticks(range(len(positions.STANCES)), positions.STANCES)
    axes.set_yticks(centres, [_narrow(label(issue)) for issue in issues])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _side_legend(figure, chosen["side"])
    return finish(figure, name, _statement_data(chosen.sort_values("issue", key=lambda column: column.map(issues.index), kind="stable")))


def _narrow(text, width=16):
    """Break a label into lines, so that a figure has room for its marks on a phone."""
    return textwrap.fill(text, width, break_long_words=False)


def _side_legend(figure, sides, basis=True):
    """Put the key to shapes and colours under the drawing."""
    present = [s for s in positions.SIDES if s in set(sides)]
    handles = [
        plt.Line2D([], [], linestyle="", marker=SIDE_MARKER[s], color=SIDE_COLOUR[s], markersize=6) for s in present
    ]
    labels = [{"Japan and Russia": "both together"}.get(s, s) for s in present]
    if basis:
        handles += [
            plt.Line2D([], [], linestyle="", marker="o", color=MUTED, markersize=6),
            plt.Line2D([], [], linestyle="", marker="o", markerfacecolor=PAPER, markeredgecolor=MUTED, markersize=6),
        ]
        labels += ["own word", "ascribed"]
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8, handletextpad=0.3, columnspacing=1.2)


def _day(value, end=False):
    """An EDTF date as a matplotlib day number, or None."""
    day = dates.bounds(value)[1 if end else 0]
    return None if day is None else mdates.date2num(day)


@style
def article_dates(articles, name):
    """Draw each article's date as an interval: what its text supports, what the record says.

    Parameters
    ----------
    articles : pandas.DataFrame
    name : str

    Returns
    -------
    analysis.cells.results.Figure
    """
    first, last = mdates.date2num(pd.Timestamp("2009-07-01")), mdates.date2num(pd.Timestamp("2020-06-30"))
    figure, axes = plt.subplots(figsize=(4.4, 3.4))
    for number, row in enumerate(articles.itertuples()):
        for shift, value, colour, marker in ((0.14, row.date_text, SIDE_COLOUR["Japan"], "o"), (-0.16, row.date_record, SIDE_COLOUR["Russia"], "s")):
            y = -number + shift
            spans = [part.strip().replace("..", "/", 1) if value.startswith("[") else part for part in (value.strip("[]").split(",") if value.startswith("[") else [value])]
            for span in spans:
                left, right = _day(span), _day(span, end=True)
                left, right = first if left is None else left, last if right is None else right
                if right - left < 20:
                    axes.plot((left + right) / 2, y, marker=marker, color=colour, markersize=5)
                else:
                    axes.plot([left, right], [y, y], color=colour, linewidth=3.2, solid_capstyle="butt")
                    for edge, open_side, arrow in ((left, not span or span.startswith(".."), "<"), (right, not span or span.endswith(".."), ">")):
                        if open_side:
                            axes.plot(edge, y, marker=arrow, color=colour, markersize=6)
    axes.set_yticks([-n for n in range(len(articles))], [_narrow(f"{a} {s}") for a, s in zip(articles.index, articles["short"])])
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(first - 60, last + 60)
    axes.xaxis.set_major_locator(mdates.YearLocator(2))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axes.spines["left"].set_visible(False)
    handles = [
        plt.Line2D([], [], color=SIDE_COLOUR["Japan"], marker="o", linewidth=3),
        plt.Line2D([], [], color=SIDE_COLOUR["Russia"], marker="s", linewidth=3),
    ]
    figure.legend(handles, ["from the text alone", "from the public record"], loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    shown = {"From the text alone": articles["date_text"], "From the public record": articles["date_record"]}
    data = pd.DataFrame({"Article": articles["label"], **{head: [dates.show(value, short=True) for value in column] for head, column in shown.items()}})
    return finish(figure, name, data)


@style
def options_over_time(statements, actors, articles, issues, name):
    """Draw the statements on some options along time.

    Parameters
    ----------
    statements, actors, articles : pandas.DataFrame
    issues : sequence of str
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        A statement stands at its own date where the article gives one, else at
        its article's. The axis is broken between 1960 and 2013.
    """
    chosen = positions.select(statements, issues)
    chosen = chosen.assign(side=positions.side(chosen, actors), basis=positions.ascription(chosen))
    value = chosen["date"].where(chosen["date"] != "", chosen["article"].map(articles["date_record"]))
    chosen = chosen.assign(year=[_middle_year(v) for v in value]).dropna(subset="year")
    figure, (early, late) = plt.subplots(1, 2, figsize=(4.4, 0.9 + 0.86 * len(issues)), sharey=True, width_ratios=[1, 3.2])
    for axes, low, high in ((early, 1954, 1962), (late, 2012.6, 2018.6)):
        for number, issue in enumerate(issues):
            axes.axhline(-number - 0.5, color=RULE, linewidth=0.6)
            here = chosen[(chosen["issue"] == issue) & chosen["year"].between(low, high)].sort_values(["year", "position"])
            for row, (dx, dy) in _towers(here, (high - low) / 100):
                colour = SIDE_COLOUR[row.side]
                axes.scatter(
                    row.year + dx, -number + dy, s=28, marker=SIDE_MARKER[row.side], edgecolors=colour, linewidths=1.2,
                    facecolors=colour if row.basis == "own" else PAPER, urls=[_to_passage(row)], zorder=3,
                )  # fmt: skip
            axes.axhline(-number, color=RULE, linewidth=0.4, linestyle=(0, (1, 3)))
        axes.set_xlim(low, high)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    early.set_xticks([1956, 1960], ["1956", "1960"])
    late.set_xticks(range(2013, 2019), [str(y) for y in range(2013, 2019)])
    early.set_yticks([-n for n in range(len(issues))], [_narrow(label(issue)) for issue in issues])
    early.set_ylim(-len(issues) + 0.45, 0.5)
    _side_legend(figure, chosen["side"])
    data = _statement_data(chosen)
    data.insert(1, "Date", [dates.show(v, short=True) for v in value[chosen.index]])
    return finish(figure, name, data.iloc[chosen["year"].argsort(kind="stable")])


def _middle_year(value):
    first, last = dates.bounds(value)
    if first is None or last is None:
        return float("nan")
    middle = first + (last - first) / 2
    return middle.year + (middle.timetuple().tm_yday - 1) / 365.25


def _towers(statements, unit):
    """Place marks that share a date: "against" below the line, all others above, three to a column."""
    counts = {}
    for row in statements.itertuples():
        above = row.position != "against"
        key = (round(row.year / unit / 3), above)
        number = counts[key] = counts.get(key, -1) + 1
        height = 0.14 + 0.145 * (number % 3)
        yield row, (number // 3 * unit * 2.4, height if above else -height)


@style
def voices(statements, articles, actors, name):
    """Draw whose words each article carries: one dot a statement, by mode.

    Parameters
    ----------
    statements, articles, actors : pandas.DataFrame
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Articles down, modes across; colour and shape give the speaker's country.
    """
    modes = ("direct", "indirect", "narrator")
    speakers = statements.assign(holder=statements["speaker"])
    chosen = statements.assign(side=positions.side(speakers, actors))
    figure, axes = plt.subplots(figsize=(4.4, 5.2))
    for number, article in enumerate(articles.index):
        for column, mode in enumerate(modes):
            here = chosen[(chosen["article"] == article) & (chosen["mode"] == mode)]
            here = here.assign(rank=here["side"].map({s: n for n, s in enumerate(positions.SIDES)})).sort_values("rank", kind="stable")
            for (dx, dy), row in zip(_stacked(len(here), step=0.112, columns=8), here.itertuples()):
                axes.scatter(column + dx, -number + dy * 1.3, s=18, linewidths=0, marker=SIDE_MARKER[row.side], color=SIDE_COLOUR[row.side], urls=[_to_passage(row, "speaker")], zorder=3)
        axes.axhline(-number - 0.5, color=RULE, linewidth=0.6)
    axes.set_xticks(range(3), modes)
    axes.xaxis.tick_top()
    axes.set_yticks([-n for n in range(len(articles))], [_narrow(f"{a} {s}") for a, s in zip(articles.index, articles["short"])])
    axes.tick_params(length=0)
    axes.set_xlim(-0.55, 2.55)
    axes.set_ylim(-len(articles) + 0.45, 0.55)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _side_legend(figure, chosen["side"], basis=False)
    data = pd.DataFrame(
        {
            "Statement": chosen.index, "Article": chosen["article"].map(articles["label"]).to_numpy(), "Mode": chosen["mode"].to_numpy(),
            "Speaker": [positions.holder_name(speaker) for speaker in chosen["speaker"]], "Side": chosen["side"].to_numpy(),
        }
    )  # fmt: skip
    return finish(figure, name, data)


@style
def timeline(events, articles, name):
    """Draw events and articles on one broken time axis, each with its uncertainty.

    Parameters
    ----------
    events : pandas.DataFrame
        As :func:`analysis.coding.events.read_events` returns it.
    articles : pandas.DataFrame
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        What the texts say of an event links to the first passage that says it.
    """
    rows = [(e.event, e.date_stated, e.date_record, False, e.passages) for e in events.itertuples()]
    rows += [(f"Article {a.Index}: {a.short}", a.date_text, a.date_record, True, "") for a in articles.itertuples()]
    order = sorted(rows, key=lambda r: _day(r[2]) or _day(r[1]) or _day(r[1], end=True))
    figure, panels = plt.subplots(1, 2, figsize=(7.2, 0.7 + 0.25 * len(order)), sharey=True, width_ratios=[1, 2.4])
    spans = ((1944, 1962), (2002, 2020.6))
    for axes, (low, high) in zip(panels, spans):
        for number, (event, stated, record, _, passages) in enumerate(order):
            axes.axhline(-number, color=RULE, linewidth=0.4, linestyle=(0, (1, 3)))
            for value, colour, marker, shift in ((stated, SIDE_COLOUR["Japan"], "o", 0.16), (record, SIDE_COLOUR["Russia"], "s", -0.16)):
                if not value:
                    continue
                left, right = _edge(value, False, low), _edge(value, True, high)
                if right < low or left > high:
                    continue
                if right - left < 0.12:
                    (mark,) = axes.plot((left + right) / 2, -number + shift, marker=marker, color=colour, markersize=4)
                else:
                    (mark,) = axes.plot([max(left, low), min(right, high)], [-number + shift] * 2, color=colour, linewidth=2.4, solid_capstyle="butt")
                if passages and marker == "o":
                    mark.set_url(link(f"#{passages.split()[0]}", f"{passages.split()[0]}: {event}, as the texts date it: {dates.show(stated, short=True)}"))
        axes.set_xlim(low, high)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    panels[0].set_xticks([1945, 1960])
    panels[1].set_xticks(range(2004, 2021, 4))
    panels[0].set_yticks([-n for n in range(len(order))], [r[0] for r in order])
    for text, row in zip(panels[0].get_yticklabels(), order):
        text.set_fontsize(9)
        text.set_color(SIDE_COLOUR["Japan and Russia"] if row[3] else INK)
    panels[0].set_ylim(-len(order) + 0.3, 0.7)
    handles = [
        plt.Line2D([], [], color=SIDE_COLOUR["Japan"], marker="o", linewidth=2.4),
        plt.Line2D([], [], color=SIDE_COLOUR["Russia"], marker="s", linewidth=2.4),
    ]
    figure.legend(handles, ["as the texts date it", "in the public record"], loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    data = pd.DataFrame(
        [(event, *(dates.show(d, short=True) if d else "–" for d in (stated, record)), passages) for event, stated, record, _, passages in order],
        columns=["Event", "As the texts date it", "In the public record", "Passages"],
    )
    return finish(figure, name, data)


def _edge(value, end, limit):
    day = dates.bounds(value)[1 if end else 0]
    if day is None:
        return limit
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def _by_side(holders, actors):
    """Holders ordered by side, then by name, with their side."""
    country = {h: positions.side(pd.DataFrame({"holder": [h]}), actors).iloc[0] for h in holders}
    order = {side: number for number, side in enumerate(positions.SIDES)}
    return sorted(holders, key=lambda h: (order[country[h]], h)), country


@style
def judgement_grid(judged, actors, issues, name):
    """Draw the two-mode network as a grid: issues down, holders across.

    Parameters
    ----------
    judged : pandas.DataFrame
        As :func:`analysis.measures.alignment.judgements` returns it.
    actors : pandas.DataFrame
    issues : sequence of str
        Order of the rows; issues nobody judges are left out.
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Every mark links to its statements in the statement table.
    """
    holders, side = _by_side(judged["holder"].unique(), actors)
    issues = [issue for issue in issues if issue in set(judged["issue"])]
    figure, axes = plt.subplots(figsize=(4.4, 1.7 + 0.24 * len(issues)))
    for (holder, issue), rows in judged.groupby(["holder", "issue"]):
        x, y, colour = holders.index(holder), -issues.index(issue), SIDE_COLOUR[side[holder]]
        stances, count = set(rows["agreement"]), int(rows["count"].sum())
        word = {(True,): "for", (False,): "against"}.get(tuple(stances), "for and against")
        target = explorer.view(holder=holder, issue=issue, position=list(alignment.AGREEMENT))
        urls = [link(target, f"{holder}, {label(issue).lower()}: {word}, {count} statement{'s' if count > 1 else ''}")]
        if word == "for":
            axes.scatter(x, y, s=34, marker="o", color=colour, zorder=3, urls=urls)
        elif word == "against":
            axes.scatter(x, y, s=34, marker="X", facecolors=PAPER, edgecolors=colour, linewidths=1.2, zorder=3, urls=urls)
        else:
            axes.scatter(x, y, s=40, marker="D", facecolors=PAPER, edgecolors=colour, linewidths=1.2, zorder=3, urls=urls)
    for number in range(len(issues)):
        axes.axhline(-number, color=RULE, linewidth=0.4, zorder=0)
    axes.set_xticks(range(len(holders)), holders, rotation=55, ha="left", rotation_mode="anchor", fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks([-n for n in range(len(issues))], [label(issue) for issue in issues], fontsize=8)
    axes.tick_params(length=0)
    axes.set_xlim(-0.6, len(holders) - 0.4)
    axes.set_ylim(-len(issues) + 0.4, 0.6)
    for spine in axes.spines.values():
        spine.set_visible(False)
    handles = [
        plt.Line2D([], [], linestyle="", marker="o", color=MUTED, markersize=6),
        plt.Line2D([], [], linestyle="", marker="X", markerfacecolor=PAPER, markeredgecolor=MUTED, markersize=6),
        plt.Line2D([], [], linestyle="", marker="D", markerfacecolor=PAPER, markeredgecolor=MUTED, markersize=6),
    ]
    figure.legend(handles, ["for", "against", "both, in different statements"], loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    data = judged.assign(rank=judged["holder"].map(holders.index), column=judged["issue"].map(issues.index)).sort_values(["rank", "column"])
    data = pd.DataFrame(
        {
            "Holder": data["holder"], "Issue": [label(issue) for issue in data["issue"]],
            "Judgement": data["agreement"].map({True: "for", False: "against"}), "Number of statements": data["count"],
        }
    )  # fmt: skip
    return finish(figure, name, data)


@style
def alignment_network(pairs, judged, actors, name):
    """Draw congruence (solid) and conflict (dashed) between holders.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`analysis.measures.alignment.one_mode` returns it.
    judged : pandas.DataFrame
        The judgements that `pairs` were made from.
    actors : pandas.DataFrame
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Holders stand on a circle, side by side with their own; lines are as
        wide as the number of issues. Holders and lines link to their
        statements in the statement table.
    """
    holders, side = _by_side({*pairs["first"], *pairs["second"]}, actors)
    angle = {h: 2 * math.pi * n / len(holders) + math.pi / 2 for n, h in enumerate(holders)}
    place = {h: (math.cos(a), math.sin(a)) for h, a in angle.items()}
    figure, axes = plt.subplots(figsize=(4.4, 3.9))
    stances = {h: set(zip(rows["issue"], rows["agreement"])) for h, rows in judged.groupby("holder")}
    order = list(dict.fromkeys(judged.sort_values("issue")["issue"]))
    data = []

    def line(row, kind, issues):
        """The link of a line; its issues go into the data."""
        named = ", ".join(label(issue).lower() for issue in issues)
        data.append((row.first, row.second, kind, len(issues), named))
        target = explorer.view(holder=[row.first, row.second], issue=issues, position=list(alignment.AGREEMENT))
        return link(target, f"{row.first} and {row.second}, {kind} on {len(issues)}: {named}")

    for row in pairs.itertuples():
        a, b = stances[row.first], stances[row.second]
        same = [i for i in order if {(i, True), (i, False)} & a & b]
        opposed = [i for i in order if any((i, view) in a and (i, not view) in b for view in (True, False))]
        (x1, y1), (x2, y2) = place[row.first], place[row.second]
        if row.congruence:
            axes.plot([x1, x2], [y1, y2], color=MUTED, linewidth=0.7 * row.congruence, alpha=0.45, zorder=1, url=line(row, "same judgement", same))
        if row.conflict:
            axes.plot([x1 * 0.97, x2 * 0.97], [y1 * 0.97, y2 * 0.97], color=SIDE_COLOUR["Russia"], linewidth=1.1 * row.conflict, linestyle=(0, (3, 2)), zorder=2, url=line(row, "opposed judgement", opposed))
    for holder in holders:
        x, y = place[holder]
        axes.scatter(x, y, s=60, marker=SIDE_MARKER[side[holder]], color=SIDE_COLOUR[side[holder]], zorder=3, urls=[link(explorer.view(holder=holder), f"{holder}: all statements of this holder")])
        turn = "left" if x > 0.15 else "right" if x < -0.15 else "center"
        above = "bottom" if y > 0.9 else "top" if y < -0.9 else "center"  # out of the way of the lines
        axes.text(x * 1.12, y * 1.1, _narrow(holder, 12), ha=turn, va=above, fontsize=8.5)
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.axis("off")
    handles = [
        plt.Line2D([], [], color=MUTED, linewidth=2.5, alpha=0.6),
        plt.Line2D([], [], color=SIDE_COLOUR["Russia"], linewidth=1.6, linestyle=(0, (3, 2))),
    ]
    figure.legend(handles, ["same judgement", "opposed judgement"], loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return finish(figure, name, pd.DataFrame(data, columns=["First", "Second", "Tie", "Number of issues", "Issues"]))


@style
def sentence_ledger(ledger, articles, name):
    """Draw one cell a sentence, in reading order, article by article.

    Parameters
    ----------
    ledger : pandas.DataFrame
        As :func:`analysis.measures.ledger.sentences` returns it.
    articles : pandas.DataFrame
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        A filled cell shows how many statements its sentence has and links to
        the passage of a single one, or to all of them in the statement table;
        an empty cell shows the first letter of the reason.
    """
    longest = ledger.groupby("article").size().max()
    figure, axes = plt.subplots(figsize=(7.0, 0.9 + 0.36 * len(articles)))
    for row, article in enumerate(articles.index):
        for column, sentence in enumerate(ledger[ledger["article"] == article].itertuples()):
            count = len(sentence.statements)
            box = plt.Rectangle((column, -row - 0.38), 0.86, 0.76, linewidth=0.8, edgecolor=SIDE_COLOUR["Japan"] if count else MUTED, facecolor=SIDE_COLOUR["Japan"] if count else PAPER)
            if count:
                target = f"#{sentence.statements[0]}" if count == 1 else explorer.view(id=sentence.statements)
                box.set_url(link(target, f"{sentence.sentence}: {', '.join(sentence.statements)}"))
            axes.add_patch(box)
            text = str(count) if count else sentence.reason[:1]
            axes.text(column + 0.43, -row, text, ha="center", va="center", fontsize=8.5, color=PAPER if count else INK)
    axes.set_xlim(-0.2, longest + 0.1)
    axes.set_ylim(-len(articles) + 0.4, 0.6)
    axes.set_yticks([-n for n in range(len(articles))], [f"{a}  {s}" for a, s in zip(articles.index, articles["short"])], fontsize=8)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    data = pd.DataFrame(
        {
            "Sentence": ledger["sentence"], "Statements": [" ".join(ids) for ids in ledger["statements"]],
            "Reason for none": ledger["reason"].str.replace("_", " "),
        }
    )  # fmt: skip
    return finish(figure, name, data)
