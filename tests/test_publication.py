"""What of the articles a build shows: with ``excerpts``, nothing beyond the marked passages in any file of the output."""

import bz2
import csv
import gzip
import hashlib
import html
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
import zlib

import pytest
from bs4 import BeautifulSoup

from analysis import paths
from analysis.corpus import publication, sentences
from analysis.pages import search

WINDOW = 32  # letters and digits in a row, which is about forty characters of running text
UNMARKED = 20  # so many of them, at least, from outside the marked passages: fewer meet by chance, where a speaker's name follows a quotation
SOURCE_PAGES = [f"source-{number:03}.html" for number in range(len(list(paths.SEEDS.glob("*.txt"))))]


# Reading every kind of file


def readings(raw, name):
    """Yield every reading of a file's bytes as text: as it stands, unpacked, and with escapes and markup resolved."""
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.namelist():
                yield from readings(archive.read(member), f"{name}/{member}")
    elif raw[:2] == b"\x1f\x8b":
        yield from readings(gzip.decompress(raw), f"{name}/unpacked")
    elif raw[:3] == b"BZh":
        yield from readings(bz2.decompress(raw), f"{name}/unpacked")
    elif raw[:6] == b"\xfd7zXZ\x00":
        yield from readings(lzma.decompress(raw), f"{name}/unpacked")
    elif raw[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            for member in filter(tarfile.TarInfo.isfile, archive):
                yield from readings(archive.extractfile(member).read(), f"{name}/{member.name}")
    elif raw[:5] == b"%PDF-":
        yield from pdf_readings(raw)
    elif raw[:4] == b"PAR1":
        import pyarrow.parquet

        yield json.dumps(pyarrow.parquet.read_table(io.BytesIO(raw)).to_pylist(), ensure_ascii=False, default=str)
    elif raw.startswith(b"# Sphinx inventory"):
        yield zlib.decompress(raw.split(b"\n", 4)[4]).decode()
    else:
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        text = raw.decode(encoding, errors="replace")
        yield text
        if name.endswith((".html", ".xml", ".svg", ".xhtml")):
            yield html.unescape(text)  # attributes too
            soup = BeautifulSoup(text, "lxml" if name.endswith(".html") else "xml")
            yield soup.get_text()
            for added in soup.select("sup, .paragraph-number, .headerlink"):
                added.decompose()
            yield soup.get_text()
        if "\\" in text:
            once = unescaped(text)
            yield once
            yield unescaped(once)  # JSON within a string of JSON
            yield re.sub(r"<[^>]*>", "", html.unescape(once))  # a notebook's output as HTML


def pdf_readings(raw):
    """Yield a PDF's running text, page by page and as a whole, its metadata and its attachments."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(raw))
    pages = [page.extract_text() for page in reader.pages]
    yield "".join(pages)
    yield str(reader.metadata) + str(reader.xmp_metadata and reader.trailer["/Root"]["/Metadata"].get_data())
    for name, versions in reader.attachments.items():
        for attached in versions:
            yield from readings(attached, name)


def unescaped(text):
    """Resolve the escapes of JSON and JavaScript strings."""
    plain = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " "}
    pattern = r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))"
    return re.sub(pattern, lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else plain.get(m[3], m[3]), text)


def bare(text):
    """Reduce a text to its letters and digits, so that line breaks, hyphens and quotation marks hide nothing."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def unmarked_windows(study):
    """Every run of :data:`WINDOW` letters and digits of a file that holds text not to be shown: run to file name.

    Besides the marked passages and the headlines, the addresses of the articles are no text of theirs.
    """
    addresses = re.findall(r"url\s*=\s*{([^}]*)}", (paths.BOOK / "articles.bib").read_text(encoding="utf-8"))
    quoted = [exact for table in (study.statements, study.passages, study.roles) for exact in table["exact"]]
    found, allowed = {}, [bare(text) for text in [*addresses, *quoted]]
    for seed, text in study.corpus.texts.items():
        spans = publication.shown(study, seed, publication.EXCERPTS)
        allowed += [bare(text[a:b]) for a, b, is_shown in publication.pieces(text, 0, len(text), spans) if is_shown]
    for seed, text in study.corpus.texts.items():
        letters = bare(text)
        visible = [False] * len(letters)
        for passage in (p for p in allowed if len(p) >= 8):  # a pull quote has the words of the body
            for match in re.finditer(re.escape(passage), letters):
                visible[match.start() : match.end()] = [True] * len(passage)
        for begin in range(len(letters) - WINDOW + 1):
            if visible[begin : begin + WINDOW].count(False) >= UNMARKED:
                found[letters[begin : begin + WINDOW]] = seed
    return {run: seed for run, seed in found.items() if not any(run in passage for passage in allowed)}


def leaks(raw, name, windows):
    """The first run of text in a file that is not to be shown, or nothing."""
    for reading in readings(raw, name):
        text = bare(reading)
        for begin in range(len(text) - WINDOW + 1):
            if (run := text[begin : begin + WINDOW]) in windows:
                return f"{windows[run]}: {text[max(0, begin - 20) : begin + 80]}"
    return None


def files(folder):
    """Every file of a built book: path relative to it, and bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


@pytest.fixture(scope="module")
def windows(study):
    return unmarked_windows(study)


@pytest.fixture(scope="module")
def excerpts(built_project, pdf_missing, tmp_path_factory):
    """The folder of a book built with ``REPORT_TEXT=excerpts``, the PDF with it where it can be made."""
    project = shutil.copytree(built_project, tmp_path_factory.mktemp("excerpts") / "project")
    build(project, "html" if pdf_missing else "book", publication.EXCERPTS)
    return project / "_build" / "html"


def run_analysis(project, command, setting):
    """Run ``python -m analysis`` in a copy of the project with the setting in the environment."""
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1", "REPORT_TEXT": setting}
    environment.pop("REPORT_WITH_PDF", None)
    return subprocess.run(
        [sys.executable, "-m", "analysis", command], cwd=project, env=environment, capture_output=True, encoding="utf-8", timeout=600
    )


def build(project, command, setting):
    """Build a copy of the project with the setting in the environment."""
    done = run_analysis(project, command, setting)
    assert done.returncode == 0, done.stdout + done.stderr


# What is shown


def test_shown_parts_of_the_full_text_are_all_of_it(study):
    for seed, text in study.corpus.texts.items():
        assert publication.shown(study, seed, publication.FULL) == [(0, len(text))]


def test_shown_parts_of_excerpts_are_the_quoted_ones_and_headlines(study):
    for seed, text in study.corpus.texts.items():
        inside = [False] * len(text)
        quoted = [table[table["seed"] == seed] for table in (study.statements, study.passages, study.roles)]
        zones = study.corpus.zones
        for table in [*quoted, zones[(zones["seed"] == seed) & (zones["zone"] == "headline")]]:
            for start, end in zip(table["start"], table["end"]):
                inside[start:end] = [True] * (end - start)
        shown = [False] * len(text)
        spans = publication.shown(study, seed, publication.EXCERPTS)
        for start, end in spans:
            shown[start:end] = [True] * (end - start)
        assert shown == inside
        assert spans == sorted(spans) and all(b < c for (_, b), (c, _) in zip(spans, spans[1:]))
        assert 0 < sum(shown) < len(text)


def test_pieces_tile_a_run_and_show_what_is_shown():
    text = "“Two islands,” he said. “No more.” (Four?)"
    shown = [(1, 12), (25, 33)]
    parts = publication.pieces(text, 0, len(text), shown)
    assert [text[a:b] for a, b, _ in parts] == ["“Two islands", ",” he said. “", "No more.", "” (Four?)"]
    assert [visible for *_, visible in parts] == [True, False, True, False]
    assert publication.pieces(text, 5, 5, shown) == []
    assert publication.pieces(text, 12, 25, shown) == [(12, 25, False)]


def test_what_holds_no_word_is_not_left_out():
    assert publication.pieces("One. Two.", 0, 9, [(0, 3), (5, 8)]) == [(0, 9, True)]


def test_no_comment_writers_name_is_marked(study):
    for seed in study.corpus.texts:
        spans = publication.shown(study, seed, publication.EXCERPTS)
        assert not [(a, b) for a, b in publication.redactions(seed) if any(a < d and c < b for c, d in spans)]


# The search for leaks finds what it is to find


def pack(kind, text):
    """Write a text as a file of the given kind would hold it."""
    if kind == "entities.html":
        return "".join(f"&#{ord(letter)};" for letter in text).encode()
    if kind == "attribute.html":
        return f'<p title="{html.escape(text)}">x</p>'.encode()
    if kind == "tags.html":
        return ("<p>" + " ".join(f"<b>{word[:1]}</b>{html.escape(word[1:])}" for word in text.split()) + "</p>").encode()
    if kind == "notebook.ipynb":
        return json.dumps({"cells": [{"outputs": [{"data": {"text/html": f"<td>{html.escape(text)}</td>", "x": json.dumps(text)}}]}]}).encode()
    if kind == "words.js":
        return ("x = '" + "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text) + "'").encode()
    if kind == "nested.json":
        return json.dumps({"a": json.dumps({"b": text})}).encode()
    if kind == "pack.gz":
        return gzip.compress(text.encode())
    if kind == "pack.zip":
        inner, outer = io.BytesIO(), io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("a.csv", text)
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("b.zip", inner.getvalue())
        return outer.getvalue()
    if kind == "pack.tar":
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            info = tarfile.TarInfo("a.txt")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        return out.getvalue()
    if kind == "table.parquet":
        import pyarrow
        import pyarrow.parquet

        out = io.BytesIO()
        pyarrow.parquet.write_table(pyarrow.table({"text": [text]}), out, compression="zstd")
        return out.getvalue()
    if kind == "attached.pdf":
        import pypdf

        out, writer = io.BytesIO(), pypdf.PdfWriter()
        writer.add_blank_page(100, 100)
        writer.add_attachment("a.txt", text.encode())
        writer.write(out)
        return out.getvalue()
    return "\n".join(text[i : i + 7] for i in range(0, len(text), 7)).encode()


KINDS = [
    "plain.txt", "entities.html", "attribute.html", "tags.html", "notebook.ipynb", "words.js", "nested.json", "pack.gz", "pack.zip", "pack.tar",
    "table.parquet", "attached.pdf",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_leak_is_found_in_every_kind_of_file(study, windows, kind):
    """A sentence without statement leaks; a marked passage does not."""
    row = next(r for r in study.no_statement.itertuples() if r.end - r.start > 120 and bare(study.corpus.texts[r.seed][r.start : r.start + 80])[:WINDOW] in windows)
    unmarked = study.corpus.texts[row.seed][row.start : row.start + 80]
    passage = max(study.statements["exact"], key=len)
    assert leaks(pack(kind, f"It says: {unmarked} So it says."), kind, windows)
    assert leaks(pack(kind, f"It says: {passage} So it says."), kind, windows) is None


# A small book of one file, into which a test may write what it likes

HOSTILE = (
    '<script>document.title = "broken"</script> <img src=x onerror="alert(1)"> </span></p> & &amp; "quoted" *stars* **bold** _under_ `code` '
    '{st}`mt13-04` [link](https://example.org) $x$ {{ pathto("x") }} |sub| <!-- -- --> ]]> \\u003cb> </script'
)


def uncoded(data, article, count):
    """The rows of a pass for `count` more sentences of an article, none with a statement."""
    text = (data / "coding" / "pass_a.csv").read_text(encoding="utf-8")
    last = max(int(number) for number in re.findall(rf"^{article}\.s(\d+)", text, re.MULTILINE))
    columns = text.split("\n", 1)[0].split(",")
    return [[{"sentence": f"{article}.s{last + n:02}", "reason": "other_topic"}.get(column, "") for column in columns] for n in range(1, count + 1)]


def small_book(project, text=HOSTILE):
    """Add a paragraph and a form to the last file, cite the paragraph, and leave that file's page and one that cites it."""
    seed = sorted((project / "seeds").glob("*.txt"))[-1]
    before = seed.read_text(encoding="utf-8")
    added = f"{text}\n\nForm: {text}\n"
    seed.write_text(before + added, encoding="utf-8")
    begin, size, article = len(before), len(text), "jm18"
    form = begin + size + 2
    sums = project / "seeds" / "SHA256SUMS"
    digest = hashlib.sha256(seed.read_bytes()).hexdigest()
    sums.write_text(re.sub(rf"\w{{64}}(?=  {seed.name})", digest, sums.read_text(encoding="utf-8")), encoding="utf-8")
    data = project / "analysis" / "data"
    for name, rows in {
        "zones": [(seed.name, begin, begin + size + 1, "body", article), (seed.name, begin + size + 1, form, "blank", ""), (seed.name, form, begin + len(added), "form", "")],
        "no_statement": [(seed.name, begin + a, begin + b, "other_topic") for a, b in sentences.split(text)],
        "passages": [("jm18-p99", article, seed.name, begin, begin + size, text, "A <b>note</b>.")],
        **{f"coding/pass_{letter}": uncoded(data, article, len(sentences.split(text))) for letter in "abc"},
    }.items():
        with open(data / f"{name}.csv", "a", encoding="utf-8", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows(rows)
    book = project / "book"
    (book / "citing.md").write_text("(citing)=\n# Citing\n\nOnce {st}`jm18-p99`, and again {quote}`jm18-p99`.\n\nFrom the file: {saved}`jm18 107-200`.\n", encoding="utf-8")
    chapters = "".join(f"  - file: {page}\n" for page in ("source-004", "bibliography", "report-an-error"))
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: citing\nchapters:\n{chapters}", encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def hostile_book(tmp_path_factory, copy_project):
    """The folder of a built book whose file is full of markup."""
    project = small_book(copy_project(tmp_path_factory.mktemp("hostile") / "project"))
    build(project, "html", publication.FULL)
    return project / "_build" / "html"


@pytest.mark.slow
def test_markup_in_an_article_is_text_on_its_page(hostile_book):
    page = BeautifulSoup((hostile_book / "source-004.html").read_text(encoding="utf-8"), "html.parser")
    for added in page.select("sup.sid, .paragraph-number"):
        added.decompose()
    assert page.select("p.zone-body")[-1].get_text().strip() == HOSTILE
    assert page.select("[id='jm18-p99']")[0].get_text() == HOSTILE
    assert f"Form: {HOSTILE}" in page.select(".zone-form")[-1].get_text()
    article = page.select_one("article")
    assert not article.select("img, script, em, strong, [onerror]")
    assert "https://example.org" not in [a.get("href") for a in page.select("a")]
    citing = BeautifulSoup((hostile_book / "citing.html").read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert citing.select("[id='cite-jm18-p99-1'] a")[0]["title"] == f"{HOSTILE} (jm18-p99)"
    assert HOSTILE in citing.get_text() and not citing.select("img, script")


@pytest.mark.slow
def test_markup_in_an_article_is_text_on_its_card(hostile_book, browser):
    heard = []
    page = browser.new_context(offline=True).new_page()
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto((hostile_book / "citing.html").as_uri())
    page.locator("[id='cite-jm18-p99-1'] a").hover()
    page.locator(".evidence-card").wait_for(state="visible")
    assert page.locator(".evidence-passage").evaluate("(p) => p.textContent") == f"“{HOSTILE}”"
    assert page.locator(".evidence-card dd").inner_text() == "A <b>note</b>."
    assert page.locator(".evidence-card :is(img, script, b)").count() == 0
    assert page.title() != "broken"
    page.context.close()
    assert heard == []


@pytest.mark.slow
def test_changing_the_setting_changes_what_was_built_before(tmp_path, copy_project):
    """Plain `jupyter-book build` keeps the pages it need not read again; these it must."""
    project = small_book(copy_project(tmp_path / "project"), "Nothing of this sentence is anybody's statement")
    unmarked, environment = "on a long-standing territorial row", os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("REPORT_TEXT", None)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "book", "--config", "_config.yml", "-q"]
    for setting in ("", publication.EXCERPTS, publication.FULL):
        done = subprocess.run(command, cwd=project, env=environment | {"REPORT_TEXT": setting}, capture_output=True, encoding="utf-8", timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        for name in ("source-004.html", "citing.html"):
            text = (project / "_build" / "html" / name).read_text(encoding="utf-8")
            if name == "source-004.html":
                assert (unmarked in text) == (setting != publication.EXCERPTS), (name, setting)
            assert ("not shown]" in text) == (setting == publication.EXCERPTS), (name, setting)


@pytest.mark.slow
def test_a_withheld_name_in_a_body_stops_the_build(tmp_path, copy_project):
    project = small_book(copy_project(tmp_path / "project"), "Written by nobody in particular")
    seed = sorted((project / "seeds").glob("*.txt"))[-1]
    start = seed.read_text(encoding="utf-8").index("nobody")
    with open(project / "analysis" / "data" / "redactions.csv", "a", encoding="utf-8") as table:
        table.write(f"{seed.name},{start},{start + 6}\n")
    done = run_analysis(project, "html", publication.FULL)
    assert done.returncode != 0
    assert "analysis/data/redactions.csv, row" in done.stderr and "in body" in done.stderr


# The whole output


def test_the_full_text_stands_on_the_source_pages_and_its_sentences_begin_in_the_ledger(built_book, windows):
    """So the search for leaks finds what the pages show; nothing but the switch keeps it from the public book."""
    found = {path.name for path in [*built_book.glob("*.html"), built_book / "_static" / search.FILE] if leaks(path.read_bytes(), path.name, windows)}
    assert found == {*SOURCE_PAGES, "ledger.html", search.FILE}


@pytest.mark.slow
def test_excerpts_hold_nothing_beyond_the_marked_passages_in_any_file(excerpts, windows, pdf_missing):
    found = {name: leak for name, raw in files(excerpts) if (leak := leaks(raw, name, windows))}
    assert found == {}
    assert pdf_missing or list(excerpts.glob("*.pdf"))


@pytest.mark.slow
def test_excerpts_keep_every_marked_passage_and_paragraph_number(excerpts, study):
    for name in SOURCE_PAGES:
        soup = BeautifulSoup((excerpts / name).read_text(encoding="utf-8"), "lxml")
        (seed,) = [s for s in study.corpus.texts if s.startswith(name[len("source-") : -len(".html")])]
        text, spans = study.corpus.texts[seed], publication.shown(study, seed, publication.EXCERPTS)
        for added in soup.select("sup.sid"):
            added.decompose()
        paragraphs = study.corpus.paragraphs[study.corpus.paragraphs["seed"] == seed]
        shown = soup.select("p.zone-body")
        assert len(shown) == len(paragraphs)
        for tag, row in zip(shown, paragraphs.itertuples()):
            number = tag.select_one(".paragraph-number").extract().get_text()
            assert number == f"¶\u00a0{row.paragraph}"
            parts = publication.pieces(text, row.start, row.end, spans)
            expected = "".join(text[a:b] if visible else f" […\u00a0{b - a:,}\u00a0character{'s' * (b - a != 1)} not shown] " for a, b, visible in parts)
            assert " ".join(tag.get_text().split(" ")).split() == expected.split(), number
        left_out = sum(int(n.replace(",", "")) for n in re.findall(r"\[…\u00a0([\d,]+)", soup.select_one("article").get_text()))
        assert 0 < left_out <= len(text) - sum(b - a for a, b in spans)
        for identifier in [*study.statements.index[study.statements["seed"] == seed], *study.passages.index[study.passages["seed"] == seed]]:
            assert soup.find(id=identifier) is not None, identifier


def withheld(study):
    """The names of comment writers."""
    return sorted({study.corpus.texts[seed][a:b] for seed in study.corpus.texts for a, b in publication.redactions(seed)})


def named(folder, names):
    """The files below a folder that hold one of the names as a word; those of other makers aside, who may be called the same."""
    patterns = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names]
    others = ("_static/scripts/", "_static/styles/", "_static/vendor/", "_static/webpack")
    return {name for name, raw in files(folder) if not name.startswith(others) and any(p.search(r) for r in readings(raw, name) for p in patterns)}


@pytest.mark.slow
def test_no_name_of_a_comment_writer_is_in_any_file(built_book, study):
    names = withheld(study)
    assert names
    assert named(built_book, names) == set()


@pytest.mark.slow
def test_no_name_of_a_comment_writer_is_in_any_file_of_excerpts(excerpts, study):
    assert named(excerpts, withheld(study)) == set()
