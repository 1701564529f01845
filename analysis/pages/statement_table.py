"""The statement table as a page: every row in HTML, with the codes that the page's script filters by."""

import json

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from ..base import dates
from ..base.quotation import quoted
from ..measures import positions
from ..measures import views as explorer
from . import tables
from .roles import paragraph_text

PAGE = "statement-table"
ROW = "row-{}".format
SCRIPTS = ("vendor/datatables/dataTables.min.js", "explorer.js")
STYLES = ("explorer.css",)

# Heading, and how print joins the column to the one before it, for lack of width (`analysis.pdf.tables.join_columns`).
COLUMNS = {
    "Statement": "", "Passage": "", "Article": "", "Speaker": "", "Holder": "print-joins-below", "Issue": "", "Position": "print-joins-below",
    "Kind": "", "Mode": "print-joins-beside", "Date": "print-joins-beside", "From": "",
}  # fmt: skip
# What a row carries for the script, and so what the downloaded table holds.
CODES = (
    "article", "outlet", "paragraph", "speaker", "via", "holder", "issue", "position", "kind", "mode",
    "date", "effective_date", "first", "last", "status", "origin",
)  # fmt: skip


class explorer_row(nodes.row):
    """A row of the statement table; attribute ``codes`` holds what the script filters by."""


class StatementExplorer(SphinxDirective):
    """``statement-explorer``: all statements; the content is the caption."""

    has_content = True
    option_spec = {"name": directives.unchanged_required}

    def run(self):
        if self.env.docname != PAGE:
            raise self.error(
                f"statement-explorer belongs on the page {PAGE!r}, where drawings and addresses look for it"
            )
        study = self.env.app.report.study
        children, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        table = nodes.table("", nodes.title("", "", *children), classes=["result", "statement-explorer"])
        self.set_source_info(table)
        self.add_name(table)
        head = nodes.row()
        for heading, joint in COLUMNS.items():
            head += nodes.entry("", nodes.paragraph("", heading), classes=[joint] if joint else [])
        rows = explorer.table(study).assign(origin=study.origins)
        table += tables.group(head, (self.row(study, row) for _, row in rows.iterrows()))
        filters = nodes.raw(
            "", f'<script type="application/json" id="explorer-filters">{filters_json(study)}</script>', format="html"
        )
        return [nodes.container("", table, classes=["table-wrap"]), filters, *messages]

    def row(self, study, row):
        """Return the row of a statement: its address, its codes, its cells."""
        identifier, exact = row.name, row["exact"]
        link, _ = self.state.inline_text(f"{{sid}}`{identifier}`", self.lineno)
        left, right = quoted(exact).split(exact)
        via = f", via {row['via']}" if row["via"] else ""
        when = dates.show(row["effective_date"], short=True)
        cells = [
            link,
            [nodes.Text(left), nodes.inline("", exact, classes=["exact"]), nodes.Text(right)],
            [nodes.Text(f"{explorer.printed(study, 'article', row['article'])}, {paragraph_text(row)}")],
            [nodes.Text(positions.holder_name(row["speaker"]) + via)],
            [nodes.Text(positions.holder_name(row["holder"]))],
            [nodes.Text(explorer.printed(study, "issue", row["issue"]))],
            [nodes.Text(row["position"] + (" (open)" if row["status"] == "open" else ""))],
            [nodes.Text(row["kind"])],
            [nodes.Text(row["mode"])],
            [nodes.Text(when if row["date"] else f"({when})")],
            [nodes.Text(row["origin"])],
        ]
        out = explorer_row(
            "", ids=[ROW(identifier)], codes={"id": identifier, **{code: str(row[code]) for code in CODES}}
        )
        for number, cell in enumerate(cells):
            out += nodes.entry("", nodes.paragraph("", "", *cell), classes=["long"] if number == 1 else [])
        return out


def filters_json(study):
    """Return the filters and their values as JSON that may stand inside a script element.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    str
    """
    filters = [{"key": facet.key, "name": facet.name, "options": facet.options} for facet in explorer.facets(study)]
    return json.dumps(filters, ensure_ascii=False).replace("<", "\\u003c")


def visit_row_html(writer, node):
    """Write the row with its codes as data attributes."""
    writer.visit_row(node)
    codes = " ".join(f'data-{key.replace("_", "-")}="{writer.attval(value)}"' for key, value in node["codes"].items())
    writer.body[-1] = writer.body[-1].replace("<tr ", f"<tr {codes} ", 1)


def visit_row_other(writer, node):
    """Write the row as any other."""
    writer.visit_row(node)


def depart_row(writer, node):
    """End the row."""
    writer.depart_row(node)


def keep_to_its_page(app, config):
    """Take the explorer's files out of those that Jupyter Book loads on every page."""
    for names in (config.html_js_files, config.html_css_files):
        names[:] = [name for name in names if name not in (*SCRIPTS, *STYLES)]


def load_on_its_page(app, pagename, templatename, context, doctree):
    """Load the explorer's files on the page that has the table."""
    if doctree is not None and pagename == PAGE and next(doctree.findall(explorer_row), None) is not None:
        for name in STYLES:
            app.add_css_file(name)
        for name in SCRIPTS:
            app.add_js_file(name, loading_method="defer")


def setup(app):
    """Register the directive, the row, and the files of the page."""
    app.add_directive("statement-explorer", StatementExplorer)
    other = (visit_row_other, depart_row)
    app.add_node(explorer_row, html=(visit_row_html, depart_row), text=other, latex=other)
    app.connect("config-inited", keep_to_its_page, priority=700)  # before Sphinx adds the attributes of each file
    app.connect("html-page-context", load_on_its_page)
