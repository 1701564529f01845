"""Dates of articles: what the text supports beside what the record says."""

import pandas as pd

from ...base import dates
from ...cells import drawing
from ...cells.results import sentence
from . import _intervals


@drawing.styled
def draw(study):
    """Draw each article's date as an interval: what its text supports, what the record says.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    analysis.cells.results.Figure
    """
    articles = study.corpus.articles
    rows = pd.DataFrame(
        {
            "Article": articles["label"],
            "From the text alone": [dates.show(value, short=True) for value in articles["date_text"]],
            "From the public record": [dates.show(value, short=True) for value in articles["date_record"]],
            "short": articles["short"],
            "text": articles["date_text"],
            "record": articles["date_record"],
        }
    )
    figure, panels = drawing.time_axes(
        _intervals.spans([*rows["text"], *rows["record"]]), (4.4, 1 + 0.3 * len(rows)), 2
    )
    for number, row in enumerate(rows.itertuples()):
        for value, kind, shift in zip((row.text, row.record), _intervals.KEY, (0.14, -0.16)):
            _intervals.draw(panels, -number + shift, value, kind, 5, 3.2, arrows=True)
    panels[0].set_yticks([-number for number in range(len(rows))], drawing.article_names(articles))
    drawing.key(
        figure,
        dict(zip(("from the text alone", "from the public record"), (drawing.bar(*kind) for kind in _intervals.KEY))),
        2,
    )
    told = [
        sentence(f"{row.short}: {dates.show(row.text)} from the text, {dates.show(row.record)} in the record")
        for row in rows.itertuples()
    ]
    return drawing.finish(
        figure, "dates", " ".join(["Chart of date intervals, two lines for each article.", *told]), rows
    )
