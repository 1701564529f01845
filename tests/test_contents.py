"""The table of contents, the text pages and the bibliographies: every fault named with its line, all at once."""

import shutil

import pytest

from analysis import paths
from analysis.base.faults import DataError
from analysis.build import checks, contents

TOC = """format: jb-book
root: summary
parts:
  - caption: One
    chapters:
      - file: islands
      - file: method
        sections:
          - file: deep/down
"""
BIBLIOGRAPHY = "@misc{one,\n  title = {One},\n}\n\n@misc{two,\n  title = {Two},\n}\n"


@pytest.fixture
def book(tmp_path):
    """A folder of pages without a fault."""
    (tmp_path / "deep").mkdir()
    for name in ("summary", "islands", "method", "deep/down"):
        (tmp_path / f"{name}.md").write_text("# A page\n", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    (tmp_path / "some.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    return tmp_path


def said(book):
    return [str(fault).removeprefix(f"{book}/") for fault in contents.faults(book)]


def test_the_pages_of_this_book_are_listed_and_without_fault():
    pages = contents.pages()
    assert list(pages)[0] == "summary" and "islands" in pages and pages["changes"] == paths.BOOK / "changes.md"
    assert set(pages.values()) == {*paths.BOOK.glob("*.md"), *paths.BOOK.glob("*.ipynb")}
    assert contents.faults() == []


def test_pages_come_in_the_order_of_the_book(book):
    assert list(contents.pages(book)) == ["summary", "islands", "method", "deep/down"]
    (book / "_toc.yml").write_text(
        "format: jb-article\nroot: summary\nsections:\n"
        "  - glob: deep/*\n  - url: https://example.org\n    title: x\n  - file: method.md\n",
        encoding="utf-8",
    )
    assert list(contents.pages(book)) == ["summary", "deep/down", "method"] and said(book) == []


FAULTS = {
    "missing": (
        "file: islands",
        "file: islnds",
        "line 6: found 'islnds', of which there is no file; "
        "expected a notebook or a Markdown file of {} (nearest: 'islands')",
    ),
    "twice": (
        "file: islands",
        "file: method",
        "line 7: found 'method' again, first in line 6; expected each page once",
    ),
    "twice, once with its ending": (
        "file: islands",
        "file: summary.md",
        "line 6: found 'summary' again, first in line 2",
    ),
    "outside": ("file: islands", "file: ../islands", "line 6: found '../islands', of which there is no file"),
    "number": ("file: islands", "file: 007", "line 6: found '007', of which there is no file"),
    "nothing": ("file: islands", "file:", "line 6: found '', of which there is no file"),
    "no file": ("- file: islands", "- fil: islands", "line 6: found entry does not contain one of "),
    "unknown key": (
        "parts:",
        "part:",
        "line 1: found Unknown keys found: {{'part'}}; expected a table of contents of Jupyter Book",
    ),
    "no root": ("root: summary\n", "", "line 1: found 'root' key not found"),
    "unknown format": ("jb-book", "jb-bok", "line 1: found 'format' key value not recognised: 'jb-bok'"),
    "indented": ("      - file: islands", "     - file: islands", "line 7: found YAML that cannot be read"),
    "list": (TOC, "- summary\n", "line 1: found toc is not a mapping"),
    "empty": (TOC, "", "line 1: found toc is not a mapping"),
    "conflict": (
        "parts:",
        "<<<<<<< HEAD\n=======\n>>>>>>> other\nparts:",
        "line 3: found '<<<<<<< HEAD', which git writes",
    ),
    "not UTF-8": ("One", "\udce9", "line 4: found byte 0xe9"),
    "key twice": (
        "root: summary",
        "root: summary\nroot: summary",
        "line 3: found YAML that cannot be read (the key 'root' again",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_of_the_table_of_contents_is_named_with_its_line(book, kind):
    old, new, telling = FAULTS[kind]
    assert old in TOC
    (book / "_toc.yml").write_bytes(TOC.replace(old, new, 1).encode("utf-8", "surrogateescape"))
    (fault,) = said(book)
    assert fault.startswith(f"_toc.yml, {telling.format(book)}")


def test_a_missing_table_of_contents_is_named(book):
    (book / "_toc.yml").unlink()
    assert said(book) == ["_toc.yml: found no such file; expected the file in place"]
    with pytest.raises(DataError, match="_toc.yml: found no such file"):
        contents.pages(book)


BAD_FILES = {
    "bytes": ("method.md", b"# A\n\n\xe9", "method.md, line 3: found byte 0xe9 at offset 5; expected UTF-8 text"),
    "mark": ("method.md", b"\xef\xbb\xbf# A", "method.md, offset 0: found a byte order mark"),
    "conflict": (
        "deep/down.md",
        b"# A\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n",
        "deep/down.md, line 2: found '<<<<<<< HEAD'",
    ),
    "empty": ("method.md", b"", "method.md: found an empty file"),
    "two files": (
        "method.ipynb",
        b"{}",
        "_toc.yml, line 7: found 'method', of which there are two files (method.ipynb, method.md)",
    ),
    "open brace": (
        "some.bib",
        BIBLIOGRAPHY.replace("One},\n}", "One},\n").encode(),
        "some.bib, line 5: found syntax error: '=' expected, in the entry that begins in line 1",
    ),
    "end": (
        "some.bib",
        BIBLIOGRAPHY[:-4].encode(),
        "some.bib, line 6: found syntax error: premature end of file, in the entry that begins in line 5",
    ),
    "key twice": (
        "some.bib",
        BIBLIOGRAPHY.replace("two", "one").encode(),
        "some.bib, line 5: found a fault: repeated bibliography entry: one",
    ),
    "field twice": (
        "some.bib",
        BIBLIOGRAPHY.replace("title = {Two}", "title = {T}, title = {T}").encode(),
        "some.bib, line 5: found a fault: entry with key two has a duplicate title",
    ),
    "no title": (
        "some.bib",
        BIBLIOGRAPHY.replace("title = {Two}", "year = {2013}").encode(),
        "some.bib, line 5: found entry 'two' without a title",
    ),
    "conflict in a bibliography": (
        "some.bib",
        f"{BIBLIOGRAPHY}>>>>>>> x\n".encode(),
        "some.bib, line 8: found '>>>>>>> x'",
    ),
    "bytes of a bibliography": ("some.bib", b"@misc{\xff", "some.bib, line 1: found byte 0xff"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_read_is_named_with_its_line(book, kind):
    name, raw, telling = BAD_FILES[kind]
    (book / name).write_bytes(raw)
    (fault,) = said(book)
    assert fault.startswith(telling)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Copies of the folders of pages and of tables, in which a test may write."""
    for name, folder in {"BOOK": paths.BOOK, "DATA": paths.DATA}.items():
        monkeypatch.setattr(
            paths,
            name,
            shutil.copytree(
                folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("_build", ".ipynb_checkpoints")
            ),
        )
    return tmp_path


def test_faults_of_data_and_pages_are_told_together(project, monkeypatch):
    """`make check` reads all that a build would, and stops at none of them."""
    book, decisions = project / "book", project / "data/coding/decisions.csv"
    (book / "_toc.yml").write_text(
        (book / "_toc.yml").read_text(encoding="utf-8").replace("file: islands", "file: islnds"), encoding="utf-8"
    )
    (book / "prospects.ipynb").write_bytes(b"[]")
    (book / "changes.md").write_bytes(b"\xe9")
    (book / "references.bib").write_text("@misc{open, title = {", encoding="utf-8")
    decisions.write_text(decisions.read_text(encoding="utf-8").replace("\n", "\n<<<<<<< HEAD\n", 1), encoding="utf-8")
    monkeypatch.setenv("REPORT_TEXT", "exerpts")
    with pytest.raises(DataError) as stopped:
        checks.load()
    told = [fault.file.removeprefix(f"{project}/") for fault in stopped.value.faults]
    assert told == [
        "data/coding/decisions.csv",
        "book/_toc.yml",
        "book/prospects.ipynb",
        "book/changes.md",
        "book/references.bib",
        "the environment",
    ]
    assert str(stopped.value).startswith("6 faults:\n")


@pytest.mark.parametrize(
    ("file", "old", "new", "telling"),
    [
        (
            "contradictions.csv",
            "sd16-31 ",
            "sd16-3l ",
            "found passages 'sd16-3l'; expected an id of statements.csv or passages.csv (nearest: 'sd16-3",
        ),
        ("loaded_words.csv", "sd16,sd16-28,", "sd16,,", "found passage ''; expected an id"),
        ("events.csv", ",verified\n", ",checked\n", "found checked 'checked'; expected one of verified"),
        ("coding/pass_b.csv", "mt13.s01,", "mt13.s99,", "found sentence 'mt13.s99'; expected a sentence of the corpus"),
    ],
)
def test_every_table_is_checked(project, file, old, new, telling):
    path = project / "data" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as stopped:
        checks.load()
    (fault,) = stopped.value.faults
    assert fault.file == str(path) and fault.where.startswith("row ") and telling in str(fault)
