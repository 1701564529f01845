"""Who holds what: tables of positions by holder and issue."""

import pandas as pd

from ..coding.codebook import label
from ..base.markup import escape
from ..base.quotation import quoted
from ..coding.statements import NARRATOR

STANCES = ("for", "conditional", "mentioned", "against")
SETTLEMENT = ("four_islands", "two_islands", "no_transfer", "joint_use", "compromise")
SIDES = ("Japan", "Russia", "Japan and Russia", "other")


def select(statements, issues=None, **values):
    """Return the statements on some issues, with some values.

    Parameters
    ----------
    statements : pandas.DataFrame
    issues : str or sequence of str, optional
    **values : str or sequence of str
        Column name to the value or values it must have.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    ``select(study.statements, "two_islands", position="for", status="firm")``
    """
    if issues is not None:
        values["issue"] = issues
    for column, wanted in values.items():
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        statements = statements[statements[column].isin(wanted)]
    return statements


def ascription(statements):
    """Say of each statement whose word it rests on.

    Parameters
    ----------
    statements : pandas.DataFrame

    Returns
    -------
    pandas.Series
        ``"own"`` where the holder speaks, ``"article"`` where an article says
        in its own voice what somebody else holds, ``"ascribed"`` where another
        speaker does.
    """
    kind = pd.Series("ascribed", index=statements.index)
    kind[statements["speaker"] == NARRATOR] = "article"
    kind[statements["speaker"] == statements["holder"]] = "own"
    return kind


def side(statements, actors):
    """Return the side of each statement's holder.

    Parameters
    ----------
    statements : pandas.DataFrame
    actors : pandas.DataFrame

    Returns
    -------
    pandas.Series
        One of :data:`SIDES`; the Soviet Union counts with Russia. A holder of
        neither side, or an article's own voice, is ``"other"``.
    """
    country = statements["holder"].map(actors["country"]).replace("Soviet Union", "Russia")
    return country.where(country.isin(SIDES[:3]), "other")


def tally(statements, issues):
    """Count statements by issue and stance.

    Parameters
    ----------
    statements : pandas.DataFrame
    issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        One row per issue, columns as :data:`STANCES` and ``all``.
    """
    chosen = select(statements, issues)
    counts = pd.crosstab(chosen["issue"], chosen["position"]).reindex(index=list(issues), columns=list(STANCES), fill_value=0)
    return counts.assign(all=counts.sum(axis=1)).rename_axis(index="issue", columns=None)


def matrix(statements, actors, issues):
    """Cross holders with issues; every cell leads to its passages.

    Parameters
    ----------
    statements : pandas.DataFrame
    actors : pandas.DataFrame
    issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        Columns ``Holder`` and one per issue. A cell lists stance and ids as
        MyST text, those the holder states himself first; ids an article or
        another speaker ascribes stand in brackets.
    """
    chosen = select(statements, issues)
    chosen = chosen.assign(side=side(chosen, actors), basis=ascription(chosen))
    order = {name: number for number, name in enumerate(SIDES)}
    holders = chosen.groupby("holder", sort=False)["side"].first()
    counts = chosen.groupby("holder")["issue"].size()
    ranked = sorted(holders.index, key=lambda h: (order[holders[h]], -counts[h], h))
    cells = {}
    for holder, issue, stance, basis, identifier in zip(*(chosen[c].tolist() for c in ("holder", "issue", "position", "basis")), chosen.index):
        own, told = cells.setdefault((holder, issue), {}).setdefault(stance, ([], []))
        (own if basis == "own" else told).append(f"{{sid}}`{identifier}`")
    rows = [[holder_name(holder), *(_cell(cells.get((holder, issue), {})) for issue in issues)] for holder in ranked]
    return pd.DataFrame(rows, columns=["Holder", *(label(issue) for issue in issues)])


def _cell(by_stance):
    parts = []
    for stance in STANCES:
        own, told = by_stance.get(stance, ([], []))
        if own or told:
            parts.append(" ".join([stance, *own, *([f"({' '.join(told)})"] if told else [])]))
    return "; ".join(parts) or "–"


def holder_name(holder):
    """Return a holder's printed name; the narrator is "the article itself"."""
    return "the article itself" if holder == NARRATOR else holder


def listing(statements, articles, columns=("Statement", "Passage", "Article", "Speaker", "Holder", "Position")):
    """List statements for print, one row each.

    Parameters
    ----------
    statements : pandas.DataFrame
    articles : pandas.DataFrame
    columns : sequence of str
        Which of ``Statement, Article, Speaker, Holder, Issue, Position, Kind,
        Date, Passage`` to show, in order.

    Returns
    -------
    pandas.DataFrame
        Cells are MyST text.
    """
    full = pd.DataFrame(
        {
            "Statement": [f"{{sid}}`{i}`" for i in statements.index],
            "Article": statements["article"].map(articles["label"]).to_numpy(),
            "Speaker": [holder_name(s) + (f", via {v}" if v else "") for s, v in zip(statements["speaker"], statements["via"])],
            "Holder": [holder_name(h) for h in statements["holder"]],
            "Issue": [label(i) for i in statements["issue"]],
            "Position": [p + (" (open)" if s == "open" else "") for p, s in zip(statements["position"], statements["status"])],
            "Kind": statements["kind"].to_numpy(),
            "Date": statements["date"].to_numpy(),
            "Passage": [escape(quoted(e)) for e in statements["exact"]],
        }
    )
    return full[list(columns)]


def ids(statements):
    """Return the ids of statements as one citation role, or an empty string."""
    return f"{{st}}`{', '.join(statements.index)}`" if len(statements) else ""
