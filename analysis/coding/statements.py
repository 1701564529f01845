"""The statement table: loading it is checking it."""

import re
from bisect import bisect_right
from dataclasses import dataclass

import pandas as pd

from . import codebook as codebooks
from ..corpus import texts as corpora
from .. import paths
from ..base import dates, tables
from ..corpus import redactions
from ..base.faults import DataError, Fault, raise_any

COLUMNS = (
    "id", "article", "seed", "start", "end", "exact", "speaker", "via", "holder", "issue",
    "position", "kind", "mode", "date", "status", "remark",
)  # fmt: skip
NO_STATEMENT_COLUMNS = ("seed", "start", "end", "reason")
ACTOR_COLUMNS = ("actor", "native", "type", "country", "variants")
ACTOR_TYPES = (
    "head of state", "head of government", "minister", "official", "legislator", "expert", "journalist", "outlet", "state", "public", "group",
    "anonymous source", "narrator",
)  # fmt: skip
ROLE_COLUMNS = ("actor", "article", "seed", "start", "end", "exact")
PASSAGE_COLUMNS = ("id", "article", "seed", "start", "end", "exact", "remark")
NARRATOR = "article"


@dataclass(frozen=True)
class Study:
    """Everything the tables, figures and pages are made from.

    Attributes
    ----------
    corpus : analysis.corpus.texts.Corpus
    codebook : analysis.coding.codebook.Codebook
    actors : pandas.DataFrame
        Indexed by ``actor``; columns ``native, type, country, variants``.
    roles : pandas.DataFrame
        How each article introduces an actor, in its own words: ``actor,
        article, seed, start, end, exact, line``.
    statements : pandas.DataFrame
        Indexed by ``id``, in reading order; the columns of ``statements.csv``
        and ``sentence, paragraph, line, group``.
    no_statement : pandas.DataFrame
        ``seed, start, end, reason, sentence``.
    passages : pandas.DataFrame
        Quotable passages that carry no coded statement, indexed by ``id``;
        ``article, seed, start, end, exact, remark, paragraph, line, zone``.
    """

    corpus: corpora.Corpus
    codebook: codebooks.Codebook
    actors: pd.DataFrame
    roles: pd.DataFrame
    statements: pd.DataFrame
    no_statement: pd.DataFrame
    passages: pd.DataFrame


def load(seeds=None, data=None):
    """Load the corpus, the codebook and all coded tables, and check them together.

    Parameters
    ----------
    seeds, data : Path, optional
        Folders of the files and of the tables; the project's own by default.

    Returns
    -------
    Study

    Raises
    ------
    DataError
        Lists every fault found, by file and row: a quotation that does not
        stand at its offsets, an unknown key, speaker or holder, a sentence
        coded and excused, or neither, a doubled row.
    """
    data = data or paths.DATA
    faults = []

    def attempt(reader, *arguments, **options):
        try:
            return reader(*arguments, **options)
        except DataError as error:
            faults.extend(error.faults)
            return None

    corpus = attempt(corpora.load, seeds, data)
    book = attempt(codebooks.load, data / codebooks.FILE)
    actors = attempt(read_actors, data / "actors.csv")
    files = {name: data / f"{name}.csv" for name in ("statements", "no_statement", "passages", "actor_roles")}
    table = attempt(tables.read, files["statements"], COLUMNS, key="id")
    excused = attempt(tables.read, files["no_statement"], NO_STATEMENT_COLUMNS)
    passages = attempt(tables.read, files["passages"], PASSAGE_COLUMNS, key="id")
    roles = attempt(tables.read, files["actor_roles"], ROLE_COLUMNS)
    raise_any(faults)
    names = {key: paths.relative(path) for key, path in files.items()}
    table = attempt(tables.integers, table, ["start", "end"], names["statements"])
    excused = attempt(tables.integers, excused, ["start", "end"], names["no_statement"])
    passages = attempt(tables.integers, passages, ["start", "end"], names["passages"])
    roles = attempt(tables.integers, roles, ["start", "end"], names["actor_roles"])
    raise_any(faults)
    faults += check_anchors(table, corpus, names["statements"])
    faults += check_anchors(passages, corpus, names["passages"])
    faults += check_anchors(roles, corpus, names["actor_roles"])
    faults += redactions.check(data / redactions.FILE, corpus)
    for row, actor in roles["actor"][~roles["actor"].isin(actors.index)].items():
        faults.append(Fault(names["actor_roles"], f"row {row}", f"actor {actor!r}", "an actor of actors.csv"))
    faults += check_keys(table, book, actors, names["statements"])
    faults += check_repeats(table, names["statements"])
    faults += check_ids(table, passages, names)
    table["sentence"] = enclosing(table, corpus.sentences, "sentence")
    faults += check_articles(table, corpus.sentences, names["statements"])
    faults += check_cover(table, excused, corpus.sentences, book, names)
    raise_any(faults)
    where = corpus.sentences.set_index("sentence")
    table["paragraph"] = table["sentence"].map(where["paragraph"])
    table["line"] = table["sentence"].map(where["line"])
    table["group"] = table["issue"].map(book.issues["group"])
    excused["sentence"] = enclosing(excused, corpus.sentences, "sentence")
    passages["paragraph"] = enclosing(passages, corpus.paragraphs, "paragraph")
    passages["line"] = [corpora.line_of(corpus.texts[s], a) for s, a in zip(passages["seed"], passages["start"])]
    passages["zone"] = enclosing(passages, corpus.zones, "zone")
    roles["line"] = [corpora.line_of(corpus.texts[s], a) for s, a in zip(roles["seed"], roles["start"])]
    return Study(corpus, book, actors, roles, table.set_index("id"), excused.reset_index(drop=True), passages.set_index("id"))


def read_actors(path):
    """Read the table of actors.

    Parameters
    ----------
    path : Path

    Returns
    -------
    pandas.DataFrame
        Indexed by ``actor``; ``variants`` holds other forms, separated by ``|``.

    Raises
    ------
    DataError
        If a type is unknown or a variant names two actors.
    """
    name = paths.relative(path)
    table = tables.read(path, ACTOR_COLUMNS, key="actor")
    faults, owner = [], {actor: actor for actor in table["actor"]}
    for row, record in table.iterrows():
        if record["type"] not in ACTOR_TYPES:
            faults.append(Fault(name, f"row {row}", f"type {record['type']!r}", "one of " + ", ".join(ACTOR_TYPES)))
        for variant in filter(None, record["variants"].split("|")):
            other = owner.setdefault(variant, record["actor"])
            if other != record["actor"]:
                faults.append(Fault(name, f"row {row}", f"variant {variant!r} of {other!r} again", "one owner per variant"))
    raise_any(faults)
    return table.set_index("actor")


def check_anchors(table, corpus, name):
    """Check that each ``exact`` stands in its file at its offsets, letter for letter.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``article, seed, start, end, exact``, indexed by row.
    corpus : analysis.corpus.texts.Corpus
    name : str
        The table's file name, for messages.

    Returns
    -------
    list of Fault
    """
    faults, seeds = [], corpus.articles["seed"].to_dict()
    columns = (table[column].tolist() for column in ("seed", "article", "start", "end", "exact"))
    for row, seed, article, start, end, exact in zip(table.index, *columns):
        where = f"row {row}"
        text = corpus.texts.get(seed)
        if text is None:
            faults.append(Fault(name, where, f"seed {seed!r}", "the name of a file in seeds/"))
            continue
        if article not in seeds:
            faults.append(Fault(name, where, f"article {article!r}", "an article of articles.csv"))
        elif seeds[article] != seed:
            faults.append(Fault(name, where, f"article {article!r} in {seed}", seeds[article]))
        there = text[start:end]
        if not exact or there != exact:
            count = text.count(exact) if exact else 0
            hint = f" (the quotation stands at {text.index(exact)} instead)" if count == 1 else ""
            if not count:
                hint = " (the quotation stands nowhere in the file)"
            faults.append(Fault(name, where, f"quotation {exact!r}", f"{there!r}, the text at {start}–{end} of {seed}{hint}"))
    return faults


def check_keys(table, book, actors, name):
    """Check keys against the codebook, names against the actors, dates against EDTF.

    Parameters
    ----------
    table : pandas.DataFrame
        Statements, indexed by row.
    book : analysis.coding.codebook.Codebook
    actors : pandas.DataFrame
    name : str

    Returns
    -------
    list of Fault
    """
    faults = []
    allowed = {
        "issue": book.issues.index, "position": book.positions, "kind": book.kinds, "mode": book.modes,
        "status": codebooks.STATUSES,
    }  # fmt: skip
    for column, keys in allowed.items():
        for row, value in _not_in(table[column], keys):
            faults.append(Fault(name, f"row {row}", f"{column} {value!r}", "one of " + ", ".join(keys)))
    for column in ("speaker", "holder", "via"):
        known = set(actors.index) | ({""} if column == "via" else set())
        for row, value in _not_in(table[column], known):
            faults.append(Fault(name, f"row {row}", f"{column} {value!r}", "an actor of actors.csv"))
    good = {""} | {value for value in set(table["date"].tolist()) if value and dates.valid(value)}
    for row, value in _not_in(table["date"], good):
        faults.append(Fault(name, f"row {row}", f"date {value!r}", "an EDTF date or nothing"))
    return faults


def _not_in(column, known):
    """Rows and values of a column that are not among the known ones."""
    if set(column.tolist()) <= (known := set(known)):
        return []
    return [(row, value) for row, value in column.items() if value not in known]


def check_articles(table, sentences, name):
    """Check that each statement names the article its sentence belongs to.

    Unknown articles and other files are found by :func:`check_anchors`.

    Parameters
    ----------
    table : pandas.DataFrame
        Statements with their ``sentence``, indexed by row.
    sentences : pandas.DataFrame
    name : str

    Returns
    -------
    list of Fault
    """
    owner = dict(zip(sentences["sentence"].tolist(), sentences["article"].tolist()))
    home = dict(zip(sentences["article"].tolist(), sentences["seed"].tolist()))
    faults = []
    for row, sentence, article, seed in zip(table.index, *(table[column].tolist() for column in ("sentence", "article", "seed"))):
        there = owner.get(sentence, article)
        if there != article and home.get(article) == seed:
            faults.append(Fault(name, f"row {row}", f"article {article!r}", f"{there!r}, whose sentence it is"))
    return faults


def check_repeats(table, name):
    """Check that no two rows say the same of the same passage.

    Parameters
    ----------
    table : pandas.DataFrame
    name : str

    Returns
    -------
    list of Fault
    """
    same = ["seed", "start", "end", "speaker", "holder", "issue", "position", "kind", "date"]
    keys = list(zip(*(table[column].tolist() for column in same)))
    if len(set(keys)) == len(keys):
        return []
    first, faults = {}, []
    for row, key in zip(table.index, keys):
        if key in first:
            faults.append(Fault(name, f"row {row}", f"the statement of row {first[key]} again", "each statement once"))
        first.setdefault(key, row)
    return faults


def check_ids(table, passages, names):
    """Check the form of ids, and that statements and passages share none.

    Parameters
    ----------
    table, passages : pandas.DataFrame
    names : dict of str to str

    Returns
    -------
    list of Fault
    """
    faults = []
    for frame, name, mark in ((table, names["statements"], "-"), (passages, names["passages"], "-p")):
        number = re.compile(r"[0-9]{2,}")
        for row, identifier, article in zip(frame.index, frame["id"].tolist(), frame["article"].tolist()):
            stem = article + mark
            if not (identifier.startswith(stem) and number.fullmatch(identifier, len(stem))):
                faults.append(Fault(name, f"row {row}", f"id {identifier!r}", f"an id of the form {f'{stem}01'!r}"))
    return faults


def enclosing(table, spans, column):
    """Find the sentence, paragraph or zone in which each row of a table lies.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``seed, start, end``.
    spans : pandas.DataFrame
        With ``seed, start, end`` and `column`, sorted, without overlaps.
    column : str

    Returns
    -------
    pandas.Series
        The value of `column`, or None where no single span holds the row; of
        dtype ``object``, so that a None among numbers stays one.
    """
    starts, ends, values = {}, {}, {}
    for seed, start, end, value in zip(*(spans[name].tolist() for name in ("seed", "start", "end", column))):
        starts.setdefault(seed, []).append(start)
        ends.setdefault(seed, []).append(end)
        values.setdefault(seed, []).append(value)
    found = []
    for seed, start, end in zip(*(table[name].tolist() for name in ("seed", "start", "end"))):
        position = bisect_right(starts.get(seed, ()), start) - 1
        found.append(values[seed][position] if position >= 0 and end <= ends[seed][position] else None)
    return pd.Series(found, index=table.index, dtype=object)


def check_cover(table, excused, sentences, book, names):
    """Check that every body sentence is coded or excused, and never both.

    Parameters
    ----------
    table : pandas.DataFrame
        Statements with their ``sentence``, indexed by row.
    excused : pandas.DataFrame
        Rows of ``no_statement.csv``.
    sentences : pandas.DataFrame
    book : analysis.coding.codebook.Codebook
    names : dict of str to str

    Returns
    -------
    list of Fault
    """
    faults = []
    for row in table.index[table["sentence"].isna()]:
        seed, start, end = table.loc[row, ["seed", "start", "end"]]
        faults.append(Fault(names["statements"], f"row {row}", f"evidence at {start}–{end} of {seed}", "evidence inside one body sentence"))
    keys = dict(zip(zip(*(sentences[name].tolist() for name in ("seed", "start", "end"))), sentences["sentence"].tolist()))
    coded, reasons = set(table["sentence"]), {}
    for row, record in zip(excused.index, excused.itertuples(index=False)):
        where = f"row {row}"
        if record.reason not in book.reasons:
            faults.append(Fault(names["no_statement"], where, f"reason {record.reason!r}", "one of " + ", ".join(book.reasons)))
        sentence = keys.get((record.seed, record.start, record.end))
        if sentence is None:
            faults.append(Fault(names["no_statement"], where, f"{record.start}–{record.end} of {record.seed}", "the offsets of one body sentence"))
        elif sentence in coded:
            faults.append(Fault(names["no_statement"], where, f"a reason for {sentence}, which has statements", "a reason only for sentences without one"))
        elif sentence in reasons:
            faults.append(Fault(names["no_statement"], where, f"a second reason for {sentence} (first in row {reasons[sentence]})", "one reason"))
        else:
            reasons[sentence] = row
    for sentence, text in zip(sentences["sentence"].tolist(), sentences["text"].tolist()):
        if sentence not in coded and sentence not in reasons:
            faults.append(Fault(names["statements"], f"sentence {sentence}", f"no statement and no reason for {text[:60]!r}…", "at least one statement, or a row in no_statement.csv"))
    return faults
