"""The corpus: files, articles, zones, paragraphs and sentences.

Offsets are code points in the decoded file, end exclusive. Every character of
every file lies in exactly one zone; every character of a body zone that is not
white space lies in exactly one sentence.
"""

import hashlib
import re
from dataclasses import dataclass

import pandas as pd

from .. import paths
from ..base import tables
from ..base.faults import Fault, raise_any
from . import sentences

_SUM = re.compile(r"([0-9a-f]{64})  ([0-9]+_[\w.-]+\.txt)")  # no folder, no blank, no markup


@dataclass(frozen=True)
class Corpus:
    """The files, read and checked.

    Attributes
    ----------
    texts : dict of str to str
        File name to decoded text.
    files : pandas.DataFrame
        One row per file: ``seed, number, bytes, characters, lines, sha256``.
    articles : pandas.DataFrame
        One row per article, indexed by ``article``; columns as in
        ``analysis/data/articles.csv``.
    zones : pandas.DataFrame
        One row per zone: ``seed, start, end, zone, article, first_line,
        last_line, text``, in file order.
    paragraphs : pandas.DataFrame
        One row per body paragraph: ``article, paragraph, seed, start, end,
        line, text``; ``paragraph`` counts from 1 in each article.
    sentences : pandas.DataFrame
        One row per body sentence: ``sentence, article, paragraph, seed, start,
        end, line, text``; ``sentence`` is ``<article>.s<number>``.
    """

    texts: dict
    files: pd.DataFrame
    articles: pd.DataFrame
    zones: pd.DataFrame
    paragraphs: pd.DataFrame
    sentences: pd.DataFrame


def lay_out(texts, files, articles, zones):
    """Lay zones, paragraphs and sentences over the files.

    Parameters
    ----------
    texts : dict of str to str
    files : pandas.DataFrame
        As :func:`read_files` returns both.
    articles, zones : pandas.DataFrame
        The tables of these names; :func:`check_zones` finds no fault in them.

    Returns
    -------
    Corpus
    """
    zones = zones.reset_index(drop=True)
    spans = list(zip(zones["seed"], zones["start"], zones["end"]))
    zones["first_line"] = [line_of(texts[s], a) for s, a, _ in spans]
    zones["last_line"] = [line_of(texts[s], b - 1) for s, _, b in spans]
    zones["text"] = [texts[s][a:b] for s, a, b in spans]
    paragraphs = find_paragraphs(zones)
    return Corpus(texts, files, articles.set_index("article"), zones, paragraphs, find_sentences(paragraphs))


def read_files(folder):
    """Read every seed file and compare it with its recorded SHA-256.

    Parameters
    ----------
    folder : Path
        Holds ``SHA256SUMS`` in the format of ``sha256sum`` and the files it names.

    Returns
    -------
    texts : dict of str to str
    files : pandas.DataFrame
        See :class:`Corpus`.

    Raises
    ------
    DataError
    """
    sums = folder / "SHA256SUMS"
    texts, rows, faults, listed, numbers = {}, [], [], {}, {}
    for number, line in enumerate(re.split(r"\r?\n", tables.decode(sums).removesuffix("\n")), start=1):
        match = _SUM.fullmatch(line)
        if not match:
            faults.append(Fault(paths.relative(sums), f"line {number}", repr(line), "'<sha256>  <number>_<name>.txt'"))
            continue
        digest, name = match.groups()
        first = numbers.setdefault(name.split("_")[0], number)
        if first != number:
            faults.append(
                Fault(
                    paths.relative(sums),
                    f"line {number}",
                    f"{name!r}, a second file of this number",
                    f"one (line {first})",
                )
            )
            continue
        listed[name] = number
        path = folder / name
        if path.is_symlink():
            faults.append(Fault(f"{paths.relative(folder)}/{name}", "", "a link to another place", "the file itself"))
            continue
        if not path.is_file():
            faults.append(
                Fault(paths.relative(path), "", "no such file", f"the file named in {sums.name}, line {number}")
            )
            continue
        raw = path.read_bytes()
        found = hashlib.sha256(raw).hexdigest()
        if found != digest:
            faults.append(Fault(paths.relative(path), "", f"SHA-256 {found}", f"{digest}, as recorded in {sums.name}"))
        try:
            texts[name] = tables.decode(path)
        except tables.DataError as error:
            faults.extend(error.faults)
            continue
        text = texts[name]
        rows.append(
            (name, name.split("_")[0], len(raw), len(text), text.count("\n") + (not text.endswith("\n")), found)
        )
    for path in sorted(folder.glob("*.txt")):
        if path.name not in listed:
            faults.append(Fault(paths.relative(path), "", "a file not recorded", f"a line for it in {sums.name}"))
    raise_any(faults)
    return texts, pd.DataFrame(rows, columns=["seed", "number", "bytes", "characters", "lines", "sha256"])


def check_zones(zones, articles, texts, name):
    """Check that the zones tile every file, and belong to articles of their file.

    Parameters
    ----------
    zones, articles : pandas.DataFrame
        The tables of these names, indexed by row.
    texts : dict of str to str
    name : str
        The file of the zones, for messages.

    Returns
    -------
    list of Fault
    """
    faults, by_seed = [], {}
    seed_of = dict(zip(articles["article"].tolist(), articles["seed"].tolist()))
    columns = (zones[column].tolist() for column in ("seed", "start", "end", "zone", "article"))
    for row, seed, start, end, zone, article in zip(zones.index, *columns):
        if seed_of.get(article, seed) != seed:
            faults.append(Fault(name, f"row {row}", f"article {article!r} in {seed}", seed_of[article]))
        if zone == "body" and not article:
            faults.append(Fault(name, f"row {row}", "a body zone of no article", "the article it belongs to"))
        by_seed.setdefault(seed, []).append((row, start, end))
    for seed, text in texts.items():
        expected = 0
        for row, start, end in by_seed.get(seed, []):
            if start != expected:
                faults.append(Fault(name, f"row {row}", f"start {start} in {seed}", f"start {expected}"))
            if end <= start:
                faults.append(Fault(name, f"row {row}", f"end {end}", f"an end beyond {start}"))
            expected = end
        if expected != len(text):
            faults.append(
                Fault(name, f"last row of {seed}", f"end {expected}", f"end {len(text)}, the length of the file")
            )
    return faults


def line_of(text, offset):
    """Return the number of the line, from 1, on which a character stands."""
    return text.count("\n", 0, offset) + 1


def find_paragraphs(zones):
    """Find the paragraphs: the lines of body zones that hold text.

    Parameters
    ----------
    zones : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        See :class:`Corpus`.
    """
    rows, counts = [], {}
    for zone in zones[zones["zone"] == "body"].itertuples():
        start, line = zone.start, zone.first_line
        for piece in zone.text.split("\n"):
            stripped = piece.strip()
            if stripped:
                counts[zone.article] = counts.get(zone.article, 0) + 1
                left = start + len(piece) - len(piece.lstrip())
                rows.append((zone.article, counts[zone.article], zone.seed, left, left + len(stripped), line, stripped))
            start += len(piece) + 1
            line += 1
    return pd.DataFrame(rows, columns=["article", "paragraph", "seed", "start", "end", "line", "text"])


def find_sentences(paragraphs):
    """Subdivide paragraphs into sentences.

    Parameters
    ----------
    paragraphs : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        See :class:`Corpus`.
    """
    rows, counts = [], {}
    for paragraph in paragraphs.itertuples():
        for a, b in sentences.split(paragraph.text):
            counts[paragraph.article] = counts.get(paragraph.article, 0) + 1
            rows.append(
                (
                    f"{paragraph.article}.s{counts[paragraph.article]:02d}", paragraph.article, paragraph.paragraph,
                    paragraph.seed, paragraph.start + a, paragraph.start + b, paragraph.line, paragraph.text[a:b],
                )
            )  # fmt: skip
    columns = ["sentence", "article", "paragraph", "seed", "start", "end", "line", "text"]
    return pd.DataFrame(rows, columns=columns)


def utf16_offset(text, offset):
    """Convert a code-point offset to UTF-16 code units, as JavaScript counts."""
    return len(text[:offset].encode("utf-16-le")) // 2


def byte_offset(text, offset):
    """Convert a code-point offset to a byte offset in the UTF-8 file."""
    return len(text[:offset].encode("utf-8"))
