"""The one-mode network: who shares judgements with whom, and who is opposed."""

import math

import matplotlib.pyplot as plt
import pandas as pd

from ...cells import drawing
from ...cells.results import names, sentence
from ...measures import alignment, views
from .. import sides

SAME, OPPOSED = "same judgement", "opposed judgement"
_WIDTH = {SAME: 0.7, OPPOSED: 1.1}  # of a line, for each issue
_LOOK = {SAME: {"color": drawing.MUTED, "alpha": 0.45}, OPPOSED: {"color": drawing.OPPOSED, "linestyle": (0, (3, 2))}}


@drawing.styled
def draw(study, judged, name="network"):
    """Draw congruence (solid) and conflict (dashed) between holders.

    Parameters
    ----------
    study : analysis.coding.study.Study
    judged : pandas.DataFrame
        As :func:`analysis.measures.alignment.judgements` returns it.
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Holders stand on a circle, side by side with their own; lines are as
        wide as the number of issues. Holders and lines link to their
        statements in the statement table.
    """
    rows = _rows(study, judged)
    holders = pd.Series(sorted({*rows["First"], *rows["Second"]}))
    by_side = sorted(zip(sides.of(holders, study.actors), holders))
    turns = [2 * math.pi * number / len(by_side) + math.pi / 2 for number in range(len(by_side))]
    place = {holder: (math.cos(turn), math.sin(turn)) for (_, holder), turn in zip(by_side, turns)}
    figure, axes = plt.subplots(figsize=(4.4, 3.9))
    for row in rows.itertuples():
        inside = 0.97 if row.Tie == OPPOSED else 1  # beside the line of shared judgements
        xs, ys = zip(*((x * inside, y * inside) for x, y in (place[row.First], place[row.Second])))
        target = views.view(holder=[row.First, row.Second], issue=row.issues, position=list(alignment.AGREEMENT))
        url = drawing.link(target, f"{row.First} and {row.Second}, {row.Tie} on {row.number}: {row.Issues}")
        axes.plot(
            xs, ys, linewidth=_WIDTH[row.Tie] * row.number, url=url, zorder=1 + (row.Tie == OPPOSED), **_LOOK[row.Tie]
        )
    for side, holder in by_side:
        x, y = place[holder]
        url = drawing.link(views.view(holder=holder), f"{holder}: all statements of this holder")
        axes.scatter(x, y, s=60, marker=side.marker, color=side.colour, zorder=3, urls=[url])
        turn = "left" if x > 0.15 else "right" if x < -0.15 else "center"
        above = "bottom" if y > 0.9 else "top" if y < -0.9 else "center"  # out of the way of the lines
        axes.text(x * 1.12, y * 1.1, drawing.narrow(holder, 12), ha=turn, va=above, fontsize=8.5)
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.axis("off")
    drawing.key(figure, {tie: plt.Line2D([], [], linewidth=2, **look) for tie, look in _LOOK.items()}, 2)
    return drawing.finish(figure, name, _describe(rows, holders), rows)


def _rows(study, judged):
    """The rows, one a line: pairs that share an issue, and on what they agree or are opposed."""
    given = {holder: set(zip(rows["issue"], rows["agreement"])) for holder, rows in judged.groupby("holder")}
    labels, rows = study.codebook.issues["label"], []
    for pair in alignment.one_mode(judged).itertuples():
        a, b = given[pair.first], given[pair.second]
        for tie, other in ((SAME, a & b), (OPPOSED, {(issue, not agreement) for issue, agreement in a} & b)):
            issues = sorted({issue for issue, _ in other})
            if issues:
                named = ", ".join(labels[issue].lower() for issue in issues)
                rows.append((pair.first, pair.second, tie, len(issues), named, issues, len(issues)))
    return pd.DataFrame(rows, columns=["First", "Second", "Tie", "Number of issues", "Issues", "issues", "number"])


def _describe(rows, holders):
    parts = []
    for tie, lines in ((SAME, "solid lines of shared judgements"), (OPPOSED, "dashed lines of opposed ones")):
        here = rows[rows["Tie"] == tie]
        top = here[here["number"] == here["number"].max()]
        parts.append(f"{drawing.several(len(here), 'pair')} joined by {lines}")
        if len(top):
            pairs = names(f"{row.First} and {row.Second}" for row in top.itertuples())
            parts[-1] += f", the widest between {pairs}, {drawing.several(top['number'].max(), 'issue')}"
    return f"Network of {drawing.several(len(holders), 'holder')} on a circle. {sentence('; '.join(parts))}"
