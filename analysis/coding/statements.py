"""Statements and quoted passages: their words stand in the files, and every sentence is accounted for."""

import re
from bisect import bisect_right

import pandas as pd

from ..base.faults import Fault

NARRATOR = "article"


def check_anchors(table, corpus, name):
    """Check that each ``exact`` stands in its file at its offsets, letter for letter.

    Files and articles that are not known are left out: the references of the table tell of them.

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
        text, where = corpus.texts.get(seed), f"row {row}"
        if text is None:
            continue
        if seeds.get(article, seed) != seed:
            faults.append(Fault(name, where, f"article {article!r} in {seed}", seeds[article]))
        there = text[start:end]
        if not exact or there != exact:
            count = text.count(exact) if exact else 0
            hint = f" (the quotation stands at {text.index(exact)} instead)" if count == 1 else ""
            if not count:
                hint = " (the quotation stands nowhere in the file)"
            faults.append(
                Fault(name, where, f"quotation {exact!r}", f"{there!r}, the text at {start}–{end} of {seed}{hint}")
            )
    return faults


def check_articles(table, sentences, name):
    """Check that each statement names the article its sentence belongs to.

    Unknown articles are found by the table's references, other files by :func:`check_anchors`.

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
    for row, sentence, article, seed in zip(
        table.index, *(table[column].tolist() for column in ("sentence", "article", "seed"))
    ):
        there = owner.get(sentence, article)
        if there != article and home.get(article) == seed:
            faults.append(Fault(name, f"row {row}", f"article {article!r}", f"{there!r}, whose sentence it is"))
    return faults


def check_ids(table, mark, name):
    """Check that each id is the key of its article, a mark and a number.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``id, article``, indexed by row.
    mark : str
        ``"-"`` for statements, ``"-p"`` for passages, so that they share none.
    name : str

    Returns
    -------
    list of Fault
    """
    faults, number = [], re.compile(r"[0-9]{2,}")
    for row, identifier, article in zip(table.index, table["id"].tolist(), table["article"].tolist()):
        stem = article + mark
        if identifier and not (identifier.startswith(stem) and number.fullmatch(identifier, len(stem))):
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


def check_cover(table, excused, sentences, names):
    """Check that every body sentence is coded or excused, and never both.

    Parameters
    ----------
    table : pandas.DataFrame
        Statements with their ``sentence``, indexed by row.
    excused : pandas.DataFrame
        Rows of ``no_statement.csv``.
    sentences : pandas.DataFrame
    names : (str, str)
        The files of both, for messages.

    Returns
    -------
    list of Fault
    """
    faults = []
    for row in table.index[table["sentence"].isna()]:
        seed, start, end = table.loc[row, ["seed", "start", "end"]]
        faults.append(
            Fault(names[0], f"row {row}", f"evidence at {start}–{end} of {seed}", "evidence inside one body sentence")
        )
    keys = dict(
        zip(zip(*(sentences[name].tolist() for name in ("seed", "start", "end"))), sentences["sentence"].tolist())
    )
    coded, reasons = set(table["sentence"]), {}
    for row, seed, start, end in zip(excused.index, *(excused[name].tolist() for name in ("seed", "start", "end"))):
        where, sentence = f"row {row}", keys.get((seed, start, end))
        if sentence is None:
            faults.append(Fault(names[1], where, f"{start}–{end} of {seed}", "the offsets of one body sentence"))
        elif sentence in coded:
            faults.append(
                Fault(
                    names[1],
                    where,
                    f"a reason for {sentence}, which has statements",
                    "a reason only for sentences without one",
                )
            )
        reasons.setdefault(sentence, row)
    for sentence, text in zip(sentences["sentence"].tolist(), sentences["text"].tolist()):
        if sentence not in coded and sentence not in reasons:
            faults.append(
                Fault(
                    names[0],
                    f"sentence {sentence}",
                    f"no statement and no reason for {text[:60]!r}…",
                    "at least one statement, or a row in no_statement.csv",
                )
            )
    return faults
