"""The statement table in a real browser, opened as a file: searched, filtered, sorted, shared and downloaded as a reader would."""

import csv
import hashlib
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from analysis import paths
from analysis.measures import views as explorer

pytestmark = pytest.mark.slow  # drives the table in a browser, for minutes

VENDOR = paths.BOOK / "_static" / "vendor" / "datatables"
SCRIPTS = ("dataTables.min.js", "explorer.js")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
STATUS = ".explorer-status"


# The rows and their filters, without a browser


def test_the_vendored_files_are_those_recorded():
    recorded = dict(line.split("  ")[::-1] for line in (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert found == recorded
    version = re.search(r"DataTables (\d+\.\d+\.\d+)", (VENDOR / "VERSION.txt").read_text(encoding="utf-8"))[1]
    assert f"DataTables {version}\n" in (VENDOR / "dataTables.min.js").read_text(encoding="utf-8")[:60]
    assert "Permission is hereby granted, free of charge" in (VENDOR / "LICENSE.txt").read_text(encoding="utf-8")


def test_every_value_of_a_filter_selects_the_statements_that_have_it(study):
    rows = explorer.table(study)
    for facet in explorer.facets(study):
        assert len({value for value, _ in facet.options}) == len(facet.options)
        shares = [len(explorer.select(rows, explorer.view(**{facet.key: value})[2:])) for value, _ in facet.options]
        assert min(shares) > 0 and sum(shares) == len(rows), facet.key


def test_values_of_one_filter_are_alternatives_and_filters_narrow_each_other(study):
    rows = explorer.table(study)
    either = explorer.select(rows, explorer.view(issue=["two_islands", "four_islands"], position="against")[2:])
    assert (
        list(either.index)
        == list(rows[rows["issue"].isin(["two_islands", "four_islands"]) & (rows["position"] == "against")].index)
        != []
    )


@pytest.mark.parametrize(
    "query, named",
    [
        ("colour=red", "'colour' is no filter"),
        ("holder=Nobody", "no statement has the holder 'Nobody'"),
        ("id=xx-1", "'xx-1'"),
    ],
)
def test_a_view_of_what_is_not_there_is_named(study, query, named):
    with pytest.raises(ValueError, match=re.escape(named)):
        explorer.select(explorer.table(study), query)


def test_without_a_script_the_page_is_the_whole_table(built_book, study):
    soup = BeautifulSoup((built_book / "statement-table.html").read_text(encoding="utf-8"), "lxml")
    table = soup.select_one("table.statement-explorer")
    assert table.caption is not None
    rows = table.tbody.find_all("tr")
    assert [row["id"] for row in rows] == [f"row-{identifier}" for identifier in study.statements.index]
    for row, (identifier, statement) in zip(rows, study.statements.iterrows()):
        link = row.find("a")
        assert link["href"] == f"source-{statement['seed'][:3]}.html#{identifier}"
        assert row.select_one(".exact").get_text() == statement["exact"]
        for column in ("article", "speaker", "holder", "issue", "position", "kind", "mode", "status"):
            assert row[f"data-{column}"] == statement[column]
    assert soup.find("form", class_="explorer-controls") is None


def test_the_scripts_are_loaded_on_this_page_alone(built_book):
    loaded = {}
    for path in built_book.glob("*.html"):
        scripts = [
            script["src"] for script in BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select("script[src]")
        ]
        loaded[path.name] = sum(any(name in source for name in SCRIPTS) for source in scripts)
    assert {name for name, count in loaded.items() if count} == {"statement-table.html"}
    assert loaded["statement-table.html"] == len(SCRIPTS)


# As a reader


class Table:
    """The statement table in a window without a network; notes what goes wrong and what is asked for."""

    def __init__(self, browser, book, viewport=WIDE, **options):
        self.book = book
        self.context = browser.new_context(
            viewport=viewport, offline=True, locale="en-GB", accept_downloads=True, **options
        )
        self.context.set_default_timeout(8000)
        self.troubles, self.requested = [], []
        self.page = self.window()

    def window(self):
        """Open one more tab."""
        page = self.context.new_page()
        page.on(
            "console",
            lambda message: self.troubles.append(message.text) if message.type in ("warning", "error") else None,
        )
        page.on("pageerror", lambda error: self.troubles.append(error.stack or str(error)))
        page.on("request", lambda request: self.requested.append(request.url))
        return page

    def open(self, view="", page=None):
        """Open the table, or a view of it."""
        page = page or self.page
        page.goto("about:blank")
        page.goto((self.book / "statement-table.html").as_uri() + view, wait_until="load")
        page.locator(STATUS).wait_for()
        return page

    def ids(self, page=None):
        """The statements shown, in order."""
        return (page or self.page).eval_on_selector_all(
            "table.statement-explorer tbody tr[id]", "rows => rows.map((row) => row.dataset.id)"
        )

    def status(self, page=None):
        """What the count says."""
        return (page or self.page).locator(STATUS).inner_text()

    def filter(self, name):
        """Open a filter and return it."""
        found = self.page.locator("details.explorer-filter").filter(
            has=self.page.locator(".explorer-name", has_text=re.compile(f"^{name}$"))
        )
        if found.get_attribute("open") is None:
            found.locator("summary").click()
        return found

    def choose(self, name, option):
        """Tick an option of a filter; return the number beside it."""
        line = self.filter(name).locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(option)} \(\d+\)$"))
        line.locator("input").check()
        number = int(re.search(r"\((\d+)\)$", line.inner_text())[1])
        self.page.keyboard.press("Escape")  # the list lies over the table
        return number

    def query(self):
        """The query of the address."""
        return parse_qs(urlsplit(self.page.url).query)


@pytest.fixture
def table(browser, built_book):
    """The table on a wide screen."""
    opened = Table(browser, built_book)
    yield opened
    opened.context.close()
    assert opened.troubles == []
    inside = built_book.resolve()
    for address in opened.requested:
        if address != "about:blank" and not address.startswith(("blob:", "data:")):
            assert Path(unquote(urlsplit(address).path)).resolve().is_relative_to(inside), address


def counted(count, study):
    return (
        f"All {count} statements"
        if count == len(study.statements)
        else f"{count} of {len(study.statements)} statements"
    )


def test_all_statements_are_shown_and_counted(table, study):
    table.open()
    assert table.ids() == list(study.statements.index)
    assert table.status() == counted(len(study.statements), study)
    assert table.page.locator(STATUS).get_attribute("aria-live") == "polite"


def test_a_search_shows_the_rows_with_all_words_and_a_quoted_phrase_as_one(table, study):
    table.open()
    search = table.page.get_by_label("Search the statements")
    search.press_sequentially("peace TREATY")
    both = table.ids()
    assert 0 < len(both) < len(study.statements)
    for identifier in both:
        text = table.page.locator(f"[id='row-{identifier}']").inner_text().lower()
        assert "peace" in text and "treaty" in text
    search.fill('"signing a peace treaty"')
    phrase = table.ids()
    assert (
        phrase
        == [i for i, row in study.statements.iterrows() if "signing a peace treaty" in row["exact"].lower()]
        != []
    )
    assert set(phrase) < set(both)
    assert table.status() == counted(len(phrase), study)


def test_a_curly_apostrophe_is_found_by_a_plain_one(table, study):
    identifier, exact = next((i, e) for i, e in study.statements["exact"].items() if "’" in e)
    table.open()
    table.page.get_by_label("Search the statements").fill(
        '"' + exact.replace("’", "'").replace("“", "").replace("”", "").replace('"', "")[:60] + '"'
    )
    assert identifier in table.ids()


def test_a_search_without_result_says_so(table, study):
    table.open()
    table.page.get_by_label("Search the statements").fill("zeppelin")
    assert table.ids() == []
    assert table.status() == counted(0, study)
    assert "No statement fits" in table.page.locator("table.statement-explorer").inner_text()


@pytest.mark.parametrize("key", list(explorer.NAMES))
def test_each_filter_shows_exactly_the_statements_with_its_value(table, study, key):
    rows = explorer.table(study)
    (facet,) = [facet for facet in explorer.facets(study) if facet.key == key]
    value, text = facet.options[-1]
    table.open()
    number = table.choose(facet.name, text)
    expected = list(rows.index[rows[key] == value])
    assert table.ids() == expected
    assert number == len(expected)
    assert table.status() == counted(len(expected), study)
    assert table.query() == {key: [value]}


def test_counts_beside_options_follow_the_other_filters_and_hold(table, study):
    rows = study.statements
    table.open()
    table.choose("Holder", "Shinzo Abe")
    table.choose("Holder", "Japan")
    table.choose("Position", "against")
    labels = dict(next(facet.options for facet in explorer.facets(study) if facet.key == "issue"))
    group = table.filter("Issue")
    shown = {
        line.rsplit(" (", 1)[0].strip(): int(line.rsplit("(", 1)[1][:-1])
        for line in group.locator("label").all_inner_texts()
    }
    chosen = rows[rows["holder"].isin(["Shinzo Abe", "Japan"]) & (rows["position"] == "against")]
    assert shown == {label: int((chosen["issue"] == issue).sum()) for issue, label in labels.items()}
    assert table.ids() == list(chosen.index) != []
    # A filter's own choice does not count against its other options.
    own = {
        line.rsplit(" (", 1)[0].strip(): int(line.rsplit("(", 1)[1][:-1])
        for line in table.filter("Holder").locator("label").all_inner_texts()
    }
    assert own["Russia"] == ((rows["holder"] == "Russia") & (rows["position"] == "against")).sum()


@pytest.mark.parametrize(
    "first, last",
    [
        ("2018", "2018"),
        ("2013", "2013"),
        ("", "1999"),
        ("2016-09-03", "2016-09-03"),
        ("2016-05", "2016-06"),
        ("2017", ""),
    ],
)
def test_a_date_range_shows_the_positions_that_may_fall_into_it(table, study, first, last):
    table.open()
    table.page.get_by_label("from", exact=True).fill(first)
    table.page.get_by_label("to", exact=True).fill(last)
    low, high = (
        (first + "-01-01"[len(first) - 4 :] if first else ""),
        (last + "-12-31"[len(last) - 4 :] if last else "9999"),
    )
    rows = explorer.table(study)
    assert (
        table.ids()
        == [row.Index for row in rows.itertuples() if (row.last or "9999") >= low and row.first <= high]
        != []
    )


@pytest.mark.parametrize("wrong", ["2016-13", "yesterday", "16"])
def test_what_is_no_date_is_named_and_filters_nothing(table, study, wrong):
    table.open()
    field = table.page.get_by_label("from", exact=True)
    field.fill(wrong)
    assert field.get_attribute("aria-invalid") == "true"
    assert wrong in field.evaluate(
        "(node) => node.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' ')"
    )
    message, box = table.page.locator("#explorer-date-problem").bounding_box(), field.bounding_box()
    assert 0 <= message["y"] - box["y"] - box["height"] < 60, "the message stands under its field"
    assert table.ids() == list(study.statements.index)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_filter_opens_over_the_table_and_closes_by_escape_by_another_and_from_outside(browser, built_book, viewport):
    table = Table(browser, built_book, viewport)
    page = table.open()
    filters = page.locator("details.explorer-filter")
    place = page.evaluate("() => document.querySelector('.explorer-region').getBoundingClientRect().top + scrollY")

    def opened():
        return filters.evaluate_all("nodes => nodes.map((node) => node.open)").count(True)

    for number in range(filters.count()):
        filters.nth(number).locator("summary").focus()
        page.keyboard.press("Enter")
        assert opened() == 1
        assert (
            page.evaluate("() => document.querySelector('.explorer-region').getBoundingClientRect().top + scrollY")
            == place
        )
        options = filters.nth(number).locator(".explorer-options").bounding_box()
        assert options["x"] >= 0 and options["x"] + options["width"] <= viewport["width"]
    filters.last.locator("input").first.focus()
    page.keyboard.press("Escape")
    assert opened() == 0 and page.evaluate("() => document.activeElement.localName") == "summary"
    page.keyboard.press("Enter")
    page.locator("article h1").click()
    assert opened() == 0
    table.context.close()


def test_a_head_sorts_by_mouse_and_says_so(table, study):
    table.open()
    head = table.page.locator("thead th").filter(has_text="Holder")
    head.click()
    table.page.wait_for_url("**sort=holder")
    assert head.get_attribute("aria-sort") == "ascending"
    shown = table.page.eval_on_selector_all(
        "tbody tr[id]", "rows => rows.map((row) => row.cells[4].textContent.toLowerCase())"
    )
    assert shown == sorted(shown) and len(set(shown)) > 1
    head.click()
    table.page.wait_for_url("**sort=-holder")
    assert head.get_attribute("aria-sort") == "descending"
    assert table.page.locator("th[aria-sort]").count() == 1


def test_dates_sort_by_time_and_not_by_name(table, study):
    table.open("?sort=date")
    rows = explorer.table(study).loc[table.ids()]
    keys = [(row.first or "0000") + row.last for row in rows.itertuples()]
    assert keys == sorted(keys)


def test_an_address_opens_its_view_in_a_new_window(table, study):
    table.open()
    table.page.get_by_label("Search the statements").fill("islands")
    table.choose("Position", "against")
    table.page.get_by_label("from", exact=True).fill("2016")
    table.page.locator("thead th").filter(has_text="Issue").click()
    table.page.wait_for_url("**sort=issue")
    first, status, address = table.ids(), table.status(), table.page.url
    assert 0 < len(first) < len(study.statements)
    other = table.window()
    other.goto(address, wait_until="load")
    assert table.ids(other) == first and table.status(other) == status
    assert other.get_by_label("Search the statements").input_value() == "islands"
    assert other.get_by_label("from", exact=True).input_value() == "2016"
    assert other.locator("input[name=position][value=against]").is_checked()
    assert other.locator("thead th[aria-sort=ascending]").inner_text().startswith("Issue")
    assert other.locator("a.explorer-address").evaluate("(link) => link.href") == address


def test_back_and_forward_go_through_the_views(table, study):
    table.open()
    table.choose("Issue", "Two islands")
    two = table.ids()
    table.choose("Position", "against")
    against = table.ids()
    table.page.get_by_label("Search the statements").press_sequentially("Brown")
    searched = table.ids()
    assert len(against) < len(two)
    table.page.go_back()
    assert table.ids() == against, "a word typed is one step"
    assert table.page.get_by_label("Search the statements").input_value() == ""
    table.page.go_back()
    assert table.ids() == two
    table.page.go_back()
    assert table.ids() == list(study.statements.index)
    for expected in (two, against, searched):
        table.page.go_forward()
        assert table.ids() == expected


def test_reset_shows_all_again_and_can_be_undone(table, study):
    table.open("?issue=two_islands&text=Russia&from=2016&sort=-holder")
    before = table.ids()
    assert 0 < len(before) < len(study.statements)
    table.page.get_by_role("button", name="Reset").click()
    assert table.ids() == list(study.statements.index)
    assert table.query() == {} and table.page.get_by_label("Search the statements").input_value() == ""
    table.page.go_back()
    assert table.ids() == before


def test_a_browser_that_lets_no_file_change_its_query_keeps_the_view_in_the_fragment(browser, built_book):
    table = Table(browser, built_book)
    table.page.add_init_script(
        "history.pushState = history.replaceState = () => { throw new DOMException('no', 'SecurityError'); }"
    )
    table.open()
    table.choose("Issue", "Two islands")
    shown, address = table.ids(), table.page.url
    assert "#?issue=two_islands" in address
    other = table.window()
    other.goto(address, wait_until="load")
    assert table.ids(other) == shown
    table.page.go_back()
    assert len(table.ids()) > len(shown)
    table.context.close()


def test_an_address_that_asks_for_what_is_not_there_says_so(table, study):
    table.open("?holder=Nobody&issue=two_islands")
    assert "Nobody" in table.page.locator(".explorer-problem").inner_text()
    assert table.ids() == list(study.statements.index[study.statements["issue"] == "two_islands"])


def test_ids_in_the_address_show_these_statements_and_can_be_dropped(table, study):
    wanted = list(study.statements.index[[3, 70]])
    table.open(f"?id={wanted[0]}&id={wanted[1]}")
    assert table.ids() == wanted
    table.page.get_by_role("button", name="Remove the choice").click()
    assert table.ids() == list(study.statements.index)


def test_a_row_has_an_address_apart_from_its_statement(table, study, built_book):
    identifier = study.statements.index[100]
    table.open(f"#row-{identifier}")
    row = table.page.locator(f"[id='row-{identifier}']")
    assert table.ids() == list(study.statements.index)
    place = row.bounding_box()
    assert 0 <= place["y"] < WIDE["height"]
    plain = table.page.locator(f"[id='row-{study.statements.index[98]}'] td").first
    colour = "(cell) => getComputedStyle(cell).backgroundColor"
    assert row.locator("td").first.evaluate(colour) != plain.evaluate(colour)
    row.get_by_role("link", name=f"Address of row {identifier}").click()
    assert table.page.url.endswith(f"#row-{identifier}")
    row.get_by_role("link", name=identifier, exact=True).click()
    table.page.wait_for_url(f"**/source-*.html#{identifier}")
    assert (built_book / urlsplit(table.page.url).path.rsplit("/", 1)[1]).is_file()


def test_a_row_that_the_view_hides_is_shown_when_the_address_asks_for_it(table, study):
    identifier = study.statements.index[study.statements["issue"] != "two_islands"][-1]
    table.open(f"?issue=two_islands#row-{identifier}")
    assert identifier in table.ids()
    assert table.page.locator(f"[id='row-{identifier}']").evaluate("(row) => row.classList.contains('is-target')")


def saved(table, tmp_path):
    """Download what is shown; return the file's name, bytes and records."""
    with table.page.expect_download() as begun:
        table.page.get_by_role("button", name="Download as CSV").click()
    path = tmp_path / begun.value.suggested_filename
    begun.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return path.name, path.read_bytes(), list(csv.DictReader(file, strict=True))


def test_the_download_is_what_is_shown(table, study, tmp_path):
    table.open()
    table.choose("Holder", "Shinzo Abe")
    table.page.locator("thead th").filter(has_text="Position").click()
    shown = table.ids()
    name, raw, records = saved(table, tmp_path)
    assert name == f"statements-{len(shown)}-of-{len(study.statements)}.csv"
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") == raw.count(b"\n") == len(shown) + 1
    assert [record["id"] for record in records] == shown
    for record in records:
        statement = study.statements.loc[record["id"]]
        for column in (
            "article",
            "exact",
            "speaker",
            "via",
            "holder",
            "issue",
            "position",
            "kind",
            "mode",
            "date",
            "status",
        ):
            assert record[column] == statement[column], record["id"]
        assert record["source"] == f"source-{statement['seed'][:3]}.html#{record['id']}"


def test_the_whole_download_has_every_statement_letter_for_letter(table, study, tmp_path):
    table.open()
    name, _, records = saved(table, tmp_path)
    assert name == "statements.csv"
    assert [(record["id"], record["exact"]) for record in records] == list(study.statements["exact"].items())


@pytest.mark.parametrize("dangerous", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(table, study, tmp_path, dangerous):
    table.open("?id=" + study.statements.index[0])
    table.page.locator(".exact").first.evaluate("(cell, text) => { cell.textContent = text; }", dangerous)
    _, _, (record,) = saved(table, tmp_path)
    assert record["exact"] == "'" + dangerous


def test_everything_is_done_by_keyboard(table, study):
    table.open()
    page = table.page

    def tab_to(condition):
        for _ in range(400):
            page.keyboard.press("Tab")
            if page.evaluate(f"() => {{ const here = document.activeElement; return {condition}; }}"):
                ring = page.evaluate(
                    "() => { const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth)]; }"
                )
                assert ring[0] != "none" and ring[1] >= 1, condition
                return
        raise AssertionError(f"the keyboard does not reach {condition}")

    page.get_by_label("Search the statements").focus()
    page.keyboard.type("islands")
    searched = table.ids()
    tab_to("here.tagName === 'SUMMARY' && here.textContent.startsWith('Position')")
    page.keyboard.press("Enter")
    tab_to("here.name === 'position' && here.value === 'against'")
    page.keyboard.press("Space")
    assert table.ids() == [i for i in searched if study.statements.at[i, "position"] == "against"] != []
    tab_to("here.textContent === 'Reset'")
    tab_to("here.textContent === 'Download as CSV'")
    tab_to("here.classList.contains('table-wrap')")
    tab_to("here.closest('thead th')?.textContent.startsWith('Holder')")
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").inner_text().startswith("Holder")
    first = table.ids()[0]
    tab_to(f"here.getAttribute('href')?.endsWith('#{first}')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/source-*.html#{first}")


def test_every_control_has_a_name(table):
    table.open()
    unnamed = table.page.evaluate(
        """() => [...document.querySelectorAll('.explorer-controls :is(input, summary), .explorer-bar :is(button, a):not([hidden])')]
            .filter((node) => !(node.labels?.[0] ?? node).textContent.trim() && !node.getAttribute('aria-label')).map((node) => node.outerHTML)"""
    )
    assert unnamed == []


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_fault_a_checker_finds(browser, built_book, scheme, viewport):
    from axe_playwright_python.sync_playwright import Axe

    table = Table(browser, built_book, viewport, color_scheme=scheme)
    table.open("?issue=two_islands&issue=four_islands")
    table.page.evaluate("() => document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    table.page.get_by_label("from", exact=True).fill("x")
    table.page.evaluate(
        "Promise.all(document.getAnimations().map((animation) => animation.finished))"
    )  # what fades in has no contrast yet
    found = Axe().run(
        table.page,
        context=".bd-article",
        options={
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
        },
    )
    table.context.close()
    assert [(v["id"], [node["html"][:160] for node in v["nodes"]][:2]) for v in found.response["violations"]] == []


def test_on_a_phone_rows_are_cards_that_fit_and_controls_work(browser, built_book, study):
    table = Table(browser, built_book, PHONE)
    page = table.open()
    table.choose("Issue", "Two islands")
    expected = list(study.statements.index[study.statements["issue"] == "two_islands"])
    assert table.ids() == expected
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(
        "() => { const box = document.querySelector('.table-wrap'); return box.scrollWidth <= box.clientWidth + 1; }"
    )
    card = page.locator(f"[id='row-{expected[0]}']")
    assert card.evaluate("(row) => getComputedStyle(row).display") == "block"
    protocol = page.context.new_cdp_session(page)
    heard = Counter(
        node["role"]["value"] for node in protocol.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]
    )
    assert heard["row"] == len(expected) + 1 and heard["rowheader"] == len(expected), (
        "cards remain rows of a table to those who listen"
    )
    assert page.evaluate(
        "() => [...document.querySelectorAll('.explorer-bar button:not([hidden])')].every((node) => node.getBoundingClientRect().height >= 24)"
    )
    page.locator("thead th").filter(has_text="Holder").click()
    page.locator("thead th[aria-sort=ascending]").wait_for()
    shown = page.eval_on_selector_all("tbody tr[id]", "rows => rows.map((row) => row.dataset.holder.toLowerCase())")
    assert len(shown) == len(expected)
    assert page.locator("thead th[aria-sort=ascending]").count() == 1
    table.context.close()


def test_on_paper_no_controls_and_every_row(table, study):
    table.open()
    table.page.emulate_media(media="print")
    assert table.page.locator(".explorer-controls, .explorer-bar").evaluate_all(
        "nodes => nodes.map((node) => getComputedStyle(node).display)"
    ) == ["none", "none"]
    assert table.ids() == list(study.statements.index)


def test_the_pdf_holds_every_statement_in_few_wide_columns(built_book, study):
    from analysis.pdf import pages as pdf
    from analysis.pdf import tables as pdf_tables

    (chapter,) = [pdf.read_page(built_book, "statement-table", "")]
    (printed,) = chapter.article.select("table.statement-explorer")
    rows = printed.tbody.find_all("tr")
    assert len(rows) == len(study.statements)
    assert len(printed.thead.find_all("th")) == 7
    passage = float(re.search(r"width: ([\d.]+)%", printed.find_all("col")[1]["style"])[1])
    assert passage > 25, "the passage has too little room"
    for row, (identifier, statement) in zip(rows, study.statements.iterrows()):
        text = pdf_tables.text_of(row)
        for part in (
            identifier,
            " ".join(statement["exact"].split()),
            statement["position"],
            statement["kind"],
            statement["mode"],
        ):
            assert part in text, identifier
