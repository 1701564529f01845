"""From the passes and the decisions on their differences to the statement table.

Where the passes agree on a unit, it enters the table as it is; where they
differ, ``decisions.csv`` must settle it.
"""

import re

import pandas as pd

from ..base import dates
from ..base.faults import Fault, nearest, raise_any
from .matching import label
from .passes import CODES
from .passes import records as by_row

_SETTABLE = (*CODES, "issue", "exact", "status", "remark", "reason")
_FORMS = "'drop', 'keep', or '<variable>=<value>' with " + ", ".join(_SETTABLE)


def check(table, differing, units, allowed, name):
    """Check that the decisions settle every disagreement, once.

    Parameters
    ----------
    table : pandas.DataFrame
        The decisions, indexed by row.
    differing : pandas.DataFrame
        As :func:`analysis.coding.matching.disagreements` returns it.
    units : list of dict
        As :func:`analysis.coding.matching.match` returns them.
    allowed : dict of str to analysis.base.constraints.Known
        By variable, the values that can be settled.
    name : str
        The decisions' file name, for messages.

    Returns
    -------
    list of Fault
        Disagreements without a decision or with two, decisions that settle none or settle on no known value, and what
        is said of the passes and is not what they say.
    """
    expected = {(d.sentence, d.issue, d.rows): d.said for d in differing.itertuples()}
    whole = {(unit["sentence"], unit["issue"], label(unit["rows"])) for unit in units}
    faults, seen = [], {}
    for row, record in by_row(table).items():
        where, key, before = f"row {row}", (record["sentence"], record["issue"], record["rows"]), len(faults)
        values = settings(record["settled"])
        for variable, value in values.items():
            if variable not in ("drop", *_SETTABLE) or value is None:
                faults.append(Fault(name, where, f"settled {variable!r}", nearest(variable, _SETTABLE, _FORMS)))
            elif variable == "date" and value and not dates.valid(value):
                faults.append(Fault(name, where, f"settled {variable} {value!r}", "an EDTF date or nothing"))
            elif variable in allowed and value not in allowed[variable].values and (value or variable != "via"):
                faults.append(
                    Fault(
                        name,
                        where,
                        f"settled {variable} {value!r}",
                        nearest(value, allowed[variable].values, allowed[variable].phrase),
                    )
                )
        overrules = record["said"].startswith("all agree")
        if key in seen:
            faults.append(
                Fault(name, where, f"a second decision on {' '.join(key)} (first in row {seen[key]})", "one decision")
            )
        elif not overrules and key not in expected:
            faults.append(Fault(name, where, f"a decision on {' '.join(key)}", "a disagreement between the passes"))
        elif overrules and key not in whole:
            faults.append(Fault(name, where, f"an overruling of {' '.join(key)}", "the rows of one matched statement"))
        elif not overrules and record["said"] != expected[key]:
            faults.append(Fault(name, where, f"said {record['said']!r}", repr(expected[key])))
        if len(faults) == before:  # otherwise what is settled means nothing yet
            faults += _unsettled(record, values, name, where)
        seen.setdefault(key, row)
    for key, said in expected.items():
        if key not in seen:
            faults.append(
                Fault(
                    name,
                    f"sentence {key[0]}",
                    f"no decision on {key[1] or 'the reason'} ({key[2]}: {said})",
                    "a decision",
                )
            )
    return faults


def _unsettled(record, settings, name, where):
    """Codes on which the passes differ and which the decision leaves as they are."""
    faults = []
    if record["issue"] and "reason" in settings:
        faults.append(Fault(name, where, "a reason for a statement", "'drop', 'keep' or values of its variables"))
    if "drop" not in settings:
        for part in record["said"].split("; "):
            code = part.partition(":")[0]
            if code in CODES and code not in settings:
                faults.append(Fault(name, where, f"nothing settled on {code} ({part})", f"{code}=<value>"))
    return faults


def settings(text):
    """Parse what a decision settles.

    Parameters
    ----------
    text : str
        Such as ``"kind=demand; status=open"``, ``"drop"``, ``"keep"`` or ``"reason=logistics"``.

    Returns
    -------
    dict
        Variable to value; ``{"drop": True}``; or nothing where all is kept. What has no equals sign has the value None.
    """
    if text in ("drop", "keep"):
        return {"drop": True} if text == "drop" else {}
    parts = (part.partition("=") for part in re.split(r";\s*(?=\w+=)", text))
    return {variable: value if sign else None for variable, sign, value in parts}


def settle(passes, units, decisions, sentences, book, name):
    """Make the statements from passes and decisions, each with where it comes from.

    Where the passes agree, a unit takes their codes. Its evidence is the run of
    median length (of two, the shorter); it is ``open`` where most of the passes
    that have it call it open, or a decision does; its remark is the decision's,
    or the first that a pass gives. Statements are numbered in reading order.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
        As :func:`analysis.coding.passes.anchor` returns each.
    units : list of dict
        As :func:`analysis.coding.matching.match` returns them.
    decisions : pandas.DataFrame
        The file's columns and ``settings`` (see :func:`settings`).
    sentences : pandas.DataFrame
    book : analysis.coding.codebook.Codebook
    name : str
        The decisions' file name, for messages.

    Returns
    -------
    pandas.DataFrame
        The columns of ``statements.csv`` and ``sentence``, ``rows`` (the rows
        of the passes it comes from) and ``decision`` (its id, or empty).

    Raises
    ------
    DataError
        If a decision's evidence is not in its sentence.
    """
    known, records = (
        by_row(sentences.set_index("sentence", drop=False)),
        {name: by_row(table) for name, table in passes.items()},
    )
    settled = {(d.sentence, d.issue, d.rows): (d.settings, d.decision) for d in decisions.itertuples()}
    rows, faults = [], []
    for unit in units:
        origin = label(unit["rows"])
        setting, decision = settled.get((unit["sentence"], unit["issue"], origin), ({}, ""))
        if "drop" in setting:
            continue
        said = [records[name][row] for name, row in unit["rows"].items()]
        record = {code: said[0][code] for code in CODES} | {"issue": unit["issue"]}
        runs = sorted((r["exact"] for r in said), key=len)
        record["exact"] = runs[(len(runs) - 1) // 2]
        record["status"] = "open" if 2 * sum(r["status"] == "open" for r in said) > len(said) else "firm"
        record["remark"] = next((r["remark"] for r in said if r["remark"]), "")
        record |= setting | {"sentence": unit["sentence"], "rows": origin, "decision": decision}
        sentence = known[unit["sentence"]]
        if (count := sentence["text"].count(record["exact"])) != 1:
            found = f"evidence {record['exact']!r}, {count} times in {unit['sentence']}"
            faults.append(Fault(name, f"rows {origin}", found, "evidence that stands once in its sentence"))
            continue
        start = sentence["start"] + sentence["text"].index(record["exact"])
        rows.append(
            record
            | {
                "article": sentence["article"],
                "seed": sentence["seed"],
                "start": start,
                "end": start + len(record["exact"]),
            }
        )
    raise_any(faults)
    table = pd.DataFrame(
        rows,
        columns=[
            "article",
            "seed",
            "start",
            "end",
            "exact",
            *CODES,
            "issue",
            "status",
            "remark",
            "sentence",
            "rows",
            "decision",
        ],
    )
    order = {issue: number for number, issue in enumerate(book.issues.index)}
    article_order = {article: number for number, article in enumerate(dict.fromkeys(sentences["article"]))}
    table["_article"], table["_issue"] = table["article"].map(article_order), table["issue"].map(order)
    table = table.sort_values(["_article", "start", "end", "_issue", "holder"], kind="stable", ignore_index=True)
    number = table.groupby("article").cumcount() + 1
    table["id"] = [f"{article}-{n:02d}" for article, n in zip(table["article"], number)]
    return table.drop(columns=["_article", "_issue"])


def excuse(passes, decisions, table, sentences, name):
    """Give the reason of every sentence that has no statement.

    Parameters
    ----------
    passes, decisions, sentences, name
        As for :func:`settle`.
    table : pandas.DataFrame
        As :func:`settle` returns it.

    Returns
    -------
    pandas.DataFrame
        ``seed, start, end, reason``, in reading order.

    Raises
    ------
    DataError
        If a sentence has neither a statement nor a reason.
    """
    given, coded, rows, faults = {}, set(table["sentence"]), [], []
    for coding in passes.values():
        for sentence, reason in zip(coding["sentence"].tolist(), coding["reason"].tolist()):
            given.setdefault(sentence, set()).update({reason} - {""})
    given |= {d.sentence: {d.settings["reason"]} for d in decisions.itertuples() if "reason" in d.settings}
    for sentence, *span in zip(*(sentences[column].tolist() for column in ("sentence", "seed", "start", "end"))):
        if sentence in coded:
            continue
        if len(given[sentence]) != 1:
            faults.append(
                Fault(
                    name,
                    f"sentence {sentence}",
                    "no statement and no reason left",
                    "a statement that stays, or a reason",
                )
            )
        rows.append((*span, *given[sentence]))
    raise_any(faults)
    return pd.DataFrame(rows, columns=["seed", "start", "end", "reason"])
