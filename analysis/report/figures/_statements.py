"""What drawings with one mark a statement share: their rows, marks, key and counts in words."""

import pandas as pd

from ...cells import drawing
from ...cells.results import names, words
from ...measures import positions
from .. import sides

OWN = "own position"
_BASIS = {"own": OWN, "article": "ascribed by the article", "ascribed": "ascribed by another speaker"}


def rows(study, statements, who="holder"):
    """Return the rows of a drawing, and of its data, in the order of the statements.

    Parameters
    ----------
    study : analysis.coding.study.Study
    statements : pandas.DataFrame
    who : {"holder", "speaker"}
        Whose side a mark tells.

    Returns
    -------
    pandas.DataFrame
        ``Statement, Issue, Position``, ``Holder`` or ``Speaker``, ``Side, Own
        or ascribed`` and ``side``, a :class:`analysis.report.sides.Side`.
    """
    side = sides.of(statements[who], study.actors)
    return pd.DataFrame(
        {
            "Statement": statements.index,
            "Issue": statements["issue"].map(study.codebook.issues["label"]).to_numpy(),
            "Position": statements["position"].to_numpy(),
            who.capitalize(): statements[who].map(positions.holder_name).to_numpy(),
            "Side": [one.name for one in side],
            "Own or ascribed": positions.ascription(statements).map(_BASIS).to_numpy(),
            "side": side,
        }
    )


def mark(axes, x, y, row, size, who="Holder", outlined=True):
    """Draw the mark of a statement, in shape and colour of its side, hollow where ascribed; it leads to the passage."""
    full = not outlined or row["Own or ascribed"] == OWN
    text = f"{row['Statement']}: {row[who]}, {row['Issue'].lower()}, {row['Position']}"
    look = drawing.filled(row["side"].colour, full, 1.2 if outlined else 0)
    axes.scatter(x, y, s=size, marker=row["side"].marker, urls=[drawing.link(f"#{row['Statement']}", text)], **look)


def key(figure, frame, basis=True):
    """Put the key to sides, and to filled and hollow marks, under a drawing."""
    entries = {side.name: drawing.dot(side.marker, side.colour) for side in sorted(set(frame["side"]))}
    if basis:
        entries |= {OWN: drawing.dot(), "ascribed": drawing.dot(full=False)}
    drawing.key(figure, entries, handletextpad=0.3, columnspacing=1.2)


def whose(frame):
    """Tell whose the marks are: "Russian", or "two Japanese and one Russian"."""
    counts = frame["side"].value_counts().sort_index()
    told = [(words(count), side.one if count == 1 else side.many) for side, count in counts.items()]
    return told[0][1] if len(told) == 1 else names(" ".join(pair) for pair in told)


def basis(frame):
    """Tell how many marks are own positions: "all ascribed", "one own position, two ascribed"."""
    own = int((frame["Own or ascribed"] == OWN).sum())
    if own in (0, len(frame)):
        return ("all " if len(frame) > 1 else "") + (("own positions" if own > 1 else OWN) if own else "ascribed")
    return f"{drawing.several(own, OWN)}, {words(len(frame) - own)} ascribed"
