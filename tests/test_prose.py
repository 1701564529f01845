"""The prose of the pages: no typed numbers, no dead labels, no misspelling, evidence in every finding's paragraph."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import paths

PAGES = sorted([*paths.BOOK.glob("*.md"), *paths.BOOK.glob("*.ipynb")])
EXCEPTIONS = Path(__file__).parent / "data" / "typed_numbers.csv"

# Names that hold a number: (pattern, what it names).
NAMES = (
    (r"two islands(?:,? or four\b|, four, or none|, who four)|(?:two|four) islands", "an option of the settlement, and the title of the book"),
    (r"\*(?:two|four)\*", "the word itself"),
    (r"(?:joint )?declaration of 1956|1956 (?:joint )?declaration", "the Joint Declaration"),
    (r"two (?:sides|governments|countries|leaders|publics)", "Japan and Russia"),
    (r"eight-point plan", "Abe's plan"),
    (r"(?:one|two)-mode", "kinds of network"),
    (r"UTF-(?:8|16)|RFC \d+|SHA-256|ISO 8601-2|CC BY 4\.0|CC0 1\.0|COVID-19|REFI-QDA 1\.[05]|CSL 1\.0|Data Package 2\.0|CFF 1\.2\.0", "standards and names"),
    (r"file 00\d", "a saved file"),
    (r"third countries", "countries other than the two"),
    (r"one (?:dot|mark) (?:is one|a) statement|one cell a sentence", "the key of a figure"),
    (r"2013–2018", "the subtitle of the book"),
    (r"Python 3\.11 to 3\.13", "the versions it runs on"),
)  # fmt: skip

_CARDINALS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "dozen",
    "half",
]
_ORDINALS = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
# "One" and "first" are numbers only before something that is counted here.
_COUNTED = [
    "articles?",
    "statements?",
    "texts?",
    "files?",
    "blocks?",
    "sources?",
    "speakers?",
    "holders?",
    "voices?",
    "findings?",
    "experts?",
    "outlets?",
    "sentences?",
    "issues?",
    "readings?",
    "passes",
    "pass",
    "cases?",
    "marks?",
    "dots?",
    "points?",
    "differences?",
    "options?",
    "categor(?:y|ies)",
    "paragraphs?",
    "islands?",
    "officials?",
    "analysts?",
    "units?",
    "rows?",
]
NUMBER = re.compile(
    rf"(?<![\w.-])(?:\d[\d,.]*\d|\d|(?:{'|'.join(_CARDINALS + _ORDINALS)})(?:-\w+)?|(?:one|first|only one) (?:\w+ )?(?:{'|'.join(_COUNTED)}))(?![\w])",
    re.IGNORECASE,
)


def prose(page):
    """Yield (cell, line, text) of a page: what a reader reads, with markup, quotations and computed parts blanked.

    Cells count from 1; a Markdown page is cell 0. Lines count from 1 within the cell.
    """
    if page.suffix == ".ipynb":
        cells = [
            (number, "".join(cell["source"]))
            for number, cell in enumerate(json.loads(page.read_text(encoding="utf-8"))["cells"], start=1)
            if cell["cell_type"] == "markdown"
        ]
    else:
        cells = [(0, page.read_text(encoding="utf-8"))]
    for number, text in cells:
        text = blank(r"\A---\n.*?\n---\n", text)
        text = without_listings(text)
        text = blank(r"<!--.*?-->", text)
        text = re.sub(r"^\([\w-]+\)=$|^[`:]{3,}.*$|^:[\w-]+:.*$|^\d+\. |<[a-z/][^>]*>", "", text, flags=re.MULTILINE)
        text = re.sub(r"\{[\w:.-]+\}`[^`]*`", "§", text)  # roles: quoted, computed, cited
        text = re.sub(r"`[^`\n]*`", "§", text)
        text = re.sub(r"\]\([^)\s]*\)|<https?://[^>]*>", "]", text)
        for line, content in enumerate(text.split("\n"), start=1):
            if content.strip():
                yield number, line, content


def blank(pattern, text):
    """Replace what matches by as many empty lines."""
    return re.sub(pattern, lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)


def without_listings(text):
    """Empty the lines of code listings; the content of directives, whose fence has a brace, stays."""
    lines, fences = [], []
    for line in text.split("\n"):
        fence = re.match(r"(`{3,}|:{3,})(.*)$", line)
        if fence and fences and fence[1] == fences[-1][0] and not fence[2].strip():
            lines.append("" if fences.pop()[1] else line)
        elif fence and not (fences and fences[-1][1]):
            fences.append((fence[1], not fence[2].startswith("{")))
            lines.append("" if fences[-1][1] else line)
        else:
            lines.append("" if fences and fences[-1][1] else line)
    return "\n".join(lines)


def typed_numbers(text):
    """Find the numbers of a line that are no part of a name."""
    names = [
        match.span()
        for pattern, _ in NAMES
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE)
    ]
    return [
        match
        for match in NUMBER.finditer(text)
        if not any(start <= match.start() and match.end() <= end for start, end in names)
    ]


def exceptions():
    """The rows of the list of exceptions."""
    with open(EXCEPTIONS, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_number_is_typed():
    allowed, used, faults = exceptions(), set(), []
    for page in PAGES:
        for cell, line, text in prose(page):
            spans = []
            for number, row in enumerate(allowed):
                if row["file"] == page.name:
                    found = [match.span() for match in re.finditer(re.escape(row["phrase"]), text)]
                    spans += found
                    used |= (
                        {number}
                        if any(a <= m.start() and m.end() <= b for a, b in found for m in typed_numbers(text))
                        else set()
                    )
            faults += [
                f"{page.name}, cell {cell}, line {line}: {match[0]!r} in {text.strip()!r}"
                for match in typed_numbers(text)
                if not any(a <= match.start() and match.end() <= b for a, b in spans)
            ]
    unused = [
        f"{EXCEPTIONS.name}: no typed number {row['phrase']!r} in {row['file']}"
        for n, row in enumerate(allowed)
        if n not in used
    ]
    assert not faults + unused, "\n".join(faults + unused)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Three voices name a difficulty.", ["Three"]),
        ("In 2016 Japan is said to want four islands, by two Russian experts.", ["2016", "two"]),
        ("One article of the second file says so, and one may doubt it.", ["One article", "second"]),
        ("Twenty-one of 1,234 characters, or 3.5 a line.", ["Twenty-one", "1,234", "3.5"]),
        ("The 1956 Joint Declaration, the two sides, SHA-256 and file 001.", []),
        ("No one knows; first they talk.", []),
    ],
)
def test_the_search_for_numbers_finds_them_and_spares_names(text, found):
    assert [match[0] for match in typed_numbers(text)] == found


def test_blanked_parts_are_no_prose(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "(a-2)=\n# Four\n\n{glue:text}`n_12` of {year}`mt13`, `code 5`, [seven](page-8.html)\n\n```{table-result} t\n:name: tab-9\nTen rows.\n```\n"
        "```python\nx = 11\n```\n1. A step.\n",
        encoding="utf-8",
    )
    found = [(line, match[0]) for _, line, text in prose(page) for match in typed_numbers(text)]
    assert found == [(2, "Four"), (4, "seven"), (8, "Ten")]


def paragraphs(page):
    """Yield (cell, paragraph) of a notebook: running text, without directives, headings and emphasised lines alone."""
    for number, cell in enumerate(json.loads(page.read_text(encoding="utf-8"))["cells"], start=1):
        if cell["cell_type"] == "markdown":
            text = re.sub(r"^```\{.*?^```\s*$", "", "".join(cell["source"]), flags=re.DOTALL | re.MULTILINE)
            for paragraph in re.split(r"\n\s*\n", text):
                if paragraph.strip() and not re.match(r"\s*(?:\([\w-]+\)=|#|\*[^*]+\*\s*$)", paragraph):
                    yield number, paragraph.strip()


CHAPTERS = (
    "summary",
    "who-speaks",
    "islands",
    "joint-activity",
    "economy-first",
    "prospects",
    "alignments",
    "chronology",
)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_paragraph_of_findings_rests_on_something(name):
    evidence = re.compile(r"\{(?:st|quote|sid|cite|ref|numref|glue:text)\}")
    bare = [
        f"cell {cell}: {text[:80]}"
        for cell, text in paragraphs(paths.BOOK / f"{name}.ipynb")
        if not evidence.search(text) and not text.endswith(":")
    ]
    assert not bare, f"{name}.ipynb has paragraphs without a citation or a computed number:\n" + "\n".join(bare)


def test_every_statement_is_cited_in_a_chapter(built_book, study):
    """In prose or a table, figures not counted: no statement is a stray that only the appendices know."""
    cited = set()
    for name in CHAPTERS:
        text = re.sub(r"<svg .*?</svg>", "", (built_book / f"{name}.html").read_text(encoding="utf-8"), flags=re.DOTALL)
        cited |= set(re.findall(r'href="source-\d+\.html#([\w-]+)"', text))
    assert not set(study.statements.index) - cited


def test_spelling():
    files = [
        *PAGES,
        *sorted(paths.ROOT.glob("*.md")),
        paths.CITATION,
        *sorted((paths.ROOT / "analysis").rglob("*.py")),
        paths.ROOT / "seeds" / "README.md",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", *map(str, files)], capture_output=True, encoding="utf-8", cwd=paths.ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_one_changed_row_changes_the_prose(run, built_copy):
    """The last decision for an open reading, and with it a count in running text."""

    def said(page):
        text = (built_copy / "_build" / "html" / f"{page}.html").read_text(encoding="utf-8")
        return re.sub(r"<[^>]+>", "", re.search(r"<p>Every quotation is compared.*?</p>", text, re.DOTALL)[0])

    before = int(re.search(r"Of (\d+) statements, (\d+) are marked", said("summary"))[2])
    decisions = built_copy / "analysis" / "data" / "coding" / "decisions.csv"
    settled, _, rest = decisions.read_text(encoding="utf-8").rpartition("status=open")
    decisions.write_text(f"{settled}status=firm{rest}", encoding="utf-8")
    assert run(built_copy, "rebuild").returncode == 0
    done = run(built_copy, "html")
    assert done.returncode == 0, done.stderr
    assert int(re.search(r"Of (\d+) statements, (\d+) are marked", said("summary"))[2]) == before - 1


# Terms of this report that stand between quotation marks and quote nobody.
TERMS = {"Four islands", "two islands", "Territory first"}


def test_words_between_typed_quotation_marks_are_the_articles_own(study):
    """Quotations come by id; a word taken up again in the text must still stand in a saved file, letter for letter."""
    saved = "\n".join(study.corpus.texts.values()).replace("\u00a0", " ")
    found = {
        (page.name, words)
        for page in PAGES
        if page.suffix == ".ipynb"
        for _, _, text in prose(page)
        for pair in re.findall(r'"([^"§]+)"|“([^”§]+)”', text)
        for words in filter(None, pair)
    }
    assert not {(name, words) for name, words in found if words not in TERMS and words not in saved}
    assert {words for _, words in found} >= TERMS
