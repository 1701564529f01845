"""Links of drawings to passages and to views of the statement table, and the data under a drawing."""

import html

from docutils import nodes
from sphinx.addnodes import pending_xref

from ..measures import views as explorer
from . import tables
from .roles import lookup
from .statement_table import PAGE, ROW

_OF_IDS = ("Statement", "Statements", "Passages")  # columns of ids, as `analysis.cells.results.Figure` says


def check(study, links):
    """Look every link of a drawing up in the study.

    Parameters
    ----------
    study : analysis.coding.study.Study
    links : list of str
        As :class:`analysis.cells.results.Figure` lists them.

    Returns
    -------
    (dict of str to str, list of str)
        For each query the first statement it shows; and faults, to be told
        after "figure …".
    """
    rows, views, faults = explorer.table(study), {}, []
    for target in links:
        if not target.startswith("?"):
            if lookup(study, target) is None:
                faults.append(f"links to unknown statement id {target!r}")
            continue
        try:
            shown = explorer.select(rows, target[1:])
        except ValueError as error:
            faults.append(f"links to a view that does not exist: {error}")
            continue
        if shown.empty:
            faults.append(f"links to a view without a statement: {target}")
        else:
            views[target] = shown.index[0]
    return views, faults


def resolve(builder, docname, svg, links, views):
    """Turn the links of a drawing into addresses from the page it stands on.

    Parameters
    ----------
    builder : sphinx.builders.Builder
    docname : str
    svg : str
    links : list of str
    views : dict of str to str
        As :func:`check` returns it.

    Returns
    -------
    str
        A view's address ends with its first row, where paper and a browser
        without scripts, which know no query, can lead.
    """
    anchors = builder.env.get_domain("statement").data["anchors"]

    for target in links:
        if target.startswith("?"):
            uri = f"{builder.get_relative_uri(docname, PAGE)}{target}#{ROW(views[target])}" if target in views else "#"
        else:
            uri = (builder.get_relative_uri(docname, anchors[target]) if target in anchors else "") + f"#{target}"
        svg = svg.replace(f'xlink:href="#{html.escape(target)}"', f'xlink:href="{html.escape(uri)}"')
    return svg


def data_of_figure(env, data):
    """Return the data of a drawing, folded, as the page shows it under the caption.

    Parameters
    ----------
    env : sphinx.environment.BuildEnvironment
    data : dict or None
        ``columns`` and ``rows``, as `analysis.cells.results.Figure` carries them.

    Returns
    -------
    list of docutils.nodes.Node
        Not in print: the PDF has every statement in its appendix.
    """
    if data is None:
        return []
    table = nodes.table("", classes=["result"])
    heads = data["columns"]
    rows = (
        [_links(env, cell) if head in _OF_IDS else cell for head, cell in zip(heads, cells)] for cells in data["rows"]
    )
    table += tables.group(tables.row(heads), map(tables.row, rows))
    summary = f"<summary>Data of this figure ({len(data['rows'])} rows)</summary>"
    # A box that scrolls must be within reach of the keyboard, links in it or not.
    box = '<div class="table-wrap" role="region" aria-label="Data of this figure" tabindex="0">'
    return [
        nodes.raw("", f'<details class="figure-data no-print">{summary}{box}', format="html"),
        table,
        nodes.raw("", "</div></details>", format="html"),
    ]


def _links(env, cell):
    """Ids as links to their passages. They are no citations: the page cites where its text does."""
    out = []
    for identifier in cell.split():
        inner = nodes.inline(
            "", "", nodes.literal("", identifier, classes=["sid"]), classes=["statement-citation", "short"]
        )
        if out:
            out.append(nodes.Text(" "))
        out.append(
            pending_xref(
                "", inner, refdomain="statement", reftype="cite", reftarget=identifier, refdoc=env.docname, refwarn=True
            )
        )
    return out
