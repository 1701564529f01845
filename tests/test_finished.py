"""The finished book: its record, and how a new one takes its place."""

import errno
import json
import shutil

import pytest

from analysis import paths
from analysis.build import finished


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty build folder."""
    for name, path in {"HTML": "html", "RECORD": "record.json", "PREVIOUS": "previous"}.items():
        monkeypatch.setattr(paths, name, tmp_path / path)
    return tmp_path


def folder(path, text):
    path.mkdir()
    (path / "page.html").write_text(text, encoding="utf-8")
    return path


def page(path):
    return (path / "page.html").read_text(encoding="utf-8")


def test_the_first_book_is_put_in_place(place):
    finished.put_in_place(folder(place / "next", "new"))
    assert page(place / "html") == "new" and sorted(p.name for p in place.iterdir()) == ["html"]


@pytest.mark.parametrize("exchange", [True, False], ids=["exchanged", "renamed twice"])
def test_a_new_book_takes_the_place_of_the_old_one(place, monkeypatch, exchange):
    if not exchange:
        monkeypatch.setattr(finished, "exchange", lambda one, other: False)
    folder(place / "html", "old")
    finished.put_in_place(folder(place / "next", "new"))
    assert page(place / "html") == "new" and sorted(p.name for p in place.iterdir()) == ["html"]


def test_folders_are_exchanged_in_one_step_or_not_at_all(tmp_path):
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other", "2")
    done = finished.exchange(one, other)
    assert (page(one), page(other)) == (("2", "1") if done else ("1", "2"))
    if done:
        with pytest.raises(OSError) as error:
            finished.exchange(one, tmp_path / "none")
        assert error.value.errno == errno.ENOENT


def test_the_old_book_comes_back_when_a_build_was_killed_between_two_renames(place):
    folder(place / "previous", "old")
    finished.recover()
    assert page(place / "html") == "old" and not (place / "previous").exists()
    folder(place / "previous", "older")
    finished.recover()
    assert page(place / "html") == "old"


def test_the_old_book_stays_when_the_new_one_cannot_be_moved(place, monkeypatch):
    monkeypatch.setattr(finished, "exchange", lambda one, other: False)
    folder(place / "html", "old")
    with pytest.raises(OSError):
        finished.put_in_place(place / "none")
    assert page(place / "html") == "old"


def test_the_record_knows_files_settings_and_book(place):
    files, settings = {"a": "1", "b": "2"}, {"Python": "3"}
    assert finished.changes(files, settings, finished.noted()) == ["no build is recorded"]
    book = folder(place / "html", "text")
    finished.note(files, settings)
    assert finished.changes(files, settings, finished.noted()) == []
    assert finished.changes({"a": "9", "c": "3"}, settings, finished.noted()) == ["a", "b", "c"]
    assert finished.changes(files, {"Python": "4"}, finished.noted()) == ["Python"]
    (book / "page.html").write_text("edited", encoding="utf-8")
    (book / "more.html").write_text("", encoding="utf-8")
    assert finished.changes(files, settings, finished.noted()) == ["_build/html/more.html", "_build/html/page.html"]
    shutil.rmtree(book)
    assert finished.changes(files, settings, finished.noted()) == ["_build/html/page.html"]


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"files": {}})])
def test_half_a_record_is_none(place, text):
    (place / "record.json").write_text(text, encoding="utf-8")
    assert finished.noted() is None
