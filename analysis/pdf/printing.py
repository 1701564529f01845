"""Print the built book as one PDF: read the pages, join them, hand them to WeasyPrint.

The pages are taken as the HTML builder wrote them, so numbers, captions and
citations are the same in both. WeasyPrint is imported inside functions only,
since it loads Pango, which the HTML does not need.
"""

import gc
import html
import math
import os
import posixpath
import re
import unicodedata
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, SoupStrainer

from ..base import citation, dates
from ..base.faults import PdfError
from .drawings import set_drawings
from .tables import set_tables, text_of

STYLESHEET = Path(__file__).with_name("print.css")
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
_FRONT = 3  # pages of title and contents
_PAGE, _PAGE_OF_TABLES = 2880, 3700  # characters of text on a page of this book, and on one with a wide table, on average
_LITTLE_TEXT = 1500  # characters


def missing():
    """Say what the PDF needs and this machine lacks.

    Returns
    -------
    str
        Empty if everything can be loaded, else one line with the commands
        that install it.
    """
    try:
        with redirect_stdout(StringIO()):  # WeasyPrint prints a page of advice of its own
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
    work = citation.read()
    text = document(chapters, work)
    with _released_on(work.epoch), _no_garbage_search():
        printed = _print(text, Path(html_folder))
    Path(target).write_bytes(printed)


@contextmanager
def _released_on(epoch):
    """Have font subsets dated by the release: fontTools writes the time of day into them otherwise."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
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
        return text_of(heading) if heading else self.name


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
            part = text_of(element)
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


def document(chapters, work):
    """Join title page, contents and chapters into one HTML document.

    Parameters
    ----------
    chapters : list of Chapter
    work : analysis.base.citation.Work

    Returns
    -------
    str
    """
    body = [title_page(work), contents(chapters)]
    part = ""
    for chapter in chapters:
        opening = ""
        if chapter.part != part:
            part = chapter.part
            opening = f'<h1 class="part">{html.escape(part)}</h1>'
        rank = "in-part" if chapter.part else "alone"
        direction = " landscape" if mostly_wide(chapter.article) else ""
        body.append(f'<article id="{chapter.key}" class="chapter {rank}{direction}">{opening}{chapter.article.decode_contents()}</article>')
    return f'<!doctype html><html lang="en"><head>{_metadata(work)}</head><body>{"".join(body)}</body></html>'


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
    return bool(wide) and len(text_of(article)) - sum(len(text_of(table)) for table in wide) < _LITTLE_TEXT


def _metadata(work):
    released = work.released.isoformat()
    values = {"author": ", ".join(work.names), "description": work.abstract, "keywords": ", ".join(work.keywords)}
    values |= {"dcterms.created": released, "dcterms.modified": released}
    meta = "".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in values.items())
    return f'<meta charset="utf-8"><title>{html.escape(f"{work.short} {work.subtitle}".strip())}</title>{meta}'


def title_page(work):
    """Return the title page as HTML.

    Parameters
    ----------
    work : analysis.base.citation.Work

    Returns
    -------
    str
    """
    lines = {
        "book-title": work.short,
        "book-subtitle": work.subtitle,
        "book-authors": ", ".join(work.names),
        "book-version": f"Version {work.version}, {dates.show(work.released.isoformat())}",
        "book-licence": work.terms,
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
        lines = "".join(f"<li>{_entry(anchor, text_of(heading))}</li>" for heading, anchor in sections if anchor)
        out.append(f"<ul>{lines}</ul></li>" if lines else "</li>")
    return "".join([*out, "</ul></div>"])


def _entry(anchor, title):
    anchor = html.escape(anchor)
    return f'<a href="#{anchor}">{html.escape(title)}<span class="page" data-to="{anchor}" data-words="{{}}"></span></a>'


def _anchor(heading):
    """The id of a heading or of the section it opens."""
    return heading.get("id") or (heading.parent.get("id") if heading.parent.name == "section" else None)


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

    Page numbers of references are put in as text: WeasyPrint's own
    `target-counter` lays every page out five times. Numbers guessed with as
    many digits as the true ones take the same room, so that the true ones can
    be written into the finished layout; else it is laid out again.
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
            if all(len(str(before[element.get("data-to")])) == len(str(numbers[element.get("data-to")])) for element in references):
                _write_numbers(printed, references, before, numbers)
                with _languages():
                    return printed.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise PdfError(str(error)) from None
    raise PdfError(f"the page numbers did not settle in {_MOST_ROUNDS} rounds")


@contextmanager
def _languages():
    """Write the languages of the page's elements into the structure of the PDF, where WeasyPrint has that of the whole alone."""
    import pydyf
    from weasyprint.pdf import tags

    build = tags._build_box_tree

    def with_language(box, *rest):
        language = box.element.get("lang") if box.element is not None and box.element_tag != "html" else None
        for element in build(box, *rest):
            if language:
                element["Lang"] = pydyf.String(language)
            yield element

    tags._build_box_tree = with_language
    try:
        yield
    finally:
        tags._build_box_tree = build


def _write_numbers(printed, references, guessed, true):
    """Replace each guessed number in a finished layout; figures of equal count are equally wide in the bundled faces."""
    from weasyprint.formatting_structure.boxes import TextBox

    waiting = {element: element.get("data-to") for element in references}
    for page in printed.pages:
        for box in page._page_box.descendants():
            target = waiting.get(box.element) if isinstance(box, TextBox) else None
            if target and str(guessed[target]) in box.text:
                box.text = box.pango_layout.text = box.text.replace(str(guessed[target]), str(true[target]))
                del waiting[box.element]
    if waiting:
        raise PdfError(f"no place in the layout for the page number of {', '.join(sorted(waiting.values()))}")


def _guess(root):
    """Guess the page of every anchor: with as many digits as the true one, the first layout is the last."""
    numbers, pages, full = {}, 0.0, _PAGE
    for element in root.iter():
        if element.tag == "article":  # begins on a new page
            pages = float(max(math.ceil(pages), _FRONT))
            full = _PAGE_OF_TABLES if "landscape" in element.get("class", "") else _PAGE
        pages += (len(element.text or "") + len(element.tail or "")) / full + (element.tag == "img") / 2
        if element.get("id"):
            numbers[element.get("id")] = 1 + int(pages)
    return numbers


def _page_numbers(printed):
    """Find the page of every anchor in a laid-out document."""
    return {anchor: number for number, page in reversed(list(enumerate(printed.pages, start=1))) for anchor in page.anchors}
