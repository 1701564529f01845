"""The PDF: what is printed, that it leads where it says, and that it is the same every time."""

import hashlib
import re
import subprocess
import sys

import pypdf
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from analysis import paths
from analysis.base import citation
from analysis.base.faults import PdfError
from analysis.pdf import document, layout, pages
from analysis.pdf import drawings as pdf_drawings
from analysis.pdf import printing as pdf

lack = pdf.missing()
needs_pango = pytest.mark.skipif(bool(lack), reason=lack or "all libraries are there")

NAVIGATION = """
<nav class="bd-links bd-docs-nav"><ul><li><a class="reference internal" href="{start}.html">Start</a></li></ul>
<p class="caption"><span class="caption-text">First part</span></p>
<ul><li><a class="reference internal" href="one.html">1. One</a></li><li><a class="reference internal" href="two.html">2. Two</a></li></ul></nav>
"""
DRAWING = """
<svg role="group" aria-label="Two marks &amp; a word" viewBox="0 0 200 100" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink"><clipPath id="clip"><rect width="200" height="100"/></clipPath>
<g transform="translate(50 20)"><a xlink:href="two.html#s-1"><path d="M 0 0 L 20 0 L 20 10 L 0 10 z" style="fill: var(--mark, #335577)"/></a></g>
<text x="10" y="80" style="font-size: 12px; font-family: 'Somebody Sans', sans-serif">a word</text></svg>
"""
PAGES = {
    "start": """<section id="start"><h1>Start<a class="headerlink" href="#start">#</a></h1>
<p>A citation (<span id="cite-s-1-1"><a class="reference internal" href="two.html#s-1" title="x">
<span class="statement-citation">Outlet, <code class="sid">s-1</code></span></a></span>)
and a note.<a class="footnote-reference brackets" href="#id1" id="id2" role="doc-noteref">1</a></p>
<p class="no-print">For the screen.</p><p class="print-only">For paper: <span lang="ru">острова</span>, <span lang="ja">北方領土</span>.</p><button>Press</button>
<p><a class="reference external" href="https://example.org/">outside</a> <a class="reference internal" href="_static/data.csv">data</a></p>
<aside class="footnote brackets" id="id1" role="doc-footnote"><span class="backrefs"><a href="#id2">1</a></span><p>The note.</p></aside></section>""",
    "one": """<section id="one"><h1><span class="section-number">1. </span>One</h1>
<section id="inner"><span id="alias"></span><h2><span class="section-number">1.1. </span>Inner</h2>
<figure class="result" id="fig"><!-- -->""" + DRAWING + """<figcaption><p><span class="caption-number">Fig. 1.1 </span>Marks</p></figcaption></figure>
<div class="cell tag_hide-input"><details class="hide above-input"><summary>Show code</summary><div class="cell_input">secret = 1</div></details></div>
</section></section><p class="page-tools"><a href="report.html?page=one">Report an error</a></p>""",
    "two": """<section id="two"><h1><span class="section-number">2. </span>Two</h1><section id="id1"><h2>More</h2>
<p class="source-text" id="par-1"><span class="passage" id="s-1">marked words</span>, not others.
<span class="citing-pages">Cited in <a class="reference internal" href="start.html#cite-s-1-1"><span>Start</span></a>.</span></p>
<p>See <a class="reference internal" href="one.html#alias">1.1</a>.</p>
<div class="table-wrap"><table class="result table" id="tab"><caption>Table 2.1 Many</caption><thead><tr><th class="head stub"><p>id</p></th><th class="head"><p>what</p></th></tr></thead>
<tbody>""" + "".join(f"<tr><th class='stub'><p>r-{n}</p></th><td><p>row number {n}</p></td></tr>" for n in range(90)) + """</tbody></table></div>
</section></section>""",
}  # fmt: skip


def lay_out(folder, pages):
    """Write pages as the HTML builder does."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text('<meta http-equiv="Refresh" content="0; url=start.html" />', encoding="utf-8")
    for name, article in pages.items():
        navigation = NAVIGATION.format(start="start")
        text = f'<html lang="en"><body>{navigation}<main><article class="bd-article">{article}</article></main></body></html>'
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = lay_out(tmp_path_factory.mktemp("small") / "html", PAGES)
    pdf.write(folder, folder / "small.pdf")
    return pypdf.PdfReader(folder / "small.pdf")


@pytest.fixture(scope="module")
def book(built_book):
    return pypdf.PdfReader(built_book / citation.read().pdf)


def outline(reader):
    """Depth, title and page (from 1) of every bookmark."""

    def walk(items, depth):
        for item in items:
            if isinstance(item, list):
                yield from walk(item, depth + 1)
            else:
                yield depth, item.title, reader.get_destination_page_number(item) + 1

    return list(walk(reader.outline, 0))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def annotations(reader):
    return [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]


def structure(reader):
    """All structure elements below the root."""
    waiting, seen = [reader.trailer["/Root"]["/StructTreeRoot"]], []
    while waiting:
        item = waiting.pop().get_object()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict) and item.get("/Type") != "/OBJR":
            seen.append(item)
            waiting += [item["/K"]] if "/K" in item else []
    return seen


def dead_links(reader):
    return sorted({note["/Dest"] for note in annotations(reader) if "/Dest" in note} - set(reader.named_destinations))


def strange_addresses(reader):
    addresses = [note["/A"]["/URI"] for note in annotations(reader) if "/A" in note]
    return [address for address in addresses if not re.match(r"https?://|mailto:", address)]


def font_faults(reader):
    """Fonts that are not embedded or not of the book."""
    faults = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"].get_object()
            embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
            if not embedded or "+Report-" not in font["/BaseFont"]:
                faults.add(font["/BaseFont"])
    return faults


def listed_pages(reader):
    """Title and page number of each line of the contents."""
    first = next(page for _, title, page in outline(reader) if title == "Contents")
    last = next(page for _, title, page in outline(reader) if title != "Contents")
    text = "\n".join(reader.pages[number].extract_text() for number in range(first - 1, last - 1))
    return re.findall(r"^(.+?)\s*(?:\.\s+){2,}\.?\s*(\d+)$", text, flags=re.M)


def check_tagging(reader):
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]).lower() == "true"
    elements = structure(reader)
    assert all(element.get("/Alt") for element in elements if element.get("/S") == "/Figure")
    tables = [element for element in elements if element.get("/S") == "/Table"]
    heads = [element for element in elements if element.get("/S") == "/TH"]
    assert not tables or len(heads) >= len(tables)
    return elements


# Units


def test_missing_is_empty_or_one_line_with_the_commands():
    assert "\n" not in lack
    assert not lack or "apt-get install libpango" in lack or "pip install" in lack


def test_importing_the_module_does_not_load_weasyprint():
    code = "import sys; import analysis.pdf.printing; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT).returncode == 0


def test_order_and_parts_come_from_the_navigation(tmp_path):
    folder = lay_out(tmp_path, PAGES)
    assert pages.reading_order(folder) == [("start", ""), ("one", "First part"), ("two", "First part")]


def test_a_missing_page_is_named(tmp_path):
    folder = lay_out(tmp_path, {name: PAGES[name] for name in ("start", "one")})
    with pytest.raises(PdfError, match="two.html"):
        pages.read_book(folder)


def test_a_dead_link_stops_the_print_and_nothing_is_written(tmp_path):
    folder = lay_out(tmp_path, PAGES | {"two": PAGES["two"].replace("one.html#alias", "one.html#nowhere")})
    chapters = pages.read_book(folder)
    with pytest.raises(PdfError, match=r"two.html: one.html#nowhere"):
        pages.resolve_links(chapters)


def test_a_character_without_a_bundled_font_is_named(tmp_path):
    folder = lay_out(tmp_path, PAGES | {"one": PAGES["one"].replace("Inner", "Inner \N{EGYPTIAN HIEROGLYPH A001}")})
    with pytest.raises(PdfError, match="U\\+13000 EGYPTIAN HIEROGLYPH A001"):
        layout.check_characters(pages.read_book(folder))


def test_ids_are_unique_in_the_document(tmp_path):
    chapters = pages.read_book(lay_out(tmp_path, PAGES))
    pages.resolve_links(chapters)
    soup = BeautifulSoup(document.document(chapters, citation.read()), "lxml")
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert "start.id1" in ids and "two.id1" in ids


def test_areas_of_links_in_a_drawing():
    drawing = etree.fromstring(DRAWING.strip())
    assert pdf_drawings.link_areas(drawing) == [("two.html#s-1", (25.0, 20.0, 10.0, 10.0))]


@pytest.mark.parametrize("mark, area", [
    ('<use xlink:href="#dot" x="50" y="40"/>', (48, 38, 4, 4)),
    ('<g transform="rotate(90 50 50)"><path d="M 40 48 L 60 48 L 60 52 L 40 52 z"/></g>', (48, 40, 4, 20)),
    ('<text x="50" y="50" style="font-size: 10px; text-anchor: middle">mmmm</text>', (39, 42, 22, 10.5)),
    ('<path d="M 10 50 L 90 50" style="fill: none"/>', (8, 48, 84, 4)),
])  # fmt: skip
def test_each_kind_of_mark_has_its_area(mark, area):
    drawing = etree.fromstring(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
        f'<defs><path id="dot" d="M -2 -2 C -2 0 0 2 2 2 z"/></defs><a xlink:href="#x">{mark}</a></svg>'
    )
    ((target, found),) = pdf_drawings.link_areas(drawing)
    assert target == "#x" and found == pytest.approx(area)


def test_a_drawing_without_a_view_box_is_named(tmp_path):
    folder = lay_out(tmp_path, PAGES | {"one": PAGES["one"].replace('viewBox="0 0 200 100" ', "")})
    with pytest.raises(PdfError, match="one.html: the drawing 'Two marks & a word' has no viewBox"):
        pages.read_book(folder)


# A small folder


@needs_pango
def test_small_text(small):
    text = words(small)
    for expected in (
        "For paper: острова, 北方領土.",
        "marked words, not others.",
        "1.1. Inner",
        "Fig. 1.1 Marks",
        "The note.",
        "data",
    ):
        assert expected in text
    for left_out in ("For the screen.", "Press", "secret", "Show code", "Report an error", "#"):
        assert left_out not in text


@needs_pango
def test_small_languages_stand_in_the_structure(small):
    assert small.trailer["/Root"]["/Lang"] == "en"
    assert sorted(element["/Lang"] for element in structure(small) if "/Lang" in element) == ["ja", "ru"]


@needs_pango
def test_small_citations_say_the_page(small):
    pages = {title: page for _, title, page in outline(small)}
    assert f"(Outlet, s-1, p. {pages['2. Two']})" in words(small).replace("\xa0", " ").replace("( ", "(").replace(
        " )", ")"
    )


@needs_pango
def test_small_outline(small):
    levels = [(depth, title) for depth, title, _ in outline(small)]
    assert levels == [
        (0, "Contents"),
        (0, "Start"),
        (0, "First part"),
        (1, "1. One"),
        (2, "1.1. Inner"),
        (1, "2. Two"),
        (2, "More"),
    ]


@needs_pango
def test_small_links(small):
    assert dead_links(small) == []
    assert [note["/A"]["/URI"] for note in annotations(small) if "/A" in note] == ["https://example.org/"]
    targets = [note["/Dest"] for note in annotations(small) if "/Dest" in note]
    for target in ("two.s-1", "start.cite-s-1-1", "start.id1", "start.id2", "one.inner"):
        assert target in targets
    assert targets.count("two.s-1") >= 2  # the citation, and the mark in the drawing


@needs_pango
def test_small_tags_and_repeated_table_head(small):
    figures = [element for element in check_tagging(small) if element.get("/S") == "/Figure"]
    assert [figure["/Alt"] for figure in figures] == ["Two marks & a word"]
    assert sum("what" in page.extract_text() for page in small.pages) >= 2


@needs_pango
def test_small_fonts(small):
    assert font_faults(small) == set()


@needs_pango
def test_title_page_says_what_the_citation_file_says(small):
    work = citation.read()
    text = " ".join(small.pages[0].extract_text().split())
    for expected in (work.short, work.subtitle, work.names[0], f"Version {work.version}", work.terms):
        assert expected in text
    assert small.metadata["/CreationDate"] == "D:" + work.released.strftime("%Y%m%d")


@needs_pango
def test_two_runs_give_the_same_bytes_without_paths(tmp_path):
    digests = []
    for name, seed in (("a", "1"), ("b", "2")):
        folder = lay_out(tmp_path / name, PAGES)
        code = "import sys; from pathlib import Path; from analysis.pdf import printing as pdf; pdf.write(Path(sys.argv[1]), Path(sys.argv[1]) / 'x.pdf')"
        environment = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"}
        subprocess.run([sys.executable, "-c", code, str(folder)], cwd=paths.ROOT, env=environment, check=True)
        data = (folder / "x.pdf").read_bytes()
        assert b"file:" not in data and str(tmp_path).encode() not in data and str(paths.ROOT).encode() not in data
        digests.append(hashlib.sha256(data).hexdigest())
    assert digests[0] == digests[1]


# The whole book


@needs_pango
def test_outline_has_all_chapters_in_order(built_book, book):
    chapters = pages.read_book(built_book)
    titles = [title for _, title, _ in outline(book)]
    positions = [titles.index(chapter.title) for chapter in chapters]
    assert positions == sorted(positions)
    assert [chapter.part for chapter in chapters if chapter.part and chapter.part not in titles] == []


@needs_pango
@pytest.mark.slow
def test_passages_of_the_sources_stand_in_the_book(built_book, book):
    text = re.sub(r"\s", "", words(book))
    page = BeautifulSoup((built_book / "source-003.html").read_text(encoding="utf-8"), "lxml")
    for passage in page.select(".passage:not(.overlap)")[:20]:
        assert re.sub(r"\s", "", passage.get_text()) in text


@needs_pango
def test_every_link_of_the_book_leads_somewhere(book):
    assert dead_links(book) == []
    assert strange_addresses(book) == []


@needs_pango
def test_the_book_holds_no_path(built_book):
    data = (built_book / citation.read().pdf).read_bytes()
    assert b"file:" not in data and str(paths.ROOT).encode() not in data


@needs_pango
def test_fonts_of_the_book_are_embedded_and_bundled(book):
    assert font_faults(book) == set()


@needs_pango
def test_the_book_is_tagged(book):
    check_tagging(book)


@needs_pango
def test_contents_give_the_true_pages(book):
    listed = listed_pages(book)
    true = [(" ".join(title.split()), str(page)) for _, title, page in outline(book)]
    wrong = [line for line in listed if (" ".join(line[0].split()), line[1]) not in true]
    assert wrong == []
    assert len(listed) > 20


def printed_text(built_book):
    """The document that is handed to WeasyPrint."""
    chapters = pages.read_book(built_book)
    pages.resolve_links(chapters)
    return document.document(chapters, citation.read())


@needs_pango
@pytest.mark.slow
def test_numbers_written_into_the_layout_equal_a_layout_with_them(built_book, monkeypatch):
    """The guess leaves no trace: a wrong one, the true one and the book's own give the same bytes."""
    text, rounds = printed_text(built_book), []

    def watch(printed, find=layout._page_numbers):
        rounds.append(find(printed))
        return rounds[-1]

    monkeypatch.setattr(layout, "_page_numbers", watch)
    results = []
    true = None
    for guess in (lambda root: dict.fromkeys(pdf_anchors(root), 55), lambda root: true):
        monkeypatch.setattr(layout, "_guess", guess)
        rounds.clear()
        with pdf.steadily(citation.read().epoch):
            results.append(layout.lay_out(text, built_book))
        true, count = rounds[-1], len(rounds)
    assert results[0] == results[1] == (built_book / citation.read().pdf).read_bytes()
    assert count == 1


def pdf_anchors(root):
    """All ids of a document."""
    return [element.get("id") for element in root.iter() if element.get("id")]
