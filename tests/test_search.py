"""The search: its text holds all that the pages show and nothing else; its page, opened as a file, finds words and leads to them."""

import json
import re
from urllib.parse import quote, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from analysis.pages import search
from analysis.pages import statement_table as explorer

BESIDE = "script, style, noscript, svg, button, .cell_input, .hide, .headerlink, sup.sid, .statement-citations, .bibtex-citation, .citing-pages, .page-tools"
STATUS, RESULTS = "#search-status", "#search-sections > li"
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


# The text, without a browser


def page_of(body):
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><article class="bd-article">{body}</article></body></html>'.encode()


def test_a_page_is_read_section_by_section():
    body = """<section id="top"><h1><span>1. </span>Top<a class="headerlink" href="#top">#</a></h1>
      <details class="admonition hide"><pre>code = 1</pre></details>
      <p>Abe <em>said</em>
        so <span class="statement-citations">(<a href="#x">Paper, x-01</a>)</span>. Путин, 安倍.</p>
      <figure id="fig"><svg><text>drawn</text></svg><figcaption><p>What it shows.</p></figcaption></figure>
      <section id="sub"><h2>Sub</h2><p id="par">One<sup class="sid">x-01</sup>, two &lt;b&gt;.</p>
        <table id="tab"><caption>Rows</caption><tr id="row"><th><p>a</p></th><td><p>b</p><p>c</p></td><td></td></tr></table><p>After.</p></section>
      </section>"""
    assert search.sections(page_of(body)) == [
        {"id": "top", "title": "1. Top", "blocks": [("top", "Abe said so. Путин, 安倍."), ("fig", "What it shows.")]},
        {
            "id": "sub",
            "title": "Sub",
            "blocks": [("par", "One, two <b>."), ("tab", "Rows"), ("row", "a\nb c"), ("tab", "After.")],
        },
    ]


@pytest.fixture(scope="module")
def data(built_book):
    """What the search page looks through."""
    text = (built_book / "_static" / search.FILE).read_text(encoding="utf-8")
    return json.loads(text.removeprefix("window.searchData = ").removesuffix(";\n"))


@pytest.fixture(scope="module")
def soups(built_book):
    """The pages that have a text: name to parsed article."""
    found = {
        path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select_one("article.bd-article")
        for path in sorted(built_book.glob("*.html"))
    }
    return {name: article for name, article in found.items() if article is not None and article.select("section")}


def letters(text):
    return "".join(text.split())


def test_every_section_of_every_page_is_searched(data, soups):
    assert {name: [section[0] for section in sections] for name, sections in data["pages"]} == {
        name: [section["id"] for section in article.select("section")] for name, article in soups.items()
    }
    titles = [title for _, sections in data["pages"] for _, title, _ in sections]
    assert all(titles) and not [title for title in titles if title.endswith("#")]


def test_the_pages_come_in_the_order_of_the_book(data):
    names = [name for name, _ in data["pages"]]
    assert names[0] == "summary.html" and names.index("islands.html") < names.index("source-000.html") < names.index(
        "ledger.html"
    )


def test_the_text_is_that_of_the_pages_without_citations(data, soups):
    for name, sections in data["pages"]:
        article = BeautifulSoup(str(soups[name]), "lxml")
        for part in article.select(f"{BESIDE}, tr[id^=row-]"):
            part.decompose()
        found = {}
        for section in reversed(article.select("section")):  # the inner before the outer
            found[section["id"]] = letters(section.extract().get_text())
        for identifier, title, blocks in sections:
            assert letters(title + "".join(text for _, text in blocks)) == found[identifier], f"{name}#{identifier}"


def test_the_statements_are_the_rows_of_the_statement_table(data, soups, study):
    rows = soups[f"{explorer.PAGE}.html"].select("table.statement-explorer tbody tr")
    assert [row.split("\n")[0] for row in data["statements"]] == list(study.statements.index)
    assert [letters(row) for row in data["statements"]] == [letters(row.get_text()) for row in rows]


def test_citations_are_left_out_of_the_text(data, soups):
    cited = {letters(part.get_text()) for article in soups.values() for part in article.select(".statement-citations")}
    texts = [letters(text) for _, sections in data["pages"] for _, _, blocks in sections for _, text in blocks]
    assert cited and not [part for part in cited if len(part) > 12 and any(part in text for text in texts)]


def test_every_place_of_the_text_is_on_its_page(data, soups):
    for name, sections in data["pages"]:
        known = {element["id"] for element in soups[name].select("[id]")}
        assert {
            place for section, _, blocks in sections for place in [section, *(place for place, _ in blocks if place)]
        } <= known, name


def test_captions_tables_and_source_pages_are_searched(data, study):
    found = {name: [block for _, _, blocks in sections for block in blocks] for name, sections in data["pages"]}
    assert [text for place, text in found["prospects.html"] if place.startswith("fig-") and text.startswith("Fig.")]
    assert any(place.startswith("tab-") and "\n" in text for place, text in found["prospects.html"])
    sources = letters(
        "".join(text for name, blocks in found.items() if name.startswith("source-") for _, text in blocks)
    )
    assert not [exact for exact in study.statements["exact"] if letters(exact) not in sources]


def test_the_search_page_stays_light_and_no_other_page_loads_its_text(built_book):
    page = (built_book / "search.html").read_text(encoding="utf-8")
    parts = [
        built_book / "search.html",
        *(built_book / "_static" / name for name in (search.FILE, *search.SCRIPTS, "search-text.js", "search.css")),
    ]
    assert search.FILE in page and sum(path.stat().st_size for path in parts) < 1_000_000
    for path in built_book.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert path.name == "search.html" or search.FILE not in text
        assert not [name for name in (*search.REPLACED, "searchindex.js") if name in text], path.name
    assert not [name for name in search.REPLACED if (built_book / "_static" / name).exists()]


# The search page in a browser


@pytest.fixture(params=[WIDE], ids=["wide"])
def reader(request, browser):
    """A page without a network; what goes wrong in it fails the test."""
    context, troubles = browser.new_context(viewport=request.param, offline=True), []
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: (troubles.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on(
        "request", lambda asked: troubles.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    yield page
    context.close()
    assert troubles == []


phone = pytest.mark.parametrize("reader", [WIDE, PHONE], ids=["wide", "phone"], indirect=True)


def ask(page, book, query):
    page.goto(f"{(book / 'search.html').as_uri()}?q={quote(query, safe='')}", wait_until="load")
    return page.locator(STATUS).inner_text()


def marked(page):
    """The words that a page marks."""
    return page.evaluate("[...(CSS.highlights.get('search') ?? [])].map(String)")


def in_view(page, script):
    return page.evaluate(
        f"() => {{ const box = ({script}).getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight && box.height > 0; }}"
    )


QUERIES = [
    "breakthrough",
    "two islands",
    "“two islands”",
    '"two islands"',
    "peace TREATY",
    "KISTAN",
    "Shinzō Abe",
    "japan's",
    "japan’s",
    "bb16-09",
    "a",
    "of the",
    '"',
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_table_shows_as_many_statements_as_the_first_line_says(built_book, reader, query):
    said = ask(reader, built_book, query)
    if query == '"':  # no word in it
        assert said == ""
        return
    number = int(re.match(r"(\d+) statements? contains? this", said)[1])
    reader.locator(f"{STATUS} a").click()
    reader.wait_for_url("**/statement-table.html?text=*")
    shown = reader.locator(".explorer-status").inner_text()
    assert (
        int(re.search(r"\d+", shown)[0])
        == number
        == reader.locator("table.statement-explorer tbody tr[id]:visible").count()
        > 0
    )
    assert in_view(reader, "document.getElementById('explorer-q')") and marked(reader)


def test_the_same_is_found_whatever_the_form_of_letters_and_quotation_marks(built_book, reader):
    for one, other in (
        ("“two islands”", '"TWO islands"'),
        ("Shinzo", "Shinzō"),
        ("japan’s", "Japan's"),
        ("Etorofu", "étorofu"),
        ("peace  treaty", "treaty peace"),
    ):
        answers = [ask(reader, built_book, query) for query in (one, other)]
        assert answers[0] == answers[1] != "", (one, other)
    assert ask(reader, built_book, '"two islands"') != ask(reader, built_book, "two islands")
    found = reader.evaluate(
        "searchText.find('Ōsaka,  “Два”\u00a0Путина; 安倍晋三', searchText.words('osaka \"два\" путин 安倍'))"
    )
    assert found == [[0, 5], [9, 12], [14, 19], [22, 24]]


@pytest.mark.parametrize("word", ["安倍", "Путин"])
def test_words_of_other_scripts_are_found(built_book, reader, data, word):
    there = sum(any(word in text for _, text in blocks) for _, sections in data["pages"] for _, _, blocks in sections)
    said = ask(reader, built_book, word)
    if not there:
        assert said.startswith("Nothing in this book")
    assert reader.locator(RESULTS).count() == there
    assert set(reader.locator(f"{RESULTS} mark").all_inner_texts()) == ({word} if there else set())


@pytest.mark.parametrize("word", ["aquaculture", "Gromyko", "Kistanov"])
def test_every_page_that_has_a_word_is_found(built_book, reader, soups, word):
    ask(reader, built_book, word)
    found = {
        urlsplit(link).path.split("/")[-1]
        for link in reader.locator(f"{RESULTS} h2 a").evaluate_all("nodes => nodes.map((node) => node.href)")
    }
    having = set()
    for name, article in soups.items():
        article = BeautifulSoup(str(article), "lxml")
        for part in article.select(f"{BESIDE}, tr[id^=row-]"):
            part.decompose()
        having |= {name} if word in article.get_text() else set()
    assert found == having != set()


@phone
@pytest.mark.parametrize("query", ["breakthrough", "two islands"])
def test_a_result_leads_to_its_section_with_the_words_marked(built_book, reader, query):
    ask(reader, built_book, query)
    links = reader.locator(f"{RESULTS} h2 a").evaluate_all("nodes => nodes.map((node) => node.href)")
    assert len(links) > 5
    for link in links[:6]:
        reader.goto(link, wait_until="load")
        assert in_view(
            reader,
            f"document.getElementById({json.dumps(unquote(urlsplit(link).fragment))}).querySelector('h1, h2, h3')",
        ), link
        assert {word.lower() for word in marked(reader)} == set(query.split()), link


@phone
@pytest.mark.parametrize("query", ["breakthrough", "two islands"])
def test_an_excerpt_shows_a_word_and_leads_to_it(built_book, reader, query):
    ask(reader, built_book, query)
    excerpts = reader.locator(".search-excerpt a").evaluate_all(
        "nodes => nodes.map((node) => [node.href, [...node.querySelectorAll('mark')].map((mark) => mark.textContent.toLowerCase())])"
    )
    assert all(marks and set(marks) <= set(query.split()) for _, marks in excerpts)
    for link, _ in excerpts[:: len(excerpts) // 7]:
        reader.goto("about:blank")  # as from the list of results: of two places on one page, both are loaded
        reader.goto(link, wait_until="load")
        reader.wait_for_timeout(100)
        tops = reader.evaluate(
            "[...CSS.highlights.get('search')].map((range) => range.getBoundingClientRect()).filter(({ height }) => height).map(({ top }) => top)"
        )
        assert any(0 <= top < reader.viewport_size["height"] for top in tops), link


def test_words_in_a_closed_table_are_opened(built_book, reader):
    page = (built_book / "prospects.html").as_uri()
    reader.goto(f"{page}?find=naryshkin&at=place#fig-process", wait_until="load")
    reader.wait_for_timeout(100)
    assert reader.locator("#fig-process + details").evaluate("(details) => details.open")
    assert reader.locator("details[open]").count() == 1
    reader.keyboard.press("Escape")
    assert marked(reader) == []


def test_nothing_found_is_said(built_book, reader):
    assert (
        ask(reader, built_book, "zeppelin")
        == "Nothing in this book contains “zeppelin”. Try fewer words, or only the beginning of a word."
    )
    assert reader.locator(RESULTS).count() == 0
    assert ask(reader, built_book, "breakthrough zeppelin").startswith("Nothing in this book contains")
    assert ask(reader, built_book, "") == "" and reader.locator("main input[name=q]").evaluate(
        "(field) => field === document.activeElement"
    )


HOSTILE = [
    "<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "</a><b>islands", "javascript:alert(1)", ".*", "(", "\\", "%", "%zz", "__proto__", "constructor",
    '"""', "' OR 1=1", "\u202eislands", "😀", "islands " * 500, "&amp;", "#", "?q=x&find=y",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_what_is_typed_is_only_ever_text(built_book, reader, query):
    said = ask(reader, built_book, query)
    assert reader.locator("main input[name=q]").input_value() == query.strip()
    assert reader.locator("main :is(img, script, b)").count() == 0
    assert not said.startswith("Nothing") or f"“{query.strip()}”" in said
    links = reader.locator(f"{STATUS} a, #search-sections a").evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('href'))"
    )
    assert all(re.match(r"[\w-]+\.html\?", link) for link in links)
    for link in links[:2]:
        reader.goto((built_book / "x").as_uri().removesuffix("x") + link, wait_until="load")
        assert reader.locator("article").count() == 1


def test_the_search_field_of_any_page_leads_to_the_results_by_keyboard(built_book, reader):
    reader.goto((built_book / "islands.html").as_uri(), wait_until="load")
    reader.keyboard.press("Control+k")
    reader.keyboard.type("compromise")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/search.html?q=compromise*")
    reader.locator(f"{STATUS} a").wait_for()
    assert reader.title().startswith("compromise - Search")
    reader.keyboard.press("Control+k")
    assert reader.evaluate("document.activeElement === document.querySelector('main input[name=q]')")
    reader.keyboard.press("Tab")
    assert reader.evaluate(f"document.activeElement === document.querySelector('{STATUS} a')")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/*.html?find=compromise#*")


def test_the_number_of_results_is_announced(built_book, reader):
    said = ask(reader, built_book, "compromise")
    status = reader.get_by_role("status").filter(has_text="statement")
    assert status.inner_text() == said and re.fullmatch(
        r"\d+ statements? contains? this\. It is also in \d+ sections? on \d+ pages?:", said
    )
    assert f"in {reader.locator(RESULTS).count()} section" in said
    assert ask(reader, built_book, "aquaculture").startswith("No statement contains this. It is in ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_results_break_no_rule_of_accessibility_and_fit(built_book, browser, viewport, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport=viewport, color_scheme=scheme, offline=True, reduced_motion="reduce")
    page = context.new_page()
    for query in ("two islands", "x" * 300):
        ask(page, built_book, query)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        found = Axe().run(
            page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
        )
        assert [(violation["id"], violation["nodes"][0]["target"]) for violation in found.response["violations"]] == []
    context.close()


def test_without_scripts_the_page_says_what_it_needs(built_book, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((built_book / "search.html").as_uri() + "?q=islands")
    assert "The search needs JavaScript" in page.locator("main").inner_text()
    page.locator("main noscript a, main p a").first.click()
    page.wait_for_url("**/statement-table.html")
    context.close()
