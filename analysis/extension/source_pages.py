"""Source pages: each file as saved, zone by zone, with every coded passage marked."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from ..publication import redactions

ZONE_NAMES = {
    "headline": "Headline", "byline": "Byline", "dateline": "Dateline", "clock": "Clock", "caption": "Caption",
    "credit": "Credit", "pull_quote": "Pull quote", "links": "Link list", "tags": "Tags",
    "comment": "Reader comments", "form": "Form", "navigation": "Navigation",
}  # fmt: skip


class citing_pages(nodes.General, nodes.Element):
    """Stands for the links back to the pages that cite ``target``."""


class SourcePage(SphinxDirective):
    """``source-page``: the file whose name begins with the given number."""

    required_arguments = 1

    def run(self):
        study = self.env.app.study
        files = study.corpus.files
        match = files[files["number"] == self.arguments[0]]
        if match.empty:
            raise self.error(f"no file {self.arguments[0]} in seeds/; there are {', '.join(files['number'])}")
        seed = match.iloc[0]["seed"]
        hidden = redactions(seed)
        blocks, article = [], None
        for zone in study.corpus.zones[study.corpus.zones["seed"] == seed].itertuples():
            if zone.zone == "blank":
                continue
            if zone.zone == "body":
                if zone.article != article:
                    article = zone.article
                    blocks.append(self.article_heading(study, article))
                here = study.corpus.paragraphs
                here = here[(here["seed"] == seed) & (here["start"] >= zone.start) & (here["end"] <= zone.end)]
                blocks += [block for paragraph in here.itertuples() for block in self.paragraph(study, paragraph)]
            else:
                blocks.append(self.other_zone(study, zone, hidden))
        return blocks

    def article_heading(self, study, article):
        """Return the label above the first paragraph of an article."""
        record = study.corpus.articles.loc[article]
        heading = nodes.rubric("", record["label"], ids=[f"article-{article}"], classes=["article-heading"])
        heading["heading-level"] = 2
        return heading

    def paragraph(self, study, paragraph):
        """Return a numbered paragraph with its passages marked, and a line for each statement."""
        marks = _marks(study, paragraph)
        label = nodes.inline("", f"¶\u00a0{paragraph.paragraph}", classes=["paragraph-number"])
        text = nodes.paragraph("", "", label, nodes.Text(" "), *self.marked(paragraph, marks), classes=["source-text"])
        text["ids"].append(f"{paragraph.article}-par-{paragraph.paragraph}")
        text["classes"].append("zone-body")
        return [text, self.statement_lines(study, marks)] if marks else [text]

    def marked(self, span, marks):
        """Cut the text at every boundary of a passage; mark the pieces inside one."""
        cuts = sorted({span.start, span.end, *(m.start for m in marks), *(m.end for m in marks)})
        domain, out, begun = self.env.get_domain("statement"), [], set()
        for a, b in zip(cuts, cuts[1:]):
            over = [m for m in marks if m.start <= a and b <= m.end]
            text = span.text[a - span.start : b - span.start]
            if not over:
                out.append(nodes.Text(text))
                continue
            piece = nodes.inline("", text, classes=["passage"] + ["overlap"] * (len({(m.start, m.end) for m in over}) > 1))
            for mark in over:
                if mark.Index not in begun:
                    begun.add(mark.Index)
                    piece["ids"].append(mark.Index)
                    domain.note_anchor(mark.Index)
            out.append(piece)
            for mark in over:
                if mark.end == b:
                    out.append(nodes.superscript("", mark.Index, classes=["sid"]))
        return out

    def statement_lines(self, study, marks):
        """Return one line per statement: who, whose position, on what, who cites it."""
        lines = nodes.bullet_list(classes=["statement-lines"])
        for mark in marks:
            item = nodes.paragraph("", "", nodes.literal("", mark.Index, classes=["sid"]), nodes.Text(f" {_line(study, mark)} "))
            item += citing_pages(target=mark.Index)
            lines += nodes.list_item("", item)
        return lines

    def other_zone(self, study, zone, hidden):
        """Return a zone that is no article text, with any quoted passage marked."""
        label = nodes.inline("", ZONE_NAMES[zone.zone], classes=["zone-name"])
        marks = [m for m in study.passages.itertuples() if m.seed == zone.seed and zone.start <= m.start and m.end <= zone.end]
        block = nodes.line_block(classes=["zone", f"zone-{zone.zone.replace('_', '-')}"])
        block += nodes.line("", "", label)
        offset = zone.start
        for piece in zone.text.split("\n"):
            end = offset + len(piece)
            if piece.strip():
                inside = [m for m in marks if offset <= m.start and m.end <= end]
                line = nodes.line("", "")
                # A quoted passage keeps its offsets; where a name is withheld, nothing can be quoted.
                secret = any(offset <= a and b <= end for a, b in hidden)
                marked = inside and not secret
                line += self.marked(_Span(offset, end, piece), inside) if marked else [nodes.Text(_withhold(piece, offset, hidden))]
                block += line
            offset = end + 1
        return nodes.container("", block, self.statement_lines(study, marks)) if marks else block


class _Span:
    def __init__(self, start, end, text):
        self.start, self.end, self.text = start, end, text


def _marks(study, span):
    """Statements and quoted passages inside a paragraph, in reading order."""
    found = [
        row
        for table in (study.statements, study.passages)
        for row in table[(table["article"] == span.article) & (table["start"] >= span.start) & (table["end"] <= span.end)].itertuples()
    ]
    return sorted(found, key=lambda row: (row.start, row.end, row.Index))


def _line(study, mark):
    if not hasattr(mark, "issue"):
        return mark.remark
    label = study.codebook.issues.at[mark.issue, "label"]
    voice = mark.speaker if mark.speaker == mark.holder else f"{mark.speaker} on {mark.holder}"
    via = f", via {mark.via}" if mark.via else ""
    note = f" {mark.remark}" if mark.remark else ""
    open_reading = ", open" if mark.status == "open" else ""
    return f"{voice}{via}: {label}, {mark.position} ({mark.kind}, {mark.mode}{open_reading}).{note}"


def _withhold(text, offset, hidden):
    for a, b in sorted(hidden, reverse=True):
        if offset <= a and b <= offset + len(text):
            text = text[: a - offset] + "[name withheld]" + text[b - offset :]
    return text


def link_back(app, doctree, docname):
    """Replace each :class:`citing_pages` by links to the citations of its statement."""
    domain, titles = app.env.get_domain("statement"), app.env.titles
    for node in list(doctree.findall(citing_pages)):
        out = []
        for doc in _in_book_order(app.env, app.config.root_doc):
            if node["target"] in domain.data["citations"].get(doc, []):
                anchor = f"cite-{node['target']}-1"
                out.append(nodes.Text(", " if out else "Cited in "))
                out.append(make_refnode(app.builder, docname, doc, anchor, nodes.inline("", titles[doc].astext())))
        if out:
            out.append(nodes.Text("."))
        node.replace_self(nodes.inline("", "", *out, classes=["citing-pages"]))


def _in_book_order(env, doc):
    yield doc
    for child in env.toctree_includes.get(doc, []):
        yield from _in_book_order(env, child)


def setup(app):
    """Register the directive and its events."""
    app.add_directive("source-page", SourcePage)
    app.add_node(citing_pages)
    app.connect("doctree-resolved", link_back)
