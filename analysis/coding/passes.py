"""From the independent coding passes and the decisions to the statement table.

A *cell* is a sentence and an issue. Within a cell, statements of different
passes are matched by overlap of their evidence, then by holder; a match is a
*unit*. Where the passes agree on a unit, it enters the table as it is; where
they differ, ``decisions.csv`` must settle it.
"""

import re

import pandas as pd

from . import codebook as codebooks
from .. import paths
from ..base import dates, tables
from ..base.faults import Fault, raise_any

PASSES = ("a", "b", "c")
CODES = ("speaker", "via", "holder", "position", "kind", "mode", "date")
PASS_COLUMNS = ("sentence", "exact", "speaker", "via", "holder", "issue", "position", "kind", "mode", "date", "status", "reason", "remark")
DECISION_COLUMNS = ("decision", "sentence", "issue", "rows", "said", "settled", "reason")
SETTABLE = (*CODES, "issue", "exact", "status", "remark")


def read_pass(path, sentences, book, actors):
    """Read one coding pass as it came, and check it.

    Parameters
    ----------
    path : Path
    sentences : pandas.DataFrame
        The corpus's sentences.
    book : analysis.coding.codebook.Codebook
    actors : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        The file's columns and ``start, end`` (offsets of the evidence in the
        file), indexed by row; speakers, holders and channels under their
        canonical names.

    Raises
    ------
    DataError
        If a key is unknown, evidence is not in its sentence exactly once, or a
        sentence is missing, or both coded and excused.
    """
    name = paths.relative(path)
    table = tables.read(path, PASS_COLUMNS)
    canonical = canonical_names(actors)
    known = sentences.set_index("sentence")
    allowed = {
        "issue": book.issues.index, "position": book.positions, "kind": book.kinds, "mode": book.modes,
        "status": codebooks.STATUSES,
    }  # fmt: skip
    faults, starts, coded, excused = [], {}, {}, {}
    for row, record in table.iterrows():
        where, sentence = f"row {row}", record["sentence"]

        def fault(found, expected):
            faults.append(Fault(name, where, found, expected))

        if sentence not in known.index:
            fault(f"sentence {sentence!r}", "a sentence of the corpus")
            continue
        if record["reason"]:
            if record["reason"] not in book.reasons:
                fault(f"reason {record['reason']!r}", "one of " + ", ".join(book.reasons))
            if any(record[column] for column in PASS_COLUMNS[1:11]):
                fault(f"a reason and coded cells for {sentence}", "one or the other")
            if sentence in excused:
                fault(f"a second reason for {sentence} (first in row {excused[sentence]})", "one reason")
            excused.setdefault(sentence, row)
            continue
        coded.setdefault(sentence, row)
        count = known.at[sentence, "text"].count(record["exact"]) if record["exact"] else 0
        if count != 1:
            fault(f"evidence {record['exact']!r}, {count} times in {sentence}", "evidence that stands once in its sentence")
        else:
            starts[row] = known.at[sentence, "start"] + known.at[sentence, "text"].index(record["exact"])
        for column, keys in allowed.items():
            if record[column] not in keys:
                fault(f"{column} {record[column]!r}", "one of " + ", ".join(keys))
        for column in ("speaker", "holder", "via"):
            if record[column] not in canonical and not (column == "via" and not record[column]):
                fault(f"{column} {record[column]!r}", "an actor of actors.csv or a variant of one")
        if record["date"] and not dates.valid(record["date"]):
            fault(f"date {record['date']!r}", "an EDTF date or nothing")
    for sentence in known.index:
        if sentence in coded and sentence in excused:
            faults.append(Fault(name, f"row {excused[sentence]}", f"a reason for {sentence}, coded in row {coded[sentence]}", "one or the other"))
        elif sentence not in coded and sentence not in excused:
            faults.append(Fault(name, f"sentence {sentence}", "nothing", "statements or a reason"))
    raise_any(faults)
    for column in ("speaker", "holder", "via"):
        table[column] = [canonical.get(value, value) for value in table[column]]
    table["start"] = pd.Series(starts, dtype="Int64").reindex(table.index)
    table["end"] = table["start"] + table["exact"].str.len()
    return table


def canonical_names(actors):
    """Return a dict from every name and variant to the canonical name."""
    names = {actor: actor for actor in actors.index}
    for actor, variants in actors["variants"].items():
        names.update({variant: actor for variant in filter(None, variants.split("|"))})
    return names


def read_passes(sentences, book, actors, folder=None):
    """Read all passes.

    Parameters
    ----------
    sentences, book, actors
        See :func:`read_pass`.
    folder : Path, optional

    Returns
    -------
    dict of str to pandas.DataFrame
        Pass name to its rows.

    Raises
    ------
    DataError
        Lists the faults of all passes together.
    """
    folder, faults, passes = folder or paths.CODING, [], {}
    for name in PASSES:
        try:
            passes[name] = read_pass(folder / f"pass_{name}.csv", sentences, book, actors)
        except tables.DataError as error:
            faults.extend(error.faults)
    raise_any(faults)
    return passes


def match(passes):
    """Match the statements of the passes, cell by cell.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame

    Returns
    -------
    list of dict
        One unit each: ``sentence, issue`` and ``rows``, a dict from pass name
        to the row's label in that pass. A row belongs to exactly one unit.
    """
    records = {name: table[table["reason"] == ""].to_dict("index") for name, table in passes.items()}
    cells = {}
    for name, rows in records.items():
        for row, record in rows.items():
            units = cells.setdefault((record["sentence"], record["issue"]), [])
            candidates = [unit for unit in units if name not in unit["rows"]]
            scored = [(_likeness(record, unit, records), -index, unit) for index, unit in enumerate(candidates)]
            scored = [item for item in scored if item[0] > (0, 0)]
            if scored:
                max(scored, key=lambda item: item[:2])[2]["rows"][name] = row
            else:
                units.append({"sentence": record["sentence"], "issue": record["issue"], "rows": {name: row}})
    return [unit for units in cells.values() for unit in units]


def _likeness(record, unit, records):
    """Shared characters of evidence (as a share of the longer run) and equality of holder."""
    others = [records[name][row] for name, row in unit["rows"].items()]
    shares = [
        max(0, min(record["end"], other["end"]) - max(record["start"], other["start"]))
        / max(record["end"] - record["start"], other["end"] - other["start"])
        for other in others
    ]
    return (round(max(shares), 1), sum(record["holder"] == other["holder"] for other in others))


def disagreements(passes, units):
    """List everything on which the passes differ.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    units : list of dict
        As :func:`match` returns them.

    Returns
    -------
    pandas.DataFrame
        ``sentence, issue, rows, said``; ``issue`` is empty where the passes
        differ on the reason of a sentence without statement. ``rows`` such as
        ``"a12 b13"`` names the rows, ``said`` what each pass has.
    """
    found = []
    for unit in units:
        rows, said = unit["rows"], []
        if len(rows) < len(passes):
            said.append(f"statement: in {', '.join(rows)}; not in {', '.join(p for p in passes if p not in rows)}")
        for code in CODES:
            values = {name: passes[name].at[row, code] for name, row in rows.items()}
            if len(set(values.values())) > 1:
                said.append(f"{code}: " + ", ".join(f"{name} {value or 'none'}" for name, value in values.items()))
        if said:
            found.append((unit["sentence"], unit["issue"], " ".join(f"{name}{row}" for name, row in rows.items()), "; ".join(said)))
    excuses = {}
    for name, table in passes.items():
        for row, record in table[table["reason"] != ""].iterrows():
            excuses.setdefault(record["sentence"], {})[name] = (row, record["reason"])
    for sentence, given in excuses.items():
        if len(given) < len(passes) or len({reason for _, reason in given.values()}) > 1:
            said = ", ".join(f"{name} {given[name][1] if name in given else 'coded'}" for name in passes)
            found.append((sentence, "", " ".join(f"{name}{row}" for name, (row, _) in given.items()), f"reason: {said}"))
    return pd.DataFrame(found, columns=["sentence", "issue", "rows", "said"])


def read_decisions(path, differing, units):
    """Read the decisions and check that they settle every disagreement, once.

    Parameters
    ----------
    path : Path
    differing : pandas.DataFrame
        As :func:`disagreements` returns it.
    units : list of dict
        As :func:`match` returns them.

    Returns
    -------
    pandas.DataFrame
        The file's columns and ``settings``: a dict of variable to value, or
        ``{"drop": True}``, or ``{"reason": key}``.

    Raises
    ------
    DataError
        If a disagreement has no decision or two, a decision settles none, or
        what it says of the passes is not what they say.
    """
    name = paths.relative(path)
    table = tables.read(path, DECISION_COLUMNS, key="decision")
    expected = {(d.sentence, d.issue, d.rows): d.said for d in differing.itertuples()}
    faults, seen, settings = [], {}, []
    for row, record in table.iterrows():
        where, key, before = f"row {row}", (record["sentence"], record["issue"], record["rows"]), len(faults)
        settings.append(_settings(record["settled"], name, where, faults))
        overrules = record["said"].startswith("all agree")
        if key in seen:
            faults.append(Fault(name, where, f"a second decision on {' '.join(key)} (first in row {seen[key]})", "one decision"))
        elif not overrules and key not in expected:
            faults.append(Fault(name, where, f"a decision on {' '.join(key)}", "a disagreement between the passes"))
        elif overrules and not _names_a_unit(record, units):
            faults.append(Fault(name, where, f"an overruling of {' '.join(key)}", "the rows of one matched statement"))
        elif not overrules and record["said"] != expected[key]:
            faults.append(Fault(name, where, f"said {record['said']!r}", repr(expected[key])))
        if len(faults) == before:  # otherwise what is settled means nothing yet
            faults += _unsettled(record, settings[-1], name, where)
        if not record["reason"]:
            faults.append(Fault(name, where, "no reason", "the rule or reason of the decision"))
        seen.setdefault(key, row)
    for key, said in expected.items():
        if key not in seen:
            faults.append(Fault(name, f"sentence {key[0]}", f"no decision on {key[1] or 'the reason'} ({key[2]}: {said})", "a decision"))
    raise_any(faults)
    return table.assign(settings=settings)


def _names_a_unit(record, units):
    """Whether an overruling names exactly the rows of one unit."""
    return any(
        (u["sentence"], u["issue"], " ".join(f"{n}{r}" for n, r in u["rows"].items())) == (record["sentence"], record["issue"], record["rows"])
        for u in units
    )


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


def _settings(text, name, where, faults):
    """Parse ``"kind=demand; status=open"``, ``"drop"``, ``"keep"`` or ``"reason=logistics"``."""
    if text in ("drop", "keep"):
        return {"drop": True} if text == "drop" else {}
    values = {}
    for part in re.split(r";\s*(?=\w+=)", text):
        variable, sign, value = part.partition("=")
        if not sign or variable not in (*SETTABLE, "reason"):
            faults.append(Fault(name, where, f"settled {part!r}", "'drop', 'keep', or '<variable>=<value>' with " + ", ".join((*SETTABLE, "reason"))))
        values[variable] = value
    return values


def rebuild(passes, decisions, sentences, book):
    """Make the statement table from passes and decisions.

    :func:`settle` says how.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    decisions : pandas.DataFrame
        As :func:`read_decisions` returns it.
    sentences : pandas.DataFrame
    book : analysis.coding.codebook.Codebook

    Returns
    -------
    statements, no_statement : pandas.DataFrame
        With the columns of ``statements.csv`` and ``no_statement.csv``.

    Raises
    ------
    DataError
        If a sentence ends up with neither a statement nor a reason.
    """
    table = settle(passes, decisions, sentences, book)
    excuses, faults = [], []
    reasons = {d.sentence: d.settings["reason"] for d in decisions.itertuples() if "reason" in d.settings}
    coded = set(table["sentence"])
    for sentence in sentences.itertuples():
        if sentence.sentence in coded:
            continue
        given = {t.loc[t["sentence"] == sentence.sentence, "reason"].iloc[0] for t in passes.values()} - {""}
        reason = reasons.get(sentence.sentence) or (given.pop() if len(given) == 1 else "")
        if not reason:
            faults.append(Fault("decisions.csv", f"sentence {sentence.sentence}", "neither a statement nor a reason left", "one of them"))
        excuses.append((sentence.seed, sentence.start, sentence.end, reason))
    raise_any(faults)
    return table[list(_TABLE)], pd.DataFrame(excuses, columns=["seed", "start", "end", "reason"])


_TABLE = (
    "id", "article", "seed", "start", "end", "exact", "speaker", "via", "holder", "issue",
    "position", "kind", "mode", "date", "status", "remark",
)  # fmt: skip


def settle(passes, decisions, sentences, book):
    """Make the statements from passes and decisions, each with where it comes from.

    Where the passes agree, a unit takes their codes. Its evidence is the run of
    median length (of two, the shorter); it is ``open`` where most of the passes
    that have it call it open, or a decision does; its remark is the decision's,
    or the first that a pass gives. Statements are numbered in reading order.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    decisions : pandas.DataFrame
        As :func:`read_decisions` returns it.
    sentences : pandas.DataFrame
    book : analysis.coding.codebook.Codebook

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
    known = sentences.set_index("sentence")
    settled = {(d.sentence, d.issue, d.rows): (d.settings, d.decision) for d in decisions.itertuples()}
    rows, faults = [], []
    for unit in match(passes):
        label = " ".join(f"{name}{row}" for name, row in unit["rows"].items())
        setting, decision = settled.get((unit["sentence"], unit["issue"], label), ({}, ""))
        if "drop" in setting:
            continue
        records = [passes[name].loc[row] for name, row in unit["rows"].items()]
        record = {code: records[0][code] for code in CODES} | {"issue": unit["issue"]}
        runs = sorted((r["exact"] for r in records), key=len)
        record["exact"] = runs[(len(runs) - 1) // 2]
        flagged = sum(r["status"] == "open" for r in records)
        record["status"] = "open" if 2 * flagged > len(records) else "firm"
        record["remark"] = next((r["remark"] for r in records if r["remark"]), "")
        record |= setting | {"rows": label, "decision": decision}
        sentence = known.loc[unit["sentence"]]
        if sentence["text"].count(record["exact"]) != 1:
            found = f"evidence {record['exact']!r}, {sentence['text'].count(record['exact'])} times in {unit['sentence']}"
            faults.append(Fault("decisions.csv", f"rows {label}", found, "evidence that stands once in its sentence"))
            continue
        start = sentence["start"] + sentence["text"].index(record["exact"])
        rows.append(record | {"sentence": unit["sentence"], "article": sentence["article"], "seed": sentence["seed"], "start": start, "end": start + len(record["exact"])})
    raise_any(faults)
    table = pd.DataFrame(rows, columns=[*_TABLE[1:], "sentence", "rows", "decision"])
    order = {issue: number for number, issue in enumerate(book.issues.index)}
    article_order = {article: number for number, article in enumerate(dict.fromkeys(sentences["article"]))}
    table["_article"], table["_issue"] = table["article"].map(article_order), table["issue"].map(order)
    table = table.sort_values(["_article", "start", "end", "_issue", "holder"], kind="stable", ignore_index=True)
    number = table.groupby("article").cumcount() + 1
    table["id"] = [f"{article}-{n:02d}" for article, n in zip(table["article"], number)]
    return table
