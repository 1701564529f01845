"""The downloads: written beside the pages, and listed on one of them."""

import shutil
import tempfile
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from .. import downloads as exports
from . import tables
from .book import telling

FOLDER = "downloads"
_HEADS = ("File", "What it is for", "What it cannot hold")
_GROUP = 16  # characters of a SHA-256 between two spaces, so that a line can break


class download_list(nodes.General, nodes.Element):
    """Stands for the table of the files of ``family``; ``title`` is its title."""


class Downloads(SphinxDirective):
    """``downloads``: lists the files of a family, with what each is for, its size and its SHA-256."""

    required_arguments = 1
    has_content = True
    option_spec = {"name": directives.unchanged_required}

    def run(self):
        families = [*exports.FAMILIES, "sums"]
        if self.arguments[0] not in families:
            raise self.error(f"no family {self.arguments[0]!r} of downloads; there are {', '.join(families)}")
        if not self.content:
            raise self.error("a list of downloads needs a title")
        children, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        title = nodes.title("", "", *children)
        table = nodes.table("", title, classes=["result", "downloads"])
        self.set_source_info(table)
        self.add_name(table)
        table += download_list(family=self.arguments[0])
        _listed(self.env)[self.env.docname] = self.env.app.report.downloads_state
        return [nodes.container("", table, classes=["table-wrap"]), *messages]


class DataTables(SphinxDirective):
    """``data-tables``: lists the tables of the repository as their descriptor defines them."""

    def run(self):
        table = nodes.table("")
        self.set_source_info(table)
        rows = []
        for listed in self.env.app.report.study.package.tables.values():
            cells = (
                *(", ".join(f"`{name}`" for name in names) for names in (listed.paths, listed.columns)),
                listed.row,
            )
            files, columns, row = (nodes.entry("", nodes.paragraph("", "", *_inline(cell))) for cell in cells)
            rows.append(nodes.row("", files, row, columns))
        table += tables.group(tables.row(("File", "A row is", "Columns")), rows)
        return [nodes.container("", table, classes=["table-wrap"])]


def write(app):
    """Write the files into the folder of the finished pages; other builders only learn what there is.

    Raises
    ------
    sphinx.errors.ExtensionError
        If the data has faults.
    """
    with tempfile.TemporaryDirectory() as aside, telling():
        folder = Path(app.outdir) / FOLDER if app.builder.format == "html" else Path(aside)
        shutil.rmtree(folder, ignore_errors=True)  # nothing of an earlier build may stay
        app.report.downloads = exports.write(app.report.study, folder, app.config.report_text)


def outdated(app, env, added, changed, removed):
    """Name the pages that list files which have changed since the page was read."""
    listed = _listed(env)
    return [doc for doc, state in listed.items() if doc in env.found_docs and state != app.report.downloads_state]


def _listed(env):
    if not hasattr(env, "report_downloads"):
        env.report_downloads = {}  # page to the state of the files when it was read
    return env.report_downloads


def begin(app, env, docnames):
    """Make room for what the pages note."""
    _listed(env)


def purge(app, env, docname):
    """Forget a page that is read again or gone."""
    _listed(env).pop(docname, None)


def merge(app, env, docnames, other):
    """Take over what a parallel reader noted."""
    _listed(env).update({doc: state for doc, state in _listed(other).items() if doc in docnames})


def resolve(app, doctree, docname):
    """Fill in the lists of files."""
    for node in list(doctree.findall(download_list)):
        rows = app.report.downloads[app.report.downloads["family"] == node["family"]]
        node.replace_self(_group(rows, "../" * docname.count("/") + FOLDER))


def _group(files, folder):
    """Return the body of a table: files of the same purpose share a row."""
    body = []
    for (purpose, limits), rows in files.groupby(["purpose", "limits"], sort=False):
        names = nodes.entry("", *(part for row in rows.itertuples() for part in _file(row, folder)))
        told = (
            nodes.entry("", nodes.paragraph("", "", *_inline(text)), classes=["long"]) for text in (purpose, limits)
        )
        body.append(nodes.row("", names, *told))
    return tables.group(tables.row(_HEADS), body)


def _file(row, folder):
    """Return a link to a file, with its size, and its SHA-256 below."""
    link = addnodes.download_reference(
        "", "", nodes.inline("", row.name), refuri=f"{folder}/{row.name}", classes=["download-link"]
    )
    digest = " ".join(row.sha256[n : n + _GROUP] for n in range(0, len(row.sha256), _GROUP))
    return [
        nodes.paragraph("", "", link, nodes.Text(f" ({size(row.bytes)})"), classes=["download-file"]),
        nodes.paragraph("", "", nodes.literal("", digest), classes=["download-sum"]),
    ]


def size(count):
    """Write a number of bytes for people, in units of a thousand.

    Parameters
    ----------
    count : int

    Returns
    -------
    str

    Examples
    --------
    >>> size(586), size(79_576), size(2_400_000)
    ('586\\xa0B', '80\\xa0kB', '2.4\\xa0MB')
    """
    if count < 1_000:
        return f"{count}\u00a0B"
    return f"{count / 1_000:.0f}\u00a0kB" if count < 1_000_000 else f"{count / 1_000_000:.1f}\u00a0MB"


def _inline(text):
    """Cut a sentence at its backticks; what stands between them is code."""
    return [nodes.literal("", part) if n % 2 else nodes.Text(part) for n, part in enumerate(text.split("`")) if part]


def setup(app):
    """Register the directives and what writes and lists the files."""
    app.add_directive("downloads", Downloads)
    app.add_directive("data-tables", DataTables)
    app.add_node(download_list)
    app.connect("builder-inited", write, priority=600)  # after the study is loaded
    app.connect("env-before-read-docs", begin)
    app.connect("env-get-outdated", outdated)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("doctree-resolved", resolve)
