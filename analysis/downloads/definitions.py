"""The tables for scholars: which there are, and what each of their columns means."""

from dataclasses import dataclass, field

import pandas as pd

from .. import paths
from ..coding import events as chronology, passes as coding
from ..corpus import texts as corpus
from ..coding import codebook as codebooks
from ..coding import statements as checks
from ..base import tables as reader

CONTRADICTION_COLUMNS = ("key", "title", "passages", "at_issue", "references", "kind")
LOADED_COLUMNS = ("article", "passage", "words", "effect")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name, type, description : str
        ``type`` is ``"string"`` or ``"integer"``.
    required, unique : bool
        Whether every row has a value, and one of its own.
    enum : tuple of str
        The values it can have; empty where it can have any.
    """

    name: str
    type: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple = ()


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    name, title, description, purpose, limits : str
    columns : list of Column
    key : tuple of str
        Columns that tell the rows apart.
    references : dict of str to (str, str)
        Column to the table (as the data package names it) and column it refers to.
    rows : list of tuple
        Cells are ``str``, ``int`` or None.
    """

    name: str
    title: str
    description: str
    purpose: str
    limits: str
    columns: list
    key: tuple
    references: dict
    rows: list = field(repr=False)


def tables(material):
    """Return the tables, those first that others refer to.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    list of Table

    Raises
    ------
    DataError
        If a table that is no part of the study cannot be read.
    """
    study = material.study
    return [
        _table(material, *definition)
        for definition in (
            _files(study), _articles(study), _zones(study), _sentences(material), _issues(study), _codes(study), _actors(study),
            _actor_roles(study), _statements(study), _no_statement(study), _passages(study), _coding(material), _decisions(study),
            _events(), _contradictions(), _loaded_words(),
        )
    ]  # fmt: skip


def _table(material, name, title, purpose, limits, frame, columns, key, references):
    """Put a table together: cells of plain types, text of the articles only where it may be shown."""
    # Keys and names are not quotations, however long they are.
    free = [c.type == "string" and not c.enum and c.name not in (*key, *references, "exact") for c in columns]
    rows = []
    for record in frame[[c.name for c in columns]].itertuples(index=False, name=None):
        cells = [_cell(value, c.type) for value, c in zip(record, columns)]
        rows.append([material.prose(cell) if cell and prose else cell for cell, prose in zip(cells, free)])
    at = {c.name: n for n, c in enumerate(columns)}
    if "exact" in at:
        for cells in rows:
            seed, start, end = (cells[at[column]] for column in ("seed", "start", "end"))
            if start is not None and not material.shown(seed, start, end):
                cells[at["exact"]] = None
    return Table(name, title, f"{purpose} Not in it: {limits}", purpose, limits, columns, key, references, [tuple(cells) for cells in rows])


def _cell(value, kind):
    if value is None or value is pd.NA or value != value or value == "":
        return None
    return int(value) if kind == "integer" else str(value)


def _text(name, description, **options):
    return Column(name, "string", description, **options)


def _count(name, description, **options):
    return Column(name, "integer", description, **options)


_SEED = _text("seed", "Name of the saved file.", required=True)
_START = _count("start", "Offset of the first character in the file, in code points, from 0.", required=True)
_END = _count("end", "Offset behind the last character in the file, in code points.", required=True)
_LINE = _count("line", "Line of the file on which it begins, from 1.", required=True)
_ARTICLE = _text("article", "Key of the article.", required=True)
_EXACT = _text("exact", "The passage, letter for letter.", required=True)
_SOME = _text("exact", "The passage, letter for letter; empty where this edition may not show it.")
_TO_FILE, _TO_ARTICLE = {"seed": ("files", "seed")}, {"article": ("articles", "article")}


def _coded(book, required):
    """The columns of what a coder says of a passage."""
    return [
        _text("speaker", "Whose words or views the article reports: an actor; `article` where it speaks for itself.", required=required),
        _text("via", "The agency or paper through which the article has it, where it says so."),
        _text("holder", "Whose position it is: an actor.", required=required),
        _text("issue", "What the position is about: a key of the codebook.", required=required, enum=tuple(book.issues.index)),
        _text("position", "The holder's position towards the issue's sentence.", required=required, enum=tuple(book.positions)),
        _text("kind", "What the statement does.", required=required, enum=tuple(book.kinds)),
        _text("mode", "How the article gives it.", required=required, enum=tuple(book.modes)),
        _text("date", "When the position was held or stated, as EDTF; empty where it is the article's present."),
    ]


_CODED_REFERENCES = {"speaker": ("actors", "actor"), "via": ("actors", "actor"), "holder": ("actors", "actor"), "issue": ("issues", "issue")}


def _files(study):
    return (
        "files", "Saved files", "The saved files with their size and SHA-256: what all offsets are counted in.", "The files themselves.",
        study.corpus.files,
        [
            _text("seed", "Name of the saved file.", required=True, unique=True),
            _text("number", "Its number, as the book's pages use it.", required=True),
            _count("bytes", "Size in bytes.", required=True), _count("characters", "Size in code points.", required=True),
            _count("lines", "Number of lines.", required=True), _text("sha256", "SHA-256 of the file, hexadecimal.", required=True, unique=True),
        ],
        ("seed",), {},
    )  # fmt: skip


def _articles(study):
    return (
        "articles", "Articles", "What is known of each article, with the evidence, and its two dates kept apart.",
        "Where an article begins and ends: that is in the zones.", study.corpus.articles.reset_index(),
        [
            _text("article", "Key of the article.", required=True, unique=True), _SEED,
            _text("outlet", "Who published it."), _text("outlet_basis", "On what evidence."),
            _text("headline", "Its headline, where known."), _text("headline_basis", "On what evidence."),
            _text("author", "Its author, where named."),
            _text("date_text", "Its date as the text itself supports it, as EDTF."), _text("date_text_evidence", "On what evidence."),
            _text("date_record", "Its date in the public record, as EDTF."), _text("date_record_evidence", "On what evidence."),
            _text("date_record_checked", "Whether the text states the date, a web address does, or it is inferred."),
            _text("short", "Name in citations."), _text("label", "Name in headings."), _text("bibkey", "Key of its entry in the bibliography."),
        ],
        ("article",), _TO_FILE,
    )  # fmt: skip


def _zones(study):
    return (
        "zones", "Zones", "Divides every file into body, headline, caption, comment and so on; each character is in one zone.",
        "The text, which is in the files.", study.corpus.zones,
        [
            _SEED, _START, _END, _text("zone", "What the text is.", required=True, enum=corpus.ZONES),
            _text("article", "Key of the article it belongs to, if any."),
            _count("first_line", "First line of the file that it touches, from 1.", required=True),
            _count("last_line", "Last line of the file that it touches.", required=True),
        ],
        ("seed", "start"), _TO_FILE | _TO_ARTICLE,
    )  # fmt: skip


def _sentences(material):
    text = [_text("text", "The sentence, letter for letter.", required=True)] if material.full else []
    limits = "Paragraphs as spans." if material.full else "The text, which this edition may not show whole."
    return (
        "sentences", "Sentences", "Every sentence of the articles' bodies: the unit that coders went through.", limits,
        material.study.corpus.sentences,
        [
            _text("sentence", "Key of the sentence.", required=True, unique=True), _ARTICLE,
            _count("paragraph", "Number of the paragraph in the article, from 1.", required=True), _SEED, _START, _END, _LINE, *text,
        ],
        ("sentence",), _TO_FILE | _TO_ARTICLE,
    )  # fmt: skip


def _issues(study):
    groups = study.codebook.groups
    return (
        "issues", "Issues", "The issues of the codebook, with the sentence that positions are for or against.",
        "The coding rules: they are in the book.",
        study.codebook.issues.reset_index().assign(group_title=lambda t: t["group"].map(groups)),
        [
            _text("issue", "Key of the issue.", required=True, unique=True), _text("label", "Its name in print.", required=True),
            _text("group", "Key of its group.", required=True, enum=tuple(groups)), _text("group_title", "Name of its group.", required=True),
            _text("sentence", "What a holder is for or against.", required=True),
            _text("include", "What is coded here.", required=True), _text("exclude", "What is coded elsewhere.", required=True),
        ],
        ("issue",), {},
    )  # fmt: skip


def _codes(study):
    book = study.codebook
    parts = {"position": book.positions, "kind": book.kinds, "mode": book.modes, "reason": book.reasons}
    rows = [(variable, code, text.strip()) for variable, codes in parts.items() for code, text in codes.items()]
    return (
        "codes", "Codes", "The values of the other variables, with their definitions.", "The issues, which have a table of their own.",
        pd.DataFrame(rows, columns=["variable", "code", "definition"]),
        [
            _text("variable", "Column of `statements` or `no_statement`.", required=True, enum=tuple(parts)),
            _text("code", "Its value.", required=True), _text("definition", "What it means.", required=True),
        ],
        ("variable", "code"), {},
    )  # fmt: skip


def _actors(study):
    return (
        "actors", "Actors", "Everyone who speaks, passes on or holds a position.", "Offices by date: a type is what the articles call an actor.",
        study.actors.reset_index(),
        [
            _text("actor", "Name of the actor.", required=True, unique=True), _text("native", "Name in the actor's own script."),
            _text("type", "What the actor is.", required=True, enum=checks.ACTOR_TYPES), _text("country", "Where the actor belongs, if anywhere."),
            _text("variants", "Other forms of the name in the articles, separated by `|`."),
        ],
        ("actor",), {},
    )  # fmt: skip


def _actor_roles(study):
    return (
        "actor_roles", "Introductions of actors", "How each article introduces an actor, in its own words.", "Later mentions.", study.roles,
        [_text("actor", "The actor.", required=True), _ARTICLE, _SEED, _START, _END, _LINE, _SOME],
        ("actor", "seed", "start"), {"actor": ("actors", "actor")} | _TO_FILE | _TO_ARTICLE,
    )  # fmt: skip


def _utf16(study, frame):
    """Add the offsets as JavaScript, Java and Windows count."""
    texts = study.corpus.texts
    return frame.assign(
        start_utf16=[corpus.utf16_offset(texts[s], a) for s, a in zip(frame["seed"], frame["start"])],
        end_utf16=[corpus.utf16_offset(texts[s], b) for s, b in zip(frame["seed"], frame["end"])],
    )


_UTF16 = [
    _count("start_utf16", "`start` in UTF-16 code units.", required=True),
    _count("end_utf16", "`end` in UTF-16 code units.", required=True),
]  # fmt: skip
_STATUS = _text("status", "`open` where another reading is defensible.", required=True, enum=codebooks.STATUSES)


def _statements(study):
    return (
        "statements", "Statements", "The heart of the study: one position of one holder on one issue, with its passage.",
        "Readings that the decisions dropped: they are in `coding`.", _utf16(study, study.statements.reset_index()),
        [
            _text("id", "Permanent id, printed in the book.", required=True, unique=True), _ARTICLE, _SEED, _START, _END, *_UTF16, _EXACT,
            *_coded(study.codebook, True), _STATUS, _text("remark", "What a reader of the coding should know."),
            _text("group", "Key of the issue's group.", required=True, enum=tuple(study.codebook.groups)),
            _text("sentence", "Key of the sentence.", required=True),
            _count("paragraph", "Number of the paragraph in the article, from 1.", required=True), _LINE,
        ],
        ("id",), _TO_FILE | _TO_ARTICLE | _CODED_REFERENCES | {"sentence": ("sentences", "sentence")},
    )  # fmt: skip


def _no_statement(study):
    return (
        "no_statement", "Sentences without a statement", "Every sentence that has no statement, and why.", "More than one reason for a sentence.",
        study.no_statement,
        [
            _text("sentence", "Key of the sentence.", required=True, unique=True), _SEED, _START, _END,
            _text("reason", "Why it has no statement: a key of the codebook.", required=True, enum=tuple(study.codebook.reasons)),
        ],
        ("sentence",), _TO_FILE | {"sentence": ("sentences", "sentence")},
    )  # fmt: skip


def _passages(study):
    return (
        "passages", "Quoted passages without a coding", "Passages that the book quotes and that are no statements, such as dates and headlines.",
        "A coding.", _utf16(study, study.passages.reset_index()),
        [
            _text("id", "Permanent id, printed in the book.", required=True, unique=True), _ARTICLE, _SEED, _START, _END, *_UTF16, _EXACT,
            _text("remark", "What the passage is quoted for."),
            _count("paragraph", "Number of the paragraph in the article, where it is in the body."),
            _LINE, _text("zone", "What kind of text it is in.", enum=corpus.ZONES),
        ],
        ("id",), _TO_FILE | _TO_ARTICLE,
    )  # fmt: skip


def _coding(material):
    book = material.study.codebook
    return (
        "coding", "Coding passes", "The independent passes before anybody compared them: what agreement is computed from.",
        "Which rows became which statement: the decisions say it where the passes differ.", material.coding,
        [
            _text("pass", "Which pass.", required=True, enum=coding.PASSES),
            _count("row", "Row in the pass, as the decisions name it.", required=True),
            _text("sentence", "Key of the sentence.", required=True), _SEED,
            _count("start", "Offset of the first character of the evidence in the file, in code points; empty for a reason."),
            _count("end", "Offset behind the last character."), _SOME, *_coded(book, False),
            _text("status", "`open` where the coder saw another reading.", enum=codebooks.STATUSES),
            _text("reason", "Why the sentence has no statement.", enum=tuple(book.reasons)), _text("remark", "The coder's remark."),
        ],
        ("pass", "row"), _TO_FILE | _CODED_REFERENCES | {"sentence": ("sentences", "sentence")},
    )  # fmt: skip


def _decisions(study):
    return (
        "decisions", "Decisions", "How each difference between the passes was settled, and why.",
        "Where all passes agree, there is nothing to settle.",
        reader.read(paths.CODING / "decisions.csv", coding.DECISION_COLUMNS, key="decision"),
        [
            _text("decision", "Key of the decision.", required=True, unique=True), _text("sentence", "Key of the sentence.", required=True),
            _text("issue", "The issue; empty where the passes differ on the reason.", enum=tuple(study.codebook.issues.index)),
            _text("rows", "Pass and row of what is matched, such as `a12 b13`.", required=True),
            _text("said", "What the passes say.", required=True), _text("settled", "What holds.", required=True),
            _text("reason", "Why.", required=True),
        ],
        ("decision",), {"sentence": ("sentences", "sentence"), "issue": ("issues", "issue")},
    )  # fmt: skip


def _events():
    return (
        "events", "Events", "What happened when, as the articles date it and as the record does.", "What no article mentions.",
        reader.read(paths.DATA / "events.csv", chronology.EVENT_COLUMNS, key="key"),
        [
            _text("key", "Key of the event.", required=True, unique=True), _text("event", "What happened.", required=True),
            _text("kind", "Whether it happened, was planned, or is a capture of a page.", required=True, enum=chronology.KINDS),
            _text("date_stated", "Date in the articles, as EDTF."), _text("passages", "Ids of statements and passages, separated by blanks."),
            _text("date_record", "Date in the public record, as EDTF."), _text("references", "Keys of the bibliography, separated by blanks."),
            _text("checked", "What the reference showed.", required=True, enum=chronology.CHECKED),
        ],
        ("key",), {},
    )  # fmt: skip


def _contradictions():
    return (
        "contradictions", "Points to watch", "Where the articles differ from one another or from the record, and remarks.", "Who is right.",
        reader.read(paths.DATA / "contradictions.csv", CONTRADICTION_COLUMNS, key="key"),
        [
            _text("key", "Key of the point.", required=True, unique=True), _text("title", "The point.", required=True),
            _text("passages", "Ids of statements and passages, separated by blanks.", required=True),
            _text("at_issue", "What is at issue.", required=True),
            _text("references", "Keys of the bibliography, separated by blanks."),
            _text("kind", "What the articles differ from, what could not be verified, or a remark.", required=True),
        ],
        ("key",), {},
    )  # fmt: skip


def _loaded_words():
    return (
        "loaded_words", "Loaded words", "Wordings that take a side.", "A measure of bias: it is a list of finds.",
        reader.read(paths.DATA / "loaded_words.csv", LOADED_COLUMNS),
        [
            _ARTICLE, _text("passage", "Id of the statement or passage.", required=True), _text("words", "The words.", required=True),
            _text("effect", "What they do.", required=True),
        ],
        ("passage", "words"), _TO_ARTICLE,
    )  # fmt: skip
