"""What of the articles a build shows: with ``excerpts``, nothing beyond the marked passages in any file of the output."""

import csv
import gzip
import hashlib
import html
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile

import pytest
from bs4 import BeautifulSoup

from analysis import paths
from analysis.base.faults import DataError
from analysis.build import book as build
from analysis.build import finished, inputs, leaks
from analysis.corpus import publication, sentences
from analysis.pages import search

SOURCE_PAGES = [f"source-{number:03}.html" for number in range(len(list(paths.SEEDS.glob("*.txt"))))]


@pytest.fixture(scope="module")
def unmarked(study):
    return leaks.Unmarked(study)


@pytest.fixture(scope="module")
def excerpts(built_project, pdf_missing, tmp_path_factory):
    """The folder of a book built with ``REPORT_TEXT=excerpts``, the PDF with it where it can be made."""
    project = shutil.copytree(built_project, tmp_path_factory.mktemp("excerpts") / "project")
    must_build(project, "html" if pdf_missing else "book", publication.EXCERPTS)
    return project / "_build" / "html"


def run_analysis(project, command, setting):
    """Run ``python -m analysis`` in a copy of the project with the setting in the environment."""
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1", "REPORT_TEXT": setting}
    environment.pop("REPORT_WITH_PDF", None)
    return subprocess.run(
        [sys.executable, "-m", "analysis", command],
        cwd=project,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )


def must_build(project, command, setting):
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
        assert not [(a, b) for a, b in study.withheld[seed] if any(a < d and c < b for c, d in spans)]


# The search for leaks finds what it is to find


def pack(kind, text):
    """Write a text as a file of the given kind would hold it."""
    if kind == "entities.html":
        return "".join(f"&#{ord(letter)};" for letter in text).encode()
    if kind == "attribute.html":
        return f'<p title="{html.escape(text)}">x</p>'.encode()
    if kind == "tags.html":
        return (
            "<p>" + " ".join(f"<b>{word[:1]}</b>{html.escape(word[1:])}" for word in text.split()) + "</p>"
        ).encode()
    if kind == "notebook.ipynb":
        return json.dumps(
            {"cells": [{"outputs": [{"data": {"text/html": f"<td>{html.escape(text)}</td>", "x": json.dumps(text)}}]}]}
        ).encode()
    if kind == "words.js":
        return (
            "x = '" + "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text) + "'"
        ).encode()
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


def unmarked_words(study, unmarked):
    """The beginning of a sentence without statement, and its file."""
    for row in study.no_statement.itertuples():
        words = study.corpus.texts[row.seed][row.start : row.start + 80]
        if row.end - row.start > 120 and leaks.bare(words)[: leaks.WINDOW] in unmarked.runs:
            return words, row.seed


@pytest.mark.parametrize("kind", KINDS)
def test_a_leak_is_found_in_every_kind_of_file(study, unmarked, kind):
    """A sentence without statement leaks; a marked passage does not."""
    words, seed = unmarked_words(study, unmarked)
    passage = max(study.statements["exact"], key=len)
    found, _ = leaks.first(pack(kind, f"It says: {words} So it says."), kind, unmarked)
    assert seed in found and " ".join(words.split()[:6]) in found
    assert leaks.first(pack(kind, f"It says: {passage} So it says."), kind, unmarked) is None


def test_any_eight_words_leak_and_a_short_sentence_too(study, unmarked):
    """Unless they are hardly more than a name or a phrase that is shown elsewhere."""
    shown = {seed: publication.shown(study, seed, publication.EXCERPTS) for seed in study.corpus.texts}
    said = " ".join(leaks.bare(study.corpus.texts[seed][a:b]) for seed, spans in shown.items() for a, b in spans)
    tried, missed = 0, []
    for seed, text in study.corpus.texts.items():
        words = [match for match in re.finditer(r"\S+", text) if leaks.bare(match[0])]
        for eight in zip(*(words[n:] for n in range(8))):
            begin, end = eight[0].start(), eight[-1].end()
            parts = [leaks.bare("".join(match[0] for match in eight[n : n + 3])) for n in range(6)]
            if not any(a < end and begin < b for a, b in shown[seed]) and not any(part in said for part in parts):
                tried += 1
                missed += [text[begin:end]] * (not unmarked.find(f"It says: {text[begin:end]} So it says."))
    assert tried > 500 and missed == []
    assert unmarked.find("It asks: What is the downside? Nothing.") and not unmarked.find("What is it?")


@pytest.mark.parametrize("kind", KINDS)
def test_a_withheld_name_is_found_in_every_kind_of_file(study, kind):
    secrets = leaks.withheld(study)
    name = max(secrets, key=len)
    assert (
        leaks.first(pack(kind, f"It says {name}, so it says."), kind, secrets=secrets) or kind == "plain.txt"
    )  # which breaks words
    assert leaks.first(pack(kind, f"It says x{name}y, so it says."), kind, secrets=secrets) is None


def test_bytes_that_are_no_text_hold_no_name():
    """Three letters meet by chance in a picture; a build must not stop for it."""
    assert leaks.named("by Tim: yes", ["Tim"]) == "Tim"
    assert leaks.named("Time, Timor, xTim, _Tim", ["Tim"]) == ""
    assert leaks.named(b"\xff\xfe\x80 Tim \x99\xf0".decode("utf-8", "replace"), ["Tim"]) == ""
    assert leaks.named("data:image/png;base64," + "A" * 150 + "/Tim+" + "B" * 150, ["Tim"]) == ""


# The build stops


PLANTED = {
    "islands.html": "<html><body><!-- {} --><p>Nothing.</p></body></html>",
    "_sources/islands.ipynb": '{{"cells": [], "metadata": {{"note": "{}"}}, "nbformat": 4, "nbformat_minor": 5}}',
    "_static/report.css": "p {{ color: red; }} /* {} */",
    "downloads/tables/statements.csv": "id,remark\nx,{}\n",
    "map.svg": '<svg xmlns="http://www.w3.org/2000/svg"><desc>{}</desc></svg>',
}


@pytest.fixture
def made(tmp_path, monkeypatch, study):
    """The function ``made(files)``, which has a build finish with some files, and the folder of the book."""
    folders = {name: tmp_path / name for name in ("work", "next", "html")}
    for name, folder in folders.items():
        monkeypatch.setattr(paths, name.upper(), folder)
    monkeypatch.setattr(finished, "note", lambda *_: None)
    folders["html"].mkdir()
    (folders["html"] / "index.html").write_text("the old book", encoding="utf-8")

    def make(files):
        def run_sphinx(with_pdf, lock):
            for name, text in files.items():
                path = folders["work"] / "_build" / "html" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return study

        monkeypatch.setattr(build, "run_sphinx", run_sphinx)
        build._make(False, inputs.files(), None)

    return make, folders["html"]


@pytest.mark.parametrize("name", PLANTED)
def test_unmarked_text_in_a_finished_file_stops_an_excerpts_edition(made, study, unmarked, monkeypatch, name):
    make, html_folder = made
    monkeypatch.setenv("REPORT_TEXT", publication.EXCERPTS)
    words, seed = unmarked_words(study, unmarked)
    files = {other: text.format("Nothing.") for other, text in PLANTED.items()}
    with pytest.raises(build.BuildError) as stopped:
        make(files | {name: PLANTED[name].format(words)})
    said = str(stopped.value)
    assert "1 file holds" in said and f"next/{name}: found “{' '.join(words.split()[:6])}" in said and seed in said
    assert [path.name for path in html_folder.iterdir()] == ["index.html"]
    assert (html_folder / "index.html").read_text(encoding="utf-8") == "the old book"


def test_unmarked_text_is_no_fault_of_a_full_edition(made, study, unmarked, monkeypatch):
    make, html_folder = made
    monkeypatch.setenv("REPORT_TEXT", publication.FULL)
    make({name: text.format(unmarked_words(study, unmarked)[0]) for name, text in PLANTED.items()})
    assert (html_folder / "islands.html").exists()


@pytest.mark.parametrize("setting", [publication.FULL, publication.EXCERPTS])
def test_a_withheld_name_and_a_place_on_the_machine_stop_every_edition(made, study, monkeypatch, setting):
    make, html_folder = made
    monkeypatch.setenv("REPORT_TEXT", setting)
    with pytest.raises(build.BuildError) as stopped:
        make({"a.html": f"<p>By {min(leaks.withheld(study), key=len)}.</p>", "b.json": f'["{paths.ROOT}/book"]'})
    assert "next/a.html: found 'Tim', a name withheld from 000" in str(stopped.value) and "next/b.json: found" in str(
        stopped.value
    )
    assert not (html_folder / "a.html").exists()


def test_the_setting_is_full_or_excerpts_and_nothing_else(tmp_path, monkeypatch):
    settings = tmp_path / "_config.yml"
    monkeypatch.setattr(paths, "CONFIG", settings)
    monkeypatch.delenv("REPORT_TEXT", raising=False)
    for text, expected in (
        ("title: x\n", "full"),
        ("sphinx:\n  config:\n    report_text: excerpts\n", "excerpts"),
        ("sphinx:\n", "full"),
    ):
        settings.write_text(text, encoding="utf-8")
        assert publication.setting() == expected
    monkeypatch.setenv("REPORT_TEXT", "exerpts")
    with pytest.raises(
        DataError,
        match=r"the environment, REPORT_TEXT: found 'exerpts'; expected full or excerpts \(nearest: 'excerpts'\)",
    ):
        publication.setting()


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
    return [
        [{"sentence": f"{article}.s{last + n:02}", "reason": "other_topic"}.get(column, "") for column in columns]
        for n in range(1, count + 1)
    ]


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
        "zones": [
            (seed.name, begin, begin + size + 1, "body", article),
            (seed.name, begin + size + 1, form, "blank", ""),
            (seed.name, form, begin + len(added), "form", ""),
        ],
        "no_statement": [(seed.name, begin + a, begin + b, "other_topic") for a, b in sentences.split(text)],
        "passages": [("jm18-p99", article, seed.name, begin, begin + size, text, "A <b>note</b>.")],
        **{f"coding/pass_{letter}": uncoded(data, article, len(sentences.split(text))) for letter in "abc"},
    }.items():
        with open(data / f"{name}.csv", "a", encoding="utf-8", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows(rows)
    book = project / "book"
    (book / "citing.md").write_text(
        "(citing)=\n# Citing\n\nOnce {st}`jm18-p99`, and again {quote}`jm18-p99`.\n\nFrom the file: {saved}`jm18 107-200`.\n",
        encoding="utf-8",
    )
    chapters = "".join(f"  - file: {page}\n" for page in ("source-004", "bibliography", "report-an-error"))
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: citing\nchapters:\n{chapters}", encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def hostile_book(tmp_path_factory, copy_project):
    """The folder of a built book whose file is full of markup."""
    project = small_book(copy_project(tmp_path_factory.mktemp("hostile") / "project"))
    must_build(project, "html", publication.FULL)
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
    citing = BeautifulSoup((hostile_book / "citing.html").read_text(encoding="utf-8"), "html.parser").select_one(
        "article"
    )
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
    unmarked, environment = (
        "on a long-standing territorial row",
        os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    environment.pop("REPORT_TEXT", None)
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        "build",
        "book",
        "--config",
        "_config.yml",
        "-q",
    ]
    for setting in ("", publication.EXCERPTS, publication.FULL):
        done = subprocess.run(
            command,
            cwd=project,
            env=environment | {"REPORT_TEXT": setting},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
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


def test_the_full_text_stands_on_the_source_pages_and_its_sentences_begin_in_the_ledger(built_book, unmarked):
    """So the search for leaks finds what the pages show; nothing but the switch keeps it from the public book."""
    searched = [*built_book.glob("*.html"), built_book / "_static" / search.FILE]
    found = {path.name for path in searched if leaks.first(path.read_bytes(), path.name, unmarked)}
    assert found == {*SOURCE_PAGES, "ledger.html", search.FILE}


def test_the_text_of_every_file_is_found_in_the_pdf(built_book, study, pdf_missing):
    """Page by page and line by line, as far as the files are printed."""
    if pdf_missing:
        pytest.skip(pdf_missing)
    (path,) = built_book.glob("*.pdf")
    printed = "".join(
        leaks.bare(reading) for reading in itertools.islice(leaks.readings(path.read_bytes(), path.name), 1)
    )
    for row in study.statements.itertuples():
        assert leaks.bare(row.exact)[:60] in printed, row.exact


@pytest.mark.slow
def test_excerpts_hold_nothing_beyond_the_marked_passages_in_any_file(excerpts, study, pdf_missing):
    begin = time.process_time()
    assert leaks.faults(excerpts, study, publication.EXCERPTS) == []
    assert time.process_time() - begin < 15, "seconds of a processor; three are usual"
    assert pdf_missing or list(excerpts.glob("*.pdf"))


@pytest.mark.slow
def test_text_planted_in_the_sources_stops_the_excerpts_edition_and_leaves_the_book(excerpts, study, unmarked):
    project = excerpts.parent.parent
    words = " ".join(unmarked_words(study, unmarked)[0].split()[:11])
    before = finished.contents(excerpts)
    page, notebook, style = (
        project / "book/changes.md",
        project / "book/islands.ipynb",
        project / "book/_static/report.css",
    )
    kept = {path: path.read_bytes() for path in (page, notebook, style, project / "analysis/data/passages.csv")}
    page.write_text(page.read_text(encoding="utf-8") + f"\n<!-- {words} -->\n", encoding="utf-8")
    stored = json.loads(notebook.read_text(encoding="utf-8"))
    stored["cells"][1]["metadata"]["mystnb"] = {"note": words}
    notebook.write_text(json.dumps(stored), encoding="utf-8")
    style.write_text(style.read_text(encoding="utf-8") + f"\n/* {words} */\n", encoding="utf-8")
    table = project / "analysis/data/passages.csv"
    lines = table.read_text(encoding="utf-8").split("\n")
    lines[1] = lines[1].rsplit(",", 1)[0] + f',"{words}"'
    table.write_text("\n".join(lines), encoding="utf-8")
    done = run_analysis(project, "html", publication.EXCERPTS)
    for path, raw in kept.items():
        path.write_bytes(raw)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    planted = ["changes.html", "_sources/changes.md", "_sources/islands.ipynb", "notebooks/islands.ipynb"]
    shown = ["source-000.html", "_static/evidence-data.js"]  # the downloads withhold such a remark themselves
    for name in (*planted, *shown, "_static/report.css"):
        assert f"_build/next/{name}: found “{' '.join(words.split()[:6])}" in done.stderr, done.stderr
    assert finished.contents(excerpts) == before


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
            expected = "".join(
                text[a:b] if visible else f" […\u00a0{b - a:,}\u00a0character{'s' * (b - a != 1)} not shown] "
                for a, b, visible in parts
            )
            assert " ".join(tag.get_text().split(" ")).split() == expected.split(), number
        left_out = sum(
            int(n.replace(",", "")) for n in re.findall(r"\[…\u00a0([\d,]+)", soup.select_one("article").get_text())
        )
        assert 0 < left_out <= len(text) - sum(b - a for a, b in spans)
        for identifier in [
            *study.statements.index[study.statements["seed"] == seed],
            *study.passages.index[study.passages["seed"] == seed],
        ]:
            assert soup.find(id=identifier) is not None, identifier


@pytest.mark.slow
def test_no_name_of_a_comment_writer_is_in_any_file(built_book, study):
    assert leaks.withheld(study)
    assert leaks.faults(built_book, study, publication.FULL) == []
