"""What a finished book must not show, looked for in every file of it, whatever its kind.

In every edition these are the names that are withheld, and the place of the
project on the machine that built the book; in an excerpts edition also the
text of the articles beyond the marked passages.
"""

import bz2
import functools
import gzip
import html
import io
import json
import lzma
import re
import tarfile
import unicodedata
import zipfile
import zlib

import numpy as np
from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from .. import paths
from ..base.faults import Fault
from ..cite import bibliography
from ..corpus import publication

WINDOW = 32  # letters and digits in a row, a power of two: about forty characters, or seven words, of running text
# So many of them, at least, from outside the marked passages: fewer meet by chance, as a name that follows a quotation.
UNMARKED = 20
SHORTEST = 16  # of eight short words or a whole sentence, a power of two too; less may stand anywhere
WORDS = 8
_ADDED = (
    "//sup | //*[re:test(@class, '(^| )(paragraph-number|headerlink)( |$)')]"  # by a page to the words of a passage
)
# Files by other makers, who may be called as somebody here; the articles' text is looked for there too.
_OF_OTHERS = ("_static/scripts/", "_static/styles/", "_static/vendor/", "_static/webpack")
_BLOB = re.compile(r"[A-Za-z0-9+/=]{200,}")  # a picture or a font, written as text
_BITS = 24
_FACTOR = 0x9E3779B97F4A7C15  # odd, and without a pattern


def faults(folder, study, setting):
    """Look through a finished book.

    Parameters
    ----------
    folder : Path
        The built book.
    study : analysis.statements.Study
    setting : str
        :data:`publication.FULL` or :data:`publication.EXCERPTS`.

    Returns
    -------
    list of Fault
        For each file the first text that must not be there.
    """
    found, secrets = [], withheld(study)
    if len(paths.ROOT.parts) > 2:  # /book tells nothing of a machine, and may be a word of a page
        secrets[str(paths.ROOT)] = "a place on this machine"
    text = Unmarked(study) if setting == publication.EXCERPTS else None
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if said := first(path.read_bytes(), name, text, {} if name.startswith(_OF_OTHERS) else secrets):
            found.append(Fault(paths.relative(path), "", *said))
    return found


def first(raw, name, text=None, secrets=()):
    """Return what a file shows first of what it must not, and what is expected instead.

    Parameters
    ----------
    raw : bytes
    name : str
        See :func:`readings`.
    text : Unmarked, optional
    secrets : dict of str to str
        Names that must not be shown, to what they are.

    Returns
    -------
    (str, str) or None
    """
    for reading in readings(raw, name):
        if text and (leak := text.find(reading)):
            return leak, "of the articles only the marked passages"
        if secret := named(reading, secrets):
            return f"{secret!r}, {secrets[secret]}", "a file without it"
    return None


def withheld(study):
    """Return the names of comment writers, which no edition shows: name to what it is."""
    texts = study.corpus.texts
    return {texts[seed][a:b]: f"a name withheld from {seed}" for seed in texts for a, b in study.withheld[seed]}


def named(text, secrets):
    """Return the first of some names that stands in a text as a word or words, or an empty string.

    What is no text, but the bytes of a picture or a font, holds any three
    letters by chance, and so no name.
    """
    secrets = [secret for secret in secrets if secret in text]
    if not secrets or text.count("\ufffd") > len(text) / 100:
        return ""
    text = _BLOB.sub(" ", text)
    for secret in secrets:
        # The pattern begins with the name itself, which is found fast.
        for match in re.finditer(re.escape(secret) + r"(?!\w)", text):
            before = text[match.start() - 1 : match.start()]
            if not (before.isalnum() or before == "_"):
                return secret
    return ""


class Unmarked:
    """The text of the files that an excerpts edition does not show.

    Parameters
    ----------
    study : analysis.statements.Study

    Attributes
    ----------
    runs : dict of str to (str, int)
        Each run of :data:`WINDOW` letters and digits, of which
        :data:`UNMARKED` at least are not to be shown: file, and place among
        its letters and digits.
    short : dict of str to (str, int)
        The same for what is shorter than a run, and all of it not to be
        shown: :data:`WORDS` words in a row, and whole sentences.
    """

    def __init__(self, study):
        self._texts = study.corpus.texts
        # Besides what is shown, the addresses of the articles are no text of theirs.
        allowed = [item["URL"] for item in bibliography.read(paths.BOOK / "articles.bib") if "URL" in item]
        allowed += [exact for table in (study.statements, study.passages, study.roles) for exact in table["exact"]]
        for seed, text in self._texts.items():
            spans = publication.shown(study, seed, publication.EXCERPTS)
            allowed += [text[a:b] for a, b, is_shown in publication.pieces(text, 0, len(text), spans) if is_shown]
        allowed = {bare(text) for text in allowed}
        self.runs, self.short = {}, {}
        for seed, text in self._texts.items():
            letters = bare(text)
            hidden = np.ones(len(letters), dtype=bool)
            for passage in (p for p in allowed if len(p) >= 8):  # a pull quote has the words of the body
                for match in re.finditer(re.escape(passage), letters):
                    hidden[match.start() : match.end()] = False
            if len(letters) >= WINDOW:
                counts = np.convolve(hidden, np.ones(WINDOW, dtype=int), "valid")
                self.runs |= {
                    letters[begin : begin + WINDOW]: (seed, int(begin)) for begin in np.flatnonzero(counts >= UNMARKED)
                }
            ends = np.cumsum([0, *filter(None, (len(_codes(word)) for word in text.split()))]).tolist()
            spans = list(zip(ends, ends[WORDS:]))
            for sentence in study.corpus.sentences.loc[study.corpus.sentences["seed"] == seed, "text"]:
                spans.append((begin := letters.find(bare(sentence)), begin + len(bare(sentence))))
            for begin, end in spans:
                if SHORTEST <= end - begin < WINDOW and hidden[begin:end].all():
                    self.short[letters[begin:end]] = seed, begin
        for passage in allowed:  # the same words may be quoted elsewhere
            for begin in range(len(passage) - WINDOW + 1):
                self.runs.pop(passage[begin : begin + WINDOW], None)
        together = "\n".join(allowed)
        self.short = {run: place for run, place in self.short.items() if run not in together}
        self._short = {}  # by their beginnings
        for run in self.short:
            self._short.setdefault(run[:SHORTEST], []).append(run)
        self._tables = [
            (length, runs, _table(length, runs)) for length, runs in ((WINDOW, self.runs), (SHORTEST, self._short))
        ]

    def find(self, text):
        """Return the first words in a text that are not to be shown, with their file, or an empty string."""
        codes = _codes(text)
        for length, runs, table in self._tables:
            for begin in np.flatnonzero(table[_hashes(codes, length)]):
                run = _letters(codes[begin : begin + length])
                if run not in runs:
                    continue
                if length == WINDOW:
                    return self._words(*self.runs[run])
                here = _letters(codes[begin : begin + WINDOW])
                if whole := next(filter(here.startswith, runs[run]), ""):
                    return self._words(*self.short[whole])
        return ""

    def _words(self, seed, begin):
        text = unicodedata.normalize("NFKC", self._texts[seed])
        count = 0
        for at, character in enumerate(text):  # noqa: B007 - the place is read behind the loop
            count += len(_codes(character))
            if count > begin:
                break
        start = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
        return f"“{' '.join(text[start:].split()[:WORDS])} …”, of {seed}"


def bare(text):
    """Reduce a text to its letters and digits, so that line breaks, hyphens and quotation marks hide nothing."""
    return _letters(_codes(text))


def _codes(text):
    """The letters and digits of a text as code points."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return codes[_alphanumeric()[codes]]


def _letters(codes):
    return codes.tobytes().decode("utf-32-le")


@functools.cache
def _alphanumeric():
    return np.fromiter((chr(code).isalnum() for code in range(0x110000)), dtype=bool, count=0x110000)


def _hashes(codes, length):
    """A number of :data:`_BITS` bits for every run of so many code points, made by doubling."""
    if len(codes) < length:
        return np.zeros(0, dtype=np.uint64)
    with np.errstate(over="ignore"):
        hashes, factor, reached = codes.astype(np.uint64) + np.uint64(1), np.uint64(_FACTOR), 1
        while reached < length:
            hashes = hashes[:-reached] * factor + hashes[reached:]
            factor, reached = factor * factor, 2 * reached
        return hashes * np.uint64(_FACTOR) >> np.uint64(64 - _BITS)


def _table(length, runs):
    """Which numbers are those of some run; few others are."""
    table = np.zeros(1 << _BITS, dtype=bool)
    for run in runs:
        table[_hashes(_codes(run), length)] = True
    return table


def readings(raw, name):
    """Read a file's bytes as text in every way a program may: as they stand, unpacked, with escapes resolved.

    Parameters
    ----------
    raw : bytes
    name : str
        The file's name, which says whether it is HTML or XML.

    Yields
    ------
    str
    """
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.infolist():
                yield from readings(archive.read(member), f"{name}/{member.filename}")
    elif raw[:2] == b"\x1f\x8b":
        yield from readings(gzip.decompress(raw), name.removesuffix(".gz"))
    elif raw[:3] == b"BZh":
        yield from readings(bz2.decompress(raw), name.removesuffix(".bz2"))
    elif raw[:6] == b"\xfd7zXZ\x00":
        yield from readings(lzma.decompress(raw), name.removesuffix(".xz"))
    elif raw[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            for member in filter(tarfile.TarInfo.isfile, archive):
                yield from readings(archive.extractfile(member).read(), f"{name}/{member.name}")
    elif raw[:4] == b"PAR1":
        import pyarrow.parquet  # only here: most books that are searched have their tables unchanged

        yield json.dumps(pyarrow.parquet.read_table(io.BytesIO(raw)).to_pylist(), ensure_ascii=False, default=str)
    elif raw.startswith(b"# Sphinx inventory"):
        yield zlib.decompress(raw.split(b"\n", 4)[4]).decode()
    elif raw[:5] == b"%PDF-":
        yield from _of_pdf(raw, name)
    else:
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        yield from _of_text(raw.decode(encoding, errors="replace"), name)


def _of_text(text, name):
    if not name.endswith((".html", ".xml", ".svg", ".xhtml")):
        yield text
    else:
        yield html.unescape(text)  # attributes and comments too
        yield "".join(_without_tags(text, name).xpath("//text()"))
    if "\\" in text:
        once = unescaped(text)
        yield once
        # JSON within a string of JSON; a notebook's output as HTML.
        yield re.sub(r"<[^>]*>", "", html.unescape(unescaped(once)))


def _without_tags(text, name):
    """The document, without what a page adds to the words of a passage."""
    if not name.endswith(".html"):
        return etree.fromstring(
            text.encode(), etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False, encoding="utf-8")
        )
    tree = document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8", huge_tree=True))
    for element in tree.xpath(_ADDED, namespaces={"re": "http://exslt.org/regular-expressions"}):
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def _of_pdf(raw, name):
    """The text of the pages, and what stands in objects, metadata and attached files."""
    import pypdfium2  # only here: a book of HTML alone needs none of it

    document = pypdfium2.PdfDocument(raw)
    yield "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    yield raw.decode("utf-8", errors="replace")
    for match in re.finditer(rb"stream\r?\n", raw):
        try:
            held = zlib.decompressobj().decompress(raw[match.end() :])
        except zlib.error:
            continue
        yield from readings(
            re.sub(
                rb"<feff([0-9a-f]*)>",
                lambda m: bytes.fromhex(m[1].decode()).decode("utf-16-be", "replace").encode(),
                held,
            ),
            name + "/stream",
        )


def unescaped(text):
    """Resolve the escapes of JSON and JavaScript strings."""
    plain = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " "}
    pattern = r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))"
    return re.sub(pattern, lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else plain.get(m[3], m[3]), text)
