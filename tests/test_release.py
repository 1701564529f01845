"""The manifest of a release, and the colophon."""

import hashlib
import sys

import pytest
from bs4 import BeautifulSoup

from analysis import paths
from analysis.build import finished, release


@pytest.fixture
def book(tmp_path):
    """A book of three files, and its manifest made on this system."""
    folder = tmp_path / "html"
    (folder / "_static").mkdir(parents=True)
    for name in ("index.html", "page with blank.html", "_static/style.css"):
        (folder / name).write_text(name, encoding="utf-8")
    path = tmp_path / "release" / "manifest.sha256"
    release.write(path, finished.contents(folder), {"version": "1", "system": release.system(), "inputs": "0"})
    return folder, path


def test_a_manifest_is_read_as_it_was_written(book):
    folder, path = book
    head, sums = release.read(path)
    assert head == {"version": "1", "system": release.system(), "inputs": "0"}
    assert sums == finished.contents(folder)
    assert sums["index.html"] == hashlib.sha256(b"index.html").hexdigest()


def test_the_same_book_is_the_release(book, capsys):
    assert release.verify(book[1], book[0]) == 0
    assert "all 3 files" in capsys.readouterr().out


@pytest.mark.parametrize("here", [True, False], ids=["on the system named", "elsewhere"])
def test_each_difference_is_named_and_fails_on_the_system_named(book, capsys, monkeypatch, here):
    folder, path = book
    (folder / "index.html").write_text("other", encoding="utf-8")
    (folder / "_static/style.css").unlink()
    (folder / "new.html").write_text("", encoding="utf-8")
    if not here:
        monkeypatch.setattr(release, "system", lambda: "Plan 9, mips, Python 3.11")
    assert release.verify(path, folder) == (1 if here else 0)
    said = capsys.readouterr()
    assert said.out.splitlines()[:3] == ["_static/style.css: missing", "index.html: different", "new.html: not in the manifest"]
    assert "3 of 3 files differ" in (said.err if here else said.out)
    assert here or "this is Plan 9" in said.out


def test_a_damaged_or_missing_manifest_is_said(book, capsys):
    folder, path = book
    path.write_text(path.read_text(encoding="utf-8") + "nonsense\n", encoding="utf-8")
    assert release.verify(path, folder) == 1
    assert "line 7: found 'nonsense'" in capsys.readouterr().err
    assert release.verify(path.with_name("none"), folder) == 1
    assert "make manifest" in capsys.readouterr().err


@pytest.fixture
def recorded(book, monkeypatch):
    """Let the book of three files be the one in place, built with the settings given."""

    def put(**settings):
        monkeypatch.setattr(finished, "HTML", book[0])
        monkeypatch.setattr(release.inputs, "files", lambda: {"a": "1"})
        monkeypatch.setattr(finished, "noted", lambda: {"files": {"a": "1"}, "settings": settings, "book": finished.contents(book[0])})

    return put


def test_only_a_plain_book_with_pdf_is_compared(book, recorded, capsys):
    recorded(REPORT_WITH_PDF="1", Python="3")
    assert release.verify(book[1]) == 0
    recorded(REPORT_WITH_PDF="1", REPORT_TEXT="excerpts")
    assert release.verify(book[1]) == 1 and "REPORT_TEXT=excerpts" in capsys.readouterr().err
    recorded(Python="3")
    assert release.verify(book[1]) == 1 and "no PDF" in capsys.readouterr().err


def test_a_book_that_is_not_of_these_files_is_not_compared(book, recorded, monkeypatch, capsys):
    recorded(REPORT_WITH_PDF="1")
    monkeypatch.setattr(release.inputs, "files", lambda: {"a": "2"})
    assert release.verify(book[1]) == 1 and "(a); run `make book`" in capsys.readouterr().err


def test_a_manifest_is_made_only_on_the_system_of_the_colophon(book, recorded, monkeypatch, tmp_path, capsys):
    recorded(REPORT_WITH_PDF="1")
    monkeypatch.setattr(release, "FOLDER", tmp_path / "new")
    monkeypatch.setattr(release, "system", lambda: "Plan 9, mips, Python 3.11")
    assert release.manifest() == 1 and not (tmp_path / "new").exists()
    monkeypatch.setattr(release, "system", lambda: release.TESTED_ON)
    assert release.manifest() == 0
    assert release.verify() == 0
    assert "all 3 files" in capsys.readouterr().out


def test_a_manifest_in_the_repository_can_be_read():
    for path in release.FOLDER.glob("manifest-*.sha256"):
        head, sums = release.read(path)
        assert head.keys() == {"version", "system", "inputs"} and head["system"] == release.TESTED_ON
        assert path.name == f"manifest-{head['version']}.sha256" and "index.html" in sums


def test_the_colophon_names_packages_and_inputs(built_book):
    page = BeautifulSoup((built_book / "colophon.html").read_text(encoding="utf-8"), "lxml")
    packages, files = page.select("table.colophon")
    plain = [[name, number, reason.replace("`", "")] for name, number, reason in release.dependencies()]
    listed = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in packages.select("tbody tr")]
    assert listed == plain
    sums = {row.select_one("th, td").get_text(strip=True): row.select_one(".sha256").get_text(strip=True) for row in files.select("tbody tr")}
    expected = [path for folder in (paths.SEEDS, paths.DATA) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sums == {paths.relative(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in expected}
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}." in page.get_text() and release.TESTED_ON in page.get_text()
