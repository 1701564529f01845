"""Tables of statements, sentences and events as MyST text, whose ids lead to their passages."""

import pandas as pd

from ..base import dates
from ..base.markup import escape
from ..base.quotation import quoted
from ..measures import positions


def matrix(study, issues, order):
    """Cross holders with issues; every cell leads to its passages.

    Parameters
    ----------
    study : analysis.coding.study.Study
    issues : sequence of str
    order : dict of str to int
        Rank of a holder's country; countries without one come last.

    Returns
    -------
    pandas.DataFrame
        Columns ``Holder`` and one per issue. A cell lists stance and ids, own
        positions first; ids of ascribed positions stand in brackets.
    """
    chosen = positions.select(study.statements, issues)
    chosen = chosen.assign(basis=positions.ascription(chosen))
    ranks = study.actors["country"].map(order).fillna(len(order))
    counts = chosen.groupby("holder")["issue"].size()
    cells = {}
    for holder, issue, stance, basis, identifier in zip(
        *(chosen[c].tolist() for c in ("holder", "issue", "position", "basis")), chosen.index
    ):
        own, told = cells.setdefault((holder, issue), {}).setdefault(stance, ([], []))
        (own if basis == "own" else told).append(f"{{sid}}`{identifier}`")
    holders = sorted(counts.index, key=lambda holder: (ranks[holder], -counts[holder], holder))
    rows = [
        [positions.holder_name(holder), *(_cell(cells.get((holder, issue), {})) for issue in issues)]
        for holder in holders
    ]
    return pd.DataFrame(rows, columns=["Holder", *study.codebook.issues.loc[list(issues), "label"]])


def _cell(by_stance):
    parts = []
    for stance in positions.STANCES:
        own, told = by_stance.get(stance, ([], []))
        if own or told:
            parts.append(" ".join([stance, *own, *([f"({' '.join(told)})"] if told else [])]))
    return "; ".join(parts) or "–"


def statements(study, rows, columns=("Statement", "Passage", "Article", "Speaker", "Holder", "Position")):
    """List statements, one row each.

    Parameters
    ----------
    study : analysis.coding.study.Study
    rows : pandas.DataFrame
        Some of its statements.
    columns : sequence of str
        Which of ``Statement, Article, Speaker, Holder, Issue, Position, Kind,
        Date, Passage`` to show, in order.

    Returns
    -------
    pandas.DataFrame
    """
    full = pd.DataFrame(
        {
            "Statement": [f"{{sid}}`{i}`" for i in rows.index],
            "Article": rows["article"].map(study.corpus.articles["label"]).to_numpy(),
            "Speaker": [
                positions.holder_name(s) + (f", via {v}" if v else "") for s, v in zip(rows["speaker"], rows["via"])
            ],
            "Holder": [positions.holder_name(h) for h in rows["holder"]],
            "Issue": rows["issue"].map(study.codebook.issues["label"]).to_numpy(),
            "Position": [p + (" (open)" if s == "open" else "") for p, s in zip(rows["position"], rows["status"])],
            "Kind": rows["kind"].to_numpy(),
            "Date": rows["date"].to_numpy(),
            "Passage": [escape(quoted(e)) for e in rows["exact"]],
        }
    )
    return full[list(columns)]


def ids(rows):
    """Return the ids of statements as one citation role, or an empty string."""
    return f"{{st}}`{', '.join(rows.index)}`" if len(rows) else ""


def beginnings(rows, length=48):
    """Point at the first words of each sentence, for the page to fetch from the file.

    The page decides what of them it may show; see the role ``saved``.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`analysis.measures.ledger.sentences` returns it.
    length : int
        Characters of a beginning; a sentence hardly longer is given whole.

    Returns
    -------
    list of str
    """
    out = []
    for row in rows.itertuples():
        whole = len(row.text) <= length + 2
        shown = row.text if whole else row.text[:length].rstrip()
        out.append(f"{{saved}}`{row.article} {row.start}-{row.start + len(shown)}`" + ("" if whole else " …"))
    return out


def events(rows):
    """List dated events, one row each.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`analysis.coding.events.in_order` returns it.

    Returns
    -------
    pandas.DataFrame
        ``Event, As the texts date it, Passages, In the record, Reference``.
    """
    return pd.DataFrame(
        {
            "Event": rows["event"],
            "As the texts date it": [dates.show(d, short=True) if d else "not dated" for d in rows["date_stated"]],
            "Passages": [f"{{sid}}`{', '.join(p.split())}`" for p in rows["passages"]],
            "In the record": [dates.show(d, short=True) if d else "–" for d in rows["date_record"]],
            "Reference": [references(r, c) for r, c in zip(rows["references"], rows["checked"])],
        }
    )


def references(keys, checked="verified"):
    """Return bibliography citations for keys separated by blanks, or why there is none."""
    return f"{{cite}}`{','.join(keys.split())}`" if keys else checked
