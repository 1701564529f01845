"""Roles: ``{st}`` cites, ``{quote}`` quotes and cites, ``{sid}`` prints a linked id, ``{year}`` and ``{month}`` a date."""

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxRole

from ..base import dates
from ..base.quotation import quoted
from .location import place

_FRAGMENT = re.compile(r"^(?P<text>.*\S)\s*<(?P<id>[^<>]+)>$", re.DOTALL)


def lookup(study, identifier):
    """Return the row of a statement or passage, or None.

    Parameters
    ----------
    study : analysis.coding.study.Study
    identifier : str

    Returns
    -------
    pandas.Series or None
    """
    for table in (study.statements, study.passages):
        if identifier in table.index:
            return table.loc[identifier]
    return None


def citation_text(study, row):
    """Return outlet, date and place of a passage, as a citation prints them.

    Parameters
    ----------
    study : analysis.coding.study.Study
    row : pandas.Series
        A row of ``statements`` or ``passages``.

    Returns
    -------
    str
        Such as "Lake Courier, 4 May 2024, ¶ 4".
    """
    article = study.corpus.articles.loc[row["article"]]
    return f"{article['short']}, {dates.show(article['date_record'], short=True)}, {paragraph_text(row)}"


def paragraph_text(row):
    """Return the paragraph of a passage, or its line where it stands outside the body."""
    return f"line {row['line']}" if row["paragraph"] is None else f"¶\u00a0{row['paragraph']}"


class CheckedRole(SphinxRole):
    """Shared by all roles: a fault is recorded with its place, and stops the build once all pages are read."""

    def fault(self, message):
        """Record `message` with the place it belongs to, and show it in the page."""
        self.env.get_domain("statement").note_fault(f"{place(self.env, self.lineno, self.text)}: {message}")
        return nodes.problematic(self.rawtext, self.rawtext)


class StatementRole(CheckedRole):
    """Shared by the roles on statements."""

    def reference(self, identifier, row, text, classes):
        """Return a link to the marked passage, with an address of its own to come back to."""
        domain = self.env.get_domain("statement")
        number = domain.note_citation(identifier)
        inner = nodes.inline("", "", *text, classes=["statement-citation", *classes])
        anchor = f"cite-{identifier}-{number}"
        title = f"{row['exact']} ({identifier})"
        link = pending_xref(
            "", inner, refdomain="statement", reftype="cite", reftarget=identifier,
            refdoc=self.env.docname, refwarn=True, reftitle=title,
        )  # fmt: skip
        return nodes.inline("", "", link, ids=[anchor])

    def full(self, identifier, row, same_article=False):
        """Return a citation that shows outlet, date, paragraph and id, or only the last two."""
        place = paragraph_text(row) if same_article else citation_text(self.env.app.report.study, row)
        return self.reference(
            identifier, row, [nodes.Text(f"{place}, "), nodes.literal("", identifier, classes=["sid"])], []
        )


class Cite(StatementRole):
    """``{st}`lc24-04, lc24-05``` prints a citation in parentheses."""

    def run(self):
        out = nodes.inline("", "", nodes.Text("("), classes=["statement-citations"])
        article = None
        for identifier in (part.strip() for part in self.text.split(",")):
            row = lookup(self.env.app.report.study, identifier)
            if row is None:
                return [self.fault(f"unknown statement id {identifier!r}")], []
            if article:
                out += nodes.Text("; ")
            out += self.full(identifier, row, same_article=row["article"] == article)
            article = row["article"]
        out += nodes.Text(")")
        return [out], []


class Quote(StatementRole):
    """``{quote}`lc24-04``` prints a passage between quotation marks and cites it.

    ``{quote}`part of it <lc24-04>``` prints a part, which must stand in the
    passage letter for letter.
    """

    def run(self):
        match = _FRAGMENT.match(self.text)
        identifier = match["id"].strip() if match else self.text.strip()
        row = lookup(self.env.app.report.study, identifier)
        if row is None:
            return [self.fault(f"unknown statement id {identifier!r}")], []
        text = match["text"] if match else row["exact"]
        # Authors type plain spaces; the page prints the file's own, no-break or not.
        start = row["exact"].replace("\u00a0", " ").find(text.replace("\u00a0", " "))
        if start < 0:
            return [self.fault(f"quotation {text!r} is not letter for letter in {identifier}: {row['exact']!r}")], []
        text = row["exact"][start : start + len(text)]
        quotation = nodes.inline("", quoted(text), classes=["quotation"])
        citation = nodes.inline(
            "", "", nodes.Text("("), self.full(identifier, row), nodes.Text(")"), classes=["statement-citations"]
        )
        return [quotation, nodes.Text(" "), citation], []


class Identifier(StatementRole):
    """``{sid}`lc24-04, lc24-05``` prints linked ids, for tables."""

    def run(self):
        out = []
        for identifier in (part.strip() for part in self.text.split(",")):
            row = lookup(self.env.app.report.study, identifier)
            if row is None:
                return [self.fault(f"unknown statement id {identifier!r}")], []
            if out:
                out.append(nodes.Text(" "))
            out.append(self.reference(identifier, row, [nodes.literal("", identifier, classes=["sid"])], ["short"]))
        return out, []


class DateRole(CheckedRole):
    """``{year}`lc24```, ``{month}`toll```: the year, or month and year, of an article or event."""

    def __init__(self, part):
        super().__init__()
        self.part = part

    def run(self):
        key, known = self.text.strip(), self.env.app.report.dates
        if key not in known:
            return [self.fault(f"unknown article or event {key!r}")], []
        found = self.part(known[key])
        if found is None:
            return [self.fault(f"{key!r} is dated {known[key]!r}, which gives no single {self.part.__name__}")], []
        return [nodes.Text(str(found))], []


def setup(app):
    """Register the roles."""
    app.add_role("year", DateRole(dates.year))
    app.add_role("month", DateRole(dates.month))
    app.add_role("st", Cite())
    app.add_role("quote", Quote())
    app.add_role("sid", Identifier())
