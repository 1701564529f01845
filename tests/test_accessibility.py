"""Accessibility: axe-core's rules for WCAG 2.2 A and AA on every page, in light and dark, wide and narrow.

Automatic rules find a part of what can be wrong; the tests of the single
controls drive them by keyboard.
"""

import functools
from contextlib import contextmanager

import pytest

from analysis.build import contents

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = ["region"]  # no criterion asks for it, but who moves by landmarks misses what lies outside
MODES = {
    "wide-light": ({"width": 1280, "height": 800}, "light"),
    "wide-dark": ({"width": 1280, "height": 800}, "dark"),
    "narrow-light": ({"width": 390, "height": 800}, "light"),
    "narrow-dark": ({"width": 390, "height": 800}, "dark"),
}
CHAPTER, SOURCE, TABLE = "islands", "source-003", "statement-table"


@functools.cache
def axe():
    """The checker; its script is part of the package."""
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def violations(page):
    """Run the rules on an open page.

    Returns
    -------
    list of (str, str, str)
        Rule, selector and what was found, for every element that breaks it.
    """
    options = {
        "runOnly": {"type": "tag", "values": TAGS},
        "rules": {rule: {"enabled": True} for rule in RULES},
        "resultTypes": ["violations"],
    }
    found = axe().run(page, options=options)
    return [
        (violation["id"], " ".join(map(str, node["target"])), node["failureSummary"].replace("\n", " "))
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


@contextmanager
def opened(browser, built_book, name, mode, **options):
    """Open a page in a mode, with all that unfolds unfolded and at rest."""
    viewport, scheme = MODES[mode]
    context = browser.new_context(
        viewport=viewport, color_scheme=scheme, offline=True, reduced_motion="reduce", **options
    )
    page = context.new_page()
    page.goto((built_book / f"{name}.html").as_uri(), wait_until="load")
    page.wait_for_timeout(300)  # the theme slides its sidebar in
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate(
        "Promise.all(document.getAnimations().map(animation => animation.finished))"
    )  # what fades in has no contrast yet
    yield page
    context.close()


def judge(browser, built_book, name, mode):
    """Return what is wrong on a page in a mode."""
    with opened(browser, built_book, name, mode) as page:
        return violations(page)


POINTED = "a, button, summary, input, textarea, label, tr, [tabindex]"


def force(page, *states, selector=POINTED):
    """Let all links, controls and rows look as they do under a pointer or with the focus."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("DOM.enable")
    protocol.send("CSS.enable")
    root = protocol.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    found = protocol.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})
    for node in found["nodeIds"]:
        protocol.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": states})


def told(faults):
    """The first faults as lines."""
    return "\n".join(": ".join(fault) for fault in faults[:20])


def test_the_checker_finds_what_is_wrong(browser, tmp_path):
    """The tests below mean nothing if it did not."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!DOCTYPE html><html><title>x</title><main><img src='data:,'><p style='color:#ccc;background:#fff'>pale</p></main></html>",
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(bad.as_uri())
    assert {rule for rule, _, _ in violations(page)} >= {"html-has-lang", "image-alt", "color-contrast"}
    page.close()


def test_the_checker_sees_what_is_pale_only_under_a_pointer(browser, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!DOCTYPE html><html lang=en><title>x</title><style>a:hover { color: #ccc }</style><main><h1>x</h1><a href='#'>pale</a></main></html>",
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(bad.as_uri())
    assert violations(page) == []
    force(page, "hover")
    assert {rule for rule, _, _ in violations(page)} == {"color-contrast"}
    page.close()


@pytest.mark.parametrize("mode", ["wide-dark", "narrow-light"])
@pytest.mark.parametrize("name", ["summary", SOURCE])
def test_main_pages_break_no_rule(browser, built_book, name, mode):
    found = judge(browser, built_book, name, mode)
    assert not found, told(found)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["wide-light", "narrow-dark"])
def test_no_page_breaks_a_rule(browser, built_book, mode):
    faults = [
        (name, *fault) for name in [*contents.pages(), "search"] for fault in judge(browser, built_book, name, mode)
    ]
    assert not faults, told(faults)


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in (CHAPTER, SOURCE, TABLE, "method", "bibliography")]


@pytest.mark.parametrize("mode", ["wide-light", "wide-dark"])
@pytest.mark.parametrize("name", ["how-to-cite", *SLOW])
def test_what_is_under_a_pointer_or_has_the_focus_breaks_no_rule(browser, built_book, name, mode):
    with opened(browser, built_book, name, mode) as page:
        force(page, "hover", selector="tr")  # a row under the pointer, none of its links
        assert not (found := violations(page)), told(found)
        for states in (["hover"], ["focus", "focus-visible"], ["hover", "active"]):
            force(page, *states)
            found = violations(page)
            assert not found, f"{' and '.join(states)}:\n{told(found)}"


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "name, citation",
    [(CHAPTER, "p > .statement-citations a"), (CHAPTER, "td a[href^=source]"), (TABLE, "tbody th a[href^=source]")],
)
def test_an_open_card_breaks_no_rule(browser, built_book, name, citation, mode):
    with opened(browser, built_book, name, mode) as page:
        link = page.locator(citation).nth(2)
        page.keyboard.press("Shift")
        link.focus()
        page.locator(".evidence-card").wait_for()
        page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")
        for states in ([], ["hover"]):
            force(page, *states)
            found = violations(page)
            assert not found, told(found)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["narrow-light", "wide-dark"])
def test_what_was_come_to_and_a_table_without_rows_break_no_rule(browser, built_book, mode):
    with opened(browser, built_book, CHAPTER, mode) as page:
        page.locator("p > .statement-citations a").nth(2).click()
        page.locator(".evidence-back").wait_for()
        assert not (found := violations(page)), told(found)
        page.locator(".evidence-back").click()
        page.locator("[id^=cite-]:target").wait_for()
        for states in ([], ["hover"]):
            force(page, *states)
            assert not (found := violations(page)), told(found)
        page.goto((built_book / f"{TABLE}.html").as_uri())
        page.locator("a.row-address").first.click()
        page.locator("tr.is-target").wait_for()
        assert not (found := violations(page)), told(found)
        page.goto((built_book / f"{TABLE}.html").as_uri() + "?text=zeppelin&from=never")
        page.locator(".dt-empty").wait_for()
        assert not (found := violations(page)), told(found)
