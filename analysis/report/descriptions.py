"""Text alternatives: what a reader would see in a figure, told from the same tables that it is drawn from."""

import pandas as pd

from ..base import dates
from ..measures import positions
from ..coding.codebook import label
from ..cells.results import names, words


_SIDE = {"Japan": "Japanese", "Russia": "Russian", "Japan and Russia": "both together", "other": "others"}


def _sides(rows):
    """Tell whose the marks are: "Russian", or "two Japanese and one Russian"."""
    counts = rows["side"].value_counts()
    present = [side for side in positions.SIDES if side in counts.index]
    return _SIDE[present[0]] if len(present) == 1 else names(f"{words(int(counts[side]))} {_SIDE[side]}" for side in present)


def _own(rows):
    """Tell how many marks are the holder's own word."""
    own = int((rows["basis"] == "own").sum())
    return "all ascribed" if not own else "in the holder's own word" if own == len(rows) else f"{words(own)} in the holder's own word"


def _sentence(text):
    return text[:1].upper() + text[1:] + "."


def stances(statements, actors, issues):
    """Describe :func:`analysis.report.figures.stance_dots`.

    Parameters
    ----------
    statements, actors : pandas.DataFrame
    issues : sequence of str

    Returns
    -------
    str
    """
    chosen = positions.select(statements, issues)
    chosen = chosen.assign(side=positions.side(chosen, actors), basis=positions.ascription(chosen))
    out = ["Dot chart: issues down, stances across, a dot for each statement."]
    for issue in issues:
        parts = []
        for stance in positions.STANCES:
            here = chosen[(chosen["issue"] == issue) & (chosen["position"] == stance)]
            if len(here):
                parts.append(f"{words(len(here))} {stance} ({_sides(here)}; {_own(here)})")
        out.append(_sentence(f"{label(issue)}: {'; '.join(parts) or 'none'}"))
    return " ".join(out)


def options(statements, articles, issues):
    """Describe :func:`analysis.report.figures.options_over_time`.

    Parameters
    ----------
    statements, articles : pandas.DataFrame
    issues : sequence of str

    Returns
    -------
    str
    """
    chosen = positions.select(statements, issues)
    value = chosen["date"].where(chosen["date"] != "", chosen["article"].map(articles["date_record"]))
    chosen = chosen.assign(year=[dates.year(v) for v in value])
    out = ["Chart of statements along years, a line for each option, marks above it for, conditional or mentioned, below it against; the years between are left out."]
    for issue in issues:
        here = chosen[(chosen["issue"] == issue) & chosen["year"].notna()]
        counts = here.groupby(["year", "position"]).size()
        parts = [
            f"{int(year)}, {names(f'{words(int(counts[year, stance]))} {stance}' for stance in positions.STANCES if (year, stance) in counts.index)}"
            for year in sorted(here["year"].unique())
        ]
        out.append(_sentence(f"{label(issue)}: {'; '.join(parts)}"))
    return " ".join(out)


def article_dates(articles):
    """Describe :func:`analysis.report.figures.article_dates`.

    Parameters
    ----------
    articles : pandas.DataFrame

    Returns
    -------
    str
    """
    rows = [f"{row.short}: {dates.show(row.date_text)} from the text, {dates.show(row.date_record)} in the record" for row in articles.itertuples()]
    return " ".join(["Chart of date intervals, two lines for each article.", *map(_sentence, rows)])


def timeline(events, articles):
    """Describe :func:`analysis.report.figures.timeline`.

    Parameters
    ----------
    events, articles : pandas.DataFrame

    Returns
    -------
    str
    """
    years = [dates.year(v) for v in [*events["date_record"], *articles["date_record"]] if v]
    busy = pd.Series(years).value_counts()
    return (
        f"Timeline from {min(years)} to {max(years)} with {words(len(events))} events and {words(len(articles))} articles, a row for each, in order of the record; "
        f"the upper mark of a row is what the texts support, the lower what the record says. Most rows, {words(int(busy.iloc[0]))}, stand in {busy.index[0]}. "
        "The table of events has every date."
    )


def voices(statements, articles, actors):
    """Describe :func:`analysis.report.figures.voices`.

    Parameters
    ----------
    statements, articles, actors : pandas.DataFrame

    Returns
    -------
    str
    """
    chosen = statements.assign(side=positions.side(statements.assign(holder=statements["speaker"]), actors))
    out = ["Dot chart: articles down, modes of speech across, a dot for each statement, by the speaker's country."]
    for row in articles.itertuples():
        parts = []
        for mode in ("direct", "indirect", "narrator"):
            here = chosen[(chosen["article"] == row.Index) & (chosen["mode"] == mode)]
            if len(here):
                parts.append(f"{mode} {words(len(here))}" + ("" if mode == "narrator" else f" ({_sides(here)})"))
        out.append(_sentence(f"{row.short}: {'; '.join(parts)}"))
    return " ".join(out)


def judgements(judged, issues):
    """Describe :func:`analysis.report.figures.judgement_grid`.

    Parameters
    ----------
    judged : pandas.DataFrame
        As :func:`analysis.measures.alignment.judgements` returns it.
    issues : sequence of str
        Order in which issues are told.

    Returns
    -------
    str
    """
    out = ["Grid of holders by issues; a circle is for, a cross against, a diamond both."]
    for holder, rows in judged.groupby("holder", sort=True):
        given = {issue: set(group["agreement"]) for issue, group in rows.groupby("issue")}
        kinds = (("for", {True}), ("against", {False}), ("both", {True, False}))
        parts = [
            f"{word} {names(label(i).lower() for i in issues if given.get(i) == stances)}"
            for word, stances in kinds
            if any(given.get(i) == stances for i in issues)
        ]
        out.append(f"{holder}: {'; '.join(parts)}.")
    return " ".join(out)


def network(pairs):
    """Describe :func:`analysis.report.figures.alignment_network`.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`analysis.measures.alignment.one_mode` returns it.

    Returns
    -------
    str
    """
    holders = {*pairs["first"], *pairs["second"]}

    def strongest(column):
        top = pairs[pairs[column] == pairs[column].max()]
        return f"{names(f'{r.first} and {r.second}' for r in top.itertuples())}, {words(int(top[column].iloc[0]))} issues"

    return (
        f"Network of {words(len(holders))} holders on a circle. {words(int((pairs['congruence'] > 0).sum()))} pairs are joined by solid lines of shared judgements, "
        f"the widest between {strongest('congruence')}; {words(int((pairs['conflict'] > 0).sum()))} by dashed lines of opposed ones, the widest between {strongest('conflict')}."
    )


def ledger(rows, articles):
    """Describe :func:`analysis.report.figures.sentence_ledger`.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`analysis.measures.ledger.sentences` returns it.
    articles : pandas.DataFrame

    Returns
    -------
    str
    """
    out = ["Rows of cells, an article a row, a cell for each sentence."]
    for article in articles.itertuples():
        here = rows[rows["article"] == article.Index]
        empty = int((here["reason"] != "").sum())
        out.append(_sentence(f"{article.short}: {words(len(here))} sentences, {words(empty)} of them empty"))
    return " ".join(out)
