"""The ledger: every sentence with its statements or its reason, every character with its status."""

import pandas as pd

STATUSES = (
    "in a coded passage", "beside one, in a coded sentence", "in a sentence without statement",
    "white space of the body", "outside the body",
)  # fmt: skip


def sentences(study):
    """List every body sentence with what the coding made of it.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    pandas.DataFrame
        In reading order: ``sentence, article, line, text, start``,
        ``statements`` (list of ids, empty where there is none) and ``reason``
        (empty where there is one).
    """
    table = study.corpus.sentences[["sentence", "article", "line", "text", "start"]].copy()
    ids = {sentence: list(rows.index) for sentence, rows in study.statements.groupby("sentence")}
    reasons = study.no_statement.set_index("sentence")["reason"]
    table["statements"] = [ids.get(sentence, []) for sentence in table["sentence"]]
    table["reason"] = table["sentence"].map(reasons).fillna("")
    return table


def characters(study):
    """Count the characters of every file by status; they sum to the file's size.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    pandas.DataFrame
        One row per status of :data:`STATUSES` and a last row ``all``; one
        column per file number, and ``all``.
    """
    columns = {}
    coded_sentences = set(study.statements["sentence"])
    zones, parts, statements = (
        _by_seed(table) for table in (study.corpus.zones, study.corpus.sentences, study.statements)
    )
    for file in study.corpus.files.itertuples():
        status = [STATUSES[4]] * file.characters
        for zone in zones.get(file.seed, []):
            if zone.zone == "body":
                status[zone.start : zone.end] = [STATUSES[3]] * (zone.end - zone.start)
        for sentence in parts.get(file.seed, []):
            kind = STATUSES[1] if sentence.sentence in coded_sentences else STATUSES[2]
            status[sentence.start : sentence.end] = [kind] * (sentence.end - sentence.start)
        for statement in statements.get(file.seed, []):
            status[statement.start : statement.end] = [STATUSES[0]] * (statement.end - statement.start)
        columns[file.number] = pd.Series(status).value_counts()
    table = pd.DataFrame(columns).reindex(STATUSES).fillna(0).astype(int)
    table["all"] = table.sum(axis=1)
    table.loc["all"] = table.sum()
    return table.rename_axis("status").reset_index()


def _by_seed(table):
    """The rows of a table by file, in order."""
    found = {}
    for row in table.itertuples():
        found.setdefault(row.seed, []).append(row)
    return found
