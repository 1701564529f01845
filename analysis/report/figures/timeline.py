"""The timeline: events and articles on one axis, each with its uncertainty."""

import pandas as pd

from ...base import dates
from ...cells import drawing
from ...cells.results import names, words
from . import _intervals


@drawing.styled
def draw(study, events):
    """Draw events and articles in order of the record, on an axis broken where nothing is dated.

    Parameters
    ----------
    study : analysis.coding.study.Study
    events : pandas.DataFrame
        As :func:`analysis.coding.events.in_order` returns it.

    Returns
    -------
    analysis.cells.results.Figure
        What the texts say of an event links to the first passage that says it.
    """
    rows = _rows(study, events)
    figure, panels = drawing.time_axes(
        _intervals.spans([*rows["text"], *rows["record"]]), (7.2, 0.7 + 0.25 * len(rows)), 2.4
    )
    for number, row in enumerate(rows.itertuples()):
        for axes in panels:
            axes.axhline(-number, color=drawing.RULE, linewidth=0.4, linestyle=(0, (1, 3)))
        passage = row.Passages.split()[0] if row.Passages else None
        url = passage and drawing.link(
            f"#{passage}", f"{passage}: {row.Event}, as the texts date it: {dates.show(row.text, short=True)}"
        )
        for value, kind, shift, address in zip((row.text, row.record), _intervals.KEY, (0.16, -0.16), (url, None)):
            if value:
                _intervals.draw(panels, -number + shift, value, kind, 4, 2.4, url=address)
    panels[0].set_yticks([-number for number in range(len(rows))], rows["Event"], fontsize=9)
    for text, is_article in zip(panels[0].get_yticklabels(), rows["is_article"]):
        text.set_color(drawing.ARTICLE if is_article else drawing.INK)
    panels[0].set_ylim(-len(rows) + 0.3, 0.7)
    drawing.key(
        figure,
        dict(zip(("as the texts date it", "in the public record"), (drawing.bar(*kind) for kind in _intervals.KEY))),
        2,
    )
    return drawing.finish(figure, "timeline", _describe(rows), rows)


def _rows(study, events):
    """The rows in order of the record, where it has none of the text; what has no date at all comes last."""
    articles = study.corpus.articles
    listed = [(row.event, row.date_stated, row.date_record, row.passages, False) for row in events.itertuples()]
    listed += [
        (f"Article {row.Index}: {row.short}", row.date_text, row.date_record, "", True) for row in articles.itertuples()
    ]
    rows = pd.DataFrame(listed, columns=["Event", "text", "record", "Passages", "is_article"])
    for shown, column in (("As the texts date it", "text"), ("In the public record", "record")):
        rows[shown] = [dates.show(value, short=True) if value else "–" for value in rows[column]]
    order = [
        next((day for value in (row.record, row.text) for day in dates.years(value) if day), float("inf"))
        for row in rows.itertuples()
    ]
    rows = rows.assign(order=order).sort_values("order", kind="stable", ignore_index=True)
    return rows[
        ["Event", "As the texts date it", "In the public record", "Passages", "text", "record", "order", "is_article"]
    ]


def _describe(rows):
    known = [int(year) for year in rows["order"] if year != float("inf")]
    events, undated = sum(~rows["is_article"]), rows.loc[rows["order"] == float("inf"), "Event"]
    out = [
        f"Timeline{f' from {min(known)} to {max(known)}' if known else ''} with {drawing.several(events, 'event')} "
        f"and {drawing.several(len(rows) - events, 'article')}, a row for each, in order of the record.",
        f"The upper mark of a row is what the texts support, in {drawing.several(sum(rows['text'] != ''), 'row')}; "
        f"the lower is what the record says, in {words(sum(rows['record'] != ''))}.",
    ]
    for year, count in pd.Series(known).value_counts()[:1].items():
        out.append(f"Most rows, {words(count)}, are in {year}.")
    if len(undated):
        out.append(f"Without any date: {names(undated)}.")
    return " ".join([*out, "The table of events has every date."])
