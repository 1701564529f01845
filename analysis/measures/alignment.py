"""Who stands with whom: congruence and conflict networks of holders.

The terms are those of discourse network analysis (Leifeld): an actor is linked
to a concept it supports or rejects; two actors are congruent on a concept they
judge alike, in conflict on one they judge differently. Two things are not: the
actor is the holder, and an issue judged both ways counts once in the average.
"""

import itertools

import networkx as nx
import pandas as pd

from ..coding.statements import NARRATOR

AGREEMENT = {"for": True, "against": False}


def judgements(statements):
    """Reduce statements to who judges which issue how.

    Parameters
    ----------
    statements : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        One row per holder, issue and agreement (bool), with ``count``. The
        articles' own voice is no actor and is left out; so are ``conditional``
        and ``mentioned``, which the binary definition cannot hold.
    """
    chosen = statements[(statements["holder"] != NARRATOR) & statements["position"].isin(AGREEMENT)]
    chosen = chosen.assign(agreement=chosen["position"].map(AGREEMENT))
    return chosen.groupby(["holder", "issue", "agreement"], sort=True).size().rename("count").reset_index()


def two_mode(judged):
    """Return the two-mode network of holders and issues.

    Parameters
    ----------
    judged : pandas.DataFrame
        As :func:`judgements` returns it.

    Returns
    -------
    networkx.Graph
        Nodes carry ``kind`` ("holder" or "issue"), edges ``agreement``
        ("for", "against" or "both") and ``count``.
    """
    graph = nx.Graph()
    for row in judged.itertuples():
        graph.add_node(row.holder, kind="holder")
        graph.add_node(row.issue, kind="issue")
        word = "for" if row.agreement else "against"
        edge = graph.get_edge_data(row.holder, row.issue)
        if edge:
            graph.add_edge(row.holder, row.issue, agreement="both", count=edge["count"] + row.count)
        else:
            graph.add_edge(row.holder, row.issue, agreement=word, count=row.count)
    return graph


def one_mode(judged):
    """Return congruence and conflict between every two holders.

    Parameters
    ----------
    judged : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        One row per pair that shares an issue: ``first, second, congruence,
        conflict`` (numbers of issues) and both divided by the pair's average
        activity, ``congruence_normalised`` and ``conflict_normalised``; the
        activity of a holder is the number of issues it judges.
    """
    stances = {holder: set(zip(rows["issue"], rows["agreement"])) for holder, rows in judged.groupby("holder")}
    activity = judged.groupby("holder")["issue"].nunique()
    rows = []
    for first, second in itertools.combinations(sorted(stances), 2):
        a, b = stances[first], stances[second]
        congruence = len(a & b)
        conflict = len({(issue, not agreement) for issue, agreement in a} & b)
        if congruence or conflict:
            mean = (activity[first] + activity[second]) / 2
            rows.append((first, second, congruence, conflict, congruence / mean, conflict / mean))
    columns = ["first", "second", "congruence", "conflict", "congruence_normalised", "conflict_normalised"]
    return pd.DataFrame(rows, columns=columns)


def network(pairs, weight="congruence_normalised"):
    """Return the one-mode network of a weight.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`one_mode` returns it.
    weight : str

    Returns
    -------
    networkx.Graph
        Edges of weight above zero, with ``weight``.
    """
    graph = nx.Graph()
    graph.add_nodes_from(sorted({*pairs["first"], *pairs["second"]}))
    for row in pairs[pairs[weight] > 0].itertuples():
        graph.add_edge(row.first, row.second, weight=getattr(row, weight))
    return graph


def active(judged, least, without=()):
    """Keep the holders that judge at least so many issues.

    Parameters
    ----------
    judged : pandas.DataFrame
        As :func:`judgements` returns it.
    least : int
    without : collection of str
        Holders to leave out.

    Returns
    -------
    pandas.DataFrame
    """
    counts = judged.groupby("holder")["issue"].nunique()
    keep = set(counts.index[counts >= least]) - set(without)
    return judged[judged["holder"].isin(keep)]


def strongest_without_each(statements, least, without=()):
    """Find the most congruent pair with all articles, and without each in turn.

    Parameters
    ----------
    statements : pandas.DataFrame
    least : int
    without : collection of str
        See :func:`active`.

    Returns
    -------
    pandas.DataFrame
        One row per left-out article (``"none"`` first): ``without, pairs,
        congruence, conflict``; ``pairs`` names the pairs with the highest
        number of shared judgements, joined by "; ", and ``conflict`` is the
        first's.
    """
    rows = []
    for left_out in ["none", *dict.fromkeys(statements["article"])]:
        table = one_mode(active(judgements(statements[statements["article"] != left_out]), least, without))
        if table.empty:
            rows.append((left_out, "no pair", 0, 0))
            continue
        best = table[table["congruence"] == table["congruence"].max()]
        names = "; ".join(f"{a} – {b}" for a, b in zip(best["first"], best["second"]))
        rows.append((left_out, names, int(best["congruence"].iloc[0]), int(best["conflict"].iloc[0])))
    return pd.DataFrame(rows, columns=["without", "pairs", "congruence", "conflict"])
