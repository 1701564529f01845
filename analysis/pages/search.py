"""The text that the search page looks through, section by section, taken from the finished pages.

Sphinx's own index knows words and pages: no sections, no phrases, no part of a
Japanese sentence, and it fetches each page for an excerpt, which a page opened
from a folder cannot do. Pagefind fetches too. lunr, MiniSearch, FlexSearch and
Fuse cut or score words by rules that give no phrases, or no excerpts, or not
the count that the statement table shows. The whole book is less than half a
megabyte of text, so the page's script (``book/_static/search-page.js``) reads
all of it at every search, by the rule of ``search-text.js``, which the
statement table follows too.

The text is read from the HTML as written, so that it holds what the pages
show and nothing else, whatever ``report_text`` says.
"""

import json
from pathlib import Path

from lxml import html

from . import statement_table as explorer

FILE = "search-data.js"
SCRIPTS = ("search-page.js",)
REPLACED = (
    "searchtools.js",
    "language_data.js",
    "sphinx_highlight.js",
)  # Sphinx's own search, which copies itself into every book

# What stands on a page beside its text: code, drawings (their labels are in the table under them), citations, links of the page's frame.
_LEFT_OUT_TAGS = {"script", "style", "noscript", "svg", "button"}
_LEFT_OUT = {"cell_input", "hide", "headerlink", "statement-citations", "bibtex-citation", "citing-pages", "page-tools"}
_WITHIN_LINES = {
    "a",
    "abbr",
    "b",
    "cite",
    "code",
    "em",
    "i",
    "kbd",
    "mark",
    "q",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
}
_CELL = "\0"  # no page can hold it


class _Page:
    """Collects the sections of a page: dictionaries of ``id, title, blocks``."""

    def __init__(self, article):
        self.sections, self.place, self.text = [], "", []
        for section in article.iterchildren("section"):
            self._section(section)

    def _section(self, element):
        section = {"id": element.get("id"), "title": "", "blocks": []}
        self.sections.append(section)
        self.place = section["id"]
        self._children(element, section, in_row=False)
        self._end(section)

    def _end(self, section):
        """Make a block of the text read since the last one."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split(_CELL))
        if text := "\n".join(filter(None, lines)):
            section["blocks"].append((self.place, text))
        self.text.clear()

    def _children(self, element, section, in_row):
        self.text.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, section, in_row)
            self.text.append(child.tail or "")

    def _element(self, element, section, in_row):
        tag, classes = element.tag, set(element.get("class", "").split())
        if tag in _LEFT_OUT_TAGS or classes & _LEFT_OUT or (tag == "sup" and "sid" in classes):
            if (element.tail or " ")[0] in ".,;:!?)":  # the space before what is left out goes with it
                self.text[:] = ["".join(self.text).rstrip()]
        elif tag == "section":
            self._end(section)
            self._section(element)
        elif tag in _WITHIN_LINES:
            self._children(element, section, in_row)
        elif in_row:
            self.text.append(_CELL if tag in ("td", "th") else " ")
            self._children(element, section, in_row)
            self.text.append(" ")
        else:
            self._end(section)
            before, self.place = self.place, element.get("id") or self.place
            self._children(element, section, tag == "tr")
            if tag in ("h1", "h2", "h3", "h4", "h5", "h6") and not section["title"]:
                section["title"] = " ".join("".join(self.text).split())
                self.text.clear()
            self._end(section)
            if tag == "tr":
                self.place = before  # what follows a table is after the table, not after its last row


def sections(page):
    """Return the text of a page, section by section.

    Parameters
    ----------
    page : bytes
        A finished page, UTF-8.

    Returns
    -------
    list of dict
        In the order of the page: ``id``; ``title``, with its number; and
        ``blocks``, pairs of the address nearest before a block of text, and
        the text. A block is a paragraph, a line of a list, a caption or a row
        of a table, whose cells are on lines of their own.
    """
    document = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))
    return [section for article in document.find_class("bd-article") for section in _Page(article).sections]


def collect(folder, pages):
    """Return what the search page looks through.

    Parameters
    ----------
    folder : Path
        The finished book.
    pages : iterable of str
        File names, in the order of the book.

    Returns
    -------
    dict
        ``statements``, the rows of the statement table, each as one text; and
        ``pages``, lists of the name of a page and its sections, each a list of
        address, title and blocks as :func:`sections` returns them, but
        with an empty address where it is the section's.
    """
    statements, found = [], []
    for name in pages:
        listed = []
        for section in sections((Path(folder) / name).read_bytes()):
            blocks = []
            for place, text in section["blocks"]:
                if name == f"{explorer.PAGE}.html" and place.startswith(explorer.ROW("")):
                    statements.append(text)
                else:
                    blocks.append(["" if place == section["id"] else place, text])
            listed.append([section["id"], section["title"], blocks])
        found.append([name, listed])
    return {"statements": statements, "pages": found}


def write(app, exception):
    """Write the text for the search page, and leave Sphinx's own search out of the book."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    data = collect(app.outdir, dict.fromkeys(place.page for place in app.report.places))
    lines = [
        f'"{key}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
        for key, rows in data.items()
    ]
    (static / FILE).write_text("window.searchData = {\n" + ",\n".join(lines) + "\n};\n", encoding="utf-8")
    for name in REPLACED:
        (static / name).unlink(missing_ok=True)


def replace_index(app):
    """Keep Sphinx from making its own index."""
    app.builder.search = False


def page(app):
    """Have the search page written from ``book/_templates/search.html``."""
    yield "search", {"title": "Search"}, "search.html"


def keep_to_its_page(app, config):
    """Take the search page's script out of those that Jupyter Book loads on every page."""
    config.html_js_files[:] = [name for name in config.html_js_files if name not in SCRIPTS]


def leave_out_highlighting(app, pagename, templatename, context, doctree):
    """Take Sphinx's own highlighting out of the scripts of a page; ``search-text.js`` marks what was searched."""
    context["script_files"] = [
        file for file in context["script_files"] if "sphinx_highlight.js" not in str(getattr(file, "filename", file))
    ]


def setup(app):
    """Register the search page and its text."""
    app.connect("builder-inited", replace_index)
    app.connect("config-inited", keep_to_its_page, priority=700)  # before Sphinx adds the attributes of each file
    app.connect("html-page-context", leave_out_highlighting)
    app.connect("html-collect-pages", page)
    app.connect("build-finished", write)
