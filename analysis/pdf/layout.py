"""The document laid out by WeasyPrint: fonts, files, page numbers.

WeasyPrint is imported inside functions only, since it loads Pango, which the
HTML does not need.
"""

import math
import unicodedata
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from ..base.faults import PdfError

STYLESHEET = Path(__file__).with_name("print.css")
_MOST_ROUNDS = 5
_FRONT = 3  # pages of title and contents
_PAGE, _PAGE_OF_TABLES = (
    2880,
    3700,
)  # characters of text on a page of this book, and on one with a wide table, on average


@cache
def fonts():
    """Return the path of each bundled font file, by the name the style sheet uses for it."""
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


def lay_out(text, folder):
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
            if all(
                len(str(before[element.get("data-to")])) == len(str(numbers[element.get("data-to")]))
                for element in references
            ):
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
    """Replace each guessed number in a finished layout; digits are equally wide in the bundled faces."""
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
    return {
        anchor: number for number, page in reversed(list(enumerate(printed.pages, start=1))) for anchor in page.anchors
    }
