"""Files nobody meant well: each is read right, or refused with one message that names the file; none of it runs."""

import csv
import html
import io
import json
import re
import shutil
import warnings

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis import paths
from analysis.base import constraints, dates, faults, markup, quotation, schema, strict_yaml, tables
from analysis.base.faults import DataError, Fault
from analysis.cells import drawing, results
from analysis.coding import codebook
from analysis.coding.study import load
from analysis.corpus import sentences
from analysis.corpus import texts as corpus

# What is known to break things, beside what hypothesis finds.
NASTY = [
    "<script>window.hacked = 1</script>", "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<!-- ", "]]>", "&lt;b&gt; &amp;amp; &#60;",
    "[here](javascript:alert(1))", "![x](https://example.org/x.png)", "<https://example.org>", "www.example.org and a@example.org", "https://example.org/a_b",
    "{st}`ab-01`", "{sid}`ab-01` {{ 7 * 7 }} {% raw %}", "`code` ``{eval-rst}``", "$x^2$ and $$y$$", r"\(x\) \* \\", "**bold** _it_ ~~out~~ ^a^ ~b~", "[^1] [x][y]",
    "=HYPERLINK(\"https://example.org\",\"x\")", "@SUM(1)", "+1", "-1|cmd", "a | b", "e\u0301 \u0627\u0644 \u202egpj.exe\u202c \u2066x\u2069 \u200f\u200e\u200b\ufeff",
    "\U0001f9d1\U0001f3fd\u200d\U0001f33e \U0001d11e \U0010fffd", "\u2028 \u2029 \u0085", "a\r\nb\rc", "\x1b[2J\x07", "\x00", "%s %d {0} ${x}", "../../etc/passwd", "' OR 1=1", "(" * 300,
]  # fmt: skip
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TEXT = st.one_of(st.sampled_from(NASTY), ANY, st.tuples(ANY, st.sampled_from(NASTY), ANY).map("".join))
LINE = TEXT.map(lambda text: re.sub(r"[\r\n]", " ", text)).filter(lambda text: tables.unprintable(text) is None)
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def refused(call, *arguments):
    """What a call returns, or None where it refuses with faults that a terminal can show."""
    try:
        return call(*arguments)
    except DataError as error:
        assert error.faults
        for line in str(error).split("\n"):
            assert line.isprintable()
        for fault in error.faults:
            assert fault.file and fault.found and fault.expected
        return None


# A corpus of one file, three sentences, two statements

TABLES = [
    "articles",
    "zones",
    "actors",
    "actor_roles",
    "statements",
    "no_statement",
    "passages",
    "coding",
    "decisions",
    "redactions",
]
COLUMNS = {path: table.columns for table in schema.load(paths.DATA).tables.values() for path in table.paths}
PASSES = "abc"

BODY = "The talks go on. The talks may fail. Nothing more is known."


class Small:
    """A small study on disk, every part of which a test may spoil."""

    def __init__(self, folder, body=BODY, headline="A headline", actor="Ann", label="Paper", remark=""):
        self.seeds, self.data, self.book = folder / "seeds", folder / "data", folder / "book"
        for here in (self.seeds, self.data, self.data / "coding", self.book):
            here.mkdir(parents=True)
        described = json.loads((paths.DATA / schema.FILE).read_text(encoding="utf-8"))
        described["resources"] = [resource for resource in described["resources"] if resource["name"] in TABLES]
        (self.data / schema.FILE).write_text(json.dumps(described), encoding="utf-8")
        (self.book / "articles.bib").write_text("@misc{ab, title = {A}}\n", encoding="utf-8")
        text = f"{headline}\n\n{body}\n"
        self.seed("000_a.txt", text.encode("utf-8"))
        begin = len(headline) + 2
        shutil.copy(paths.DATA / "codebook.yml", self.data)
        self.table(
            "articles",
            [["ab", "000_a.txt", label, "", headline, "", "", "2016", "", "2016-09", "", "", label, label, "ab"]],
        )
        zones = [("000_a.txt", 0, len(headline), "headline", ""), ("000_a.txt", len(headline), begin, "blank", ""),
                 ("000_a.txt", begin, begin + len(body), "body", "ab"), ("000_a.txt", begin + len(body), len(text), "blank", "")]  # fmt: skip
        self.table("zones", zones)
        self.table("actors", [[actor, "", "minister", "Japan", ""], ["article", "", "narrator", "", ""]])
        self.table("passages", [["ab-p01", "ab", "000_a.txt", 0, len(headline), headline, remark]])
        self.table("actor_roles", [])
        self.table("redactions", [])
        found = self.sentences()
        rows = [
            [
                f"ab-{n:02d}",
                "ab",
                s.seed,
                s.start,
                s.end,
                s.text,
                actor,
                "",
                actor,
                issue,
                "for",
                "demand",
                "direct",
                "",
                "firm",
                remark,
            ]
            for n, (s, issue) in enumerate(zip(found.itertuples(), ("two_islands", "four_islands")), start=1)
        ]
        self.table("statements", rows)
        self.table("no_statement", [[s.seed, s.start, s.end, "background"] for s in found[len(rows) :].itertuples()])
        for name in PASSES:
            coded = [[s.sentence, *r[5:8], *r[8:15], "", r[15]] for s, r in zip(found.itertuples(), rows)]
            rest = [[s.sentence, *[""] * 10, "background", ""] for s in found[len(rows) :].itertuples()]
            self.table(f"coding/pass_{name}", coded + rest)
        self.table("coding/decisions", [])

    def seed(self, name, content):
        import hashlib

        (self.seeds / name).write_bytes(content)
        (self.seeds / "SHA256SUMS").write_text(
            f"{hashlib.sha256(content).hexdigest()}  {name}\n", encoding="utf-8", newline=""
        )

    def table(self, name, rows):
        columns = COLUMNS[f"{name}.csv"]
        with open(self.data / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *rows])

    def rows(self, name):
        return list(csv.reader(io.StringIO((self.data / f"{name}.csv").read_text(encoding="utf-8"), newline="")))

    def sentences(self):
        """The sentences of the corpus, before anything is coded."""
        texts, files = corpus.read_files(self.seeds)
        package = schema.load(self.data)
        articles, zones = (
            constraints.typed(tables.read(self.data / f"{name}.csv", COLUMNS[f"{name}.csv"]), package.tables[name])
            for name in ("articles", "zones")
        )
        return corpus.lay_out(texts, files, articles, zones).sentences

    def load(self):
        return load(self.seeds, self.data, {"ab"})


@pytest.fixture
def small(tmp_path):
    """A small study that loads."""
    made = Small(tmp_path / "small")
    assert len(made.load().statements) == 2
    return made


def fault_of(call, *arguments):
    """The only fault of a call."""
    with pytest.raises(DataError) as caught:
        call(*arguments)
    (fault,) = caught.value.faults
    return fault


# Files


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "shift_jis", "koi8-r", "utf-8-sig"]
)
def test_another_encoding_is_refused_by_name_of_the_file(small, encoding):
    body = {"shift_jis": "日本", "koi8-r": "Россия"}.get(encoding, "caf\u00e9")
    small.seed("000_a.txt", f"A headline\n\n{body}\n".encode(encoding))
    fault = fault_of(small.load)
    assert fault.file.endswith("seeds/000_a.txt") and fault.where


@pytest.mark.parametrize("raw", [b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", b"\xf4\x90\x80\x80", b"ok \xe2\x82"])
def test_bytes_that_are_no_utf8_are_refused(small, raw):
    small.seed("000_a.txt", b"one\n" + raw)
    fault = fault_of(small.load)
    assert fault.where == "line 2" and "byte 0x" in fault.found


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b", "\ufffe", "\ufdd0", "\U0010ffff", "\r"],
)
def test_characters_no_page_can_show_are_refused_with_their_line(small, character):
    small.seed("000_a.txt", f"one\ntwo{character}three\n".encode())
    fault = fault_of(small.load)
    assert fault.where == "line 2" and fault.file.endswith("000_a.txt")
    assert (f"U+{ord(character):04X}" in fault.found) or character in "\0\r"
    assert "at character 7" in fault.found


def test_lines_may_end_as_windows_ends_them(tmp_path):
    made = Small(tmp_path / "small", body="The talks go on.\r\nThe talks may fail.\r\nNothing more is known.")
    study = made.load()
    assert list(study.corpus.sentences["text"]) == ["The talks go on.", "The talks may fail.", "Nothing more is known."]
    assert list(study.corpus.sentences["line"]) == [3, 4, 5]


@given(body=LINE)
@example("x" * 100_000)
@example("A b. " * 20_000)
@FEW
def test_a_body_is_read_to_the_letter_and_cut_into_sentences_without_a_rest(tmp_path_factory, body):
    made = Small(tmp_path_factory.mktemp("body"), body=body + ".")
    study = made.load()
    text = study.corpus.texts["000_a.txt"]
    assert text.encode("utf-8") == (made.seeds / "000_a.txt").read_bytes()
    covered = set()
    for row in study.corpus.sentences.itertuples():
        assert text[row.start : row.end] == row.text != ""
        covered.update(range(row.start, row.end))
    begin = text.index("\n\n") + 2
    assert {n for n in range(begin, len(text)) if not text[n].isspace()} <= covered


@given(LINE.map(str.strip))
def test_sentences_never_overlap_and_leave_only_white_space(text):
    end = 0
    for a, b in sentences.split(text):
        assert end <= a < b and text[end:a].strip() == ""
        end = b
    assert text[end:].strip() == ""


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..\\..\\x.txt", "000_a/../../x.txt", ".000_a.txt", "~/x.txt", "000_<b>.txt", "000_a b.txt", "000_\u202egpj.txt", "C:x.txt",
     "000_`{st}`.txt", "000_a.txt ", "000_a.html", "a.txt", "000_$(id).txt", "con", ""],
)  # fmt: skip
def test_a_file_name_that_is_a_path_or_markup_is_refused(small, name):
    (small.seeds / "SHA256SUMS").write_text(f"{'0' * 64}  {name}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        small.load()
    first = caught.value.faults[0]
    assert (
        first.file.endswith("SHA256SUMS")
        and first.where == "line 1"
        and all(line.isprintable() for line in str(caught.value).split("\n"))
    )
    assert "root:" not in str(caught.value)


def test_a_link_out_of_the_folder_is_not_followed(small, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_bytes((small.seeds / "000_a.txt").read_bytes())
    (small.seeds / "000_a.txt").unlink()
    (small.seeds / "000_a.txt").symlink_to(outside)
    fault = fault_of(small.load)
    assert fault.file.endswith("seeds/000_a.txt") and "link" in fault.found


def test_two_files_of_one_number_are_refused(small):
    sums = small.seeds / "SHA256SUMS"
    shutil.copy(small.seeds / "000_a.txt", small.seeds / "000_b.txt")
    line = sums.read_text(encoding="utf-8")
    sums.write_text(line + line.replace("000_a", "000_b"), encoding="utf-8")
    assert any(
        fault.where == "line 2" and "second file of this number" in fault.found
        for fault in pytest.raises(DataError, small.load).value.faults
    )
    sums.write_text(line + line, encoding="utf-8")
    assert any(fault.where == "line 2" for fault in pytest.raises(DataError, small.load).value.faults)


# Tables


@given(
    st.one_of(
        TEXT.map(lambda text: text.encode("utf-8")),
        st.binary(max_size=80),
        TEXT.map(lambda text: ("id,note\n" + text).encode("utf-8")),
    )
)
def test_a_table_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "hostile.csv"
    path.write_bytes(content)
    frame = refused(tables.read, path, ("id", "note"), "id")
    if frame is not None:
        assert list(frame.columns) == ["id", "note"] and frame["id"].is_unique
        assert all(isinstance(cell, str) for cell in frame.to_numpy().ravel())


@pytest.mark.parametrize(
    "content",
    ["id,id\na,b\n", "id,note,note\na,b,c\n", "id,note\na\n", "id,note\na,b,c\n", 'id,note\na,"b\n', 'id,note\na,b"c"\n"x"y,z\n', "id,note\ra,b\r", "id\tnote\na\tb\n",
     "id;note\na;b\n", "\ufeffid,note\na,b\n", "id,note\n\n", "id,note\na," + "x" * 200_000 + "\n"],
)  # fmt: skip
def test_a_table_of_another_shape_is_refused(tmp_path, content):
    (tmp_path / "t.csv").write_text(content, encoding="utf-8", newline="")
    before = csv.field_size_limit(10**7)  # as some libraries leave it
    try:
        with pytest.raises(DataError) as caught:
            tables.read(tmp_path / "t.csv", ("id", "note"))
        assert csv.field_size_limit() == 10**7
    finally:
        csv.field_size_limit(before)
    assert all(fault.file.endswith("t.csv") and fault.where for fault in caught.value.faults)
    assert len(str(caught.value)) < 5000


@pytest.mark.parametrize(
    "number",
    ["9" * 30, "9" * 5000, str(2**63), str(2**53), "-1", "1e5", "0x10", "1_0", "\u0661", " 1", "NaN", "inf", ""],
)
def test_numbers_no_file_can_have_are_refused(tmp_path, number):
    (tmp_path / "t.csv").write_text(f"n\n{number or chr(34) * 2}\n", encoding="utf-8")
    (fault,) = tables.whole_numbers(tables.read(tmp_path / "t.csv", ("n",)), "n", "t.csv")
    assert fault.where == "row 2" and len(str(fault)) < 2500


def test_the_largest_number_is_read(tmp_path):
    (tmp_path / "t.csv").write_text(f"n\n{2**53 - 1}\n000000000000000000000000000012\n", encoding="utf-8")
    frame = tables.read(tmp_path / "t.csv", ("n",))
    assert tables.whole_numbers(frame, "n", "t.csv") == []
    assert frame["n"].astype("int64").tolist() == [2**53 - 1, 12]


NAMES = [
    "articles",
    "zones",
    "actors",
    "statements",
    "no_statement",
    "passages",
    "redactions",
    "coding/pass_a",
    "coding/pass_b",
    "coding/decisions",
]


@given(
    name=st.sampled_from(NAMES),
    row=st.integers(1, 4),
    column=st.integers(0, 15),
    value=st.one_of(TEXT, st.integers(-5, 10**25).map(str), st.just("")),
)
@FEW
def test_one_hostile_cell_is_read_or_refused(tmp_path_factory, name, row, column, value):
    made = Small(tmp_path_factory.mktemp("cell"))
    rows = made.rows(name)
    if row >= len(rows):
        rows.append(["x"] * len(rows[0]))
    rows[min(row, len(rows) - 1)][column % len(rows[0])] = value
    made.table(name, rows[1:])
    refused(made.load)


@given(
    settled=st.one_of(
        TEXT, TEXT.map(lambda text: f"kind={text}"), TEXT.map(lambda text: f"exact={text}; status={text}")
    )
)
@FEW
def test_a_hostile_decision_is_read_or_refused(tmp_path_factory, settled):
    made = Small(tmp_path_factory.mktemp("decision"))
    rows = made.rows("coding/pass_a")
    rows[1][7] = "assessment"
    made.table("coding/pass_a", rows[1:])
    made.table(
        "coding/decisions",
        [["d1", "ab.s01", "two_islands", "a2 b2 c2", "kind: a assessment, b demand, c demand", settled, "because"]],
    )
    refused(made.load)


def test_a_corpus_without_any_statement_is_a_corpus(small):
    found = small.sentences()
    small.table("statements", [])
    small.table("no_statement", [[s.seed, s.start, s.end, "background"] for s in found.itertuples()])
    for name in PASSES:
        small.table(f"coding/pass_{name}", [[s.sentence, *[""] * 10, "background", ""] for s in found.itertuples()])
    study = small.load()
    assert study.statements.empty and len(study.no_statement) == 3


@pytest.mark.parametrize("key", ["a`b", "../x", "a b", "a<b>", "1a", "a-b", "\u00e4b", 'a"b', ""])
def test_a_key_of_an_article_cannot_break_out_of_an_address(small, key):
    rows = small.rows("articles")
    rows[1][0] = key
    small.table("articles", rows[1:])
    with pytest.raises(DataError) as caught:
        small.load()
    assert any(fault.file.endswith("articles.csv") and fault.where == "row 2" for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("seed", "start", "end", "found"),
    [
        ("000_b.txt", 0, 3, "seed"),
        ("000_a.txt", 5, 5, "5–5"),
        ("000_a.txt", 0, 999, "0–999"),
        ("000_a.txt", 2, 11, "2–11"),
        ("000_a.txt", 14, 18, "in body"),
    ],
)
def test_a_name_that_would_not_be_withheld_stops_the_check(small, seed, start, end, found):
    small.table("redactions", [[seed, start, end]])
    fault = fault_of(small.load)
    assert fault.file.endswith("redactions.csv") and fault.where == "row 2" and found in fault.found


def test_names_to_withhold_may_not_overlap(small):
    small.table("redactions", [["000_a.txt", 2, 5], ["000_a.txt", 4, 8]])
    assert fault_of(small.load).where == "row 3"
    small.table("redactions", [["000_a.txt", 2, 5], ["000_a.txt", 5, 8]])
    small.load()


# YAML


def codebook_with(tmp_path, change):
    text = (paths.DATA / "codebook.yml").read_text(encoding="utf-8")
    path = tmp_path / "codebook.yml"
    path.write_text(change(text), encoding="utf-8")
    return path


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("x: !!python/object/apply:os.system [id]\n", "could not determine a constructor"), ("x: !!python/name:os.system\n", "could not determine a constructor"),
        ("x: !evil {}\n", "could not determine a constructor"), (LAUGHS, "an alias, *a"), ("x: &x\n  <<: *x\n", "an alias"), ("version: 9\n", "the key 'version' again, first in line 4"),
        (f"x: {'[' * 3000}\n", "nested too deeply"), (f"x: {'9' * 5000}\n", "digits"), ("x: 2016-13-45\n", "month must be in 1..12"), ('x: "\\ud800"\n', "U+D800"),
        ('x: "a\\x1b[2J"\n', "U+001B"), ('x: "\\0"\n', "NUL"), ("x: [\n", "YAML that cannot be read"), ("? [a]\n: b\n", "YAML that cannot be read"), ("--- 2\n", "YAML that cannot be read"),
        ("x: %x\n\ty: 1\n", "YAML that cannot be read"),
    ],
)  # fmt: skip
def test_yaml_beyond_plain_data_is_refused(tmp_path, more, found):
    fault = fault_of(codebook.load, codebook_with(tmp_path, lambda text: text + "\n" + more))
    assert fault.file.endswith("codebook.yml") and found in fault.found, str(fault)


@pytest.mark.parametrize(
    ("old", "new"),
    [("groups:", "groups: [a]\nx_groups:"), ("issues:", "issues: text\nx_issues:"), ("rules:", "rules: {a: b}\nx_rules:"), ("unit:", "unit: 7\nx_unit:"),
     ("no_statement_reasons:", "no_statement_reasons: {on: x}\nx_r:"), ("no_statement_reasons:", 'no_statement_reasons: {"a`b": x}\nx_r:'),
     ("no_statement_reasons:", "no_statement_reasons: {a: [x]}\nx_r:"), ("no_statement_reasons:", "no_statement_reasons: {a: }\nx_r:"),
     ("  position:\n", "  position: [for]\n  x_position:\n"), ("  holder: >", "  holder: [x]\n  x_holder: >"), ('version: "1.3"', "version: {a: b}"), ("groups:", "groups: {<b>: x}\nx_groups:")],
)  # fmt: skip
def test_a_codebook_of_another_shape_is_refused(tmp_path, old, new):
    def change(text):
        assert old in text
        return text.replace(old, new, 1)

    with pytest.raises(DataError) as caught:
        codebook.load(codebook_with(tmp_path, change))
    assert all(fault.file.endswith("codebook.yml") for fault in caught.value.faults)


@given(
    st.one_of(
        TEXT,
        st.recursive(TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)).map(
            json.dumps
        ),
    )
)
def test_any_yaml_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "hostile.yml"
    path.write_text(text, encoding="utf-8", newline="")
    refused(strict_yaml.read, path)
    refused(codebook.load, path)


@given(st.integers(0, 200), st.integers(0, 40), TEXT)
@settings(max_examples=50)
def test_a_codebook_with_a_hostile_line_is_read_or_refused(tmp_path_factory, line, column, text):
    lines = (paths.DATA / "codebook.yml").read_text(encoding="utf-8").split("\n")
    line %= len(lines)
    lines[line] = lines[line][:column] + text + lines[line][column:]
    path = tmp_path_factory.getbasetemp() / "codebook.yml"
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    refused(codebook.load, path)


# Dates


@given(st.one_of(TEXT, st.text("0123456789-/?~%[],.X \n", max_size=24), st.from_regex(dates._FORM, fullmatch=True)))
@example("0000")
@example("9999-12-31~")
@example("[2016..2013]")
@example("99XX/..")
def test_a_date_is_refused_or_has_bounds_and_words(value):
    if value and dates.valid(value):
        first, last = dates.bounds(value)
        assert first is None or last is None or first <= last
        assert dates.show(value) and dates.show(value, short=True)


# Cells


@pytest.fixture(scope="module")
def read_inline():
    """What MyST makes of a cell under every extension Jupyter Book can switch on: a list of (kind of token, its text)."""
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    extensions = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "html_admonition", "html_image", "linkify", "replacements", "smartquotes",
                  "strikethrough", "substitution", "tasklist"}  # fmt: skip
    parser = create_md_parser(MdParserConfig(enable_extensions=extensions, sub_delimiters=("{", "}")), RendererHTML)

    def read(text):
        (inline,) = parser.parseInline(text)
        return [(token.type, token.content) for token in inline.children]

    return read


@given(LINE)
def test_text_in_a_cell_stays_text_to_the_letter(read_inline, text):
    for escaped in (
        markup.escape(text),
        markup.cell(markup.escape(text)),
        markup.cell(markup.cell(markup.escape(text))),
    ):
        tokens = read_inline(escaped)
        assert {kind for kind, _ in tokens} <= {"text"}
        assert "".join(content for _, content in tokens).strip(" ") == text.strip(" ")
        assert markup.plain(escaped) == text


@given(LINE)
def test_text_nobody_escaped_makes_no_markup_but_a_role(read_inline, text):
    kinds = {kind for kind, _ in read_inline(markup.cell(text))}
    assert kinds <= {"text", "myst_role"}
    if not re.search(r"\{\w+\}`", text):
        assert kinds <= {"text"}
    assert markup.cell(markup.cell(text)) == markup.cell(text)


def test_without_escaping_the_same_text_is_markup(read_inline):
    """The two tests above mean nothing if the reader did not know markup."""
    kinds = {kind for text in NASTY for kind, _ in read_inline(text)}
    assert {
        "link_open",
        "image",
        "html_inline",
        "myst_role",
        "math_inline",
        "substitution_inline",
        "code_inline",
        "strong_open",
    } <= kinds


@given(LINE, st.lists(LINE, max_size=2))
@FEW
def test_a_table_escapes_its_cells_and_its_head(read_inline, head, cells):
    import pandas as pd

    shown = results.Table(pd.DataFrame({head: cells}))._repr_mimebundle_()
    data = shown[results.TABLE_MIME]
    for text in [*data["columns"], *(row[0] for row in data["rows"])]:
        assert {kind for kind, _ in read_inline(text)} <= {"text", "myst_role"}
    assert "<script" not in shown["text/html"] and "<img" not in shown["text/html"]


def test_a_citation_in_a_cell_stays_one(read_inline):
    text = f"for {{sid}}`ab-01, ab-02` ({markup.escape('{st}`ab-03`')})"
    assert markup.cell(text) == markup.cell(markup.cell(text))
    assert [token for token in read_inline(markup.cell(text)) if token[0] != "text"] == [("myst_role", "ab-01, ab-02")]
    assert markup.plain(markup.cell(text)) == "for ab-01, ab-02 ({st}`ab-03`)"


def test_what_an_author_marks_up_stays_as_written():
    assert markup.cell(markup.Markup("*so* [it](is.html)")) == "*so* [it](is.html)"


@given(TEXT)
def test_a_name_in_prose_is_printed_to_the_letter(text):
    from myst_nb.core.variables import format_plain_text

    with warnings.catch_warnings(action="ignore"):
        assert format_plain_text(repr(results._Text(text)), "") == text


@given(LINE)
def test_quotation_marks_never_lose_a_letter(text):
    assert text in quotation.quoted(text)


# Figures


@given(st.lists(LINE.filter(str.strip), min_size=1, max_size=3, unique=True), LINE)
@example(['#1f2328 id="x" url(#x) $\\frac{1}{2}$ $$$', '<a xlink:href="#ab-01">'], "<b onload='x'>\"&")
@settings(max_examples=25)
def test_words_in_a_drawing_stay_words(words, name):
    import matplotlib
    import matplotlib.pyplot as plt
    from lxml import etree

    with matplotlib.rc_context(drawing.STYLE), warnings.catch_warnings(action="ignore"):  # no font has every character
        figure, axes = plt.subplots()
        for row, text in enumerate(words):
            axes.text(0, row, text)
        axes.scatter([0], [0]).set_urls([drawing.link("#ab-01", name)])
        axes.set_axis_off()
        svg = drawing.finish(figure, "f", "").svg
    tree = etree.fromstring(svg.encode("utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert ["".join(node.itertext()) for node in tree.iter(f"{space}text")] == words
    assert [
        node.tag for node in tree.iter() if node.tag in (f"{space}script", f"{space}foreignObject", f"{space}image")
    ] == []
    assert [node.get("aria-label") for node in tree.iter(f"{space}a")] == [re.sub(r"[\r\n\t]", " ", name)]
    assert [name for node in tree.iter() for name in node.attrib if name.startswith("on")] == []


# Messages


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J\x1b]0;title\x07",
        "\u202egpj.exe",
        "\x9b31m",
        "\ud800",
        "a\u0000b",
        "line\nbreak\r",
        "\u2028",
        "\u200b\ufeff",
    ],
)
def test_a_message_shows_what_would_act_on_a_terminal(text):
    fault = Fault(f"x{text}.csv", f"row {text}", text, f"not {text}")
    assert str(DataError([fault])).split("\n", 1)[1].isprintable()
    assert str(fault).encode("utf-8").isascii()


def test_a_message_stays_short():
    assert len(str(Fault("x.csv", "row 1", "y" * 10**6, "z" * 10**6))) < 2500
    assert "1,000,000 characters" in str(Fault("x.csv", "row 1", "y" * 10**6, "z"))


def test_the_log_of_a_failed_build_shows_control_characters():
    from analysis.build.log import readable

    assert (
        readable("\x1b[31mERROR\x1b[39m: page.md: \x1b]0;x\x07 \u202e é \u00a0日本 WARNING")
        == "ERROR: page.md: \\x1b]0;x\\x07 \\u202e é \u00a0日本 WARNING"
    )


def test_visible_text_is_what_it_was():
    assert faults.visible("Ō, 日本, 🏝, é") == "Ō, 日本, 🏝, é"
    assert html.escape(faults.visible("<b>")) == "&lt;b&gt;"


# A book of hostile articles in a browser


SENTENCES = (
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'> is what the <b>spokesman</b> said.",
    "A [link](javascript:window.hacked=3), {st}`ab-01`, {{ 7 * 7 }}, $x^2$, www.example.org and **bold** stay words & &lt;signs&gt;.",
    "Text =HYPERLINK(1) e\u0301 \U0001f9d1\U0001f3fd \u202egpj.exe\u202c goes on.",
)
HEADLINE = "</title><script>window.hacked = 4</script> {{ config }} [x](https://example.org)"
ACTOR = "<b onmouseover='window.hacked = 5'>Eve</b> [x](javascript:window.hacked=6)"
REMARK = '"><script>window.hacked = 7</script> `x` {{ 8 * 8 }}'
LABEL = "<i>The Paper</i> & {{ 9 * 9 }}"

PAGE = """# Hostile

It says {quote}`ab-01` and more {st}`ab-02`, as {glue:text}`name` knows.

```{table-result} listing
What was said
```

```{table-result} raw
What nobody escaped
```

```{figure-result} dots
Dots
```
"""
CELL = """import pandas as pd
from analysis.cells import listings, results
from analysis.coding.study import load
from analysis.report import figures
study = load()
s = study.statements
results.numbers(name=s["holder"].iloc[0])
results.show("listing", listings.statements(study, s))
results.show("raw", results.Table(pd.DataFrame({"Said": s["exact"], "Remark": s["remark"], "By": s["holder"]})))
results.show("dots", figures.stances.draw(study, ["two_islands", "four_islands"], "dots"))
"""


@pytest.mark.slow
def test_a_hostile_article_is_shown_as_text_and_nothing_in_it_runs(project_copy, run, browser, tmp_path):
    import nbformat
    import yaml

    made = Small(
        tmp_path / "small", body=" ".join(SENTENCES), headline=HEADLINE, actor=ACTOR, label=LABEL, remark=REMARK
    )
    rows = made.rows("actors")
    rows[1][1] = REMARK
    made.table("actors", rows[1:])
    for name in ("seeds", "analysis/data"):
        target = project_copy / name
        for path in [*target.glob("*.txt"), *target.glob("*.csv"), *target.glob("coding/*.csv")]:
            path.unlink()
    shutil.copytree(made.seeds, project_copy / "seeds", dirs_exist_ok=True)
    shutil.copytree(made.data, project_copy / "analysis" / "data", dirs_exist_ok=True)
    shutil.copytree(made.book, project_copy / "book", dirs_exist_ok=True)
    book = project_copy / "book"
    for path in [*book.glob("*.ipynb"), *book.glob("source-*.md")]:
        path.unlink()
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(CELL, id="a", metadata={"tags": ["remove-cell"]}),
            nbformat.v4.new_markdown_cell(PAGE, id="b"),
        ]
    )
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, book / "hostile.ipynb")
    (book / "source-000.md").write_text("# File 000\n\n```{source-page} 000\n```\n", encoding="utf-8")
    contents = {
        "format": "jb-book",
        "root": "hostile",
        "chapters": [{"file": "source-000"}, {"file": "report-an-error"}],
    }
    (book / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")
    done = run(project_copy, "html")
    assert done.returncode == 0, done.stdout + done.stderr

    troubles, shown, state = [], {}, {}
    page = browser.new_context(offline=True).new_page()
    page.on("console", lambda message: message.type in ("warning", "error") and troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    for name in ("hostile", "source-000"):
        page.goto((project_copy / f"_build/html/{name}.html").as_uri(), wait_until="load")
        page.wait_for_timeout(300)
        for element in page.locator("article *:visible").all()[:200]:
            element.dispatch_event("mouseover")
        shown[name] = " ".join(page.evaluate("document.querySelector('article').textContent").split())
        state[name] = page.evaluate(
            """() => [window.hacked, document.querySelectorAll('article script, article img, article td b, article td strong, article td i').length,
                [...document.querySelectorAll('a')].filter((a) => /example\\.org|javascript/.test(a.href)).length, document.title]"""
        )
    page.context.close()
    assert troubles == []
    for name in shown:
        assert state[name][:3] == [None, 0, 0], name
    said = [" ".join(sentence.split()) for sentence in SENTENCES]
    for text in (*said[:2], ACTOR, LABEL, REMARK):
        assert text in shown["hostile"], text
    bare = re.sub(r" ?ab-\w+", "", shown["source-000"])
    for text in (*said, ACTOR, " ".join(HEADLINE.split()), re.sub(r" ?ab-\w+", "", REMARK)):
        assert re.sub(r" ?ab-\w+", "", text) in bare, text
