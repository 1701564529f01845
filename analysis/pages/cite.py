"""Cite this: references for every section, figure, table and statement, beside the pages and in their heads."""

import json
import os

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from .. import paths
from ..base import citation
from ..base.faults import Fault, raise_any
from ..cite import addresses, formats, metadata, redirects, references
from ..corpus import sentences
from .book import in_order, telling
from .frame import DATA_PAGE
from .roles import citation_text

_FORMS = ("bibtex", "csl", "ris", "text", "downloads")


def read_settings(app, config):
    """Read the citation file, and the address under which the book is published.

    Raises
    ------
    sphinx.errors.ExtensionError
        If one of them does not hold.
    """
    with telling():
        app.report.work = citation.read()
        config.html_baseurl = addresses.check_base(
            os.environ.get("REPORT_URL") or config.html_baseurl or "", "html.baseurl (_config.yml, or REPORT_URL)"
        )
        app.report.redirects = redirects.read()


def collect(app, env):
    """Find all places, once every page is read; write what the dialogs and the redirects need."""
    app.report.places = [
        place for docname in in_order(env, app.config.root_doc) for place in places_of(app, env, docname)
    ]
    if app.builder.format != "html":
        return []
    with telling():
        check_redirects(app.report.places, app.report.redirects)
    static = app.outdir / "_static"
    static.mkdir(exist_ok=True)
    data = references.dialog_data(app.report.work, app.report.places, app.config.html_baseurl)
    text = json.dumps(data, ensure_ascii=True, indent=0).replace("</", "<\\/")
    (static / "citations.js").write_text(f"window.reportCitations = {text};\n", encoding="utf-8", newline="\n")
    app.add_js_file("citations.js", loading_method="defer")
    app.add_js_file("cite.js", loading_method="defer")
    if not app.report.redirects.empty:
        (static / "redirects-data.js").write_text(
            redirects.script_data(app.report.redirects), encoding="utf-8", newline="\n"
        )
        app.add_js_file("redirects-data.js", loading_method="defer")
        app.add_js_file("redirects.js", loading_method="defer")
    return []  # no page has to be read again


def places_of(app, env, docname):
    """List the places of a page, in its order; statements behind all others.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    env : sphinx.environment.BuildEnvironment
    docname : str

    Returns
    -------
    list of analysis.cite.references.Place
    """
    page, found, headings = f"{docname}.html", [], {}
    for node in env.get_doctree(docname).findall(nodes.Element):
        if not node.get("ids"):
            continue
        identifier = node["ids"][0]
        if isinstance(node, nodes.section):
            top = not isinstance(node.parent, nodes.section)
            kind = "section" if not top else "report" if docname == app.config.root_doc else "chapter"
            numbers = env.toc_secnumbers.get(docname, {})
            number = ".".join(map(str, numbers.get("" if top else f"#{identifier}", ())))
            place = references.Place(
                kind, page, identifier, number, _words(node.next_node(nodes.title)), headings.get(node.parent, "")
            )
            headings[node] = place.heading
            found.append(place)
        elif isinstance(node, (nodes.figure, nodes.table)):
            kind = "figure" if isinstance(node, nodes.figure) else "table"
            caption = node.next_node(nodes.caption if kind == "figure" else nodes.title)
            number = ".".join(map(str, env.toc_fignumbers.get(docname, {}).get(kind, {}).get(identifier, ())))
            if caption is not None and number:
                found.append(
                    references.Place(
                        kind,
                        page,
                        identifier,
                        number,
                        _first_sentence(_words(_resolved(app, docname, caption))),
                        _around(node, headings),
                    )
                )
    return found + list(_statements(app.report.study, env, docname, found[0].heading if found else ""))


def _resolved(app, docname, caption):
    """Return a copy of a caption in which references to figures and tables print their numbers, as on the page."""
    copy = caption.deepcopy()
    for link in list(copy.findall(pending_xref)):
        if link.get("refdomain") == "std":
            domain, target, words = app.env.get_domain("std"), link["reftarget"], link[0]
            shown = domain.resolve_xref(app.env, docname, app.builder, link["reftype"], target, link, words)
            link.replace_self(shown or words)
    return copy


def _words(node):
    return " ".join(node.astext().split())


def _first_sentence(caption):
    spans = sentences.split(caption)
    return caption[slice(*spans[0])].rstrip(".") if spans else caption


def _around(node, headings):
    while node is not None and node not in headings:
        node = node.parent
    return headings.get(node, "")


def _statements(study, env, docname, within):
    anchors = env.get_domain("statement").data["anchors"]
    for kind, table in (("statement", study.statements), ("passage", study.passages)):
        for row in table.itertuples():
            if anchors.get(row.Index) == docname:
                title = " ".join(citation_text(study, table.loc[row.Index]).split())
                yield references.Place(
                    kind,
                    f"{docname}.html",
                    row.Index,
                    row.Index,
                    title,
                    within,
                    f"Seed file {row.seed}, line {row.line}",
                )


def check_redirects(places, moved):
    """Check that no redirect starts at a place the book still has.

    Parameters
    ----------
    places : list of analysis.cite.references.Place
    moved : pandas.DataFrame

    Raises
    ------
    DataError
    """
    standing = {f"{place.page}#{place.identifier}" for place in places} | {place.page for place in places}
    name = paths.relative(paths.REDIRECTS)
    kept = [(row, old) for row, old in moved["from"].items() if old in standing]
    raise_any(
        [
            Fault(name, f"row {row}", f"from {old!r}, which the book still has", "an address the book has left")
            for row, old in kept
        ]
    )


def keep_old_ids(app, doctree, docname):
    """Put the old ids of a page beside the new ones."""
    pairs = redirects.on_page(app.report.redirects, f"{docname}.html")
    for old, new in pairs:
        for node in doctree.findall(
            lambda node, new=new: isinstance(node, nodes.Element) and new in node.get("ids", ())
        ):
            node["ids"].append(old)
            break
        else:
            raise ExtensionError(
                f"{paths.relative(paths.REDIRECTS)}: {docname}.html#{old} is to lead to #{new}, which the page does not have"
            )


def describe_page(app, pagename, templatename, context, doctree):
    """Put the metadata into the head of a page."""
    place = next((place for place in app.report.places if place.page == f"{pagename}.html"), None)
    if place is None or doctree is None:
        return
    work, base = app.report.work, app.config.html_baseurl
    paragraph = next((text for node in doctree.findall(nodes.paragraph) if len(text := _words(node)) > 40), "")
    description = metadata.shorten(work.abstract if place.kind == "report" or not paragraph else paragraph)
    pdf = app.config.report_pdf if app.config.report_with_pdf else ""
    head = [
        metadata.tags(work, place, description, base, pdf),
        metadata.script(metadata.linked_data(work, place, description, base, is_data=pagename == DATA_PAGE)),
    ]
    context["metatags"] = "\n".join([context.get("metatags", ""), *head, ""])


class WholeReference(SphinxDirective):
    """``whole-reference``: how to cite the report, in one form, or the files to download."""

    required_arguments = 1

    def run(self):
        form, app = self.arguments[0], self.env.app
        if form not in _FORMS:
            raise self.error(f"whole-reference has no form {form!r}; there are {', '.join(_FORMS)}")
        self.env.note_dependency(str(paths.CITATION))
        if form == "downloads":
            return [_files()]
        item = references.csl(app.report.work, base=app.config.html_baseurl)
        if form == "text":
            return [nodes.block_quote("", nodes.paragraph("", formats.Formatter()(item)))]
        text = {
            "bibtex": formats.bibtex,
            "csl": lambda item: formats.csl_text([item]),
            "ris": lambda item: formats.ris([item]),
        }[form](item)
        language = {"bibtex": "bibtex", "csl": "json", "ris": "text"}[form]
        return [nodes.literal_block(text.strip(), text.strip(), language=language, force=False)]


def _files():
    """A list of links to the files beside the pages."""
    listed = nodes.bullet_list()
    for what, name in (("This report", "citation"), ("The articles, and every outside source", "references")):
        line = nodes.paragraph("", f"{what}: ")
        for form, ending in (("BibTeX", "bib"), ("CSL-JSON", "json"), ("RIS", "ris")):
            if ending != "bib":
                line += nodes.Text(", ")
            line += nodes.reference("", form, refuri=f"downloads/{name}.{ending}", classes=["download"])
        line += nodes.Text(".")
        listed += nodes.list_item("", line)
    return listed


def write_files(app, exception):
    """Write the files of references and the pages of redirects beside the finished pages."""
    if exception is not None or app.builder.format != "html":
        return
    with telling():
        references.write_downloads(app.outdir / "downloads", app.report.work, app.config.html_baseurl)
        redirects.write_pages(app.report.redirects, app.outdir)


def setup(app):
    """Register the references, the metadata and the redirects."""
    app.connect("config-inited", read_settings, priority=900)
    app.connect(
        "env-get-updated", collect, priority=900
    )  # behind the collectors that number sections, figures and tables
    app.connect("doctree-resolved", keep_old_ids, priority=900)
    app.connect("html-page-context", describe_page)
    app.connect("build-finished", write_files)
    app.add_directive("whole-reference", WholeReference)
    app.add_css_file("cite.css")
