"""Stances: issues down, stances across, one dot a statement."""

import matplotlib.pyplot as plt

from ...cells import drawing
from ...cells.results import sentence, words
from ...measures import positions
from . import _statements

_COLUMNS = 6  # dots side by side


@drawing.styled
def draw(study, issues, name):
    """Draw one dot a statement: issues down, stances across.

    Parameters
    ----------
    study : analysis.coding.study.Study
    issues : sequence of str
    name : str

    Returns
    -------
    analysis.cells.results.Figure
        Colour and shape give the holder's side; a filled mark is the holder's
        own position, a hollow one is ascribed. Every mark links to its passage.
    """
    labels = [study.codebook.issues.at[issue, "label"] for issue in issues]
    rows = _statements.rows(study, positions.select(study.statements, issues))
    rows = rows.assign(row=rows["Issue"].map(labels.index), column=rows["Position"].map(positions.STANCES.index))
    rows = rows.sort_values(["row", "column", "side", "Own or ascribed"], kind="stable")
    cells = dict(iter(rows.groupby(["Issue", "Position"], sort=False)))
    heights = {
        label: max([1] + [-(-len(cell) // _COLUMNS) for (issue, _), cell in cells.items() if issue == label])
        for label in labels
    }
    spans = [0.62 + 0.27 * (height - 1) for height in heights.values()]
    figure, axes = plt.subplots(figsize=(4.3, 0.75 + 0.62 * sum(spans)))
    centres = {label: -(sum(spans[:number]) + spans[number] / 2) for number, label in enumerate(labels)}
    for (label, stance), cell in cells.items():
        for (dx, dy), (_, row) in zip(drawing.cluster(len(cell), 0.17, _COLUMNS), cell.iterrows()):
            _statements.mark(axes, positions.STANCES.index(stance) + dx, centres[label] + dy, row, 34)
    for label, span in zip(labels, spans):
        axes.axhline(centres[label] - span / 2, color=drawing.RULE, linewidth=0.6)
    axes.set_xlim(-0.55, len(positions.STANCES) - 0.45)
    axes.set_ylim(-sum(spans) - 0.02, 0.02)
    axes.set_xticks(range(len(positions.STANCES)), positions.STANCES)
    drawing.bare(axes, {centre: drawing.narrow(label) for label, centre in centres.items()})
    _statements.key(figure, rows)
    return drawing.finish(figure, name, _describe(labels, cells), rows)


def _describe(labels, cells):
    out = ["Dot chart: issues down, stances across, a dot for each statement."]
    for label in labels:
        here = [(stance, cells[label, stance]) for stance in positions.STANCES if (label, stance) in cells]
        parts = [
            f"{words(len(cell))} {stance} ({_statements.whose(cell)}; {_statements.basis(cell)})"
            for stance, cell in here
        ]
        out.append(sentence(f"{label}: {'; '.join(parts) or 'none'}"))
    return " ".join(out)
