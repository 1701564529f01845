"""References: made from one source, read back by independent readers, and copied from the pages by keyboard."""

import dataclasses
import datetime
import functools
import html
import http.server
import importlib.metadata
import io
import json
import re
import threading
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
import rispy
import yaml
from bs4 import BeautifulSoup
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string

import analysis
from analysis import paths
from analysis.base import citation
from analysis.base.faults import DataError
from analysis.cite import addresses, formats, metadata, references

BASE = "https://example.org/book/"
CITATION = yaml.safe_load(paths.CITATION.read_text(encoding="utf-8"))
SCHEMA = paths.ROOT / "tests" / "data" / "cff-1.2.0-schema.json"
SECTION = references.Place(
    "section", "islands.html", "sec-two", "4.2", "Two islands: a formula & a half_way", "4. Two islands, four, or none"
)
STATEMENT = references.Place(
    "statement",
    "source-003.html",
    "mt13-17",
    "mt13-17",
    "Moscow Times, ¶\u00a011",
    "File 003",
    "Seed file 003_x.txt, line 38",
)
# https://docs.citationstyles.org/en/stable/specification.html, appendices III and IV: those this project uses
CSL_TYPES = {"report", "chapter", "webpage", "article-journal", "document"}
CSL_VARIABLES = {
    "id", "type", "title", "container-title", "author", "issued", "version", "language", "genre", "note", "annote", "DOI", "URL",
    "abstract", "keyword", "volume", "issue", "page",
}  # fmt: skip


def bibtex_entry(text):
    """Parse one entry of BibTeX: its key, type and fields, without the outer braces."""
    ((key, entry),) = parse_string(text, "bibtex").entries.items()
    return key, entry.type, {name: value.strip("{}") for name, value in entry.fields.items()}


def one_line(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def work():
    return citation.read()


@pytest.fixture(scope="module")
def data(built_book):
    """What the script of the pages reads."""
    text = (built_book / "_static" / "citations.js").read_text(encoding="utf-8")
    return json.loads(re.fullmatch(r"window\.reportCitations = (.*);\n", text, re.DOTALL)[1])


@pytest.fixture(scope="module")
def entries(data):
    """Every place of the book: its page, and what its dialog shows."""
    return [(page, entry) for page, listed in data["pages"].items() for entry in listed]


# The citation file, and what must agree with it


def citation_as_json():
    """YAML reads dates; JSON has none."""
    return {key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in CITATION.items()}


def check_citation(citation):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(citation)


def test_the_citation_file_fits_the_schema_of_the_format():
    check_citation(citation_as_json())


@pytest.mark.parametrize(
    "change",
    [{"title": None}, {"type": "report"}, {"date-released": "21.11.2026"}, {"identifiers": []}, {"colour": "red"}],
)
def test_the_schema_refuses_what_the_format_does(change):
    with pytest.raises(jsonschema.ValidationError):
        check_citation(citation_as_json() | change)


def test_the_place_for_a_doi_is_shown_and_fits_the_schema(tmp_path):
    """The comment in the citation file, taken out of its comment, makes a valid file whose DOI is in every reference."""
    text = paths.CITATION.read_text(encoding="utf-8")
    opened = re.sub(r"^# ((?:identifiers:| {2,}[-\w]).*)$", r"\1", text, flags=re.MULTILINE)
    assert opened.count("identifiers:") == 1 and not re.search(r"^identifiers:", text, re.MULTILINE)
    path = tmp_path / "CITATION.cff"
    path.write_text(opened, encoding="utf-8")
    check_citation(
        {
            key: str(value) if isinstance(value, datetime.date) else value
            for key, value in yaml.safe_load(opened).items()
        }
    )
    assert citation.read(path).doi == "10.5281/zenodo.1234567"


def test_version_and_date_have_one_source():
    project = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'version = { attr = "analysis.__version__" }' in project and not re.search(
        r'^version = "', project, re.MULTILINE
    )
    newest = re.search(
        r"^## \[([^\]]+)\] - (\S+)$", (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    read = citation.read()
    assert (read.version, read.released.isoformat()) == (newest[1], newest[2])
    assert read.version == analysis.__version__ == str(CITATION["version"])
    assert "two-islands-or-four" in importlib.metadata.metadata("two-islands-or-four")["Name"]
    for page in paths.BOOK.glob("*.md"):
        assert read.version not in page.read_text(encoding="utf-8"), f"{page.name} types the version"


@pytest.mark.parametrize(
    "change, message",
    [
        (f"version: {CITATION['version']}", "version"),
        (f"date-released: {CITATION['date-released']}", "date-released"),
        ('  - name: "The authors of Two Islands or Four?"', "authors"),
    ],
)
def test_a_missing_field_is_named(tmp_path, change, message):
    path = tmp_path / "CITATION.cff"
    text = paths.CITATION.read_text(encoding="utf-8")
    without, count = re.subn(f"^{re.escape(change)}", "", text, flags=re.MULTILINE)
    assert count
    path.write_text(without, encoding="utf-8")
    with pytest.raises(DataError, match=f"{message}: found nothing"):
        citation.read(path)


@pytest.mark.parametrize("old, new", [
    (f"date-released: {CITATION['date-released']}", "date-released: soon"),
    (f"version: {CITATION['version']}", "version: [1, 2]"),
    ('  - name: "The authors of Two Islands or Four?"', "  - The authors"),
    ('  - name: "The authors of Two Islands or Four?"', "  - affiliation: Somewhere"),
    ("  - content analysis", "  - 5"),
    ("abstract: >-", "abstract: 12\nnote: >-"),
])  # fmt: skip
def test_a_field_of_a_wrong_form_is_named_with_its_line(tmp_path, old, new):
    path = tmp_path / "CITATION.cff"
    text = paths.CITATION.read_text(encoding="utf-8")
    place = re.search(f"^{re.escape(old)}", text, re.MULTILINE).start()
    path.write_text(text[:place] + text[place:].replace(old, new, 1), encoding="utf-8")
    before = text[:place].splitlines()
    keys = [
        (number, line.split(":")[0])
        for number, line in enumerate([*before, new.splitlines()[0]], start=1)
        if re.match(r"[a-z]", line)
    ]
    with pytest.raises(DataError, match=rf"line {keys[-1][0]}, {keys[-1][1]}: found "):
        citation.read(path)


@pytest.mark.parametrize(
    "old", ['title: "Two Islands or Four?"', "    report_genre: Research report\n", "two-islands-or-four.pdf"]
)
def test_a_name_missing_in_the_settings_is_told(tmp_path, monkeypatch, old):
    path = tmp_path / "_config.yml"
    text = paths.CONFIG.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, "", 1), encoding="utf-8")
    monkeypatch.setattr(paths, "CONFIG", path)
    with pytest.raises(DataError, match="found nothing"):
        citation.read()


def test_the_citation_file_is_read_in_one_place():
    named = {
        path.name
        for path in (paths.ROOT / "analysis").rglob("*.py")
        if "paths.CITATION" in path.read_text(encoding="utf-8")
    }
    assert named == {"citation.py", "cite.py"}  # the second tells Sphinx that a page depends on the file


def test_a_doi_with_a_resolver_is_refused(tmp_path):
    path = tmp_path / "CITATION.cff"
    path.write_text(
        paths.CITATION.read_text(encoding="utf-8") + "doi: https://doi.org/10.5281/zenodo.1\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="without a resolver"):
        citation.read(path)


def test_persons_are_authors_too(tmp_path):
    path = tmp_path / "CITATION.cff"
    text = paths.CITATION.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            '  - name: "The authors of Two Islands or Four?"',
            "  - family-names: Doe\n    given-names: Jane\n  - name: The Team",
        ),
        encoding="utf-8",
    )
    read = citation.read(path)
    item = references.csl(read, SECTION, BASE)
    persons = parse_string(formats.bibtex(item), "bibtex").entries["twoislandsorfour-sec-two"].persons["author"]
    assert [(person.first_names, person.last_names) for person in persons] == [
        (["Jane"], ["Doe"]),
        ([], ["{The Team}"]),
    ]
    assert formats.Formatter()(item).startswith("Doe, Jane, and The Team. 2026.")
    assert rispy.loads(formats.ris([item]))[0]["authors"] == ["Doe, Jane", "The Team"]


# One reference in its forms


def test_bibtex_reads_back(work):
    key, kind, fields = bibtex_entry(formats.bibtex(references.csl(work, SECTION, BASE)))
    assert (key, kind) == ("twoislandsorfour-sec-two", "incollection")
    assert fields["title"] == r"4.2. Two islands: a formula \& a half\_way"
    assert one_line(fields["booktitle"]) == CITATION["title"]
    assert (fields["year"], fields["month"]) == ("2026", "November")
    assert fields["url"] == BASE + "islands.html#sec-two"
    assert str(CITATION["version"]) in fields["note"] and "4. Two islands, four, or none" in fields["note"]


def test_a_statement_names_file_and_line_in_every_form(work):
    item = references.csl(work, STATEMENT, BASE)
    assert "line 38" in bibtex_entry(formats.bibtex(item))[2]["note"] and r"003\_x.txt" in formats.bibtex(item)
    assert "003_x.txt, line 38" in item["note"]
    assert "003_x.txt, line 38" in formats.Formatter()(item)
    assert any("003_x.txt, line 38" in note for note in rispy.loads(formats.ris([item]))[0]["notes"])


def test_a_doi_is_in_every_form(work):
    from dataclasses import replace

    registered = replace(work, doi="10.5281/zenodo.1")
    for place in (None, SECTION, STATEMENT):
        item = references.csl(registered, place, BASE)
        assert item["DOI"] == "10.5281/zenodo.1"
        assert bibtex_entry(formats.bibtex(item))[2]["doi"] == "10.5281/zenodo.1"
        assert "https://doi.org/10.5281/zenodo.1" in formats.Formatter()(item)
        assert rispy.loads(formats.ris([item]))[0]["doi"] == "10.5281/zenodo.1"
    head = BeautifulSoup(metadata.tags(registered, SECTION, "x", BASE), "lxml")
    assert head.find("meta", attrs={"name": "citation_doi"})["content"] == "10.5281/zenodo.1"
    assert (
        metadata.linked_data(registered, SECTION, "x", BASE)["isPartOf"]["identifier"]
        == "https://doi.org/10.5281/zenodo.1"
    )


def test_without_a_known_address_there_is_no_url(work):
    item = references.csl(work, SECTION)
    assert "URL" not in item and item["annote"] == "Local copy: islands.html#sec-two"
    fields = bibtex_entry(formats.bibtex(item))[2]
    assert "url" not in fields and fields["annote"] == item["annote"]
    assert formats.Formatter()(item).endswith("Local copy: islands.html#sec-two.")


@pytest.mark.parametrize("base", ["", BASE])
def test_the_placeholders_of_the_formatter_change_nothing(work, base):
    """One run of the style for every item gives the same words as the run shared by all."""
    form = formats.Formatter()
    for title in ("Economy first?", "From 1956 to 2018", "What “that” is"):
        place = references.Place("section", "a.html", "b", "3", title)
        item = references.csl(work, place, base)
        titled = {key: value for key, value in item.items() if key != "annote"} | {
            "title": f'<span class="nocase">{item["title"]}</span>'
        }
        alone = formats.punctuate(formats.run_style(titled))
        assert form(item) == " ".join(filter(None, [alone, f"{item['annote']}." if "annote" in item else ""]))


def test_the_chicago_style_orders_author_year_title_book_version(work):
    text = formats.Formatter()(references.csl(work, SECTION, BASE))
    pieces = [
        work.names[0],
        "2026",
        SECTION.title,
        "In Two Islands or Four?",
        f"version {work.version}",
        BASE + SECTION.address,
    ]
    assert [text.index(piece) for piece in pieces] == sorted(text.index(piece) for piece in pieces)
    assert "PLACEHOLDER" not in text and "?." not in text and "”." not in text


# What the build writes


def test_every_place_of_the_book_has_its_reference(entries, built_book):
    """The addresses found in the pages are those that the references were made for."""
    found, _ = addresses.published(built_book)
    kinds = ["section", "figure", "table", "statement", "passage"]
    assert sorted(address for address, kind in found.items() if kind in kinds) == sorted(
        f"{page}#{entry['id']}" for page, entry in entries
    )


def test_every_reference_reads_back_and_says_the_same(entries, work):
    items = [json.loads(entry["csl"])[0] for _, entry in entries]
    assert len({item["id"] for item in items}) == len(items)
    parsed = parse_string("\n".join(entry["bibtex"] for _, entry in entries), "bibtex").entries
    assert len(parsed) == len(items)
    for (_page, entry), item in zip(entries, items):
        assert set(item) <= CSL_VARIABLES and item["type"] in CSL_TYPES
        assert item["issued"]["date-parts"] == [[work.released.year, work.released.month, work.released.day]]
        assert item["version"] == work.version
        fields = parsed[item["id"]].fields
        assert fields["year"] == str(work.released.year) and fields["note"].startswith(f"Version {work.version}")
        if entry["kind"] == "report":
            assert item["title"] == work.title and item["type"] == "report"
            continue
        assert item["title"] == entry["heading"] and item["container-title"] == work.title
        assert entry["heading"] in entry["text"] or entry["heading"].rstrip("?!") in entry["text"]
        assert (
            entry["address"] in item["annote"]
            and entry["address"] in fields["annote"]
            and entry["address"] in entry["text"]
        )


def test_numbers_and_titles_are_those_of_the_pages(entries, built_book):
    for page in sorted({page for page, _ in entries}):
        soup = BeautifulSoup((built_book / page).read_text(encoding="utf-8"), "lxml").find("article")
        for entry in (entry for other, entry in entries if other == page):
            element = soup.find(id=entry["id"])
            if entry["kind"] in ("chapter", "section"):
                assert one_line(element.find(["h1", "h2", "h3"]).get_text()).removesuffix("#") == one_line(
                    entry["heading"]
                )
            elif entry["kind"] in ("figure", "table"):
                caption = one_line(element.find(["figcaption", "caption"]).get_text())
                number, _, title = entry["heading"].partition(". ")
                assert caption.startswith(number.replace("Figure", "Fig.")) and title in caption


def test_statements_name_the_file_and_line_they_stand_on(entries, study):
    listed = {entry["id"]: entry for _, entry in entries if entry["kind"] in ("statement", "passage")}
    assert set(listed) == {*study.statements.index, *study.passages.index}
    for table in (study.statements, study.passages):
        for identifier, row in table.iterrows():
            lines = study.corpus.texts[row["seed"]].split("\n")
            line = int(
                re.fullmatch(rf"Seed file {re.escape(row['seed'])}, line (\d+)", listed[identifier]["source"])[1]
            )
            assert row["exact"].split("\n")[0] in lines[line - 1]


def test_the_script_holds_data_only(built_book):
    text = (built_book / "_static" / "citations.js").read_text(encoding="utf-8")
    assert text.isascii() and "</" not in text


def test_the_files_of_the_report_read_back(built_book, work):
    folder = built_book / "downloads"
    key, kind, fields = bibtex_entry((folder / "citation.bib").read_text(encoding="utf-8"))
    assert kind == "techreport" and one_line(fields["title"]) == work.title
    (item,) = json.loads((folder / "citation.json").read_text(encoding="utf-8"))
    assert (item["title"], item["version"], item["abstract"]) == (work.title, work.version, work.abstract)
    (record,) = rispy.loads((folder / "citation.ris").read_text(encoding="utf-8"))
    assert (
        record["type_of_reference"] == "RPRT"
        and record["title"] == work.title
        and record["year"] == str(work.released.year)
    )
    assert record["keywords"] == list(work.keywords) and record["edition"] == work.version


def test_the_files_of_the_references_hold_every_entry_of_both_bibliographies(built_book):
    folder = built_book / "downloads"
    keys = re.findall(
        r"^@\w+\{([^,\s]+),",
        "".join((paths.BOOK / name).read_text(encoding="utf-8") for name in ("articles.bib", "references.bib")),
        re.MULTILINE,
    )
    entries = parse_string((folder / "references.bib").read_text(encoding="utf-8"), "bibtex").entries
    items = json.loads((folder / "references.json").read_text(encoding="utf-8"))
    records = rispy.loads((folder / "references.ris").read_text(encoding="utf-8"))
    assert len(keys) > 8 and list(entries) == keys == [item["id"] for item in items] == [
        record["id"] for record in records
    ]
    for item, record in zip(items, records):
        assert set(item) <= CSL_VARIABLES and item["type"] in CSL_TYPES
        assert item["title"] and not re.search(
            r"[{}\\]", item["title"] + item.get("note", "") + item.get("container-title", "")
        )
        assert record["title"] == item["title"] and record.get("urls", []) == ([item["URL"]] if "URL" in item else [])
        assert item["author"] and all(
            "literal" in author or {"family", "given"} <= set(author) for author in item["author"]
        )
    named = {item["id"]: item for item in items}
    assert named["moscowtimes2013"]["author"] == [{"family": "Nechepurenko", "given": "Ivan"}]
    assert named["sputnik2016june"]["author"] == [{"literal": "Sputnik"}]
    assert len(CiteProcJSON(items)) == len(items)


def test_the_page_on_citing_shows_every_form(built_book, work):
    soup = BeautifulSoup((built_book / "how-to-cite.html").read_text(encoding="utf-8"), "lxml").find("article")
    blocks = [block.get_text() for block in soup.select("div.highlight pre")]
    assert one_line(bibtex_entry(blocks[0])[2]["title"]) == work.title
    assert json.loads(blocks[1])[0]["title"] == work.title
    assert rispy.load(io.StringIO(blocks[2].rstrip() + " \n"))[0]["title"] == work.title
    links = [link["href"] for link in soup.select("a[href^='downloads/']")]
    assert len(links) == 6 and all((built_book / link).is_file() for link in links)


# The heads of the pages


class Head(HTMLParser):
    """Collects the meta elements and the JSON-LD of a page, with the standard library alone."""

    def __init__(self, text):
        super().__init__()
        self.meta, self.links, self.data, self.language, self._inside = {}, [], [], "", False
        self.feed(text[: text.index("</head>")])

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "html":
            self.language = attributes.get("lang")
        if tag == "meta" and "name" in attributes:
            self.meta.setdefault(attributes["name"], []).append(attributes["content"])
        if tag == "link":
            self.links.append((attributes.get("rel"), attributes.get("href")))
        self._inside = tag == "script" and attributes.get("type") == "application/ld+json"

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, text):
        if self._inside:
            self.data.append(text)


@pytest.fixture(scope="module")
def heads(built_book, data):
    return {page: Head((built_book / page).read_text(encoding="utf-8")) for page in data["pages"]}


def test_every_page_says_what_it_is(heads):
    day = CITATION["date-released"]
    assert len(heads) > 20
    for page, head in heads.items():
        assert head.language == "en"
        # A reference manager would split the name of a body; a person's is tried below.
        assert not {"author", "citation_author", "DC.creator"} & head.meta.keys()
        assert head.meta["DC.publisher"] == [CITATION["authors"][0]["name"]]
        assert head.meta["citation_publication_date"] == [day.strftime("%Y/%m/%d")] and head.meta["DC.date"] == [
            day.isoformat()
        ]
        assert head.meta["citation_language"] == ["en"] == head.meta["DC.language"]
        assert head.meta["report-page"] == [page]
        (description,) = head.meta["description"]
        assert 20 < len(description) <= 300
        whole = page == "summary.html"
        assert ("citation_inbook_title" in head.meta) != whole == ("citation_technical_report_institution" in head.meta)
        assert not head.meta["citation_title"][0][0].isdigit() and head.meta["citation_title"] == head.meta["DC.title"]
        assert (head.meta["citation_title"] if whole else head.meta["citation_inbook_title"]) == [CITATION["title"]]
        assert not any("url" in name for name in head.meta) and ("canonical" not in dict(head.links)), (
            "no address is known"
        )


def test_every_page_has_linked_data_with_what_is_required(heads):
    for page, head in heads.items():
        (text,) = head.data
        found = json.loads(text)
        assert found["@context"] == "https://schema.org" and found["name"] and found["description"]
        assert (
            found["version"] == str(CITATION["version"])
            and found["datePublished"] == CITATION["date-released"].isoformat()
        )
        assert found["author"] == [{"@type": "Organization", "name": CITATION["authors"][0]["name"]}]
        book = found if page == "summary.html" else found["isPartOf"]
        assert book["@type"] == ["Report", "Book"] and book["name"] == CITATION["title"]
        assert ("mainEntity" in found) == (page == "data-and-formats.html")
    dataset = json.loads(heads["data-and-formats.html"].data[0])["mainEntity"]
    assert dataset["@type"] == "Dataset" and dataset["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert 50 <= len(dataset["description"]) <= 5000 and dataset["creator"]  # the bounds Google's data set search gives


def test_the_head_gives_people_as_authors_and_bodies_as_publishers(work):
    people = ({"given": "Ada", "family": "Lovelace"}, {"literal": "The Society"})
    chapter = references.Place("chapter", "a.html", "a", "4", "Two islands")
    head = Head(metadata.tags(dataclasses.replace(work, authors=people), chapter, "A page.", "") + "</head>")
    assert head.meta["author"] == head.meta["citation_author"] == head.meta["DC.creator"] == ["Ada Lovelace"]
    assert head.meta["DC.publisher"] == ["The Society"]
    assert head.meta["citation_title"] == head.meta["DC.title"] == ["Two islands"]


def test_nothing_in_a_title_or_description_breaks_out_of_the_head(work):
    wild = references.Place("section", "a.html", "b", "", 'A "title" </script><script>alert(1)</script> & <b>')
    head = metadata.tags(work, wild, wild.title, BASE) + metadata.script(
        metadata.linked_data(work, wild, wild.title, BASE)
    )
    soup = BeautifulSoup(f"<head>{head}</head>", "html.parser")
    assert len(soup.find_all("script")) == 1 and soup.find("b") is None
    assert soup.find("meta", attrs={"name": "citation_title"})["content"] == wild.title
    assert json.loads(soup.script.string)["name"] == wild.title
    assert html.escape(wild.title) in head


def test_with_a_known_address_the_head_gives_it(work):
    soup = BeautifulSoup(metadata.tags(work, SECTION, "x", BASE), "lxml")
    assert soup.find("meta", attrs={"name": "citation_public_url"})["content"] == BASE + "islands.html#sec-two"
    assert metadata.linked_data(work, SECTION, "x", BASE)["url"] == BASE + "islands.html#sec-two"
    whole = references.Place("report", "summary.html", "summary", "", "T")
    assert (
        BeautifulSoup(metadata.tags(work, whole, "x", BASE, "b.pdf"), "lxml").find(
            "meta", attrs={"name": "citation_pdf_url"}
        )["content"]
        == BASE + "b.pdf"
    )


# In a browser


@pytest.fixture
def window(browser):
    """Open windows that note trouble; close them at the end."""
    contexts, troubles = [], []

    def open_window(width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: troubles.append(message.text) if message.type in ("warning", "error") else None
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert troubles == []


PLACES = [
    ("islands.html", "sec-two"),
    ("islands.html", "fig-map"),
    ("islands.html", "tab-two"),
    ("source-003.html", "mt13-17"),
    ("source-003.html", "mt13-p09"),
]


@pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name, identifier", PLACES)
def test_a_reference_is_copied_by_keyboard(built_book, window, entries, name, identifier, width):
    (entry,) = [entry for page, entry in entries if (page, entry["id"]) == (name, identifier)]
    page = window(width, offline=True, permissions=["clipboard-read", "clipboard-write"])
    page.goto((built_book / name).as_uri())
    control = page.locator(f"button[data-cite='{identifier}']")
    assert control.count() == 1 and control.get_attribute("aria-label") == f"Cite {entry['name']}"
    box = control.bounding_box()
    assert box["width"] >= 24 and box["height"] >= 24
    control.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.cite-dialog")
    assert dialog.is_visible() and entry["heading"] in dialog.inner_text() and entry["address"] in dialog.inner_text()
    assert "local copy" in dialog.inner_text()
    assert page.evaluate("() => document.querySelector('dialog.cite-dialog').contains(document.activeElement)")
    for form in ("bibtex", "csl", "text"):
        button = dialog.locator(f"button[data-form='{form}']")
        for _ in range(12):  # the focus reaches the button by Tab alone
            if page.evaluate("(form) => document.activeElement.matches(`button[data-form='${form}']`)", form):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(form) => document.querySelector(`button[data-form='${form}']`).textContent === 'Copied'",
            arg=form,
            timeout=3000,
        )
        assert "copied" in dialog.locator("[role=status]").inner_text()
        assert page.evaluate("() => navigator.clipboard.readText()").strip() == entry[form].strip()
        assert button.inner_text() == "Copied"
        if form == "bibtex":
            key, kind, fields = bibtex_entry(page.evaluate("() => navigator.clipboard.readText()"))
            assert (key, kind) == (f"twoislandsorfour-{identifier}", "incollection")
            assert one_line(fields["booktitle"]) == CITATION["title"] and entry["address"] in fields["annote"]
    inside = page.evaluate(
        "() => { const b = document.querySelector('dialog.cite-dialog').getBoundingClientRect(); return [b.left, b.right, innerWidth, document.documentElement.scrollWidth]; }"
    )
    assert inside[0] >= 0 and inside[1] <= inside[2] and inside[3] <= inside[2]
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("() => document.activeElement.dataset.cite") == identifier


@pytest.mark.slow
def test_every_place_has_its_control_on_the_page(built_book, window, data):
    page = window(offline=True)
    for name, listed in data["pages"].items():
        page.goto((built_book / name).as_uri())
        found = page.eval_on_selector_all(
            "button.cite-control", "(buttons) => buttons.map((button) => button.dataset.cite)"
        )
        assert sorted(found) == sorted(entry["id"] for entry in listed), name


def test_without_a_clipboard_the_text_is_copied_the_old_way_or_selected(built_book, window):
    page = window(offline=True)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined});")
    page.goto((built_book / "islands.html").as_uri())
    page.locator("button[data-cite='sec-two']").click()
    page.evaluate(
        "() => { window.copied = ''; document.addEventListener('copy', () => { window.copied = String(getSelection()); }); }"
    )
    page.locator("button[data-form='bibtex']").click()
    assert "@incollection{twoislandsorfour-sec-two" in page.evaluate("() => window.copied")
    assert page.locator("button[data-form='bibtex']").inner_text() == "Copied"
    page.evaluate("() => { document.execCommand = () => false; }")
    page.locator("button[data-form='csl']").click()
    assert "is selected" in page.locator("dialog.cite-dialog [role=status]").inner_text()
    assert '"twoislandsorfour-sec-two"' in page.evaluate("() => String(getSelection())")


@pytest.fixture
def server(built_book):
    """The built book on a web server of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

        def do_GET(self):
            if self.path == "/favicon.ico":  # which browsers ask for by themselves
                self.send_response(204)
                self.end_headers()
            else:
                super().do_GET()

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(built_book))
    ) as started:
        threading.Thread(target=started.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{started.server_port}/"
        started.shutdown()


@pytest.mark.parametrize(
    "name, identifier",
    [
        ("summary.html", "summary"),
        *(pytest.param(*place, marks=pytest.mark.slow) for place in [("islands.html", "islands"), *PLACES]),
    ],
)
def test_a_page_from_a_server_gives_its_own_address(server, window, name, identifier):
    page = window(permissions=["clipboard-read", "clipboard-write"])
    page.goto(server + name)
    page.locator(f"button[data-cite='{identifier}']").click()
    dialog = page.locator("dialog.cite-dialog")
    address = server + (name if identifier in ("summary", "islands") else f"{name}#{identifier}")
    assert "local copy" not in dialog.inner_text().lower() and address in dialog.inner_text()
    fields = bibtex_entry(dialog.locator("pre[data-form='bibtex']").inner_text())[2]
    assert fields["url"] == address and "annote" not in fields
    (item,) = json.loads(dialog.locator("pre[data-form='csl']").inner_text())
    assert item["URL"] == address and "annote" not in item
    assert dialog.locator("pre[data-form='text']").inner_text().count(address) == 1


def test_on_paper_nothing_of_the_controls_shows(built_book, window):
    page = window(offline=True)
    page.goto((built_book / "islands.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("button.cite-control:visible").count() == 0
    assert not re.search(
        r"<button[^>]*cite-control|cite-dialog", Path(built_book / "islands.html").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_can_be_read_in_both_schemes(built_book, window, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = window(offline=True, color_scheme=scheme)
    page.goto((built_book / "islands.html").as_uri() + "#sec-two")
    page.locator("button[data-cite='sec-two']").click()
    page.wait_for_timeout(200)
    rules = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
        "preload": False,
    }  # it would fetch style sheets, which files forbid
    dialog = Axe().run(page, context="dialog.cite-dialog", options=rules).response
    page.keyboard.press("Escape")
    controls = Axe().run(page, context="button.cite-control", options=rules).response
    for answer in (dialog, controls):
        assert {"color-contrast", "button-name"} <= {rule["id"] for rule in answer["passes"]}, "the rules did not run"
    found = dialog["violations"] + controls["violations"]
    assert [(violation["id"], [node["html"][:120] for node in violation["nodes"]][:3]) for violation in found] == []


@pytest.mark.slow
def test_a_published_address_is_in_every_reference_and_head(built_copy, run, monkeypatch):
    monkeypatch.setenv("REPORT_URL", "https://example.org/book")
    done = run(built_copy, "html")
    assert done.returncode == 0, done.stdout + done.stderr
    book = built_copy / "_build" / "html"
    head = Head((book / "islands.html").read_text(encoding="utf-8"))
    assert (
        dict(head.links)["canonical"]
        == BASE + "islands.html"
        == head.meta["citation_public_url"][0]
        == json.loads(head.data[0])["url"]
    )
    text = (book / "_static" / "citations.js").read_text(encoding="utf-8")
    assert "Local copy" not in text and f"url = {{{BASE}source-003.html#mt13-17}}" in text
    assert bibtex_entry((book / "downloads" / "citation.bib").read_text(encoding="utf-8"))[2]["url"] == BASE
    monkeypatch.setenv("REPORT_URL", "example.org")
    done = run(built_copy, "html")
    assert done.returncode == 1 and "REPORT_URL" in done.stdout + done.stderr
