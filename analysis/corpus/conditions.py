"""The state of the sources: oddities kept as they are, found and counted."""

import re
import unicodedata

import pandas as pd

_JOINED = re.compile(r"[a-z][.!?][A-Z][a-z]")
_LATIN_WORD = re.compile(r"\w+")


def found(corpus):
    """List what is odd in the text of each file.

    Parameters
    ----------
    corpus : analysis.corpus.texts.Corpus

    Returns
    -------
    pandas.DataFrame
        ``seed, condition, count, lines``: one row per condition present in a
        file; ``lines`` are numbers of lines, the first six.
    """
    rows = []
    for seed, text in corpus.texts.items():
        for condition, places in (
            ("no-break space", _places(text, "\u00a0")),
            ("closing quotation mark without an opening one in its paragraph", _unmatched(corpus, seed)),
            ("sentences joined without a space", [m.start() for m in _JOINED.finditer(text)]),
            ("Cyrillic letter inside a Latin word", _lookalikes(text)),
            ("run of two or more blank lines", [m.start() for m in re.finditer(r"\n{3,}", text)]),
            ("space beside a no-break space", [m.start() for m in re.finditer("\u00a0 | \u00a0", text)]),
            ("no line end at the end of the file", [len(text) - 1] if not text.endswith("\n") else []),
        ):
            if places:
                lines = list(dict.fromkeys(text.count("\n", 0, place) + 1 for place in places))
                rows.append(
                    (seed, condition, len(places), ", ".join(map(str, lines[:6])) + (" …" if len(lines) > 6 else ""))
                )
    return pd.DataFrame(rows, columns=["seed", "condition", "count", "lines"])


def _places(text, character):
    return [index for index, c in enumerate(text) if c == character]


def _unmatched(corpus, seed):
    """Closing curly marks that no opening one precedes in their paragraph."""
    out = []
    for paragraph in corpus.paragraphs[corpus.paragraphs["seed"] == seed].itertuples():
        depth = 0
        for index, character in enumerate(paragraph.text):
            if character == "“":
                depth += 1
            elif character == "”":
                depth -= 1
                if depth < 0:
                    out.append(paragraph.start + index)
                    depth = 0
    return out


def _lookalikes(text):
    """First Cyrillic letter of each word that also has Latin letters."""
    out = []
    for word in _LATIN_WORD.finditer(text):
        scripts = [unicodedata.name(c, "").split()[0] for c in word[0] if c.isalpha()]
        if "CYRILLIC" in scripts and "LATIN" in scripts:
            out.append(word.start() + scripts.index("CYRILLIC"))
    return out


def accounts(corpus):
    """Count the characters of every file by zone.

    Parameters
    ----------
    corpus : analysis.corpus.texts.Corpus

    Returns
    -------
    pandas.DataFrame
        One row per zone kind, one column per file number, and ``all``; a last
        row ``all`` equals the sizes of the files.
    """
    zones = corpus.zones.assign(
        characters=corpus.zones["end"] - corpus.zones["start"],
        number=corpus.zones["seed"].map(corpus.files.set_index("seed")["number"]),
    )
    table = zones.pivot_table(index="zone", columns="number", values="characters", aggfunc="sum", fill_value=0)
    table = table.assign(all=table.sum(axis=1)).sort_values("all", ascending=False)
    table.loc["all"] = table.sum()
    return table.rename_axis(columns=None).reset_index()
