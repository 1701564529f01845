"""Directives that set a notebook's tables and figures into the page, numbered and captioned."""

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.util.docutils import SphinxDirective

from ..base.markup import unescaped
from ..cells.results import FIGURE_MIME, RESULT_KEY, TABLE_MIME
from . import figure_links, tables
from .location import place

_FOREIGN = (nodes.raw, nodes.image)  # a cell is text and citations
_LONG = 80  # characters, from which a column of a table needs room for sentences


class Result(SphinxDirective):
    """Shared by both directives: fetch the data, parse the caption."""

    required_arguments = 1
    has_content = True

    def fault(self, message):
        """Record a fault of this page."""
        self.env.get_domain("statement").note_fault(f"{place(self.env, self.lineno)}: {message}")
        return []

    def fetch(self, mime):
        """Return the data a cell of this notebook showed under the given name, or None."""
        try:
            return retrieve_glue_data(self.state.document, RESULT_KEY(self.arguments[0])).data.get(mime)
        except RetrievalError:
            return None

    def caption(self, kind):
        """Parse the content as inline text of a caption or title."""
        if not self.content:
            self.fault(f"{self.name} {self.arguments[0]!r} has no caption")
        text = " ".join(self.content)
        children, messages = self.state.inline_text(text, self.lineno)
        return kind(text, "", *children), messages


class TableResult(Result):
    """``table-result``: a table that a notebook showed with `analysis.cells.results.show`."""

    option_spec = {"name": directives.unchanged_required, "class": directives.class_option}

    def run(self):
        data = self.fetch(TABLE_MIME)
        if data is None:
            return self.fault(f"no table {self.arguments[0]!r} is shown by a cell of this notebook")
        title, messages = self.caption(nodes.title)
        table = nodes.table("", title, classes=["result", *self.options.get("class", [])])
        self.set_source_info(table)
        self.add_name(table)
        columns = range(len(data["columns"]))
        longest = [max((len(unescaped(cells[number])) for cells in data["rows"]), default=0) for number in columns]
        rows = [self.row(cells, [length > _LONG for length in longest]) for cells in data["rows"]]
        table += tables.group(self.row(data["columns"]), rows, data["stub"])
        return [nodes.container("", table, classes=["table-wrap"]), *messages]

    def row(self, cells, long=()):
        """Return a table row whose cells are parsed as inline text; those of a long column say so to the stylesheet."""
        row = nodes.row()
        for number, cell in enumerate(cells):
            children, messages = self.state.inline_text(cell, self.lineno) if cell else ([], [])
            if any(child.next_node(lambda node: isinstance(node, _FOREIGN), include_self=True) for child in children):
                self.fault(f"table {self.arguments[0]!r}: HTML or a picture in the cell {cell!r}")
            row += nodes.entry(
                "",
                nodes.paragraph(cell, "", *children),
                *messages,
                classes=["long"] if any(long[number : number + 1]) else [],
            )
        return row


class FigureResult(Result):
    """``figure-result``: a figure that a notebook showed, inline, with its text alternative."""

    option_spec = {
        "name": directives.unchanged_required,
        "class": directives.class_option,
    }

    def run(self):
        data = self.fetch(FIGURE_MIME)
        if data is None:
            return self.fault(f"no figure {self.arguments[0]!r} is shown by a cell of this notebook")
        if not data["alt"]:
            return self.fault(f"figure {self.arguments[0]!r} has no text alternative (results.Figure takes it as alt=)")
        caption, messages = self.caption(nodes.caption)
        drawing = report_figure("", svg=data["svg"], alt=data["alt"], links=data["links"], docname=self.env.docname)
        drawing["views"], faults = figure_links.check(self.env.app.report.study, data["links"])
        for fault in faults:
            self.fault(f"figure {self.arguments[0]!r} {fault}")
        figure = nodes.figure("", drawing, caption, classes=["result", *self.options.get("class", [])])
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure, *figure_links.data_of_figure(self.env, data.get("data")), *messages]


class report_figure(nodes.General, nodes.Element):
    """An inline drawing; attributes ``svg``, ``alt``, ``links``, ``docname``, and ``views``, as `figure_links.check` returns it."""


def visit_figure_html(writer, node):
    """Write the drawing with its links resolved and its text alternative as a label."""
    svg = figure_links.resolve(writer.builder, node["docname"], node["svg"], node["links"], node["views"])
    # A drawing with links is a group, so that the links stay reachable; one without is an image.
    role = "group" if node["links"] else "img"
    label = writer.attval(node["alt"])
    writer.body.append(svg.replace("<svg ", f'<svg role="{role}" aria-label="{label}" ', 1))
    raise nodes.SkipNode


def visit_figure_other(writer, node):
    """Leave the drawing's text alternative in formats without drawings."""
    if hasattr(writer, "add_text"):
        writer.add_text(node["alt"])
    raise nodes.SkipNode


def setup(app):
    """Register the directives and the figure node."""
    app.add_directive("table-result", TableResult)
    app.add_directive("figure-result", FigureResult)
    app.add_node(
        report_figure, html=(visit_figure_html, None), text=(visit_figure_other, None), latex=(visit_figure_other, None)
    )
