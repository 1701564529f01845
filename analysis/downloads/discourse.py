"""For discourse network analysis: a list of statements, and networks as GraphML."""

import io

import networkx as nx

from ..base import dates
from ..measures import alignment
from .material import File
from .tabular import to_csv

COLUMNS = (
    "statement_id", "time", "person", "organization", "concept", "agreement", "start_position", "stop_position", "text", "coder",
    "document_id", "document_title", "document_author", "document_source", "document_section", "document_type",
    "id", "speaker", "via", "position", "kind", "mode", "status", "statement_date", "article", "article_date", "seed", "group",
)  # fmt: skip
CODER = 1  # the statements are the decisions', and so of one coder


def event_list(material):
    """Write the statements as the event list of Discourse Network Analyzer.

    Names and order of the columns, up to ``document_type``, are those the
    program writes (method `eventCSV` in `Exporter.java`,
    https://github.com/leifeld/dna) for its statement type "DNA Statement", with
    person, organization, concept and agreement; so are the semicolon, and 1 and
    0 for agreement. Unlike the program, this report changes no semicolon or
    quotation mark inside a text: it quotes cells as RFC 4180 says.

    ================  ==========================================================
    column            holds
    ================  ==========================================================
    statement_id      number of the statement in reading order; ``id`` has ours
    time              first day of the article's date in the record, midnight
    person            the holder, person or not
    organization      the country the holder belongs to, where there is one
    concept           the issue
    agreement         1 for ``for``, 0 for ``against``, else nothing
    start_position    offset in the saved file, in code points
    stop_position     the same, behind the last character
    document_id       number of the article
    ================  ==========================================================

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    bytes
    """
    study, rows = material.study, []
    articles = study.corpus.articles.to_dict("index")
    countries = study.actors["country"].to_dict()
    number = {article: n for n, article in enumerate(articles, start=1)}
    for count, row in enumerate(material.statements, start=1):
        article = articles[row["article"]]
        day = dates.bounds(article["date_record"])[0]
        agreement = alignment.AGREEMENT.get(row["position"])
        rows.append((
            count, f"{day} 00:00:00" if day else None, row["holder"], countries[row["holder"]], row["issue"],
            None if agreement is None else int(agreement), row["start"], row["end"], row["exact"], CODER,
            number[row["article"]], article["label"], article["author"], article["outlet"], "", "press article",
            row["id"], row["speaker"], row["via"], row["position"], row["kind"], row["mode"], row["status"], row["date"],
            row["article"], article["date_record"], row["seed"], row["group"],
        ))  # fmt: skip
    rows = [[None if cell == "" else cell for cell in row] for row in rows]
    return to_csv(COLUMNS, rows, delimiter=";")


def networks(material):
    """Return the networks of the whole statement table.

    Definitions are those of :mod:`analysis.measures.alignment`; nobody is left out but
    the articles' own voice.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    dict of str to networkx.Graph
        ``congruence`` and ``conflict`` of every two holders, edges with
        ``weight`` (divided by the pair's average activity) and ``issues``
        (number of issues); ``two-mode`` of holders and issues, edges with
        ``agreement`` and ``count``.
    """
    study = material.study
    judged = alignment.judgements(study.statements)
    pairs = alignment.one_mode(judged)
    holders = sorted(set(judged["holder"]))
    out = {}
    for name in ("congruence", "conflict"):
        graph = nx.Graph()
        graph.add_nodes_from((holder, _actor(study, holder)) for holder in holders)
        for row in pairs[pairs[name] > 0].to_dict("records"):
            graph.add_edge(row["first"], row["second"], weight=float(row[f"{name}_normalised"]), issues=int(row[name]))
        out[name] = graph
    graph = nx.Graph()
    for node, kind in alignment.two_mode(judged).nodes(data="kind"):
        issues = study.codebook.issues
        extra = (
            _actor(study, node)
            if kind == "holder"
            else {"label": issues.at[node, "label"], "group": issues.at[node, "group"]}
        )
        graph.add_node(node, kind=kind, **extra)
    for first, second, data in alignment.two_mode(judged).edges(data=True):
        graph.add_edge(first, second, agreement=data["agreement"], count=int(data["count"]))
    return out | {"two-mode": graph}


def _actor(study, actor):
    row = study.actors.loc[actor]
    return {"label": actor, "type": row["type"], "country": row["country"]}


def graphml(graph):
    """Write a network as GraphML (http://graphml.graphdrawing.org), without any program's extensions.

    Parameters
    ----------
    graph : networkx.Graph

    Returns
    -------
    bytes
    """
    stream = io.BytesIO()
    nx.write_graphml_lxml(graph, stream, named_key_ids=True)
    return stream.getvalue()


def files(material):
    """Yield the list of statements and the networks.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Yields
    ------
    analysis.downloads.material.File
    """
    yield File(
        "dna-statements.csv", "DNA event list (CSV)", "The statements in the columns that Discourse Network Analyzer writes and its R users know.",
        "Positions other than `for` and `against` as agreement: the cell is empty. Organisations: the country stands there.", event_list(material),
    )  # fmt: skip
    what = {
        "congruence": "Who judges the same issues alike, for network programs.",
        "conflict": "Who judges the same issues differently, for network programs.",
        "two-mode": "Who judges which issue how, for network programs.",
    }
    for name, graph in networks(material).items():
        yield File(
            f"network-{name}.graphml",
            "GraphML",
            what[name],
            "Single statements, positions other than `for` and `against`, the articles' own voice.",
            graphml(graph),
        )
