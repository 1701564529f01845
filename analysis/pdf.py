"""Print the built book as one PDF: read the pages, join them, hand them to WeasyPrint.

The pages are taken as the HTML builder wrote them, so numbers, captions and
citations are the same in both. WeasyPrint is imported inside functions only,
since it loads Pango, which the HTML does not need.
"""

import calendar
import datetime
import gc
import html
import math
import os
import posixpath
import re
import unicodedata
from base64 import b64encode
from collections import defaultdict
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, SoupStrainer
from lxml import etree

from . import dates, paths

STYLESHEET = Path(__file__).with_suffix(".css")
SYSTEM_LIBRARIES = {
    "Debian": "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "macOS": "brew install pango",
}

# Screen furniture, and what only a browser can use.
_LEFT_OUT = (
    "script, link, template, noscript, iframe, button, input, select, textarea, form, nav, .headerlink, .page-tools, "
    ".no-print, .cell_input, details.above-input, .toctree-wrapper, .copybtn, summary, [hidden]"
)
_EMPTY_WRAPPERS = (
    "span.statement-citations, span.quotation, span.std, span.pasted-text, span.caption-text, span.fn-bracket, span.citing-pages > a > span"
)
_KEPT_ATTRIBUTES = {"id", "class", "href", "src", "alt", "scope", "colspan", "rowspan", "start", "type", "style", "lang", "data-drawing"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_MOST_ROUNDS = 5
_PORTRAIT, _LANDSCAPE = 442, 728  # points between the margins, as pdf.css sets them
_TABLE_SIZES = (8.5, 7.75, 7)  # points; pdf.css has a class for each
_LITTLE_TEXT = 1500  # characters
_HIGHEST_DRAWING = 560  # points, so that a caption still fits on the page
_PER_UNIT = {"": 0.75, "px": 0.75, "pt": 1, "in": 72, "cm": 72 / 2.54, "mm": 72 / 25.4}  # points


class PdfError(RuntimeError):
    """Raised when the pages cannot be printed as they are; nothing is written."""


def missing():
    """Say what the PDF needs and this machine lacks.

    Returns
    -------
    str
        Empty if everything can be loaded, else one line with the commands
        that install it.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        return f"the PDF needs the package {error.name or 'weasyprint'}: pip install -r requirements.txt"
    except OSError as error:
        library = re.search(r"library '?([\w.+-]+)", str(error))
        commands = "; ".join(f"{system}: {command}" for system, command in SYSTEM_LIBRARIES.items())
        return f"the PDF needs the system library {library[1] if library else 'Pango'} ({commands})"
    return ""


def write(html_folder, target):
    """Print all pages of a built book.

    Parameters
    ----------
    html_folder : Path
        The folder of HTML pages, with ``index.html`` in it.
    target : Path
        The PDF to write. Written only when all of it is good.

    Raises
    ------
    PdfError
        If a library, a page, a picture or a link's target is missing, or a
        character is in none of the bundled fonts.
    """
    lack = missing()
    if lack:
        raise PdfError(lack)
    chapters = read_book(Path(html_folder))
    resolve_links(chapters)
    check_characters(chapters)
    about = describe()
    text = document(chapters, about)
    with _released_on(about["date"]), _no_garbage_search():
        printed = _print(text, Path(html_folder))
    Path(target).write_bytes(printed)


@contextmanager
def _released_on(date):
    """Have font subsets dated by the release: fontTools writes the time of day into them otherwise."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(calendar.timegm(datetime.date.fromisoformat(date).timetuple()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


@contextmanager
def _no_garbage_search():
    """Pause the search for cyclic garbage: among the boxes of a whole book it finds none and takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# The pages, in order


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
        return _text(heading) if heading else self.name


def read_book(folder):
    """Read all pages in the order of the book's own navigation.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Chapter

    Raises
    ------
    PdfError
        If a page or its content is missing.
    """
    return [read_page(folder, name, part) for name, part in reading_order(folder)]


def reading_order(folder):
    """List the pages as the navigation lists them.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of (str, str)
        Page, without ``.html``, and the caption of its part.
    """
    root = _root_page(folder)
    navigation = _parse(folder / f"{root}.html", SoupStrainer("nav")).find("nav", class_="bd-links")
    if navigation is None:
        raise PdfError(f"{root}.html has no navigation to take the order of pages from")
    order, part = {root: ""}, ""
    for element in navigation.select("p.caption, li > a.internal"):
        if element.name == "p":
            part = _text(element)
        elif element.get("href", "#") != "#":
            order.setdefault(element["href"].removesuffix(".html"), part)
    return list(order.items())


def _root_page(folder):
    """The first page: index, or the page it sends readers to."""
    refresh = _parse(folder / "index.html", SoupStrainer("meta")).find("meta", attrs={"http-equiv": re.compile("refresh", re.I)})
    return refresh["content"].split("url=")[-1].strip().removesuffix(".html") if refresh else "index"


def _parse(path, part=None):
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PdfError(f"there is no page {path.name}") from None
    return BeautifulSoup(text, "lxml", parse_only=part)


def read_page(folder, name, part):
    """Read one page and make it ready for print.

    Parameters
    ----------
    folder : Path
    name : str
    part : str

    Returns
    -------
    Chapter
    """
    path = folder / f"{name}.html"
    if not path.exists():
        raise PdfError(f"there is no page {path.name}")
    text, drawings = _take_out_drawings(path.read_text(encoding="utf-8"))
    soup = BeautifulSoup(text, "lxml", parse_only=SoupStrainer(["article", "link"]))
    article = soup.find("article")
    if article is None:
        raise PdfError(f"{path.name} has no <article>")
    address = soup.find("link", rel="canonical")
    chapter = Chapter(name, part, article, address["href"] if address else "", drawings)
    ids = [element["id"] for element in article.select("[id]")]
    if article.find(class_="math"):
        raise PdfError(f"{path.name}: formulas in TeX cannot be printed; write them as text or as a figure")
    leave_out(article)
    _set_headings(chapter)
    _set_tables(article)
    _set_images(chapter)
    _set_drawings(chapter)
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
    """Remove what has no use on paper, and open what a browser folds.

    Parameters
    ----------
    article : bs4.Tag
        Changed in place.
    """
    for element in article.select(_LEFT_OUT):
        element.decompose()
    for style in article.select("style"):
        if "#T_" not in style.get_text():  # pandas' own rules stay
            style.decompose()
    for folded in article.select("details, span.pre"):
        folded.unwrap()
    for cell in article.select("div.cell, div.cell_output"):
        if not _text(cell) and not cell.select("img, [data-drawing], table"):
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


def _set_tables(article):
    """Say which cells head rows or columns, and choose the size each table can be read at."""
    for table in article.find_all("table"):
        for cell in table.find_all("th"):
            cell["scope"] = "col" if cell.find_parent("thead") else "row"
        columns = measure(table)
        size, width = fit(columns)
        _set_widths(table, share(columns, size, width), crowded=not has_room(columns, size, width))
        wrap = table.find_parent(class_="table-wrap") or table
        wrap["class"] = [*wrap.get("class", []), f"size-{_TABLE_SIZES.index(size) + 1}", width]


@dataclass
class Column:
    """What a column of a table holds, in units of the font size.

    Attributes
    ----------
    word : float
        Width of the longest word.
    cells : list of float
        Width of each cell on one line.
    """

    word: float
    cells: list

    @property
    def line(self):
        """Width of the longest cell on one line."""
        return max(self.word, *self.cells)

    @property
    def typical(self):
        """Width of a cell on one line, longer cells counting for more."""
        return math.sqrt(sum(width * width for width in self.cells) / len(self.cells))


def measure(table):
    """Measure the columns of a table by counting characters.

    Parameters
    ----------
    table : bs4.Tag

    Returns
    -------
    list of Column
    """
    words, lines = defaultdict(list), defaultdict(list)
    for row in table.find_all("tr"):
        position = 0
        for cell in row.find_all(["th", "td"], recursive=False):
            span = int(cell.get("colspan", 1))
            if span == 1:
                words[position].append(_longest_word(cell))
                lines[position].append(0.52 * len(_text(cell)) + 0.3)
            position += span
    return [Column(max(words[n]) + 0.3, lines[n]) for n in sorted(words)]


def _longest_word(cell):
    code = " ".join(element.get_text() for element in cell.find_all(["code", "a"]))
    wide = max((len(word) for word in code.split()), default=0) * 0.56
    plain = max((len(word) for word in re.split(r"[\s/–—-]+", cell.get_text())), default=0) * 0.58
    return max(wide, plain)


def fit(columns):
    """Choose the font size and the page's direction for a table.

    Parameters
    ----------
    columns : list of Column

    Returns
    -------
    (float, str)
        Points, and ``"portrait"`` or ``"landscape"``. A table too wide even
        for the smallest size on a landscape page has its words broken.

    Examples
    --------
    >>> fit([Column(6.0, [6.0] * 20), Column(12.0, [12.0] * 20)])
    (8.5, 'portrait')
    >>> fit([Column(6.0, [6.0] * 20)] * 12)
    (7.75, 'landscape')
    """
    choices = [(size, "portrait") for size in _TABLE_SIZES] + [(size, "landscape") for size in _TABLE_SIZES[1:]]
    possible = [choice for choice in choices if has_room(columns, *choice)]
    if not possible:
        return choices[-1]
    return min(possible, key=lambda choice: _cost(columns, *choice))


def has_room(columns, size, direction):
    """Say whether no word is wider than its column can be.

    Parameters
    ----------
    columns : list of Column
    size : float
    direction : {"portrait", "landscape"}

    Returns
    -------
    bool
    """
    return sum(column.word for column in columns) * size <= _room(len(columns), direction)


def _cost(columns, size, direction):
    """Pages a table takes; small letters and turned pages count extra."""
    full = _room(len(columns), direction) / size + 7 / size * len(columns)
    widths = [fraction * full - 7 / size for fraction in share(columns, size, direction)]
    # A line holds a little less than its width, since words are not broken.
    lines = sum(max(math.ceil(cell / (0.93 * width)) for cell, width in zip(row, widths)) for row in zip(*(c.cells for c in columns)))
    height = lines * size * 1.35 + 5 * len(columns[0].cells)
    if direction == "landscape":
        return (math.ceil(height / 460) + 0.75) * (1 + (8.5 - size) / 6)
    return height / 680 * (1 + (8.5 - size) / 6)


def share(columns, size, direction):
    """Share the page's width among columns so that a table stays low.

    Parameters
    ----------
    columns : list of Column
    size : float
    direction : {"portrait", "landscape"}

    Returns
    -------
    list of float
        Fractions of the table's width: no column narrower than its longest
        word or wider than its longest cell needs, the rest by typical length.
    """
    room = _room(len(columns), direction) / size
    if sum(column.word for column in columns) > room:
        widths = [max(column.word, 4) ** 0.35 for column in columns]  # no column squeezed to single letters
    else:
        low, high = 0.0, 1.0
        for _ in range(40):
            factor = (low + high) / 2
            widths = [min(max(factor * column.typical, column.word), column.line) for column in columns]
            low, high = (factor, high) if sum(widths) < room else (low, factor)
    gap = 7 / size
    return [(width + gap) / sum(width + gap for width in widths) for width in widths]


def _room(count, direction):
    """Points for the text of so many columns, without the gaps between them."""
    return (_PORTRAIT if direction == "portrait" else _LANDSCAPE) - 7 * count


def _set_widths(table, shares, crowded):
    for old in table.find_all("colgroup"):
        old.decompose()
    columns = "".join(f'<col style="width: {100 * fraction:.2f}%">' for fraction in shares)
    group = BeautifulSoup(f"<table><colgroup>{columns}</colgroup></table>", "lxml").colgroup
    if table.caption:
        table.caption.insert_after(group)
    else:
        table.insert(0, group)
    table["class"] = [*table.get("class", []), *(["crowded"] if crowded else [])]


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
    link.append(BeautifulSoup(f'<span class="page" data-to="{html.escape(link["href"][1:])}" data-words="{words}"></span>', "lxml").span)


def _silent(tag):
    """Whether links inside show no page: tables, which it would swell, and lists of numbers."""
    return tag.name in ("td", "th", "caption") or bool({"bibtex-citation", "backrefs", "citation"} & set(tag.get("class", [])))


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
    path = posixpath.normpath(posixpath.join(posixpath.dirname(chapter.name), unquote(parts.path))) if parts.path else ""
    page = pages.get(path.removesuffix(".html")) if path else chapter
    if page is None:
        return posixpath.join(posixpath.dirname(chapter.site), address) if chapter.site else ""
    if not parts.fragment:
        return f"#{page.key}"
    anchor = page.anchors.get(unquote(parts.fragment))
    return f"#{anchor}" if anchor else None


# Drawings


def _set_drawings(chapter):
    """Wrap each drawing so that its links can lie over it; drop decoration."""
    for stand_in in chapter.article.select("[data-drawing]"):
        number = int(stand_in["data-drawing"])
        drawing = _read_drawing(chapter, chapter.drawings[number])
        if drawing is None:
            stand_in.decompose()
            continue
        areas, width, label = link_areas(drawing), _drawing_width(drawing), drawing.get("aria-label")
        picture = b64encode(_print_ready(drawing)).decode("ascii")
        wrap = BeautifulSoup(f'<div class="drawing" style="width: {width:.1f}pt"></div>', "lxml").div
        # As an image the drawing keeps its ids to itself, and its label becomes the PDF's text alternative.
        stand_in.name, stand_in.attrs = "img", {"alt": label, "src": f"data:image/svg+xml;base64,{picture}"}
        stand_in.wrap(wrap)
        for target, (left, top, width, height) in areas:
            place = f"left: {left:.2f}%; top: {top:.2f}%; width: {width:.2f}%; height: {height:.2f}%"
            wrap.append(BeautifulSoup(f'<a class="area" href="{html.escape(target)}" style="{place}"></a>', "lxml").a)


def _read_drawing(chapter, text):
    """Parse a drawing; None if it has no text alternative, as for an icon."""
    if "xmlns=" not in text.split(">", 1)[0]:
        text = text.replace("<svg", f'<svg xmlns="{_SVG}"', 1)
    try:
        drawing = etree.fromstring(_without_variables(text), etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise PdfError(f"{chapter.name}.html: a drawing is no well-formed XML ({error})") from None
    return drawing if drawing.get("aria-label") and drawing.get("aria-hidden") != "true" else None


_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*(?:,((?:[^()]|\([^()]*\))*))?\)")


def _without_variables(text):
    """Put in the fallback for every CSS variable.

    >>> _without_variables('fill="var(--a, var(--b, #123456))"')
    'fill="#123456"'
    """
    while (changed := _VARIABLE.sub(lambda match: (match[1] or "#000000").strip(), text)) != text:
        text = changed
    return text


def _print_ready(drawing):
    """Return the drawing as bytes: in bundled fonts, without links of its own."""
    width, height = _drawing_size(drawing)
    for name in ("width", "height", "role"):
        drawing.attrib.pop(name, None)
    if drawing.get("viewBox") is None:
        drawing.set("viewBox", f"0 0 {width / 0.75:g} {height / 0.75:g}")
    _copy_uses(drawing)
    for element in list(drawing.iter(etree.Element)):
        tag = etree.QName(element).localname
        if tag in ("metadata", "title", "desc", "script"):
            _remove(element)
        elif tag == "a":
            in_text = etree.QName(element.getparent()).localname in ("text", "tspan")
            element.tag = f"{{{_SVG}}}{'tspan' if in_text else 'g'}"
            for name in ("href", _XLINK_HREF):
                element.attrib.pop(name, None)
        elif tag == "style":
            element.text = _bundled_fonts(element.text or "")
        for name in ("style", "font-family"):
            if element.get(name):
                element.set(name, _bundled_fonts(element.get(name), bare=name == "font-family"))
    drawing.set("font-family", "Report Sans, Report Kanji, Report Symbols")
    return etree.tostring(drawing, encoding="utf-8", with_tail=False)


def _copy_uses(drawing):
    """Put a copy in for every ``<use>``: WeasyPrint searches the whole drawing for each."""
    originals = _by_id(drawing)
    for use in list(drawing.iter(f"{{{_SVG}}}use")):
        original = originals.get((use.get(_XLINK_HREF) or use.get("href") or "#")[1:])
        if original is None or etree.QName(original).localname != "path":
            continue
        use.tag = f"{{{_SVG}}}g"
        shift = f"translate({use.attrib.pop('x', '0')} {use.attrib.pop('y', '0')})"
        use.set("transform", f"{use.get('transform', '')} {shift}".strip())
        for name in ("href", _XLINK_HREF):
            use.attrib.pop(name, None)
        twin = deepcopy(original)
        twin.attrib.pop("id", None)
        twin.tail = None
        use.append(twin)


def _by_id(drawing):
    return {element.get("id"): element for element in drawing.iter(etree.Element) if element.get("id")}


def _remove(element):
    parent, tail = element.getparent(), element.tail
    if tail and tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)


def _bundled_fonts(style, bare=False):
    """Replace font families, which no two machines share, and the shorthand WeasyPrint reads only in part.

    >>> _bundled_fonts("font: italic 10px 'Noto Sans'; text-anchor: middle")
    'font-style: italic; font-size: 10px; font-family: Report Sans, Report Kanji, Report Symbols; text-anchor: middle'
    """

    def stack(names):
        return "Report Mono, Report Kanji, Report Symbols" if "mono" in names.lower() else "Report Sans, Report Kanji, Report Symbols"

    def long_form(match):
        out = []
        for word in match["before"].split():
            name = "font-style" if word in ("italic", "oblique") else "font-weight" if word.isdigit() or word == "bold" else ""
            out += [f"{name}: {word}"] if name else []
        return "; ".join([*out, f"font-size: {match['size']}", f"font-family: {stack(match['names'])}"])

    if bare:
        return stack(style)
    style = re.sub(r"font:\s*(?P<before>(?:[\w-]+\s+)*?)(?P<size>[\d.]+[a-z%]+)(?:/\S+)?\s+(?P<names>[^;}]+)", long_form, style)
    return re.sub(r"font-family:\s*([^;}]+)", lambda match: f"font-family: {stack(match[1])}", style)


def _drawing_size(drawing):
    """Width and height in points."""
    box = [float(number) for number in re.split(r"[\s,]+", drawing.get("viewBox", "").strip()) if number]

    def length(name, other):
        match = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", drawing.get(name, ""))
        return float(match[1]) * _PER_UNIT.get(match[2], 0.75) if match else other

    return length("width", box[2] * 0.75 if box else 400), length("height", box[3] * 0.75 if box else 300)


def _drawing_width(drawing):
    """How wide to print: its own width, unless the page is narrower or lower."""
    box = drawing.get("viewBox")
    width, height = [float(number) for number in re.split(r"[\s,]+", box.strip())[2:]] if box else _drawing_size(drawing)
    limit = re.search(r"max-width:\s*([\d.]+)px", drawing.get("style", ""))
    wanted = float(limit[1]) * 0.75 if limit else _drawing_size(drawing)[0] if drawing.get("width") else _PORTRAIT
    return min(wanted, _PORTRAIT, _HIGHEST_DRAWING * width / height)


def link_areas(drawing):
    """Find the links of a drawing and the rectangles they cover.

    WeasyPrint draws links in SVG without making them links, so each gets an
    HTML link laid over it.

    Parameters
    ----------
    drawing : lxml.etree.Element

    Returns
    -------
    list of (str, (float, float, float, float))
        Target; left, top, width and height in per cent of the drawing.
    """
    box = drawing.get("viewBox")
    width, height = _drawing_size(drawing)
    x0, y0, full, high = (float(n) for n in re.split(r"[\s,]+", box.strip())) if box else (0, 0, width / 0.75, height / 0.75)
    areas, originals = [], _by_id(drawing)
    for link in drawing.iter(f"{{{_SVG}}}a"):
        target = link.get(_XLINK_HREF) or link.get("href")
        points = _outline(link, originals)
        if not target or not points:
            continue
        for ancestor in [link, *link.iterancestors()]:
            points = [_move(point, ancestor) for point in points]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        areas.append((target, ((left - x0) / full * 100, (top - y0) / high * 100, (right - left) / full * 100, (bottom - top) / high * 100)))
    return areas


def _outline(element, originals):
    """Points that enclose an element, in its own coordinates; curves by their control points."""
    tag = etree.QName(element).localname

    def get(*names):
        return [float(re.match(r"-?[\d.]+", element.get(name, "0"))[0]) for name in names]

    if tag in ("rect", "image"):
        x, y, width, height = get("x", "y", "width", "height")
        return [(x, y), (x + width, y + height), (x, y + height), (x + width, y)]
    if tag in ("circle", "ellipse"):
        x, y = get("cx", "cy")
        rx, ry = get("rx", "ry") if tag == "ellipse" else get("r", "r")
        return [(x - rx, y - ry), (x + rx, y + ry), (x - rx, y + ry), (x + rx, y - ry)]
    if tag == "line":
        x1, y1, x2, y2 = get("x1", "y1", "x2", "y2")
        return [(x1, y1), (x2, y2)]
    if tag in ("polygon", "polyline", "path"):
        return _pairs(element.get("points") or element.get("d") or "")
    if tag == "use":
        name = (element.get(_XLINK_HREF) or element.get("href") or "#")[1:]
        original = originals.get(name)
        x, y = get("x", "y")
        return [(x + a, y + b) for a, b in _outline(original, originals)] if original is not None else []
    if tag == "text":
        return _text_outline(element)
    return [_move(point, child) for child in element.iterchildren(etree.Element) for point in _outline(child, originals)]


def _pairs(text):
    """The points of a path or polygon, taking all commands as absolute, as matplotlib writes them."""
    pairs, numbers = [], []
    for command, body in re.findall(r"([A-Za-z]?)([^A-Za-z]*)", text):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", body)]
        if command in "Hh" and command and pairs:
            pairs += [(x, pairs[-1][1]) for x in numbers]
        elif command in "Vv" and command and pairs:
            pairs += [(pairs[-1][0], y) for y in numbers]
        elif command in "Aa" and command:
            pairs += [(numbers[i + 5], numbers[i + 6]) for i in range(0, len(numbers) - 6, 7)]
        elif command and command.islower() and command != "z" and pairs:
            x, y = pairs[-1]
            pairs += [(x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2])]
        else:
            pairs += list(zip(numbers[::2], numbers[1::2]))
    return pairs


def _text_outline(element):
    """A rectangle about as large as the text."""
    style = f"{element.get('style', '')};font-size:{element.get('font-size', '')}"
    size = re.search(r"font(?:-size)?:[^;]*?([\d.]+)(?:px|pt|;|$|\s)", style)
    height = float(size[1]) if size else 12
    width = 0.55 * height * len("".join(element.itertext()).strip())
    x, y = (float((element.get(name) or "0").split()[0]) for name in ("x", "y"))
    anchor = re.search(r"text-anchor:\s*(\w+)", style)
    shift = {"middle": width / 2, "end": width}.get(anchor[1] if anchor else element.get("text-anchor"), 0)
    points = [(x - shift, y - 0.8 * height), (x - shift + width, y + 0.25 * height)]
    return points


def _move(point, element):
    """Apply the element's transform to a point."""
    x, y = point
    for name, body in reversed(re.findall(r"(\w+)\s*\(([^)]*)\)", element.get("transform", ""))):
        n = [float(number) for number in re.split(r"[\s,]+", body.strip())]
        if name == "translate":
            x, y = x + n[0], y + (n[1] if len(n) > 1 else 0)
        elif name == "scale":
            x, y = x * n[0], y * n[-1]
        elif name == "matrix":
            x, y = n[0] * x + n[2] * y + n[4], n[1] * x + n[3] * y + n[5]
        elif name == "rotate":
            angle, (cx, cy) = math.radians(n[0]), n[1:3] or (0, 0)
            x, y = cx + (x - cx) * math.cos(angle) - (y - cy) * math.sin(angle), cy + (x - cx) * math.sin(angle) + (y - cy) * math.cos(angle)
    return x, y


# The document


def describe():
    """Collect what the title page and the PDF's metadata say.

    Returns
    -------
    dict
        ``title``, ``subtitle``, ``authors``, ``version``, ``date`` (ISO),
        ``abstract``, ``keywords``, ``licence``.
    """
    citation = yaml.safe_load(paths.CITATION.read_text(encoding="utf-8"))
    config = yaml.safe_load(paths.CONFIG.read_text(encoding="utf-8"))
    whole, short = citation["title"], config.get("title", "")
    title = short if short and whole.startswith(short) else whole
    footer = config.get("html", {}).get("extra_footer", "")
    return {
        "title": title,
        "subtitle": whole[len(title) :].strip(" :–—"),
        "authors": [_author(person) for person in citation["authors"]],
        "version": str(citation["version"]),
        "date": citation["date-released"].isoformat(),
        "abstract": " ".join(citation.get("abstract", "").split()),
        "keywords": citation.get("keywords", []),
        "licence": BeautifulSoup(footer, "lxml").get_text(" ", strip=True) or ", ".join(citation.get("license", [])),
    }


def _author(person):
    return person.get("name") or " ".join(person[key] for key in ("given-names", "family-names") if key in person)


def document(chapters, about):
    """Join title page, contents and chapters into one HTML document.

    Parameters
    ----------
    chapters : list of Chapter
    about : dict
        As :func:`describe` returns it.

    Returns
    -------
    str
    """
    body = [title_page(about), contents(chapters)]
    part = ""
    for chapter in chapters:
        opening = ""
        if chapter.part != part:
            part = chapter.part
            opening = f'<h1 class="part">{html.escape(part)}</h1>'
        rank = "in-part" if chapter.part else "alone"
        direction = " landscape" if mostly_wide(chapter.article) else ""
        body.append(f'<article id="{chapter.key}" class="chapter {rank}{direction}">{opening}{chapter.article.decode_contents()}</article>')
    return f'<!doctype html><html lang="en"><head>{_metadata(about)}</head><body>{"".join(body)}</body></html>'


def mostly_wide(article):
    """Say whether a page is little more than wide tables, and so better landscape as a whole.

    Parameters
    ----------
    article : bs4.Tag

    Returns
    -------
    bool
    """
    wide = article.find_all(class_="landscape")
    return bool(wide) and len(_text(article)) - sum(len(_text(table)) for table in wide) < _LITTLE_TEXT


def _metadata(about):
    title = f"{about['title']} {about['subtitle']}".strip()
    values = {
        "author": ", ".join(about["authors"]), "description": about["abstract"], "keywords": ", ".join(about["keywords"]),
        "dcterms.created": about["date"], "dcterms.modified": about["date"],
    }  # fmt: skip
    meta = "".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in values.items())
    return f'<meta charset="utf-8"><title>{html.escape(title)}</title>{meta}'


def title_page(about):
    """Return the title page as HTML.

    Parameters
    ----------
    about : dict
        As :func:`describe` returns it.

    Returns
    -------
    str
    """
    lines = {
        "book-title": about["title"],
        "book-subtitle": about["subtitle"],
        "book-authors": ", ".join(about["authors"]),
        "book-version": f"Version {about['version']}, {dates.show(about['date'])}",
        "book-licence": about["licence"],
    }
    return f'<div class="title-page">{"".join(f"<p class={name}>{html.escape(text)}</p>" for name, text in lines.items() if text)}</div>'


def contents(chapters):
    """Return the table of contents as HTML; the style sheet adds the page numbers.

    Parameters
    ----------
    chapters : list of Chapter

    Returns
    -------
    str
        Parts, chapters and their first-level sections, each a link.
    """
    out, part = ['<div class="contents" id="contents"><h1>Contents</h1><ul>'], ""
    for chapter in chapters:
        if chapter.part != part:
            part = chapter.part
            out.append(f'</ul><p class="contents-part">{html.escape(part)}</p><ul>')
        out.append(f"<li>{_entry(chapter.key, chapter.title)}")
        sections = [(heading, _anchor(heading)) for heading in chapter.article.find_all(class_="level-2")]
        lines = "".join(f"<li>{_entry(anchor, _text(heading))}</li>" for heading, anchor in sections if anchor)
        out.append(f"<ul>{lines}</ul></li>" if lines else "</li>")
    return "".join([*out, "</ul></div>"])


def _entry(anchor, title):
    anchor = html.escape(anchor)
    return f'<a href="#{anchor}">{html.escape(title)}<span class="page" data-to="{anchor}" data-words="{{}}"></span></a>'


def _anchor(heading):
    """The id of a heading or of the section it opens."""
    return heading.get("id") or (heading.parent.get("id") if heading.parent.name == "section" else None)


def _text(element):
    return " ".join(element.get_text().split())


# Fonts and files


@cache
def fonts():
    """Locate the bundled fonts.

    Returns
    -------
    dict
        Path of each font file, by the name the style sheet uses for it.
    """
    import fontpkg
    import matplotlib
    import matplotlib_fontja

    matplotlib_fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return {
        "serif": Path(fontpkg.path("Noto Serif")),
        "serif-italic": Path(fontpkg.path("Noto Serif", style="italic")),
        "sans": Path(fontpkg.path("Noto Sans")),
        "sans-italic": Path(fontpkg.path("Noto Sans", style="italic")),
        "kanji": Path(matplotlib_fontja.__file__).parent / "fonts" / "ipaexg.ttf",
        "mono": matplotlib_fonts / "DejaVuSansMono.ttf",
        "mono-bold": matplotlib_fonts / "DejaVuSansMono-Bold.ttf",
        "symbols": matplotlib_fonts / "DejaVuSans.ttf",
    }


@cache
def _covered():
    """All characters at least one bundled font draws."""
    from fontTools.ttLib import TTFont

    found = set()
    for path in fonts().values():
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap())
    return found


def check_characters(chapters):
    """Refuse characters that only a font of the machine could draw.

    Parameters
    ----------
    chapters : list of Chapter

    Raises
    ------
    PdfError
        Names each character and the first page it stands on.
    """
    faults = {}
    for chapter in chapters:
        for character in sorted(set(chapter.article.get_text() + "".join(chapter.drawings))):
            if ord(character) not in _covered() and unicodedata.category(character)[0] not in "CZ":
                name = unicodedata.name(character, "unnamed")
                faults.setdefault(character, f"{chapter.name}.html: U+{ord(character):04X} {name}")
    if faults:
        raise PdfError("no bundled font has these characters:\n  " + "\n  ".join(faults.values()))


def _fetcher(folder):
    """Return a fetcher that serves the book's pictures and the bundled fonts, and nothing else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyTheBook(URLFetcher):
        def fetch(self, url, headers=None):
            scheme, _, name = url.partition(":")
            if scheme == "data":
                return super().fetch(url, headers)
            path = fonts().get(name) if scheme == "font" else (folder / unquote(name)).resolve()
            inside = scheme == "font" or (scheme == "book" and path.is_relative_to(folder.resolve()))
            if not inside or path is None or not path.is_file():
                raise FatalURLFetchingError(f"not a file of the book: {url}")
            return URLFetcherResponse(url, path.read_bytes())

    return OnlyTheBook()


def _print(text, folder):
    """Return the PDF's bytes.

    Page numbers of references are put in as text, round by round until they
    hold: WeasyPrint's own `target-counter` lays every page out five times.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fetcher, configuration = _fetcher(folder), FontConfiguration()
    try:
        style = CSS(string=STYLESHEET.read_text(encoding="utf-8"), font_config=configuration, url_fetcher=fetcher)
        page = HTML(string=text, url_fetcher=fetcher)
        references = [element for element in page.etree_element.iter("span") if element.get("data-to")]
        numbers = _guess(page.etree_element)
        for _ in range(_MOST_ROUNDS):
            for element in references:
                element.text = element.get("data-words").format(numbers[element.get("data-to")])
            printed = page.render(stylesheets=[style], font_config=configuration, pdf_variant="pdf/ua-1")
            before, numbers = numbers, _page_numbers(printed)
            if all(before[element.get("data-to")] == numbers[element.get("data-to")] for element in references):
                return printed.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise PdfError(str(error)) from None
    raise PdfError(f"the page numbers did not settle in {_MOST_ROUNDS} rounds")


def _guess(root):
    """Guess the page of every anchor: with as many digits as the true one, the next round is the last."""
    numbers, count = {}, 0
    for element in root.iter():
        count += len(element.text or "") + len(element.tail or "")
        if element.get("id"):
            numbers[element.get("id")] = 3 + count // 2000
    return numbers


def _page_numbers(printed):
    """Find the page of every anchor in a laid-out document."""
    return {anchor: number for number, page in reversed(list(enumerate(printed.pages, start=1))) for anchor in page.anchors}
