"""The finished pages in a real browser, opened as files, as a reader without a server or a network opens them."""

import functools
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis import __version__
from analysis.build import contents

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


LISTED = [f"{name}.html" for name in contents.pages()]
SOURCE_PAGES = [name for name in LISTED if name.startswith("source-")]
OFTEN = ("summary.html", "islands.html", "statement-table.html")  # tested in the fast run too
BESIDES = ["index.html", "search.html"]


class Reader:
    """A browser window without a network that notes whatever goes wrong and whatever is asked for."""

    def __init__(self, browser, viewport):
        self.context = browser.new_context(viewport=viewport, offline=True, locale="en-GB")
        self.page = self.context.new_page()
        self.troubles, self.requested = [], []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        self.page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        protocol = self.context.new_cdp_session(self.page)
        protocol.send("Network.enable")
        protocol.on("Network.requestWillBeSent", self.ask)
        protocol.on("Network.webSocketCreated", lambda event: self.requested.append(event["url"]))
        protocol.on("Network.loadingFailed", self.miss)
        self.asked = {}

    def ask(self, event):
        """Note a request."""
        self.asked[event["requestId"]] = event["request"]["url"]
        self.requested.append(event["request"]["url"])

    def miss(self, event):
        """Note a request that failed."""
        self.troubles.append(f"failed request: {event['errorText']} {self.asked.get(event['requestId'])}")

    def hear(self, message):
        """Note a warning or an error of the console."""
        if message.type in ("warning", "error", "assert"):
            self.troubles.append(f"console {message.type}: {message.text}")

    def open(self, path, fragment=""):
        """Open a file and wait until the page is at rest."""
        self.page.goto(path.as_uri() + fragment, wait_until="load")
        self.page.wait_for_timeout(50)

    def strangers(self, folder):
        """What was asked for that is no file of the book."""
        inside = folder.resolve()
        return [
            address
            for address in self.requested
            if not address.startswith(("data:", "blob:file:"))
            and not (
                urlsplit(address).scheme == "file"
                and Path(unquote(urlsplit(address).path)).resolve().is_relative_to(inside)
            )
        ]


@pytest.fixture
def reader(browser):
    """A window of the size of a desktop screen."""
    window = Reader(browser, DESKTOP)
    yield window
    window.context.close()


@pytest.fixture
def phone(browser):
    """A window of the size of a phone."""
    window = Reader(browser, PHONE)
    yield window
    window.context.close()


def test_the_browser_reports_what_it_is_asked_to_report(reader, tmp_path):
    """The tests below mean nothing if these events did not arrive."""
    page = tmp_path / "book" / "page.html"
    page.parent.mkdir()
    page.write_text(
        "<!DOCTYPE html><title>x</title><img src='missing.png'><img src='../outside.png'>"
        "<script src='https://example.org/x.js'></script><script>console.warn('careful'); throw new Error('broken')</script>",
        encoding="utf-8",
    )
    reader.open(page)
    said = "\n".join(reader.troubles)
    assert "careful" in said and "broken" in said and "ERR_FILE_NOT_FOUND" in said
    assert {address.rsplit("/", 1)[-1] for address in reader.strangers(page.parent)} == {"outside.png", "x.js"}


def test_every_listed_page_is_built_and_no_other(built_book):
    built = {
        path.relative_to(built_book).as_posix() for path in built_book.rglob("*.html") if "_static" not in path.parts
    }
    assert built == {*LISTED, *BESIDES}


def test_sphinx_notes_of_its_own_are_no_part_of_the_book(built_book):
    """The hash in .buildinfo has the path of the environment in it; two clones would differ."""
    assert [path.name for path in built_book.rglob(".buildinfo*")] == []


@pytest.mark.parametrize("name", [*LISTED, *BESIDES])
def test_a_page_opens_without_trouble_and_asks_for_nothing_outside_the_book(built_book, reader, name):
    reader.open(built_book / name)
    if name != "index.html":  # it only leads on to the first page
        assert reader.page.url.endswith(name)
        assert reader.page.locator("h1:visible").count() == 1
    assert reader.troubles == []
    assert reader.requested
    assert reader.strangers(built_book) == []


def test_the_index_leads_to_the_first_page(built_book, reader):
    reader.open(built_book / "index.html")
    reader.page.wait_for_url(f"**/{LISTED[0]}")
    assert reader.page.locator("h1:visible").count() == 1


def test_the_index_has_a_language_and_a_title_and_leads_on_by_hand_too(built_book):
    page = parsed(built_book / "index.html")
    assert page.html["lang"] == "en" and page.title.get_text() == "Two Islands or Four?"
    assert page.find("a")["href"] == LISTED[0]


# Scripts beside Latin, and what Unicode calls their characters.
FOREIGN = re.compile(
    r"(?<!\w)(?:[\u0370-\u03ff]+|[\u0400-\u052f]+|[\u3040-\u30ff\u3400-\u9fff]+|[\uac00-\ud7af]+)(?!\w)"
)


@pytest.mark.parametrize("name", LISTED)
def test_words_in_another_script_say_their_language(built_book, name):
    page = parsed(built_book / name)
    unmarked = [
        text
        for text in page.body.find_all(string=FOREIGN)
        if text.find_parent(["script", "style"]) is None and text.find_parent(lang=True).name == "html"
    ]
    assert unmarked == []


def test_names_are_marked_in_their_own_languages(built_book):
    page = parsed(built_book / "who-speaks.html")
    languages = {tag.get_text(): tag["lang"] for tag in page.select("article [lang]")}
    assert languages["安倍晋三"] == "ja" and languages["Владимир Путин"] == "ru"


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in [*LISTED, *BESIDES]]
)
def test_a_page_fits_on_a_phone(built_book, phone, name):
    phone.open(built_book / name)
    width, wide = phone.page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            window.scrollTo(10000, 0);
            const moved = window.scrollX;
            window.scrollTo(0, 0);
            const scrolls = (node) => {
                for (let up = node; up; up = up.parentElement)
                    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
                return false;
            };
            const wide = [...document.querySelectorAll('article *')]
                .filter((node) => node.getBoundingClientRect().right + window.scrollX > width + 1 && !scrolls(node))
                .map((node) => node.outerHTML.slice(0, 120));
            return [[width, document.documentElement.scrollWidth, moved], wide.slice(0, 3)];
        }"""
    )
    assert width[1] <= width[0] and width[2] == 0, wide
    assert phone.troubles == [] and phone.strangers(built_book) == []


@functools.cache
def parsed(path):
    """A page's markup; tests only read it."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def test_every_local_link_leads_to_a_page_and_a_place_on_it(built_book):
    identifiers = functools.cache(lambda path: {tag["id"] for tag in parsed(path).find_all(id=True)})
    dead = []
    for name in LISTED:
        for address in [tag["href"] for tag in parsed(built_book / name).find_all("a", href=True)]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (built_book / name).parent / unquote(parts.path) if parts.path else built_book / name
            if (
                not target.is_file()
                or parts.fragment
                and target.suffix == ".html"
                and unquote(parts.fragment) not in identifiers(target)
            ):
                dead.append(f"{name}: {address}")
    assert dead == []


def test_no_id_stands_twice_on_a_page(built_book):
    for name in LISTED:
        counted = Counter(tag["id"] for tag in parsed(built_book / name).find_all(id=True))
        assert [identifier for identifier, times in counted.items() if times > 1] == [], name


AT_THE_PLACE = """(id) => {
    const mark = document.getElementById(id);
    if (!mark) return {found: false};
    const box = mark.getClientRects()[0], paragraph = mark.closest('p, .line, .line-block');
    const middle = [box.left + Math.min(box.width / 2, 20), box.top + box.height / 2];
    const top = document.elementFromPoint(...middle);
    return {
        found: true,
        text: mark.textContent,
        visible: box.top >= 0 && box.bottom <= window.innerHeight && box.width > 0,
        uncovered: top !== null && (mark.contains(top) || top.contains(mark)),
        mark: getComputedStyle(mark.closest('.passage')).backgroundColor,
        paragraph: getComputedStyle(paragraph).backgroundColor,
        label: [...paragraph.querySelectorAll('sup')].map((sup) => sup.textContent),
    };
}"""


LISTS = ("statement-table.html", "ledger.html", "codebook.html")


def chapters_with_citations(built_book):
    """Pages that cite statements, source pages aside: name to (anchor, target page, id) of each citation in the text."""
    found = {}
    pattern = re.compile(r'id="(cite-[^"]+-\d+)"[^>]*><a class="[^"]*" href="(source-\d+\.html)#([^"]+)"')
    for name in LISTED:
        if name not in SOURCE_PAGES:
            cited = pattern.findall((built_book / name).read_text(encoding="utf-8"))
            if cited:
                found[name] = cited
    return found


def test_at_least_three_chapters_cite_passages(built_book):
    assert len(chapters_with_citations(built_book)) >= 3


def follow(reader, built_book, study, name, cited):
    """Click the citation in the middle of a page, look at where it leads, and go back by the link there."""
    page = reader.page
    anchor, target, identifier = cited[len(cited) // 2]
    reader.open(built_book / name)
    link = page.locator(f"[id='{anchor}'] a")
    if not link.is_visible():
        page.evaluate("() => document.querySelectorAll('details').forEach((block) => { block.open = true; })")
    link.scroll_into_view_if_needed()
    link.click()
    page.wait_for_url(f"**/{target}#{identifier}")
    page.wait_for_timeout(300)
    where = f"{name}: {identifier}"
    place = page.evaluate(AT_THE_PLACE, identifier)
    assert place["found"], where
    assert place["visible"] and place["uncovered"], f"{where} is not in view: {place}"
    assert place["mark"] not in ("rgba(0, 0, 0, 0)", place["paragraph"]), f"{where} is not marked: {place}"
    assert any(identifier in label for label in place["label"]), f"{where} does not carry its id: {place}"
    row = study.statements.loc[identifier] if identifier in study.statements.index else study.passages.loc[identifier]
    assert place["text"] and row["exact"].startswith(place["text"]), where
    if name in LISTS:  # pages that name every statement are not linked from it
        return
    back = page.locator(f".citing-pages a[href^='{name}#cite-{identifier}-']")
    assert back.count() >= 1, f"no link back from {where}"
    back.first.scroll_into_view_if_needed()
    back.first.click()
    page.wait_for_url(re.compile(rf"/{re.escape(name)}#cite-{re.escape(identifier)}-\d+$"))
    page.wait_for_timeout(300)
    fragment = page.url.partition("#")[2]
    shown = page.evaluate(
        """(id) => {
            const box = document.getElementById(id).getClientRects()[0];
            return box !== undefined && box.width > 0 && box.top >= 0 && box.top < window.innerHeight;
        }""",
        fragment,
    )
    assert shown, f"the link back from {where} leads to {fragment}, which is out of view"


def test_a_citation_leads_to_its_marked_passage_and_the_link_back_returns(built_book, reader, study):
    follow(reader, built_book, study, "islands.html", chapters_with_citations(built_book)["islands.html"])
    assert reader.troubles == []


@pytest.mark.slow
def test_so_it_does_on_every_page_with_citations(built_book, reader, study):
    for name, cited in chapters_with_citations(built_book).items():
        follow(reader, built_book, study, name, cited)
    assert reader.troubles == []


def test_every_statement_has_one_place_on_the_source_pages(built_book, study):
    places = [tag for name in SOURCE_PAGES for tag in parsed(built_book / name).find_all(id=True)]
    for identifier, row in pd.concat([study.statements, study.passages]).iterrows():
        (place,) = [tag for tag in places if tag["id"] == identifier]
        words = place.get_text()
        assert words and row["exact"].startswith(words), identifier


def test_marked_passages_are_the_quotations(built_book, reader, study):
    """The pieces marked for an id, put together, are the words of its row: nothing less, nothing more."""
    for name in SOURCE_PAGES:
        reader.open(built_book / name)
        number = name[len("source-") : -len(".html")]
        for table in (study.statements, study.passages):
            for row in table[table["seed"].str.startswith(number)].itertuples():
                text = reader.page.evaluate(
                    """([id, length]) => {
                        const mark = document.getElementById(id), block = mark.closest('p, .line');
                        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
                        let text = '';
                        for (let node = walker.nextNode(); node && text.length < length; node = walker.nextNode()) {
                            const after = mark.contains(node) || mark.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
                            if (after && !node.parentElement.closest('sup')) {
                                if (!node.parentElement.closest('.passage')) return text + '|unmarked|';
                                text += node.textContent;
                            }
                        }
                        return text;
                    }""",
                    [row.Index, len(row.exact)],
                )
                assert text.startswith(row.exact), row.Index


@pytest.mark.parametrize("name", SOURCE_PAGES)
def test_the_body_of_a_source_page_is_the_file_letter_for_letter(built_book, reader, study, name):
    reader.open(built_book / name)
    shown = reader.page.evaluate(
        """() => [...document.querySelectorAll('p.zone-body')].map((paragraph) => {
            const copy = paragraph.cloneNode(true);
            copy.querySelectorAll('sup.sid, .paragraph-number').forEach((added) => added.remove());
            return copy.textContent;
        })"""
    )
    number = name[len("source-") : -len(".html")]
    paragraphs = study.corpus.paragraphs
    expected = paragraphs[paragraphs["seed"].str.startswith(number)]["text"].tolist()
    assert [text.removeprefix(" ") for text in shown] == expected


@pytest.mark.parametrize("name", SOURCE_PAGES)
def test_every_zone_of_a_file_but_withheld_names_is_on_its_page(built_book, reader, study, name):
    reader.open(built_book / name)
    shown = reader.page.evaluate(
        """() => {
            document.querySelectorAll('article sup').forEach((added) => added.remove());
            return document.querySelector('article').textContent;
        }"""
    )
    shown = " ".join(shown.split())
    number = name[len("source-") : -len(".html")]  # noqa: F841 - the queries name it
    (seed,) = study.corpus.files.query("number == @number")["seed"]
    hidden = [study.corpus.texts[seed][a:b] for a, b in study.withheld[seed]]
    for zone in study.corpus.zones.query("seed == @seed and zone != 'body'").itertuples():
        for line in zone.text.split("\n"):
            if not any(withheld in line for withheld in hidden):
                assert " ".join(line.split()) in shown, f"{zone.zone}, lines {zone.first_line} to {zone.last_line}"
    assert not [withheld for withheld in hidden if withheld in shown]


@pytest.mark.parametrize("name", LISTED)
def test_a_page_links_to_the_pdf_and_to_a_way_of_reporting_errors(built_book, name, pdf_missing):
    soup = parsed(built_book / name)
    (report,) = soup.select("a.report-error")
    address = urlsplit(report["href"])
    if address.scheme:
        assert address.scheme == "https" and name.removesuffix(".html") in unquote(address.query)
    else:
        assert ((built_book / name).parent / unquote(address.path)).is_file()
        assert name.removesuffix(".html") in unquote(address.query)
    printed = soup.select("a.book-pdf")
    if pdf_missing:
        assert printed == []
    else:
        assert len(printed) == 1
        target = (built_book / name).parent / unquote(printed[0]["href"])
        assert target.read_bytes().startswith(b"%PDF-")


def test_a_report_of_an_error_names_the_version(built_book, reader):
    reader.open(built_book / "report-an-error.html")
    reader.page.locator("#report-says").fill("a slip")
    text = reader.page.locator("#report-text").input_value()
    assert text.startswith(f"Two Islands or Four?, version {__version__}\n") and "It says: a slip" in text


def test_dark_and_light_keep_passages_marked(built_book, browser, study):
    identifier = study.statements.index[0]
    colours = set()
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport=DESKTOP, offline=True, color_scheme=scheme)
        page = context.new_page()
        page.goto((built_book / SOURCE_PAGES[0]).as_uri() + f"#{identifier}", wait_until="load")
        place = page.evaluate(AT_THE_PLACE, identifier)
        assert place["mark"] not in ("rgba(0, 0, 0, 0)", place["paragraph"]), scheme
        colours.add(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert len(colours) == 2


def test_without_scripts_a_citation_still_leads_to_its_passage(built_book, browser):
    context = browser.new_context(viewport=DESKTOP, offline=True, java_script_enabled=False)
    page = context.new_page()
    name, cited = next(iter(chapters_with_citations(built_book).items()))
    anchor, target, identifier = cited[0]
    page.goto((built_book / name).as_uri(), wait_until="load")
    page.locator(f"[id='{anchor}'] a").click()
    page.wait_for_url(f"**/{target}#{identifier}")
    assert page.locator(f"[id='{identifier}']").is_visible()
    context.close()


@pytest.mark.parametrize("name", LISTED)
def test_no_role_is_left_as_typed(built_book, name):
    """A role that a table or paragraph did not know stands in the page as it was written."""
    strings = parsed(built_book / name).find("article").find_all(string=re.compile(r"\{[a-z:]+\}`[^`]*`"))
    assert [string for string in strings if string.find_parent(["pre", "code", "script", "svg"]) is None] == []
