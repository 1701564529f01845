"""Judgements: the two-mode network of holders and issues as a grid."""

import matplotlib.pyplot as plt
import pandas as pd

from ...cells import drawing
from ...cells.results import names
from ...measures import alignment, views
from .. import sides

_BOTH = "for and against"
_MARKS = {"for": ("o", 34), "against": ("X", 34), _BOTH: ("D", 40)}


@drawing.styled
def draw(study, judged, name="grid"):
    """Draw the two-mode network as a grid: issues down, holders across.

    Parameters
    ----------
    study : analysis.coding.study.Study
    judged : pandas.DataFrame
        As :func:`analysis.measures.alignment.judgements` returns it.
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Issues nobody judges are left out. Every mark links to its statements
        in the statement table.
    """
    labels = study.codebook.issues["label"]
    holders = pd.Series(judged["holder"].unique())
    by_side = sorted(zip(sides.of(holders, study.actors), holders))
    column = {holder: number for number, (_, holder) in enumerate(by_side)}
    present = [issue for issue in labels.index if issue in set(judged["issue"])]
    rows = pd.DataFrame(
        {
            "Holder": judged["holder"],
            "Issue": judged["issue"].map(labels),
            "Judgement": judged["agreement"].map({True: "for", False: "against"}),
            "Number of statements": judged["count"],
            "issue": judged["issue"],
            "column": judged["holder"].map(column),
            "row": judged["issue"].map(present.index),
        }
    ).sort_values(["column", "row"], kind="stable")
    figure, axes = plt.subplots(figsize=(4.4, 1.7 + 0.24 * len(present)))
    cells = {}
    for (holder, issue), cell in rows.groupby(["Holder", "issue"]):
        cells[holder, issue] = word = _BOTH if len(cell) > 1 else cell["Judgement"].item()
        (marker, size), count = _MARKS[word], cell["Number of statements"].sum()
        target = views.view(holder=holder, issue=issue, position=list(alignment.AGREEMENT))
        told = f"{holder}, {labels[issue].lower()}: {word}, {count} statement{'s' if count > 1 else ''}"
        look = drawing.filled(by_side[column[holder]][0].colour, word == "for") | {"urls": [drawing.link(target, told)]}
        axes.scatter(column[holder], -present.index(issue), s=size, marker=marker, **look)
    for number in range(len(present)):
        axes.axhline(-number, color=drawing.RULE, linewidth=0.4, zorder=0)
    axes.set_xlim(-0.6, len(column) - 0.4)
    axes.set_ylim(-len(present) + 0.4, 0.6)
    axes.set_xticks(range(len(column)), list(column), rotation=55, ha="left", rotation_mode="anchor", fontsize=8)
    drawing.bare(axes, {-number: labels[issue] for number, issue in enumerate(present)})
    axes.tick_params(axis="y", labelsize=8)
    meanings = ("for", "against", "both, in different statements")
    dots = [drawing.dot(marker, full=word == "for") for word, (marker, _) in _MARKS.items()]
    drawing.key(figure, dict(zip(meanings, dots)))
    return drawing.finish(figure, name, _describe(cells, column, present, labels), rows)


def _describe(cells, holders, issues, labels):
    out = ["Grid of holders by issues; a circle is for, a cross against, a diamond both."]
    for holder in sorted(holders):
        parts = [
            (word, [labels[issue].lower() for issue in issues if cells.get((holder, issue)) == kind])
            for word, kind in zip(("for", "against", "both"), _MARKS)
        ]
        out.append(f"{holder}: {'; '.join(f'{word} {names(given)}' for word, given in parts if given)}.")
    return " ".join(out)
