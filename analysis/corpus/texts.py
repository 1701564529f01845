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
from ..base import dates, tables
from . import sentences
from ..base.faults import Fault, raise_any

ZONES = (
    "headline", "byline", "dateline", "clock", "caption", "credit", "pull_quote", "body",
    "links", "tags", "comment", "form", "navigation", "blank",
)  # fmt: skip

ARTICLE_COLUMNS = (
    "article", "seed", "outlet", "outlet_basis", "headline", "headline_basis", "author",
    "date_text", "date_text_evidence", "date_record", "date_record_evidence", "date_record_checked",
    "short", "label", "bibkey",
)  # fmt: skip

ZONE_COLUMNS = ("seed", "start", "end", "zone", "article")

_SUM = re.compile(r"([0-9a-f]{64})  ([0-9]+_[\w.-]+\.txt)")  # no folder, no blank, no markup
_ARTICLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # becomes part of ids, addresses and roles
_BIBKEY = re.compile(r"[A-Za-z0-9][\w:.+-]*", re.ASCII)


@dataclass(frozen=True)
class Corpus:
    """The five files, read and checked.

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


def load(seeds=None, data=None):
    """Read the seed files and lay their zones, paragraphs and sentences over them.

    Parameters
    ----------
    seeds, data : Path, optional
        Folders of the files and of the tables; the project's own by default.

    Returns
    -------
    Corpus

    Raises
    ------
    DataError
        If a file is missing, changed or not UTF-8, or a table of articles or
        zones does not fit the files.
    """
    seeds, data = seeds or paths.SEEDS, data or paths.DATA
    texts, files = read_files(seeds)
    articles = read_articles(data / "articles.csv", texts)
    zones = read_zones(data / "zones.csv", texts, articles)
    paragraphs = find_paragraphs(texts, zones)
    return Corpus(texts, files, articles, zones, paragraphs, find_sentences(paragraphs))


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
    texts, rows, faults, listed = {}, [], [], {}
    for number, line in enumerate(re.split(r"\r?\n", tables.decode(sums).removesuffix("\n")), start=1):
        match = _SUM.fullmatch(line)
        if not match:
            faults.append(Fault(paths.relative(sums), f"line {number}", repr(line), "'<sha256>  <number>_<name>.txt'"))
            continue
        digest, name = match.groups()
        same = next((other for other in listed if other.split("_")[0] == name.split("_")[0]), None)
        if same is not None:
            faults.append(Fault(paths.relative(sums), f"line {number}", f"{name!r}, a second file of this number", f"one (line {listed[same]})"))
            continue
        listed[name] = number
        path = folder / name
        if path.is_symlink():
            faults.append(Fault(f"{paths.relative(folder)}/{name}", "", "a link to another place", "the file itself"))
            continue
        if not path.is_file():
            faults.append(Fault(paths.relative(path), "", "no such file", f"the file named in {sums.name}, line {number}"))
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
        rows.append((name, name.split("_")[0], len(raw), len(text), text.count("\n") + (not text.endswith("\n")), found))
    for path in sorted(folder.glob("*.txt")):
        if path.name not in listed:
            faults.append(Fault(paths.relative(path), "", "a file not recorded", f"a line for it in {sums.name}"))
    raise_any(faults)
    return texts, pd.DataFrame(rows, columns=["seed", "number", "bytes", "characters", "lines", "sha256"])


def read_articles(path, texts):
    """Read the table of articles.

    Parameters
    ----------
    path : Path
    texts : dict of str to str
        The files, by name.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``article``, in file order.

    Raises
    ------
    DataError
        If a seed is unknown or a date is not EDTF.
    """
    name = paths.relative(path)
    table = tables.read(path, ARTICLE_COLUMNS, key="article")
    faults = []
    for row, article, bibkey, seed, *given in zip(table.index, table["article"], table["bibkey"], table["seed"], table["date_text"], table["date_record"]):
        if seed not in texts:
            faults.append(Fault(name, f"row {row}", f"seed {seed!r}", "the name of a file in seeds/"))
        for column, value, form, expected in (
            ("article", article, _ARTICLE, "letters and digits, a letter first"),
            ("bibkey", bibkey, _BIBKEY, "the key of an entry in a bibliography"),
        ):
            if not form.fullmatch(value):
                faults.append(Fault(name, f"row {row}", f"{column} {value!r}", expected))
        for column, date in zip(("date_text", "date_record"), given):
            if date and not dates.valid(date):
                faults.append(Fault(name, f"row {row}", f"{column} {date!r}", "an EDTF date"))
    raise_any(faults)
    return table.set_index("article")


def read_zones(path, texts, articles):
    """Read the table of zones and check that it tiles every file.

    Parameters
    ----------
    path : Path
    texts : dict of str to str
    articles : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        See :class:`Corpus`.

    Raises
    ------
    DataError
        If zones overlap, leave a gap, run past the file, or name an unknown
        kind or article.
    """
    name = paths.relative(path)
    table = tables.integers(tables.read(path, ZONE_COLUMNS), ["start", "end"], name)
    faults = []
    kinds, known, seed_of = set(ZONES), set(articles.index), articles["seed"].to_dict()
    rows = list(zip(table.index, table["seed"], table["start"], table["end"], table["zone"], table["article"]))
    by_seed = {}
    for row, seed, start, end, zone, article in rows:
        where = f"row {row}"
        if zone not in kinds:
            faults.append(Fault(name, where, f"zone {zone!r}", "one of " + ", ".join(ZONES)))
        if seed not in texts:
            faults.append(Fault(name, where, f"seed {seed!r}", "the name of a file in seeds/"))
        if article and article not in known:
            faults.append(Fault(name, where, f"article {article!r}", "an article of articles.csv, or nothing"))
        if article in known and seed_of[article] != seed:
            faults.append(Fault(name, where, f"article {article!r} in {seed}", seed_of[article]))
        if zone == "body" and not article:
            faults.append(Fault(name, where, "a body zone of no article", "the article it belongs to"))
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
            faults.append(Fault(name, f"last row of {seed}", f"end {expected}", f"end {len(text)}, the length of the file"))
    raise_any(faults)
    table["first_line"] = [line_of(texts[s], a) for s, a in zip(table["seed"], table["start"])]
    table["last_line"] = [line_of(texts[s], b - 1) for s, b in zip(table["seed"], table["end"])]
    table["text"] = [texts[s][a:b] for s, a, b in zip(table["seed"], table["start"], table["end"])]
    return table.reset_index(drop=True)


def line_of(text, offset):
    """Return the number of the line, from 1, on which a character stands."""
    return text.count("\n", 0, offset) + 1


def find_paragraphs(texts, zones):
    """Find the paragraphs: the lines of body zones that hold text.

    Parameters
    ----------
    texts : dict of str to str
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
