"""The pages of the built book, read in their order and made ready for paper.

They are taken as the HTML builder wrote them, so numbers, captions and
citations are the same in both.
"""

import html
import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, SoupStrainer

from ..base.faults import PdfError
from .drawings import set_drawings
from .tables import set_tables, text_of

# Screen furniture, and what only a browser can use.
_LEFT_OUT = (
    "script, link, template, noscript, iframe, button, input, select, textarea, form, nav, .headerlink, .page-tools, "
    ".no-print, .cell_input, details.above-input, .toctree-wrapper, .copybtn, summary, [hidden]"
)
_EMPTY_WRAPPERS = (
    "span.statement-citations, span.quotation, span.std, span.pasted-text, span.caption-text, "
    "span.fn-bracket, span.citing-pages > a > span"
)
_KEPT_ATTRIBUTES = {
    "id",
    "class",
    "href",
    "src",
    "alt",
    "scope",
    "colspan",
    "rowspan",
    "start",
    "type",
    "style",
    "lang",
    "data-drawing",
}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass
class Chapter:
    """One page of the book on its way into the PDF.

    Attributes
    ----------
    name : str
        Path of the page in the HTML folder, without ``.html``.
    part : str
        Caption of its part; empty for pages before the first part.
    article : bs4.Tag
        Its content.
    site : str
        Address of the page on the web; empty if the book has none.
    drawings : list of str
        Inline drawings. Each is represented in the article by an element
        with its number in ``data-drawing``.
    anchors : dict
        Every id of the page, and the id in the PDF that stands for it.
    """

    name: str
    part: str
    article: object
    site: str = ""
    drawings: list = field(default_factory=list)
    anchors: dict = field(default_factory=dict)

    @property
    def key(self):
        """The page's own anchor, and the prefix of all others."""
        return self.name.replace("/", "-")

    @property
    def title(self):
        """The chapter's heading as text, with its number."""
        heading = self.article.find(class_="level-1")
        return text_of(heading) if heading else self.name


def read_book(folder):
    """Return all pages as chapters, in the order of the book's navigation; a PdfError names what is missing."""
    return [read_page(folder, name, part) for name, part in reading_order(folder)]


def reading_order(folder):
    """Return each page, without ``.html``, and the caption of its part, as the navigation lists them."""
    root = _root_page(folder)
    navigation = _parse(folder / f"{root}.html", "nav").find("nav", class_="bd-links")
    if navigation is None:
        raise PdfError(f"{root}.html has no navigation to take the order of pages from")
    order, part = {root: ""}, ""
    for element in navigation.select("p.caption, li > a.internal"):
        if element.name == "p":
            part = text_of(element)
        elif element.get("href", "#") != "#":
            order.setdefault(element["href"].removesuffix(".html"), part)
    return list(order.items())


def _root_page(folder):
    """The first page: index, or the page it sends readers to."""
    refresh = _parse(folder / "index.html", "meta").find("meta", attrs={"http-equiv": re.compile("refresh", re.I)})
    return refresh["content"].split("url=")[-1].strip().removesuffix(".html") if refresh else "index"


def _text(path):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PdfError(f"there is no page {path.name}") from None


def _parse(path, part):
    return BeautifulSoup(_text(path), "lxml", parse_only=SoupStrainer(part))


def read_page(folder, name, part):
    """Return one page as a chapter ready for print."""
    text, drawings = _take_out_drawings(_text(folder / f"{name}.html"))
    soup = BeautifulSoup(text, "lxml", parse_only=SoupStrainer(["article", "link"]))
    article = soup.find("article")
    if article is None:
        raise PdfError(f"{name}.html has no <article>")
    address = soup.find("link", rel="canonical")
    chapter = Chapter(name, part, article, address["href"] if address else "", drawings)
    ids = [element["id"] for element in article.select("[id]")]
    if article.find(class_="math"):
        raise PdfError(f"{name}.html: formulas in TeX cannot be printed; write them as text or as a figure")
    leave_out(article)
    _set_headings(chapter)
    set_tables(article)
    _set_images(chapter)
    set_drawings(chapter)
    _prefix_ids(chapter, ids)
    return chapter


def _take_out_drawings(text):
    """Replace each ``<svg>`` by a numbered stand-in: an HTML parser spoils their letter case."""
    drawings, out, position = [], [], 0
    while (begin := text.find("<svg", position)) >= 0:
        end, depth = begin, 0
        for match in re.compile(r"<svg\b|</svg\s*>").finditer(text, begin):
            depth += 1 if match[0].startswith("<svg") else -1
            end = match.end()
            if depth == 0:
                break
        out += [text[position:begin], f'<span data-drawing="{len(drawings)}"></span>']
        drawings.append(text[begin:end])
        position = end
    return "".join([*out, text[position:]]), drawings


def leave_out(article):
    """Remove from an article what has no use on paper, and open what a browser folds."""
    for element in article.select(_LEFT_OUT):
        element.decompose()
    for style in article.select("style"):
        if "#T_" not in style.get_text():  # pandas' own rules stay
            style.decompose()
    for folded in article.select("details, span.pre"):
        folded.unwrap()
    for cell in article.select("div.cell, div.cell_output"):
        if not text_of(cell) and not cell.select("img, [data-drawing], table"):
            cell.decompose()
    for element in article.find_all(True):
        element.attrs = {key: value for key, value in element.attrs.items() if key in _KEPT_ATTRIBUTES}
    _flatten(article)


def _flatten(article):
    """Take out wrappers that carry nothing; layout takes its time per element."""
    for link in article.find_all("a", class_="internal"):
        inner = link.find("span", class_="statement-citation")
        if inner is not None:
            link["class"] += inner["class"]
            if "short" in inner["class"] and inner.code:
                link["class"].append("sid")
                inner.code.unwrap()
            inner.unwrap()
        holder = link.parent
        if holder.name == "span" and holder.get("id") and not link.get("id") and len(holder.contents) == 1:
            link["id"] = holder["id"]
            holder.unwrap()
    for wrapper in article.select(_EMPTY_WRAPPERS):
        wrapper.unwrap()
    for cell in article.find_all(["td", "th", "li"]):
        paragraphs = cell.find_all("p", recursive=False)
        if len(paragraphs) == 1 and not paragraphs[0].attrs:
            paragraphs[0].unwrap()


def _set_headings(chapter):
    """Mark headings by their rank in the page; inside a part, all stand one rank lower."""
    for rubric in chapter.article.select("p.article-heading"):
        rubric.name = "h2"
    for heading in chapter.article.find_all(_HEADINGS):
        rank = int(heading.name[1])
        heading["class"] = [*heading.get("class", []), f"level-{rank}"]
        heading.name = f"h{min(rank + bool(chapter.part), 6)}"


def _set_images(chapter):
    """Point pictures at the book's folder; one without a text alternative is decoration."""
    for image in chapter.article.find_all("img"):
        if not image.get("alt"):
            image.decompose()
        elif not image["src"].startswith("data:"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(chapter.name), unquote(image["src"])))
            image["src"] = f"book:{path}"


def _prefix_ids(chapter, ids):
    """Make ids unique in the book, and let those that fell away lead to what contains them."""
    anchors = {}
    for element in chapter.article.select("[id]"):
        old = element["id"]
        if old.startswith("T_"):  # pandas' inline rules name these
            continue
        empty = element.name == "span" and not element.contents
        holder = element.find_parent(id=True) if empty else None
        if holder is not None:
            anchors[old] = holder["id"]  # parents come first, so this one is prefixed already
            element.decompose()
        else:
            element["id"] = anchors[old] = f"{chapter.key}.{old}"
    chapter.anchors = {**dict.fromkeys(ids, chapter.key), **anchors}


def resolve_links(chapters):
    """Turn links between pages into links inside the document.

    Parameters
    ----------
    chapters : list of Chapter
        Changed in place. Links to files outside the PDF lead to the book's
        address on the web, or become plain text if it has none.

    Raises
    ------
    PdfError
        Names every link whose target does not exist.
    """
    pages, dead = {chapter.name: chapter for chapter in chapters}, []
    for chapter in chapters:
        for link in chapter.article.select("a[href]"):
            address = locate(link["href"], chapter, pages)
            if address is None:
                dead.append(f"{chapter.name}.html: {link['href']}")
            elif address:
                link["href"] = address
                link["class"] = [*link.get("class", []), "inside" if address.startswith("#") else "outside"]
                _add_page(link)
            else:
                link.name, link.attrs = "span", {"class": link.get("class", [])}
    if dead:
        raise PdfError("links that lead nowhere:\n  " + "\n  ".join(dict.fromkeys(dead)))


def _add_page(link):
    """Add room for the number of the page a link leads to, where a reader of paper needs it."""
    kinds = set(link["class"])
    if "inside" not in kinds or kinds & {"footnote-reference", "area"} or link.find_parent(_silent):
        return
    words = ", p.\u00a0{}" if "statement-citation" in kinds else " (p.\u00a0{})"
    link.append(
        BeautifulSoup(
            f'<span class="page" data-to="{html.escape(link["href"][1:])}" data-words="{words}"></span>', "lxml"
        ).span
    )


def _silent(tag):
    """Whether links inside show no page: tables, which it would swell, and lists of numbers."""
    return tag.name in ("td", "th", "caption") or bool(
        {"bibtex-citation", "backrefs", "citation"} & set(tag.get("class", []))
    )


def locate(address, chapter, pages):
    """Find where a link of a page leads in the PDF.

    Parameters
    ----------
    address : str
    chapter : Chapter
        The page the link stands on.
    pages : dict
        All chapters by name.

    Returns
    -------
    str or None
        An address in the document (``#…``) or outside it; empty for a file
        that is only beside the pages; None for a missing anchor.
    """
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return address if parts.scheme in ("http", "https", "mailto") else ""
    path = (
        posixpath.normpath(posixpath.join(posixpath.dirname(chapter.name), unquote(parts.path))) if parts.path else ""
    )
    page = pages.get(path.removesuffix(".html")) if path else chapter
    if page is None:
        return posixpath.join(posixpath.dirname(chapter.site), address) if chapter.site else ""
    if not parts.fragment:
        return f"#{page.key}"
    anchor = page.anchors.get(unquote(parts.fragment))
    return f"#{anchor}" if anchor else None
