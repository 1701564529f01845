"""Accessibility: axe-core's rules for WCAG 2.2 A and AA on every page, in light and dark, wide and narrow.

Automatic rules find a part of what can be wrong; the tests of the single
controls drive them by keyboard.
"""

import functools

import pytest
import yaml

from analysis import paths

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MODES = {
    "wide-light": ({"width": 1280, "height": 800}, "light"),
    "wide-dark": ({"width": 1280, "height": 800}, "dark"),
    "narrow-light": ({"width": 390, "height": 800}, "light"),
    "narrow-dark": ({"width": 390, "height": 800}, "dark"),
}

# What a rule finds in parts that this project does not write: (rule, beginning of the selector, why it stays).
# An exception that no page needs fails the test at the end.
EXCEPTIONS = (
    (
        "aria-required-children", "#tab-statements",
        "WAI-ARIA 1.3 allows a table the child role caption, which axe-core 4.12 does not know; without roles the table is none on a phone",
    ),
)  # fmt: skip


def pages():
    """The pages of the table of contents, in order."""
    contents = yaml.safe_load((paths.BOOK / "_toc.yml").read_text(encoding="utf-8"))
    return [contents["root"], *(chapter["file"] for part in contents["parts"] for chapter in part["chapters"])]


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
    found = axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        (violation["id"], " ".join(map(str, node["target"])), node["failureSummary"].replace("\n", " "))
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def judge(browser, built_book, name, mode):
    """Open a page in a mode and return what is wrong and which exceptions it needed."""
    viewport, scheme = MODES[mode]
    context = browser.new_context(viewport=viewport, color_scheme=scheme, offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto((built_book / f"{name}.html").as_uri(), wait_until="load")
    page.wait_for_timeout(300)  # the theme slides its sidebar in
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")  # what fades in has no contrast yet
    found = violations(page)
    context.close()
    used = {e for e in EXCEPTIONS for rule, selector, _ in found if rule == e[0] and selector.startswith(e[1])}
    return [f for f in found if not any(f[0] == rule and f[1].startswith(start) for rule, start, _ in EXCEPTIONS)], used


def test_the_checker_finds_what_is_wrong(browser, tmp_path):
    """The tests below mean nothing if it did not."""
    bad = tmp_path / "bad.html"
    bad.write_text("<!DOCTYPE html><html><title>x</title><main><img src='data:,'><p style='color:#ccc;background:#fff'>pale</p></main></html>", encoding="utf-8")
    page = browser.new_page()
    page.goto(bad.as_uri())
    assert {rule for rule, _, _ in violations(page)} >= {"html-has-lang", "image-alt", "color-contrast"}
    page.close()


@pytest.mark.parametrize("mode", ["wide-dark", "narrow-light"])
@pytest.mark.parametrize("name", ["summary", "source-003"])
def test_main_pages_break_no_rule(browser, built_book, name, mode):
    found, _ = judge(browser, built_book, name, mode)
    assert not found, "\n".join(f"{rule}: {selector}: {why}" for rule, selector, why in found[:20])


@pytest.fixture(scope="module")
def judged(browser, built_book):
    """The function ``judged(mode)``: by page, what is wrong and which exceptions were needed; found out once."""
    return functools.cache(lambda mode: {name: judge(browser, built_book, name, mode) for name in [*pages(), "search", "genindex"]})


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["wide-light", "narrow-dark"])
def test_no_page_breaks_a_rule(judged, mode):
    faults = [(name, *f) for name, (found, _) in judged(mode).items() for f in found]
    assert not faults, "\n".join(": ".join(fault) for fault in faults[:40])


@pytest.mark.slow
def test_every_exception_is_needed(judged):
    assert set().union(*(used for _, used in judged("wide-light").values())) == set(EXCEPTIONS)
