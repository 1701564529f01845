"""The page that offers the downloads, and the files beside it, as a build leaves them."""

import hashlib
import re
from types import SimpleNamespace
from urllib.parse import unquote

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis import downloads as exports
from analysis import paths
from analysis.pages import downloads as extension
from analysis.pages.book import Book

PAGE = "data-and-formats.html"


@pytest.fixture(scope="module")
def page(built_book):
    return BeautifulSoup((built_book / PAGE).read_text(encoding="utf-8"), "lxml")


@pytest.fixture(scope="module")
def links(page):
    """Every download link of the page, with the row it stands in."""
    return [(a, a.find_parent("tr")) for a in page.select("table.downloads a.download")]


# The references of the report, which the page on citing offers.
REFERENCES = {f"{name}.{ending}" for name in ("citation", "references") for ending in ("bib", "json", "ris")}


def there(built_book):
    """The downloads of a built book, references aside."""
    found = {
        p.relative_to(built_book / "downloads").as_posix() for p in (built_book / "downloads").rglob("*") if p.is_file()
    }
    assert found >= REFERENCES
    return found - REFERENCES


def test_a_build_writes_the_files_that_the_package_writes(study, built_book, tmp_path):
    table = exports.write(study, tmp_path)
    assert there(built_book) == set(table["name"])
    for row in table.itertuples():
        assert hashlib.sha256((built_book / "downloads" / row.name).read_bytes()).hexdigest() == row.sha256, row.name


def test_every_file_is_offered_once_by_a_link_that_works(built_book, links):
    offered = [unquote(a["href"]) for a, _ in links]
    assert len(offered) == len(set(offered))
    assert {(built_book / href).relative_to(built_book / "downloads").as_posix() for href in offered} == there(
        built_book
    )
    assert all(a.has_attr("download") for a, _ in links)


def test_a_link_stands_with_the_size_and_the_sum_of_its_file(built_book, links):
    for a, _row in links:
        content = (built_book / unquote(a["href"])).read_bytes()
        cell = a.find_parent(["th", "td"])
        own = next(
            sums
            for file, sums in zip(cell.select(".download-file"), cell.select(".download-sum"))
            if a in file.select("a")
        )
        assert own.get_text().replace(" ", "").strip() == hashlib.sha256(content).hexdigest()
        assert f"({extension.size(len(content))})" in a.find_parent(class_="download-file").get_text()


def test_each_file_says_what_it_is_for_and_what_it_cannot_hold(study, links, tmp_path):
    table = exports.write(study, tmp_path).set_index("name")
    for a, row in links:
        name = unquote(a["href"]).removeprefix("downloads/")
        texts = [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]
        assert texts[1:] == [table.at[name, column].replace("`", "") for column in ("purpose", "limits")]


def test_every_list_has_a_title_and_heads(page):
    lists = page.select("table.downloads")
    assert len(lists) == len(exports.FAMILIES) + 1
    for one in lists:
        assert one.caption.select_one(".caption-text").get_text().strip()
        assert [th.get_text() for th in one.thead.find_all("th")] == ["File", "What it is for", "What it cannot hold"]


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (999_499, "999 kB"), (1_500_000, "1.5 MB")]
)
def test_sizes_are_written_for_people(count, text):
    assert extension.size(count) == text.replace(" ", "\u00a0")


def test_a_page_is_read_again_when_a_file_it_lists_has_changed():
    env = SimpleNamespace(found_docs={"a", "b"})
    extension.begin(None, env, [])
    env.report_downloads.update({"a": "old", "b": "new", "gone": "old"})
    app = SimpleNamespace(report=SimpleNamespace(downloads_state="new"))
    assert extension.outdated(app, env, set(), set(), set()) == ["a"]
    extension.purge(app, env, "a")
    assert extension.outdated(app, env, set(), set(), set()) == []
    other = SimpleNamespace(report_downloads={"a": "old", "c": "old"})
    extension.merge(app, env, ["a"], other)
    assert env.report_downloads == {"a": "old", "b": "new", "gone": "old"}


def test_nothing_of_an_earlier_build_stays(study, tmp_path):
    left = tmp_path / "downloads" / "tables" / "old.csv"
    left.parent.mkdir(parents=True)
    left.write_text("old", encoding="utf-8")
    app = SimpleNamespace(
        builder=SimpleNamespace(format="html"),
        outdir=tmp_path,
        report=Book(study=study),
        config=SimpleNamespace(report_text="excerpts"),
    )
    extension.write(app)
    assert not left.exists() and isinstance(app.report.downloads, pd.DataFrame)
    assert (tmp_path / "downloads" / "SHA256SUMS").is_file()


def test_another_builder_writes_nothing(study, tmp_path):
    app = SimpleNamespace(
        builder=SimpleNamespace(format="latex"),
        outdir=tmp_path,
        report=Book(study=study),
        config=SimpleNamespace(report_text="full"),
    )
    extension.write(app)
    assert list(tmp_path.iterdir()) == [] and len(app.report.downloads)


def test_the_page_has_one_sentence_a_line():
    text = (paths.BOOK / "data-and-formats.md").read_text(encoding="utf-8")
    prose = [line for line in text.split("\n") if line and not line.startswith(("|", "#", "`", ":", "("))]
    assert not [line for line in prose if re.search(r"[.!?] [A-Z]", re.sub(r"`[^`]*`", "x", line))]


@pytest.mark.slow
def test_a_build_of_excerpts_offers_excerpts(study, built_copy, run, tmp_path):
    settings = built_copy / "_config.yml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("report_text: full", "report_text: excerpts"), encoding="utf-8"
    )
    done = run(built_copy, "html")
    assert done.returncode == 0, done.stdout + done.stderr
    table = exports.write(study, tmp_path, "excerpts")
    page = BeautifulSoup((built_copy / "_build" / "html" / PAGE).read_text(encoding="utf-8"), "lxml")
    shown = {sums.get_text().replace(" ", "").strip() for sums in page.select(".download-sum")}
    assert shown == set(table["sha256"])
    for row in table.itertuples():
        assert (built_copy / "_build" / "html" / "downloads" / row.name).read_bytes() == (
            tmp_path / row.name
        ).read_bytes()
