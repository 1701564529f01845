"""The independent coding passes, each as it came.

A row has a statement or the reason why its sentence has none.
"""

import pandas as pd

from ..base.faults import Fault

CODES = ("speaker", "via", "holder", "position", "kind", "mode", "date")
_CODED = ("exact", "issue", *CODES, "status")
_MAY_BE_EMPTY = ("via", "date")


def check(table, sentences, name):
    """Check that a pass goes through every sentence, with evidence that stands in it.

    Parameters
    ----------
    table : pandas.DataFrame
        A pass, indexed by row; keys and names are checked by its references.
    sentences : pandas.DataFrame
        The corpus's sentences.
    name : str
        The pass's file name, for messages.

    Returns
    -------
    list of Fault
        Evidence that is not in its sentence exactly once, coded cells that are missing or stand beside a reason, and
        sentences that are missing, or both coded and excused.
    """
    texts = dict(zip(sentences["sentence"].tolist(), sentences["text"].tolist()))
    faults, coded, excused = [], {}, {}
    for row, record in records(table).items():
        where, sentence = f"row {row}", record["sentence"]
        if sentence not in texts:
            continue
        if record["reason"]:
            if any(record[column] for column in _CODED):
                faults.append(Fault(name, where, f"a reason and coded cells for {sentence}", "one or the other"))
            if sentence in excused:
                faults.append(
                    Fault(
                        name, where, f"a second reason for {sentence} (first in row {excused[sentence]})", "one reason"
                    )
                )
            excused.setdefault(sentence, row)
            continue
        coded.setdefault(sentence, row)
        count = texts[sentence].count(record["exact"]) if record["exact"] else 0
        if count != 1:
            faults.append(
                Fault(
                    name,
                    where,
                    f"evidence {record['exact']!r}, {count} times in {sentence}",
                    "evidence that stands once in its sentence",
                )
            )
        for column in _CODED[1:]:
            if not record[column] and column not in _MAY_BE_EMPTY:
                faults.append(Fault(name, where, f"no {column}", "one for each statement"))
    for sentence in texts:
        if sentence in coded and sentence in excused:
            faults.append(
                Fault(
                    name,
                    f"row {excused[sentence]}",
                    f"a reason for {sentence}, coded in row {coded[sentence]}",
                    "one or the other",
                )
            )
        elif sentence not in coded and sentence not in excused:
            faults.append(Fault(name, f"sentence {sentence}", "nothing", "statements or a reason"))
    return faults


def anchor(table, sentences, actors):
    """Find the evidence of a pass in the files, and name everybody canonically.

    Parameters
    ----------
    table : pandas.DataFrame
        A pass in which :func:`check` finds no fault.
    sentences, actors : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        The file's columns and ``start, end`` (offsets of the evidence in the file, empty for a reason), indexed by row.
    """
    names, known = canonical_names(actors), sentences.set_index("sentence")
    starts, texts = known["start"].to_dict(), known["text"].to_dict()
    found = [
        starts[s] + texts[s].index(e) if e else None
        for s, e in zip(table["sentence"].tolist(), table["exact"].tolist())
    ]
    start = pd.Series(found, index=table.index, dtype="Int64")
    canonical = {
        column: [names.get(value, value) for value in table[column].tolist()] for column in ("speaker", "holder", "via")
    }
    return table.assign(**canonical, start=start, end=start + table["exact"].str.len())


def records(table):
    """Return the rows of a table as dicts, by row: faster than pandas does it, and cells stay as they are.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    dict of int to dict
    """
    names = list(table.columns)
    return {
        row: dict(zip(names, cells))
        for row, *cells in zip(table.index.tolist(), *(table[name].tolist() for name in names))
    }


def check_names(actors, name):
    """Check that no name or variant of a name belongs to two actors.

    Parameters
    ----------
    actors : pandas.DataFrame
        The table of actors, indexed by row.
    name : str
        Its file name, for messages.

    Returns
    -------
    list of Fault
    """
    faults, owner = [], {actor: actor for actor in actors["actor"].tolist()}
    for row, actor, variants in zip(actors.index, actors["actor"].tolist(), actors["variants"].tolist()):
        for variant in filter(None, variants.split("|")):
            other = owner.setdefault(variant, actor)
            if other != actor:
                faults.append(
                    Fault(name, f"row {row}", f"variant {variant!r} of {other!r} again", "one owner for each variant")
                )
    return faults


def canonical_names(actors):
    """Return a dict from every name and variant to the canonical name."""
    names = {actor: actor for actor in actors.index}
    for actor, variants in actors["variants"].items():
        names.update(dict.fromkeys(filter(None, variants.split("|")), actor))
    return names
