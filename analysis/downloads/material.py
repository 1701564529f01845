"""What all formats are made from: the study, and what of the articles may be shown."""

import base64
import io
import uuid
import zipfile
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ..base import citation
from ..base.faults import Fault, raise_any
from ..corpus import publication

CONTEXT = 32  # characters before and after a quotation, as many as annotation clients keep
SHARED = 40  # characters in a row that count as text of an article when they stand in a remark
FILLER = "·"
CUT = "[…]"
PASS_CODER = "pass {} (AI annotator)"
DECISIONS_CODER = "decisions (AI annotator)"


@dataclass(frozen=True)
class File:
    """A download.

    Attributes
    ----------
    name : str
        POSIX path inside the folder of downloads.
    format, purpose, limits : str
        The format's name, what the file is for, what it cannot hold.
    content : bytes
    """

    name: str
    format: str
    purpose: str
    limits: str
    content: bytes


@dataclass(frozen=True)
class Material:
    """The study, and the rules for showing its texts.

    Attributes
    ----------
    study : analysis.coding.study.Study
    text : str
        ``"full"`` or ``"excerpts"``.
    citation : analysis.base.citation.Work
        The report as a whole.
    open : dict of str to list of (int, int)
        For each file the spans that may be shown; offsets in code points, end
        exclusive, in order, apart from each other.
    """

    study: object
    text: str
    citation: citation.Work
    open: dict

    @property
    def full(self):
        """Whether the articles may be shown whole."""
        return self.text == publication.FULL

    @property
    def released(self):
        """The release date, as ``date-time`` in UTC at midnight."""
        return f"{self.citation.released}T00:00:00Z"

    @property
    def origin(self):
        """The name of the report and its version, as the program that made a file."""
        return f"{self.citation.title}, version {self.citation.version}"

    @property
    def authors(self):
        """The authors' names."""
        return self.citation.names

    def guid(self, *parts):
        """Return the identifier of a thing; the same things have the same ones at every build.

        Parameters
        ----------
        *parts : str
            What the thing is, such as ``"selection", "sd16-01"``.

        Returns
        -------
        str
            A UUID of version 5 (RFC 9562).
        """
        return str(uuid.uuid5(self._namespace, "/".join(parts)))

    @cached_property
    def _namespace(self):
        return uuid.uuid5(uuid.NAMESPACE_OID, self.citation.title)

    @cached_property
    def statements(self):
        """The statements as one dict each, ``id`` among the columns."""
        return self.study.statements.reset_index().to_dict("records")

    @cached_property
    def passages(self):
        """The quoted passages as one dict each, ``id`` among the columns."""
        return self.study.passages.reset_index().to_dict("records")

    @cached_property
    def labels(self):
        """The printed name of every issue."""
        return self.study.codebook.issues["label"].to_dict()

    @cached_property
    def coding(self):
        """The independent passes as one table.

        Returns
        -------
        pandas.DataFrame
            ``pass, row`` and the columns of a pass, ``seed, start, end`` among
            them; a row of a sentence without statement has a ``reason`` and no
            offsets.
        """
        seeds = self.study.corpus.sentences.set_index("sentence")["seed"]
        tables = [
            table.rename_axis("row").reset_index().assign(**{"pass": name}) for name, table in self.study.passes.items()
        ]
        return pd.concat(tables, ignore_index=True).assign(seed=lambda t: t["sentence"].map(seeds))

    def source_iri(self, seed):
        """Return a name for a saved file that follows from its bytes alone.

        Parameters
        ----------
        seed : str

        Returns
        -------
        str
            A "named information" address (RFC 6920) with the SHA-256.
        """
        return self._iris[seed]

    @cached_property
    def _iris(self):
        digests = self.study.corpus.files.set_index("seed")["sha256"]
        return {
            seed: "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
            for seed, digest in digests.items()
        }

    def shown(self, seed, start, end):
        """Whether all of a passage may be shown."""
        return any(a <= start and end <= b for a, b in self.open[seed])

    def context(self, seed, start, end):
        """Return what stands before and after a passage, as far as it may be shown.

        Parameters
        ----------
        seed : str
        start, end : int

        Returns
        -------
        (str, str)
            At most :data:`CONTEXT` characters each.
        """
        text = self.study.corpus.texts[seed]
        a, b = next((a, b) for a, b in self.open[seed] if a <= start and end <= b)
        return text[max(a, start - CONTEXT) : start], text[end : min(b, end + CONTEXT)]

    def source_text(self, seed):
        """Return a file with filler for every character that may not be shown.

        The length and the line ends stay, so every offset holds; the filler is
        a middle dot, every tenth character a space, so that programs can break
        its lines. A carriage return becomes a space: formats that ask for lines
        ending in LF have no place for it.

        Parameters
        ----------
        seed : str

        Returns
        -------
        str
        """
        text = self.study.corpus.texts[seed].replace("\r", " ")
        out, last = [], 0
        for a, b in [*self.open[seed], (len(text), len(text))]:
            out.append("".join(c if c == "\n" else " " if n % 10 == 9 else FILLER for n, c in enumerate(text[last:a])))
            out.append(text[a:b])
            last = b
        return "".join(out)

    def prose(self, value):
        """Return a remark, a reason, a title with what it quotes beyond the marked passages cut.

        Parameters
        ----------
        value : str

        Returns
        -------
        str
            Each run that shares :data:`SHARED` or more characters with text
            that may not be shown gives way to :data:`CUT`; blanks of all kinds
            count as the same.
        """
        if self.full or len(value) < SHARED:
            return value
        plain, out, last, n = _plain(value), [], 0, 0
        while n + SHARED <= len(plain):
            if plain[n : n + SHARED] not in self._closed:
                n += 1
                continue
            out += [value[last:n], CUT]
            while plain[n : n + SHARED] in self._closed and n + SHARED <= len(plain):
                n += 1
            last = n = n + SHARED - 1
        return "".join([*out, value[last:]])

    @cached_property
    def _closed(self):
        """All runs of :data:`SHARED` characters that stand in the files, and in no span that may be shown."""
        closed, shown = set(), set()
        for seed, text in self.study.corpus.texts.items():
            text = _plain(text)
            closed.update(text[n : n + SHARED] for n in range(len(text) - SHARED + 1))
            shown.update(text[n : n + SHARED] for a, b in self.open[seed] for n in range(a, b - SHARED + 1))
        return closed - shown


def _plain(text):
    return "".join(" " if c.isspace() else c for c in text)


def gather(study, text):
    """Collect what all formats are made from.

    Parameters
    ----------
    study : analysis.coding.study.Study
    text : {"full", "excerpts"}

    Returns
    -------
    Material

    Raises
    ------
    DataError
        If a statement, a passage or an introduction quotes a withheld name.
    ValueError
    """
    if text not in (publication.FULL, publication.EXCERPTS):
        raise ValueError(f"text is {text!r}; it can be {publication.FULL!r} or {publication.EXCERPTS!r}")
    spans = {}
    for seed in study.corpus.texts:
        base = publication.shown(study, seed, text)
        spans[seed] = _without(base, study.withheld[seed])
    material = Material(study, text, citation.read(), spans)
    raise_any([
        Fault(f"{name}.csv", str(row.Index), "a quotation with a withheld name", "none of the spans of redactions.csv")
        for name, table in (("statements", study.statements), ("passages", study.passages), ("actor_roles", study.roles))
        for row in table.itertuples()
        if not material.shown(row.seed, row.start, row.end)
    ])  # fmt: skip
    return material


def _without(spans, holes):
    """Take the holes out of the spans."""
    for a, b in sorted(holes):
        spans = [piece for s, e in spans for piece in ((s, min(e, a)), (max(s, b), e)) if piece[0] < piece[1]]
    return spans


def archive(entries, epoch_date):
    """Return a zip file that is the same whenever and wherever it is made.

    Parameters
    ----------
    entries : dict of str to bytes
        File names, in the order in which they shall stand.
    epoch_date : datetime.date
        The time stamp of every entry, at midnight.

    Returns
    -------
    bytes
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, (*epoch_date.timetuple()[:3], 0, 0, 0))
            info.create_system = 3  # otherwise the system the build runs on
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return stream.getvalue()
