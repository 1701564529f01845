"""Evidence at hand: the card beside a citation, the way to the passage and the way back, as a reader uses them."""

import functools
import http.server
import json
import re
import threading

import pytest
from bs4 import BeautifulSoup

from analysis.base.quotation import quoted

pytestmark = pytest.mark.slow  # drives the pages in a browser, for minutes

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}
CHAPTER = "islands.html"
CARD = ".evidence-card"


@pytest.fixture
def window(browser):
    """A function that opens a window and fails the test, at its end, if the console had anything to complain of."""
    contexts, troubles = [], []

    def open_window(**options):
        context = browser.new_context(locale="en-GB", **({"viewport": DESKTOP} | options))
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: message.type in ("warning", "error", "assert") and troubles.append(message.text)
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert troubles == []


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that writes no log, and has an answer when the browser asks by itself for a site's icon."""

    def do_GET(self):
        if self.path == "/favicon.ico":
            self.send_response(http.HTTPStatus.NO_CONTENT)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture(params=["file", "http"])
def site(request, built_book):
    """The address of the book's folder: as files, and from a server on this machine."""
    if request.param == "file":
        yield built_book.as_uri()
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(built_book)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def citation(page, name=CHAPTER, number=2):
    """The locator of a citation in running text, and the id it cites."""
    link = page.locator("p > .statement-citations span[id^=cite-] > a").nth(number)
    link.scroll_into_view_if_needed()
    return link, link.get_attribute("href").partition("#")[2]


def row_of(study, identifier):
    return study.statements.loc[identifier] if identifier in study.statements.index else study.passages.loc[identifier]


def box_in_view(page, locator):
    """The box of an element; asserts that it lies in the window."""
    box = locator.bounding_box()
    width, height = page.evaluate("() => [document.documentElement.clientWidth, window.innerHeight]")
    assert (
        box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height
    ), box
    return box


def at_rest(page):
    """Wait until the page no longer scrolls."""
    page.wait_for_function(
        "() => new Promise((done) => { const y = scrollY; setTimeout(() => done(scrollY === y), 120); })",
    )


def shown_passage(page, identifier):
    """Whether the first marked piece of a passage is in view and nothing lies over it, and its colours."""
    return page.evaluate(
        """(id) => {
            const mark = document.getElementById(id), box = mark.getClientRects()[0];
            const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
            const header = document.querySelector('.bd-header-article');
            return {
                inView: box.top >= 0 && box.bottom <= innerHeight,
                uncovered: top !== null && (mark.contains(top) || top.contains(mark)),
                belowHeader: !header || getComputedStyle(header).position !== 'sticky' || box.top >= header.getBoundingClientRect().bottom,
                other: [...document.querySelectorAll('.passage:not(.passage-target)')].map((p) => getComputedStyle(p).backgroundColor),
                pieces: [...document.getElementsByClassName('in-' + id)].map((p) => getComputedStyle(p).backgroundColor),
            };
        }""",
        identifier,
    )


# The data


def cards_of(folder):
    text = (folder / "_static" / "evidence-data.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("window.evidence = ").removesuffix(";\n"))


def test_there_is_a_card_for_every_passage_in_the_order_of_the_tables(built_book, study):
    cards = cards_of(built_book)
    assert list(cards) == [*study.statements.index, *study.passages.index]
    for identifier, card in cards.items():
        row = row_of(study, identifier)
        assert card["passage"] == quoted(row["exact"])
        fields = dict(card["fields"])
        if identifier in study.statements.index:
            speaker, holder = (fields.get(name, fields.get("Speaker and holder")) for name in ("Speaker", "Holder"))
            assert speaker.startswith("the article" if row["speaker"] == "article" else row["speaker"])
            assert row["via"] in speaker
            assert row["speaker"] == row["holder"] or holder == row["holder"] or row["holder"] == "article"
            assert fields["Issue"] == study.codebook.issues.at[row["issue"], "label"]
            assert fields["Position"].startswith(row["position"])
        assert study.corpus.articles.at[row["article"], "short"] in card["place"]
        assert study.corpus.articles.at[row["article"], "date_record"][:4] in card["place"]


# By pointer


def test_a_pointer_over_a_citation_shows_its_passage(site, window, study):
    page = window()
    page.goto(f"{site}/{CHAPTER}")
    link, identifier = citation(page)
    link.hover()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    box_in_view(page, card)
    text, row = card.inner_text(), row_of(study, identifier)
    assert row["exact"] in text.replace("\n", " ")
    for value in ("Speaker", "Issue", "Position", study.corpus.articles.at[row["article"], "short"], identifier):
        assert value in text, value
    assert link.get_attribute("title") is None


def test_the_pointer_may_move_into_the_card_and_leaving_closes_it(site, window):
    page = window()
    page.goto(f"{site}/{CHAPTER}")
    link, _ = citation(page)
    link.hover()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    box = card.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2, steps=8)
    page.wait_for_timeout(800)
    assert card.is_visible()
    page.mouse.move(5, 5)
    card.wait_for(state="hidden", timeout=2000)


def test_a_pointer_that_only_passes_opens_nothing(built_book, window):
    page = window()
    page.goto((built_book / CHAPTER).as_uri())
    link, _ = citation(page)
    link.hover()
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    assert page.locator(CARD).count() == 0 or not page.locator(CARD).is_visible()


def test_escape_closes_the_card_until_the_pointer_comes_again(built_book, window):
    page = window()
    page.goto((built_book / CHAPTER).as_uri())
    link, _ = citation(page)
    link.hover()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    page.keyboard.press("Escape")
    assert not card.is_visible()
    box = link.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2, steps=4)
    page.wait_for_timeout(500)
    assert not card.is_visible()
    page.mouse.move(5, 5)
    link.hover()
    card.wait_for(state="visible")


def test_a_mark_in_a_figure_has_its_card_and_opens_in_the_same_window(built_book, window, study):
    page = window()
    page.goto((built_book / CHAPTER).as_uri())
    mark = page.locator("svg.report-figure a").first
    identifier = mark.evaluate("(a) => a.href.baseVal.split('#')[1]")
    mark.scroll_into_view_if_needed()
    mark.hover()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    assert row_of(study, identifier)["exact"] in card.inner_text()
    mark.click()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    page.go_back()
    page.wait_for_url(f"**/{CHAPTER}")
    assert page.evaluate("() => document.activeElement.href.baseVal.split('#')[1]") == identifier
    page.go_forward()
    page.locator(".evidence-back").click()
    page.wait_for_url(f"**/{CHAPTER}#*")


# By keyboard


def test_the_keyboard_shows_the_card_and_escape_closes_it(built_book, window, study):
    page = window()
    page.goto((built_book / CHAPTER).as_uri())
    link, identifier = citation(page)
    before = page.locator("a:visible, button:visible, input:visible, summary:visible").evaluate_all(
        "(all, link) => { const at = all.indexOf(link); all.slice(0, at).reverse().find((e) => e.tabIndex >= 0).focus(); }",
        link.element_handle(),
    )
    assert before is None
    for _ in range(3):
        page.keyboard.press("Tab")
        if link.evaluate("(a) => a === document.activeElement"):
            break
    assert link.evaluate("(a) => a === document.activeElement")
    card = page.locator(CARD)
    assert card.is_visible()
    described = page.evaluate(
        "() => document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
    )
    assert row_of(study, identifier)["exact"] in described
    page.mouse.move(5, 5)
    page.mouse.move(300, 60, steps=3)
    page.wait_for_timeout(600)
    assert card.is_visible(), "a pointer elsewhere closes the card of the focused citation"
    page.keyboard.press("Escape")
    assert not card.is_visible()
    assert link.evaluate("(a) => a === document.activeElement && !a.hasAttribute('aria-describedby')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert card.is_visible()
    page.keyboard.press("Tab")
    assert not card.is_visible() or not link.evaluate("(a) => a.hasAttribute('aria-describedby')")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/source-*.html#{identifier}")


# By finger


def test_the_first_tap_shows_the_card_and_the_second_follows(site, window):
    page = window(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{site}/{CHAPTER}")
    for number in (0, 2, 5):
        link, identifier = citation(page, number=number)
        link.tap()
        card = page.locator(CARD)
        card.wait_for(state="visible")
        box_in_view(page, card)
        assert CHAPTER in page.url
        assert identifier in card.inner_text()
        if number != 5:
            page.touchscreen.tap(4, 100 if card.bounding_box()["y"] > 110 else 700)
            card.wait_for(state="hidden")
    link.tap()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    at_rest(page)
    place = shown_passage(page, identifier)
    assert place["inView"] and place["uncovered"] and place["belowHeader"], place


def test_a_tap_on_the_cards_link_leads_to_the_passage_and_one_beside_closes_it(built_book, window):
    page = window(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto((built_book / CHAPTER).as_uri())
    link, identifier = citation(page)
    link.tap()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    page.touchscreen.tap(4, 400)
    card.wait_for(state="hidden")
    link.tap()
    go = page.locator(".evidence-go")
    go.wait_for(state="visible")
    assert go.bounding_box()["height"] >= 24
    go.tap()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    page.locator(".evidence-back").tap()
    page.wait_for_url(f"**/{CHAPTER}#cite-{identifier}-*")


# In a small window


def test_magnified_four_times_the_card_leaves_its_citation_in_view_and_scrolls_by_keyboard(built_book, window):
    page = window(viewport={"width": 320, "height": 256})
    page.goto((built_book / CHAPTER).as_uri())
    page.keyboard.press("Tab")
    links = page.locator("p > .statement-citations span[id^=cite-] > a")
    for number in range(0, links.count(), max(1, links.count() // 8)):
        links.nth(number).focus()
        card = page.locator(CARD)
        card.wait_for(state="visible")
        box = box_in_view(page, card)
        assert box["height"] <= 129
        last = links.nth(number).evaluate("(link) => [...link.getClientRects()].at(-1).bottom")
        assert last <= box["y"], "the card covers its own link"
        for _ in range(12):
            page.keyboard.press("PageDown")
        assert card.evaluate("(card) => card.scrollTop + card.clientHeight >= card.scrollHeight - 2")
        page.keyboard.press("Escape")
        card.wait_for(state="hidden")


# There and back


def test_a_click_leads_to_the_passage_and_back_to_the_place_of_departure(site, window):
    page = window()
    page.goto(f"{site}/{CHAPTER}")
    link, identifier = citation(page, number=-1)
    page.evaluate("() => scrollBy(0, 137)")
    at_rest(page)
    start = page.evaluate("() => scrollY")
    assert start > 300
    cite = link.locator("xpath=..").get_attribute("id")
    link.click()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    at_rest(page)
    place = shown_passage(page, identifier)
    assert place["inView"] and place["uncovered"] and place["belowHeader"], place
    assert place["pieces"] and set(place["pieces"]).isdisjoint(place["other"]), place
    assert not page.locator(CARD).count() or not page.locator(CARD).is_visible()
    page.go_back()
    page.wait_for_url(f"**/{CHAPTER}")
    at_rest(page)
    assert abs(page.evaluate("() => scrollY") - start) <= 2
    assert page.evaluate("() => document.activeElement.closest('[id]').id") == cite
    assert not page.locator(CARD).count() or not page.locator(CARD).is_visible(), "coming back, the card is in the way"


def test_the_marked_passage_offers_the_way_back(site, window):
    page = window()
    page.goto(f"{site}/{CHAPTER}")
    title = page.locator("h1").first.inner_text()
    link, identifier = citation(page)
    link.click()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    back = page.locator(".evidence-back")
    assert back.count() == 1
    words = back.inner_text().removeprefix("Back to where you came from: ")
    assert words and words in title
    assert back.evaluate("(node) => node.closest('.source-text, .line')") is None, (
        "the words of the source stay together"
    )
    back.click()
    page.wait_for_url(re.compile(rf"/{re.escape(CHAPTER)}#cite-{re.escape(identifier)}-\d+$"))
    at_rest(page)
    place = page.evaluate("() => document.querySelector(':target').getClientRects()[0].top")
    assert 0 <= place < DESKTOP["height"]


def test_who_comes_from_elsewhere_is_offered_no_way_back(built_book, window, study):
    page = window()
    page.goto((built_book / "source-003.html").as_uri() + "#mt13-03")
    assert page.locator(".passage-target").count() >= 1
    assert page.locator(".evidence-back").count() == 0
    page.evaluate("() => { location.hash = 'mt13-05'; }")
    page.wait_for_timeout(200)
    assert page.locator(".passage-target").first.evaluate("(p) => p.className.split(' ')").count("in-mt13-05") == 1


def test_without_storage_citation_and_passage_work_all_the_same(built_book, window):
    page = window()
    page.add_init_script(  # for the name this script uses only: the theme's own scripts do not expect it
        """for (const name of ['getItem', 'setItem']) {
            const before = Storage.prototype[name];
            Storage.prototype[name] = function (key, ...rest) {
                if (key.startsWith('evidence')) throw new DOMException('closed', 'SecurityError');
                return before.call(this, key, ...rest);
            };
        }"""
    )
    page.goto((built_book / CHAPTER).as_uri())
    link, identifier = citation(page)
    link.click()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    assert page.locator(".passage-target").count() >= 1
    assert page.locator(".evidence-back").count() == 0
    assert page.locator(f".citing-pages a[href^='{CHAPTER}#cite-{identifier}-']").count() >= 1


def test_every_piece_of_a_passage_cut_by_another_is_highlighted(built_book, window):
    soup = BeautifulSoup((built_book / "source-004.html").read_text(encoding="utf-8"), "lxml")
    pieces = {}
    for tag in soup.select(".passage"):
        for name in tag["class"]:
            if name.startswith("in-"):
                pieces[name] = pieces.get(name, 0) + 1
    name, count = max(pieces.items(), key=lambda item: item[1])
    assert count >= 2
    page = window()
    page.goto((built_book / "source-004.html").as_uri() + f"#{name.removeprefix('in-')}")
    assert page.locator(".passage-target").count() == count


def test_without_script_a_citation_is_a_link_that_says_its_passage(built_book, window, study):
    page = window(java_script_enabled=False)
    page.goto((built_book / CHAPTER).as_uri())
    link, identifier = citation(page)
    assert row_of(study, identifier)["exact"] in link.get_attribute("title")
    link.click()
    page.wait_for_url(f"**/source-*.html#{identifier}")
    assert page.locator(f"[id='{identifier}']").is_visible()


# Looks


def luminance(colour):
    channels = [float(c) / 255 for c in re.findall(r"[\d.]+", colour)[:3]]
    if colour.startswith("color("):
        channels = [float(c) for c in re.findall(r"\d*\.\d+|\d+", colour.partition("srgb")[2])[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_card_stand_out_from_it(built_book, window, scheme):
    page = window(color_scheme=scheme)
    page.goto((built_book / CHAPTER).as_uri())
    citation(page)[0].hover()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    paper = luminance(card.evaluate("(c) => getComputedStyle(c).backgroundColor"))
    for part in (".evidence-passage", "dt", "dd", ".evidence-place", ".evidence-go"):
        ink = luminance(card.locator(part).first.evaluate("(p) => getComputedStyle(p).color"))
        lighter, darker = max(ink, paper) + 0.05, min(ink, paper) + 0.05
        assert lighter / darker >= 4.5, part


def test_who_wants_no_motion_gets_none(built_book, window):
    names = {}
    for motion in ("reduce", "no-preference"):
        page = window(reduced_motion=motion)
        page.goto((built_book / CHAPTER).as_uri())
        citation(page)[0].hover()
        page.locator(CARD).wait_for(state="visible")
        names[motion] = page.locator(CARD).evaluate("(c) => getComputedStyle(c).animationName")
    assert names == {"reduce": "none", "no-preference": "evidence-appears"}


@pytest.mark.parametrize("name", [CHAPTER, "source-000.html", "statement-table.html"])
def test_a_printed_page_is_its_text_alone(built_book, window, name):
    page = window(
        color_scheme="dark", viewport={"width": 673, "height": 1000}
    )  # what A4 leaves between the margins, in CSS pixels
    page.goto((built_book / name).as_uri())
    links = page.locator("p > .statement-citations a")
    if links.count():
        links.first.hover()
        page.locator(CARD).wait_for(state="visible")
    page.emulate_media(media="print")
    for furniture in (
        ".bd-sidebar-primary",
        ".bd-sidebar-secondary",
        ".bd-header-article",
        ".prev-next-footer",
        ".page-tools",
        "button",
        ".headerlink",
        CARD,
        "summary",
    ):
        assert (
            page.locator(furniture).evaluate_all(
                "(all) => all.filter((e) => e.getClientRects().length).map((e) => e.outerHTML.slice(0, 90))"
            )
            == []
        ), furniture
    assert page.locator("h1").evaluate_all("(all) => all.filter((h) => h.getClientRects().length).length") == 1
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    wide = page.evaluate(
        """() => [...document.querySelectorAll('article *:not(svg *)')].filter((e) => e.getBoundingClientRect().right > innerWidth + 2)
            .map((e) => e.outerHTML.slice(0, 100)).slice(0, 3)"""
    )
    assert wide == []
    if name.startswith("source-"):
        mark, ink = page.locator(".passage").first.evaluate(
            "(p) => [getComputedStyle(p).backgroundColor, getComputedStyle(p).color]"
        )
        assert luminance(mark) > 0.7 and luminance(ink) < 0.1
