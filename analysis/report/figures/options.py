"""Options over time: one line an option, one mark a statement at its date."""

from ...base import dates
from ...cells import drawing
from ...cells.results import names, sentence, words
from ...measures import positions
from . import _statements

_WIDTH, _FIELD = 4.4, 3.1  # inches: the figure, and its axes together
_FIRST, _STEP, _NEAR, _ROOM = 0.11, 0.125, 0.11, 0.36  # inches: line to mark, mark to mark up and sideways, least room


@drawing.styled
def draw(study, issues, name="time"):
    """Draw the statements on some options along time.

    Parameters
    ----------
    study : analysis.coding.study.Study
    issues : sequence of str
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        A statement stands at its own date where the article gives one, else at
        its article's; marks that would cover each other stand one above the
        other. One whose date is open has no place; data and description name it.
    """
    labels = [study.codebook.issues.at[issue, "label"] for issue in issues]
    rows = _rows(study, issues)
    drawn = rows[rows["year"].notna()]
    figure, panels = drawing.time_axes([(year, year) for year in drawn["year"]], (_WIDTH, 1), 3.2)
    shares = panels[0].get_gridspec().get_width_ratios()
    top, lines = 0.0, {}
    for label in labels:
        here, places = drawn[drawn["Issue"] == label], []
        for axes, share in zip(panels, shares):
            low, high = axes.get_xlim()
            near = _NEAR * (high - low) / (_FIELD * share / sum(shares))
            places += [(axes, *place) for place in _stacked(here[here["year"].between(low, high)], near)]
        above = max([_ROOM, *(_STEP + height for *_, height in places)])
        below = max([_ROOM, *(_STEP - height for *_, height in places)])
        line, top = top - above, top - above - below
        lines[line] = drawing.narrow(label)
        for axes in panels:
            axes.axhline(line, color=drawing.RULE, linewidth=0.4, linestyle=(0, (1, 3)))
            axes.axhline(top, color=drawing.RULE, linewidth=0.6)
        for axes, row, height in places:
            _statements.mark(axes, row["year"], line + height, row, 28)
    panels[0].set_yticks(list(lines), list(lines.values()))
    panels[0].set_ylim(top - 0.04, 0)
    figure.set_size_inches(_WIDTH, 0.9 - top)
    _statements.key(figure, drawn)
    return drawing.finish(figure, name, _describe(rows, labels), rows)


def _stacked(rows, near):
    """Give each mark the least height, below its line for "against", at which it covers no other mark."""
    taken = {}
    for _, row in rows.iterrows():
        way, level = -1 if row["Position"] == "against" else 1, 0
        while any(abs(row["year"] - year) < near for year in taken.get((way, level), ())):
            level += 1
        taken.setdefault((way, level), []).append(row["year"])
        yield row, way * (_FIRST + _STEP * level)


def _rows(study, issues):
    """The rows in order of time; those that cannot be drawn come last, and their date says so."""
    chosen = positions.select(study.statements, issues)
    value = chosen["date"].where(chosen["date"] != "", chosen["article"].map(study.corpus.articles["date_record"]))
    spans = [dates.years(date) for date in value]
    year = [float("nan") if None in span else sum(span) / 2 for span in spans]
    rows = _statements.rows(study, chosen).assign(year=year)
    rows.insert(1, "Date", [dates.show(date, short=True) for date in value])
    rows.loc[rows["year"].isna(), "Date"] += " (not drawn)"
    return rows.sort_values(["year", "Position"], kind="stable", ignore_index=True)


def _describe(rows, labels):
    out = ["Chart of statements along years, a line for each option, marks above it for, conditional or mentioned,"]
    out += ["below it against."]
    drawn, left_out = rows[rows["year"].notna()], rows[rows["year"].isna()]
    parts = drawing.stretches((year, year) for year in drawn["year"])
    for (_, before), (after, _) in zip(parts, parts[1:]):
        out.append(f"The years between {int(before)} and {int(after)} are left out.")
    for label in labels:
        counts = drawn[drawn["Issue"] == label].groupby([drawn["year"].astype(int), "Position"]).size()
        told = []
        for year in counts.index.unique(0):
            here = [f"{words(counts[year, stance])} {stance}" for stance in positions.STANCES if stance in counts[year]]
            told.append(f"{year}, {names(here)}")
        out.append(sentence(f"{label}: {'; '.join(told) or 'none'}"))
    if len(left_out):
        named = [f"{row['Statement']} ({row['Issue'].lower()}, {row['Position']})" for _, row in left_out.iterrows()]
        out.append(sentence(f"{words(len(left_out))} not drawn, as the date is open: {names(named)}"))
    return " ".join(out)
