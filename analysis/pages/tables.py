"""Tables of docutils, put together in one place."""

from docutils import nodes


def row(cells):
    """Return a row; a cell is text, a node, or a list of inline nodes."""
    found = []
    for cell in cells:
        inline = [nodes.Text(cell)] if isinstance(cell, str) else cell if isinstance(cell, list) else [cell]
        found.append(nodes.entry("", nodes.paragraph("", "", *inline)))
    return nodes.row("", *found)


def group(head, rows, stub=1):
    """Return what a table shows under its title.

    Parameters
    ----------
    head : docutils.nodes.row
    rows : iterable of docutils.nodes.row
    stub : int
        How many columns at the left head their rows.

    Returns
    -------
    docutils.nodes.tgroup
    """
    columns = (nodes.colspec("", colwidth=1, stub=number < stub) for number in range(len(head)))
    return nodes.tgroup("", *columns, nodes.thead("", head), nodes.tbody("", *rows), cols=len(head))
