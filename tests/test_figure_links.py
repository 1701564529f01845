"""Figures that answer: every mark that stands for statements leads to them, and the data of a figure are one click away."""

import json
import re
from urllib.parse import unquote, urlsplit

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from lxml import etree
from marks import Drawing, of_data, of_text, summed

from analysis import paths
from analysis.measures import alignment, ledger, positions
from analysis.measures import views as explorer
from analysis.pages import figure_links
from analysis.pdf import drawings as pdf_drawings
from analysis.report import sides
from analysis.report.chapters import issues

pytestmark = pytest.mark.slow  # drives the pages in a browser, for minutes

LEAST, BOTH = 3, {"Japan and Russia"}
NOT_OF_STATEMENTS = {"fig-map", "fig-article-dates"}  # coast, and the dates of the articles
NOTEBOOKS = sorted(path.stem for path in paths.BOOK.glob("*.ipynb"))


def figures(built_book):
    """All drawings of the book: the figure's id to the page, the links (address, name, title) and the data below."""
    found = {}
    for path in sorted(built_book.glob("*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for figure in soup.select("figure.result"):
            links = [(link["xlink:href"], link["aria-label"], link.title.get_text()) for link in figure.select("svg a")]
            below = figure.find_next_sibling()
            data = below if below is not None and "figure-data" in below.get("class", []) else None
            found[figure["id"]] = (path.name, links, data)
    return found


@pytest.fixture(scope="module")
def drawn(built_book):
    """As `figures` returns it."""
    return figures(built_book)


def shown_by(address, study):
    """The statements an address leads to: one passage, or a view of the table."""
    parts = urlsplit(address)
    if parts.query:
        assert parts.path == "statement-table.html"
        shown = list(explorer.select(explorer.table(study), parts.query).index)
        assert parts.fragment == f"row-{shown[0]}"
        return shown
    return [unquote(parts.fragment)]


def test_every_figure_is_known(drawn):
    assert set(drawn) > NOT_OF_STATEMENTS
    assert {name for name, (_, links, _) in drawn.items() if not links} == NOT_OF_STATEMENTS


def test_every_link_of_a_mark_has_a_name_that_says_where_it_leads_and_shows_it(drawn, study):
    for name, (_, links, _) in drawn.items():
        for address, label, title in links:
            assert label == title and len(label) > 8, name
            assert "&amp;" not in label
            if not urlsplit(address).query:
                assert unquote(urlsplit(address).fragment) in label, (name, label)


def test_a_dot_of_one_statement_says_who_on_what_and_how(drawn, study):
    _, links, _ = drawn["fig-options"]
    named = {unquote(urlsplit(address).fragment): label for address, label, _ in links}
    for identifier, label in named.items():
        row = study.statements.loc[identifier]
        issue = study.codebook.issues.at[row["issue"], "label"].lower()
        assert label == f"{identifier}: {positions.holder_name(row['holder'])}, {issue}, {row['position']}"


@pytest.mark.parametrize(
    "figure, wanted",
    [
        ("fig-options", issues("islands")),
        ("fig-economy", issues("economy-first")),
        ("fig-joint-activity", ("joint_use", *issues("joint-activity"))),
    ],
)
def test_a_dot_chart_has_one_link_for_each_of_its_statements(drawn, study, figure, wanted):
    _, links, _ = drawn[figure]
    led_to = [identifier for address, _, _ in links for identifier in shown_by(address, study)]
    assert sorted(led_to) == sorted(positions.select(study.statements, wanted).index)


def test_the_chart_of_voices_links_every_statement_once(drawn, study):
    _, links, _ = drawn["fig-voices"]
    assert sorted(urlsplit(address).fragment for address, _, _ in links) == sorted(study.statements.index)


def test_a_mark_of_the_grid_leads_to_the_statements_it_stands_for(drawn, study):
    judged = alignment.active(alignment.judgements(study.statements), LEAST, BOTH)
    s = study.statements[study.statements["position"].isin(alignment.AGREEMENT)]
    expected = {
        tuple(s.index[(s["holder"] == h) & (s["issue"] == i)]) for h, i in zip(judged["holder"], judged["issue"])
    }
    _, links, _ = drawn["fig-grid"]
    assert len(links) == len(expected)
    assert {tuple(shown_by(address, study)) for address, _, _ in links} == expected


def test_a_line_of_the_network_leads_to_both_holders_on_the_shared_issues(drawn, study):
    judged = alignment.active(alignment.judgements(study.statements), LEAST, BOTH)
    pairs = alignment.one_mode(judged)
    _, links, data = drawn["fig-network"]
    lines = [(address, label) for address, label, _ in links if "judgement on" in label]
    assert len(lines) == (pairs["congruence"] > 0).sum() + (pairs["conflict"] > 0).sum()
    for address, label in lines:
        first, second, kind, number = re.match(r"(.+) and (.+), (same|opposed) judgement on (\d+):", label).groups()
        if (first, second) not in set(zip(pairs["first"], pairs["second"])):
            continue  # "Japan and Russia" is a name too; the count above has it
        row = pairs[(pairs["first"] == first) & (pairs["second"] == second)].iloc[0]
        assert int(number) == row["congruence" if kind == "same" else "conflict"]
        statements = study.statements.loc[shown_by(address, study)]
        assert set(statements["holder"]) == {first, second} and statements["issue"].nunique() == int(number)
    nodes = [address for address, label, _ in links if "all statements" in label]
    assert len(nodes) == len({*pairs["first"], *pairs["second"]})


def test_a_cell_of_the_ledger_leads_to_all_its_statements(drawn, study):
    _, links, _ = drawn["fig-ledger"]
    expected = [ids for ids in ledger.sentences(study)["statements"] if ids]
    assert sorted(shown_by(address, study) for address, _, _ in links) == sorted(expected)


def test_data_of_a_figure_stand_under_it_and_match_its_marks(drawn, study):
    assert {name for name, (_, _, data) in drawn.items() if data is None} == {"fig-map"}, (
        "the map has no data but its coast"
    )
    for name in ("fig-options", "fig-economy", "fig-voices", "fig-options-time"):
        _, links, data = drawn[name]
        listed = [link["href"].split("#")[1] for link in data.select("tbody a")]
        left_out = [row for row in data.select("tbody tr") if "(not drawn)" in row.get_text()]
        not_drawn = [row.select_one("a")["href"].split("#")[1] for row in left_out]
        assert sorted(listed) == sorted([*not_drawn, *(urlsplit(address).fragment for address, _, _ in links)]), name
        assert f"({len(listed)} rows)" in data.summary.get_text()


def test_every_chart_of_statements_has_as_many_marks_as_its_data_and_its_text_say(built_book, study):
    """By issue, position, side and own or ascribed, in the pages as they are published."""
    holders = study.statements["holder"]
    now = holders[holders.map(study.actors["country"]) != "Soviet Union"]
    named = {side for some in (now, holders) for side in sides.of(some, study.actors)}
    adjectives, compared = {word: side.name for side in named for word in (side.one, side.many)}, 0
    for path in sorted(built_book.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        found = BeautifulSoup(text, "lxml").select("figure.result")
        for figure, svg in zip(found, re.findall(r"<svg [^>]*report-figure.*?</svg>", text, re.DOTALL), strict=True):
            below = figure.find_next_sibling()
            if below is None or "figure-data" not in below.get("class", []):
                continue
            heads, *rows = [[cell.get_text().strip() for cell in row.select("th, td")] for row in below.select("tr")]
            if "Own or ascribed" not in heads:
                continue
            counts, data = Drawing(svg).counts(), pd.DataFrame(rows, columns=heads)
            assert counts == of_data(data) and counts, figure["id"]
            if "Date" not in heads:
                by_side, by_basis = of_text(figure.svg["aria-label"], adjectives)
                assert summed(counts, 0, 1, 2) == by_side and summed(counts, 0, 1, 3) == by_basis, figure["id"]
            compared += 1
    assert compared >= 7


def test_data_of_figures_are_no_citations(drawn):
    for name, (_, _, data) in drawn.items():
        assert data is None or data.select("[id^=cite-]") == [], name


def test_a_drawing_that_leads_nowhere_is_a_fault(study):
    for target in ("xx-99", "?holder=Nobody", "?colour=red", "?holder=Shinzo+Abe&issue=blame"):
        views, faults = figure_links.check(study, [target])
        assert views == {} and len(faults) == 1, target
    views, faults = figure_links.check(study, ["?holder=Shinzo+Abe"])
    assert faults == [] and list(views.values()) == [
        study.statements.index[study.statements["holder"] == "Shinzo Abe"][0]
    ]


def test_in_print_a_slanting_line_takes_no_area_and_a_level_one_a_narrow_one():
    drawing = etree.fromstring(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
        '<a xlink:href="#slanting"><path d="M 0 0 L 90 90" style="fill: none; stroke: #000"/></a>'
        '<a xlink:href="#level"><path d="M 10 50 L 90 50" style="fill: none; stroke: #000"/></a></svg>'
    )
    ((target, (left, top, width, height)),) = pdf_drawings.link_areas(drawing)
    assert (
        target == "#level" and left == pytest.approx(8) and width == pytest.approx(84) and 2 <= height <= 6 and top < 50
    )


# Notebooks as they ran


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_page_links_to_its_notebook_with_results(built_book, name):
    soup = BeautifulSoup((built_book / f"{name}.html").read_text(encoding="utf-8"), "lxml")
    (link,) = soup.select(".page-tools a.executed-notebook")
    path = built_book / link["href"]
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    stored = nbformat.read(paths.BOOK / f"{name}.ipynb", as_version=4)
    assert [(cell.cell_type, cell.source, cell.id) for cell in notebook.cells] == [
        (cell.cell_type, cell.source, cell.id) for cell in stored.cells
    ]
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert all(cell.execution_count for cell in code) and any(cell.outputs for cell in code)
    assert notebook.metadata == stored.metadata
    assert [anchor["href"] for anchor in soup.find_all("a", href=re.compile(r"\.ipynb$"))] == [link["href"]], (
        "one way only"
    )
    (data,) = soup.select(".page-tools a.book-data")
    assert (built_book / data["href"]).is_file()


def test_a_page_that_is_no_notebook_offers_none(built_book):
    assert "executed-notebook" not in (built_book / "bibliography.html").read_text(encoding="utf-8")
    assert sorted(path.stem for path in (built_book / "notebooks").glob("*")) == NOTEBOOKS


def test_executed_notebooks_name_no_time_and_no_place(built_book, built_project):
    for path in sorted((built_book / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        assert str(built_project) not in text and str(paths.ROOT) not in text, path.name
        assert not re.search(r"iopub|shell\.execute|\d{4}-\d\d-\d\dT\d\d:\d\d", text), path.name
        for cell in json.loads(text)["cells"]:
            assert "execution" not in cell["metadata"]


# In a browser


@pytest.fixture(scope="module")
def page(browser):
    """A window without a network; nothing may go wrong in it."""
    window = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
    troubles = []
    window.on("pageerror", lambda error: troubles.append(str(error)))
    window.on(
        "console", lambda message: troubles.append(message.text) if message.type in ("warning", "error") else None
    )
    yield window
    window.context.close()
    assert troubles == []


HERE = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    return [here.getAttribute('aria-label'), style.outlineStyle, parseFloat(style.outlineWidth), Boolean(here.closest('svg'))];
}"""


def test_a_drawing_is_one_stop_and_arrow_keys_reach_every_mark_with_a_ring_to_see(built_book, page):
    page.goto((built_book / "islands.html").as_uri())
    marks = page.locator("[id=fig-options] svg a")
    names = marks.evaluate_all("nodes => nodes.map((node) => node.getAttribute('aria-label'))")
    page.evaluate("() => document.querySelector('[id=fig-map] .cite-control').focus()")
    page.keyboard.press("Tab")
    while not page.evaluate(HERE)[3]:
        page.keyboard.press("Tab")
    reached = []
    for _ in names:
        here, style, width, _ = page.evaluate(HERE)
        assert style == "solid" and width >= 2, here
        reached.append(here)
        page.keyboard.press("ArrowRight")
    assert reached == names
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    below = page.evaluate(HERE)[0]
    assert below != names[0] and "two islands" in below
    page.keyboard.press("ArrowUp")
    assert "four islands" in page.evaluate(HERE)[0]
    page.keyboard.press("Tab")
    assert not page.evaluate(HERE)[3], "one stop for the whole drawing"
    page.keyboard.press("Shift+Tab")
    assert "four islands" in page.evaluate(HERE)[0], "back at the mark that was left"


def test_without_scripts_every_mark_is_a_stop(built_book, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    window = context.new_page()
    window.goto((built_book / "islands.html").as_uri())
    window.locator("[id=fig-options] svg a").first.focus()
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    window.wait_for_url("**/source-*.html#*")
    context.close()


@pytest.fixture
def phone(browser):
    """A phone's window; nothing may go wrong in it."""
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, offline=True, reduced_motion="reduce"
    )
    window, troubles = context.new_page(), []
    window.on("pageerror", lambda error: troubles.append(str(error)))
    yield window
    context.close()
    assert troubles == []


@pytest.mark.parametrize(
    "name, figure",
    [
        ("islands", "fig-options"),
        ("who-speaks", "fig-voices"),
        ("islands", "fig-options-time"),
        ("alignments", "fig-grid"),
    ],
)
def test_on_a_phone_a_cell_of_marks_is_one_target_that_lists_them(built_book, phone, drawn, name, figure):
    phone.goto((built_book / f"{name}.html").as_uri())
    cells = phone.locator(f"[id={figure}] a.mark-cell")
    cells.first.wait_for(state="attached")
    sizes = cells.evaluate_all(
        "nodes => nodes.map((node) => { const box = node.getBoundingClientRect(); return Math.min(box.width, box.height); })"
    )
    assert min(sizes) >= 23.9
    wanted, reached = {label for _, label, _ in drawn[figure][1]}, set()
    for number in range(cells.count()):
        cell = cells.nth(number)
        if cell.get_attribute("role") != "button":
            reached.add(cell.get_attribute("aria-label"))
            continue
        count = int(re.search(r": (\d+) marks$", cell.get_attribute("aria-label"))[1])
        cell.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
        box = cell.bounding_box()
        phone.evaluate("() => scrollBy(0, -150)")
        box = cell.bounding_box()
        phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        links = phone.locator(".mark-list:popover-open li a")
        links.first.wait_for()
        listed = links.all_inner_texts()
        assert len(listed) >= count, "a tap where two cells meet lists both"
        assert phone.evaluate(
            "() => { const box = document.querySelector('.mark-list').getBoundingClientRect(); return box.height <= innerHeight / 2 + 1 && box.bottom <= innerHeight; }"
        )
        reached |= set(listed)
        phone.keyboard.press("Escape")
        links.first.wait_for(state="hidden")
    assert reached == wanted


def test_the_list_of_a_cell_leads_to_the_passage_and_back(built_book, phone):
    phone.goto((built_book / "islands.html").as_uri())
    cell = phone.locator("[id=fig-options] a.mark-cell[role=button]").first
    cell.focus()
    phone.keyboard.press("Enter")
    link = phone.locator(".mark-list li a").nth(1)
    identifier = link.inner_text().split(":")[0]
    link.tap()
    phone.wait_for_url(f"**/source-*.html#{identifier}")
    phone.locator(".evidence-back").tap()
    phone.wait_for_url("**/islands.html#fig-options")


def test_a_mark_of_one_statement_leads_to_its_passage_by_pointer_and_key(built_book, page):
    for act in ("click", "key"):
        page.goto((built_book / "summary.html").as_uri())
        mark = page.locator("figure.result svg a").nth(4)
        identifier = mark.get_attribute("aria-label").split(":")[0]
        if act == "click":
            mark.click()
        else:
            mark.focus()
            page.keyboard.press("Enter")
        page.wait_for_url(f"**/source-*.html#{identifier}")


def test_a_mark_of_several_statements_leads_to_the_view_that_shows_them(built_book, page, study):
    for name, figure in (
        ("alignments", "[id=fig-grid]"),
        ("ledger", "figure.result"),
        ("alignments", "[id=fig-network]"),
    ):
        page.goto((built_book / f"{name}.html").as_uri())
        links = page.locator(f"{figure} svg a").evaluate_all(
            "nodes => nodes.map((node) => node.getAttributeNS('http://www.w3.org/1999/xlink', 'href'))"
        )
        index, address = next((i, a) for i, a in enumerate(links) if "?" in a and len(shown_by(a, study)) > 2)
        page.locator(f"{figure} svg a").nth(index).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/statement-table.html?*")
        page.locator(".explorer-status").wait_for()
        shown = page.eval_on_selector_all(
            "table.statement-explorer tbody tr[id]", "rows => rows.map((row) => row.dataset.id)"
        )
        assert shown == shown_by(address, study)
        assert page.locator(".explorer-status").bounding_box()["y"] < 900


def test_a_number_on_a_cell_of_the_ledger_leaves_the_pointer_to_the_cell(built_book, page):
    page.goto((built_book / "ledger.html").as_uri())
    mark = page.locator("figure.result svg a").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("statement-table|source-"))


def test_the_data_of_a_figure_are_one_click_away(built_book, page):
    page.goto((built_book / "islands.html").as_uri())
    data = page.locator("[id=fig-options] + details.figure-data")
    assert not data.locator("table").is_visible()
    data.locator("summary").click()
    assert data.locator("table").is_visible()
    identifier = data.locator("tbody a").first.inner_text()
    data.locator("tbody a").first.click()
    page.wait_for_url(f"**/source-*.html#{identifier}")
