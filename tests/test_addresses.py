"""Addresses that last: every one ever published leads somewhere, and every new one is on the list."""

import re
import shutil

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis import paths
from analysis.base.faults import DataError
from analysis.cite import addresses
from analysis.cite import redirects as moves


def listed(*addresses):
    """A list of addresses, numbered from 1."""
    return pd.Series(addresses, index=range(1, len(addresses) + 1), dtype=object)


def redirects(*rows):
    return pd.DataFrame(rows, columns=list(moves.COLUMNS), dtype=object)


@pytest.fixture(scope="module")
def published(built_book):
    """The addresses of the built book, and the ids of its pages."""
    return addresses.published(built_book)


@pytest.fixture
def page(browser):
    """A window without a network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


# The list and the book


def test_every_listed_address_is_in_the_book_or_redirected(published):
    assert [str(fault) for fault in addresses.lost(addresses.read(), published[1], moves.read())] == []


def test_every_address_of_the_book_is_listed(published):
    missing = set(published[0]) - set(addresses.read())
    assert missing == set(), "run `python -m analysis addresses` after a build, and commit the list"


def test_every_kind_is_found_and_every_statement_listed(published, study):
    assert set(published[0].values()) == {
        "page",
        "section",
        "figure",
        "table",
        "statement",
        "passage",
        "article",
        "reference",
    }
    ends = set(addresses.read().str.partition("#")[2])
    assert {*study.statements.index, *study.passages.index} <= ends


def test_no_citable_thing_has_an_automatic_id(built_book):
    """Looked up in the pages by other means than `published` uses."""
    for path in sorted(built_book.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        found = re.findall(r'<(?:section|figure|table)\b[^>]*\bid="((?:id|index-|section-)\d+)"', text)
        found += re.findall(r'<div class="citation"[^>]*\bid="(id\d+)"', text)
        assert found == [], path.name


def test_the_mark_beside_a_heading_leads_to_its_lasting_address(built_book, published):
    known = set(addresses.read())
    for path in sorted(built_book.glob("*.html")):
        article = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").find("article")
        for mark in article.select("a.headerlink") if article else ():
            if path.name != "search.html":
                assert path.name + mark["href"] in published[0].keys() & known


def test_an_authors_target_comes_before_the_words_of_the_heading(built_book):
    section = BeautifulSoup((built_book / "islands.html").read_text(encoding="utf-8"), "lxml").find(
        "section", id="sec-two"
    )
    assert section is not None
    aliases = [span["id"] for span in section.find_all("span", id=True, recursive=False)]
    assert aliases and all(alias.startswith("two-islands") for alias in aliases)


# Keeping the list


IDS = {"a.html": {"one", "new"}, "b.html": {"x"}}


def test_a_lost_address_is_named_with_its_row():
    faults = addresses.lost(listed("a.html#one", "a.html#gone", "c.html"), IDS, redirects())
    assert [fault.where for fault in faults] == ["row 2", "row 3"]
    assert "a.html#gone" in str(faults[0]) and "redirects.csv" in str(faults[0])


@pytest.mark.parametrize(
    "rows, lost",
    [
        ([("a.html#gone", "a.html#one", "1.1.0")], []),
        ([("a.html#gone", "b.html#x", "1.1.0")], []),
        ([("a.html#gone", "b.html#y", "1.1.0")], ["a.html#gone", "b.html#y"]),
        ([("a.html#other", "b.html#x", "1.1.0")], ["a.html#gone"]),
    ],
)
def test_a_redirect_counts_only_if_it_leads_somewhere(rows, lost):
    faults = addresses.lost(listed("a.html#gone"), IDS, redirects(*rows))
    assert len(faults) == len(lost) and all(name in str(fault) for name, fault in zip(lost, faults))


def test_a_moved_page_takes_its_fragments_along():
    moved = redirects(("old.html", "b.html", "1.1.0"), ("old.html#y", "a.html#one", "1.1.0"))
    assert moves.resolve("old.html", moved) == "b.html"
    assert moves.resolve("old.html#x", moved) == "b.html#x"
    assert moves.resolve("old.html#y", moved) == "a.html#one"
    assert moves.resolve("a.html#x", moved) is None
    assert [fault.where for fault in addresses.lost(listed("old.html#x", "old.html#z"), IDS, moved)] == ["row 2"]


@pytest.fixture
def no_redirects(tmp_path, monkeypatch):
    """A list of redirects without one: those of this book lead to pages that a made-up book lacks."""
    path = tmp_path / "redirects.csv"
    path.write_text("from,to,since\n", encoding="utf-8")
    monkeypatch.setattr(paths, "REDIRECTS", path)


def test_update_adds_what_is_new_drops_nothing_and_reports_what_is_lost(tmp_path, monkeypatch, no_redirects):
    book = tmp_path / "html"
    book.mkdir()
    (book / "a.html").write_text(
        '<article><section id="a"><h1>A</h1><section id="b"><h2>B</h2></section></section></article>', encoding="utf-8"
    )
    path = tmp_path / "addresses.csv"
    monkeypatch.setattr(paths, "ADDRESSES", path)
    assert addresses.update(book) == ["a.html", "a.html#a", "a.html#b"]
    assert addresses.update(book) == []
    before = path.read_text(encoding="utf-8")
    (book / "a.html").write_text(
        '<article><section id="a"><h1>A</h1><section id="c"><h2>C</h2></section></section></article>', encoding="utf-8"
    )
    with pytest.raises(DataError, match="row 4: found a.html#b, which the book does not have"):
        addresses.update(book)
    after = path.read_text(encoding="utf-8")
    assert after.startswith(before) and "a.html#c" in after


def test_the_command_updates_the_list_of_the_built_book(tmp_path, monkeypatch, capsys, no_redirects):
    from analysis import __main__ as command

    (tmp_path / "a.html").write_text(
        '<article><section id="a"><h1>A</h1><p><span id="ab12-03"></span></p></section></article>', encoding="utf-8"
    )
    monkeypatch.setattr(paths, "HTML", tmp_path)
    monkeypatch.setattr(paths, "ADDRESSES", tmp_path / "addresses.csv")
    assert command.main(["addresses"]) == 0
    assert "3 new" in capsys.readouterr().out
    assert list(addresses.read()) == ["a.html", "a.html#a", "a.html#ab12-03"]
    (tmp_path / "a.html").write_text('<article><section id="a"><h1>A</h1></section></article>', encoding="utf-8")
    assert command.main(["addresses"]) == 1
    assert "a.html#ab12-03" in capsys.readouterr().err


@pytest.mark.parametrize(
    "element", ['<section id="id3"><h2>X</h2></section>', "<figure><figcaption>X</figcaption></figure>"]
)
def test_an_automatic_id_is_a_fault(tmp_path, element):
    (tmp_path / "a.html").write_text(
        f'<article><section id="a"><h1>A</h1>{element}</section></article>', encoding="utf-8"
    )
    with pytest.raises(DataError, match="an id of its own"):
        addresses.published(tmp_path)


def test_an_empty_folder_is_no_book(tmp_path):
    with pytest.raises(DataError, match="no pages"):
        addresses.published(tmp_path)


@pytest.mark.parametrize(
    "text, message",
    [
        ("from,to,since\nx y,a.html,1.0.0\n", "from 'x y'"),
        ("from,to,since\na.html,https://example.org/,1.0.0\n", "to 'https://example.org/'"),
        ("from,to,since\na.html,b.html,soon\n", "since 'soon'"),
        ("from,to,since\na.html,b.html,1.0.0\nb.html,c.html,1.0.0\n", "which has moved itself"),
        ("from,to,since\na.html,b.html,1.0.0\na.html,c.html,1.0.0\n", "again"),
        ("from,to\na.html,b.html\n", "columns"),
    ],
)
def test_a_wrong_redirect_is_named(tmp_path, monkeypatch, text, message):
    path = tmp_path / "redirects.csv"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "REDIRECTS", path)
    with pytest.raises(DataError, match=re.escape(message)):
        moves.read()


@pytest.mark.parametrize("row", ["a.html#one,section", "../a.html", "a.html#id 3"])
def test_a_wrong_row_of_the_list_is_named(tmp_path, monkeypatch, row):
    path = tmp_path / "addresses.csv"
    path.write_text(f"address\n{row}\n", encoding="utf-8")
    monkeypatch.setattr(paths, "ADDRESSES", path)
    with pytest.raises(DataError, match="row 2"):
        addresses.read()


@pytest.mark.parametrize(
    "value",
    [
        "example.org/book",
        "ftp://example.org/",
        "https://example.org/?x=1",
        "https://example.org/#a",
        'https://e.org/"x',
    ],
)
def test_a_wrong_base_address_is_named(value):
    with pytest.raises(DataError, match="example.org/book/"):
        addresses.check_base(value, "REPORT_URL")


def test_a_base_address_ends_in_a_slash():
    assert addresses.check_base(" https://example.org/book ", "") == "https://example.org/book/"
    assert addresses.check_base("", "") == ""


# Redirects in a browser


@pytest.fixture
def moved_book(tmp_path):
    """A small book whose places have moved, with the project's own script."""
    static = tmp_path / "_static"
    static.mkdir()
    shutil.copy(paths.BOOK / "_static" / "redirects.js", static)
    moved = redirects(("old.html", "new.html", "1.1.0"), ("sub/older.html", "new.html#two", "1.1.0"), ("old.html#far", "other.html#here", "1.1.0"),
                      ("other.html#left", "new.html#two", "1.1.0"))  # fmt: skip
    (static / "redirects-data.js").write_text(moves.script_data(moved), encoding="utf-8")
    scripts = (
        '<script defer src="_static/redirects-data.js"></script><script defer src="_static/redirects.js"></script>'
    )
    for name, ids in (("new.html", ("one", "two")), ("other.html", ("here",))):
        body = "".join(f'<h2 id="{identifier}">{identifier}</h2>' for identifier in ids)
        (tmp_path / name).write_text(
            f'<!DOCTYPE html><html data-content_root="./"><meta name="report-page" content="{name}"><title>{name}</title>{scripts}{body}',
            encoding="utf-8",
        )
    moves.write_pages(moved, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "old, new",
    [
        ("old.html", "new.html"),
        ("old.html#one", "new.html#one"),
        ("old.html#far", "other.html#here"),
        ("sub/older.html", "new.html#two"),
        ("other.html#left", "new.html#two"),
        ("other.html#here", "other.html#here"),
        ("other.html#unknown", "other.html#unknown"),
    ],
)
def test_an_old_address_leads_on_without_a_server(moved_book, page, old, new):
    page.goto((moved_book / "new.html").as_uri())
    path, _, fragment = old.partition("#")
    page.goto((moved_book / path).as_uri() + ("#" + fragment if fragment else ""))
    page.wait_for_timeout(400)
    assert page.url == moved_book.as_uri() + "/" + new


def test_an_old_page_leads_on_without_scripts(moved_book, page):
    window = page.context.browser.new_context(java_script_enabled=False, offline=True).new_page()
    window.goto((moved_book / "sub" / "older.html").as_uri())
    window.wait_for_timeout(500)
    assert window.url == moved_book.as_uri() + "/new.html#two"


def test_a_redirect_does_not_overwrite_a_page(tmp_path):
    (tmp_path / "a.html").write_text("here", encoding="utf-8")
    with pytest.raises(DataError, match="which is a page of the book"):
        moves.write_pages(redirects(("a.html", "b.html", "1.1.0")), tmp_path)
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == "here"


@pytest.mark.slow
def test_redirects_are_built_into_the_book(built_copy, run, page):
    table = built_copy / "book" / "redirects.csv"
    table.write_text(
        "from,to,since\nbefore.html,islands.html,1.1.0\nislands.html#sec-halves,islands.html#sec-two,1.1.0\n"
        "islands.html#tab-gone,prospects.html#tab-law,1.1.0\nislands.html#map,islands.html#fig-map,1.1.0\n",
        encoding="utf-8",
    )
    done = run(built_copy, "html")
    assert done.returncode == 0, done.stdout + done.stderr
    book = built_copy / "_build" / "html"
    _, ids = addresses.published(book)
    assert {"sec-halves", "map"} <= ids["islands.html"]
    for old, new in (
        ("before.html#sec-two", "islands.html#sec-two"),
        ("islands.html#tab-gone", "prospects.html#tab-law"),
    ):
        page.goto("about:blank")
        page.goto(book.as_uri() + "/" + old)
        page.wait_for_timeout(800)
        assert page.url == book.as_uri() + "/" + new
    table.write_text("from,to,since\nislands.html#sec-two,islands.html#sec-four,1.1.0\n", encoding="utf-8")
    done = run(built_copy, "html")
    assert done.returncode == 1 and "which the book still has" in done.stdout + done.stderr
