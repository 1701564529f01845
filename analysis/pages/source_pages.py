"""Source pages: each file as saved, zone by zone, with every coded passage marked.

With the setting ``report_text: excerpts``, what is not marked gives way to a
note of its length.
"""

import re

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from ..corpus import publication
from .book import in_order
from .evidence import fields
from .location import place
from .roles import StatementRole

_RUN = re.compile(r"(?P<article>\w+) (?P<start>\d+)-(?P<end>\d+)$")

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
        study = self.env.app.report.study
        files = study.corpus.files
        match = files[files["number"] == self.arguments[0]]
        if match.empty:
            raise self.error(f"no file {self.arguments[0]} in seeds/; there are {', '.join(files['number'])}")
        self.seed = match.iloc[0]["seed"]
        self.text = study.corpus.texts[self.seed]
        self.shown = publication.shown(study, self.seed, self.config.report_text)
        self.hidden = study.withheld[self.seed]
        self.introductions = [(r.start, r.end) for r in study.roles[study.roles["seed"] == self.seed].itertuples()]
        self.begun = set()  # passages whose id stands on the page already
        blocks, article = self.preface(), None
        for zone in study.corpus.zones[study.corpus.zones["seed"] == self.seed].itertuples():
            if zone.zone == "blank":
                continue
            if zone.zone == "body":
                if zone.article != article:
                    article = zone.article
                    blocks.append(self.article_heading(study, article))
                here = study.corpus.paragraphs
                here = here[(here["seed"] == self.seed) & (here["start"] >= zone.start) & (here["end"] <= zone.end)]
                blocks += [block for paragraph in here.itertuples() for block in self.paragraph(study, paragraph)]
            else:
                blocks += self.other_zone(study, zone)
        return blocks

    def preface(self):
        """Return a word on what is left out, where something is."""
        if self.config.report_text == publication.FULL:
            return []
        count = sum(b - a for a, b in self.shown)
        text = (
            f"Shown are the passages that this report codes or cites, {count:,} of the file’s {len(self.text):,} characters. "
            "The rest belongs to its publisher and is left out; a note in brackets says how many characters stand in its place."
        )
        return [nodes.paragraph("", text, classes=["omission-note"])]

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
        text = nodes.paragraph(
            "", "", label, nodes.Text(" "), *self.marked(paragraph.start, paragraph.end, marks), classes=["source-text"]
        )
        text["ids"].append(f"{paragraph.article}-par-{paragraph.paragraph}")
        text["classes"].append("zone-body")
        return [text, self.statement_lines(study, marks)] if marks else [text]

    def marked(self, start, end, marks):
        """Cut the text at every boundary of a passage; mark the pieces inside one, leave out what is not shown."""
        out = []
        for a, b, visible in publication.pieces(self.text, start, end, self.shown):
            if visible:
                out += self.passages(a, b, marks)
            else:
                out += [nodes.Text(" " if out else ""), _omitted(b - a), nodes.Text(" " if b < end else "")]
        return out

    def passages(self, start, end, marks):
        """Return shown text with its passages marked and the withheld names out."""
        hidden = [(max(a, start), min(b, end)) for a, b in self.hidden if a < end and b > start]
        spans = [*((m.start, m.end) for m in marks), *self.introductions, *hidden]
        cuts = sorted({start, end, *(offset for span in spans for offset in span if start <= offset <= end)})
        domain, out = self.env.get_domain("statement"), []
        for a, b in zip(cuts, cuts[1:]):
            over = [m for m in marks if m.start <= a and b <= m.end]
            text = self.text[a:b]
            if any(c <= a and b <= d for c, d in hidden):
                text = "[name withheld]"
                for mark in over:
                    domain.note_fault(
                        f"{place(self.env, self.lineno)}: {mark.Index} quotes a name that redactions.csv withholds"
                    )
            if not over:
                introduces = any(c <= a and b <= d for c, d in self.introductions)
                out.append(nodes.inline("", text, classes=["introduction"]) if introduces else nodes.Text(text))
                continue
            overlap = ["overlap"] * (len({(m.start, m.end) for m in over}) > 1)
            begins = [mark.Index for mark in over if mark.Index not in self.begun]
            piece = nodes.Text(text)
            for identifier in begins[
                :0:-1
            ]:  # of several ids on one node, Sphinx writes all but one on an empty element before the text
                piece = nodes.inline("", "", piece, ids=[identifier])
            classes = ["passage", *overlap, *(f"in-{mark.Index}" for mark in over)]
            out.append(nodes.inline("", "", piece, ids=begins[:1], classes=classes))
            self.begun.update(begins)
            for identifier in begins:
                domain.note_anchor(identifier)
            for mark in over:
                if mark.end == b:
                    out.append(nodes.superscript("", mark.Index, classes=["sid"]))
        return out

    def statement_lines(self, study, marks):
        """Return one line per statement: who, whose position, on what, who cites it."""
        lines = nodes.bullet_list(classes=["statement-lines"])
        for mark in marks:
            item = nodes.paragraph("", "", nodes.literal("", mark.Index, classes=["sid"]))
            for name, value in fields(study, mark.Index):
                item += [
                    nodes.Text(" "),
                    nodes.inline("", f"{name}:", classes=["field"]),
                    nodes.Text(f" {value}{'' if value.endswith('.') else ';'}"),
                ]
            item[-1] = nodes.Text(item[-1].astext().rstrip(";.") + ". ")
            item += citing_pages(target=mark.Index)
            lines += nodes.list_item("", item)
        return lines

    def other_zone(self, study, zone):
        """Return a zone that is no article text, with any quoted passage marked."""
        label = nodes.inline("", ZONE_NAMES[zone.zone], classes=["zone-name"])
        marks = [
            m
            for m in study.passages.itertuples()
            if m.seed == zone.seed and zone.start <= m.start and m.end <= zone.end
        ]
        block = nodes.line_block(classes=["zone", f"zone-{zone.zone.replace('_', '-')}"])
        block += nodes.line("", "", label)
        if not any(a < zone.end and b > zone.start for a, b in self.shown):
            block += nodes.line("", "", _omitted(zone.end - zone.start))
            return [block]
        offset = zone.start
        for piece in zone.text.split("\n"):
            end = offset + len(piece)
            if piece.strip():
                block += nodes.line("", "", *self.marked(offset, end, marks))
            offset = end + 1
        return [block, self.statement_lines(study, marks)] if marks else [block]


def _omitted(count):
    """A note of the length of what is left out, in characters."""
    return nodes.inline("", f"[…\u00a0{count:,}\u00a0character{'s' * (count != 1)} not shown]", classes=["omitted"])


def _marks(study, span):
    """Statements and quoted passages inside a paragraph, in reading order."""
    found = [
        row
        for table in (study.statements, study.passages)
        for row in table[
            (table["article"] == span.article) & (table["start"] >= span.start) & (table["end"] <= span.end)
        ].itertuples()
    ]
    return sorted(found, key=lambda row: (row.start, row.end, row.Index))


# They list every statement, or one for every issue: that one of them has a statement says nothing of it.
_LISTS = {"statement-table", "ledger", "codebook"}


def link_back(app, doctree, docname):
    """Replace each :class:`citing_pages` by links to every citation of its statement in the chapters, in the order of the book."""
    domain, titles = app.env.get_domain("statement"), app.env.titles
    for node in list(doctree.findall(citing_pages)):
        out = []
        for doc in in_order(app.env, app.config.root_doc):
            count = 0 if doc in _LISTS else domain.data["citations"].get(doc, []).count(node["target"])
            title = titles[doc].astext() if count else ""
            for number in range(1, count + 1):
                text = title if count == 1 else str(number)
                if number == 1:
                    out.append(nodes.Text(" · " if out else "Cited in "))
                    out += [nodes.Text(f"{title}\u00a0")] if count > 1 else []
                else:
                    out.append(nodes.Text(" "))  # a number is as wide as a finger needs, so that a comma would float
                anchor = f"cite-{node['target']}-{number}"
                hint = f"{title}, citation {number} of {count}" if count > 1 else None
                out.append(make_refnode(app.builder, docname, doc, anchor, nodes.inline("", text), hint))
        node.replace_self(nodes.inline("", "", *out, classes=["citing-pages"]))


class Saved(StatementRole):
    """``{saved}`lc24 230-278``` prints a run of an article's file by its offsets, as far as the setting shows it."""

    def run(self):
        study, match = self.env.app.report.study, _RUN.match(self.text)
        if match is None or match["article"] not in study.corpus.articles.index:
            return [self.fault(f"{self.text!r} is not an article and two offsets, such as 'lc24 230-278'")], []
        seed = study.corpus.articles.at[match["article"], "seed"]
        text, start, end = study.corpus.texts[seed], int(match["start"]), int(match["end"])
        if not start < end <= len(text):
            return [self.fault(f"{self.text!r}: the file has the offsets 0 to {len(text)}")], []
        spans = publication.shown(study, seed, self.config.report_text)
        out = []
        for a, b, visible in publication.pieces(text, start, end, spans):
            out += (
                [nodes.Text(text[a:b])]
                if visible
                else [nodes.Text(" " if out else ""), _omitted(b - a), nodes.Text(" ")]
            )
        return [nodes.inline("", "", *out, classes=["saved"])], []


def setup(app):
    """Register the directive, the role and their events."""
    app.add_directive("source-page", SourcePage)
    app.add_role("saved", Saved())
    app.add_node(citing_pages)
    app.connect("doctree-resolved", link_back)
