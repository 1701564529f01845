"""References to the report and its parts: CSL-JSON, BibTeX, RIS, and text in Chicago's author-date style.

Title, authors, version, date and DOI come from ``CITATION.cff`` alone. Each
reference is made as an item of CSL-JSON first; the other forms are made from
the item.
"""

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from ..base.faults import DataError, Fault

STYLE = Path(__file__).with_name("chicago-author-date.csl")
_NAMES = {
    "report": "Report", "chapter": "Chapter", "section": "Section", "figure": "Figure", "table": "Table", "statement": "Statement", "passage": "Passage",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TITLE, _ADDRESS = "PLACEHOLDER-TITLE", "PLACEHOLDER-ADDRESS"  # no words that the style would change


@dataclass(frozen=True)
class Place:
    """A part of the report that has an address.

    Attributes
    ----------
    kind : str
        ``report``, ``chapter``, ``section``, ``figure``, ``table``,
        ``statement`` or ``passage``.
    page : str
        The page's file name, such as ``islands.html``.
    identifier : str
        The id on the page.
    number : str
        As printed, such as ``4.2``; the id of a statement; empty if it has none.
    title : str
        Heading, or first sentence of the caption; of a statement, outlet, date and paragraph.
    within : str
        Heading of the section it stands in, with its number; empty for a chapter.
    source : str
        Of a statement or passage: seed file and line.
    """

    kind: str
    page: str
    identifier: str
    number: str
    title: str
    within: str = ""
    source: str = ""

    @property
    def address(self):
        """The address relative to the book's folder; a chapter's is that of its page."""
        return self.page if self.kind in ("report", "chapter") else f"{self.page}#{self.identifier}"

    @property
    def name(self):
        """What a reader calls it: "Section 4.2", "Figure 4.1", "Statement mt13-04"; by its title where it has no number."""
        if self.number:
            return f"{_NAMES[self.kind]} {self.number}"
        return f"{'Page' if self.kind == 'chapter' else _NAMES[self.kind]} “{self.title}”"

    @property
    def heading(self):
        """Its title as a reference prints it, with its number."""
        if self.kind in ("report", "chapter", "section"):
            return f"{self.number}. {self.title}" if self.number else self.title
        return f"{self.name}. {self.title}"

    @property
    def remark(self):
        """What the title leaves out: the section around it, the place in the saved file."""
        around = f"In “{self.within}”" if self.within else ""
        return ". ".join(filter(None, [around, self.source]))


def csl(work, place=None, base=""):
    """Make the reference of the report or of one of its parts.

    Parameters
    ----------
    work : analysis.base.citation.Work
    place : Place, optional
        The part; by default the report as a whole.
    base : str
        Where the book is published, ending in ``/``; empty if that is not
        known. The item then has no ``URL``, and ``annote`` gives the address
        relative to the book's folder.

    Returns
    -------
    dict
        An item of CSL-JSON 1.0.2.
    """
    whole = place is None or place.kind == "report"
    released = [work.released.year, work.released.month, work.released.day]
    item = {"id": work.key, "type": "report", "title": work.title, "author": [dict(author) for author in work.authors]}
    if not whole:
        item |= {"id": f"{work.key}-{place.identifier}", "type": "chapter", "title": place.heading, "container-title": work.title}
    item |= {"issued": {"date-parts": [released]}, "version": work.version, "language": "en"}
    if whole:
        item["genre"] = work.genre
    elif place.remark:
        item["note"] = place.remark
    if work.doi:
        item["DOI"] = work.doi
    if base:
        item["URL"] = base if whole else base + place.address
    elif not whole:
        item["annote"] = local(place)
    return item


def local(place):
    """Say where a part stands in a copy of the book whose address nobody knows."""
    return f"Local copy: {place.address}"


def csl_text(items):
    """Write items of CSL-JSON, a list or one of them, in a form fit to be read."""
    text = json.dumps(items, ensure_ascii=False, indent=2)
    return re.sub(r"\[\s+(\d+(?:,\s+\d+)*)\s+\]", lambda match: "[" + " ".join(match[1].split()) + "]", text)  # a date on one line


def bibtex(item):
    """Write a reference in BibTeX.

    Parameters
    ----------
    item : dict
        An item of CSL-JSON, as :func:`csl` makes it.

    Returns
    -------
    str
        An entry ``@techreport`` or ``@incollection``; UTF-8, with TeX's own
        characters escaped everywhere but in addresses.
    """
    from pybtex.database import BibliographyData, Entry
    from pybtex.database.output.bibtex import Writer

    class Braced(Writer):
        """Writes braces instead of quotation marks, and addresses as they are."""

        def quote(self, text):
            self.check_braces(text)
            return f"{{{text}}}"

        def _write_field(self, stream, name, value):
            plain = name in ("url", "doi", "annote", "month")
            stream.write(f",\n  {name} = {value if name == 'month' else self.quote(value if plain else self._encode(value))}")

        def _write_persons(self, stream, persons, role):
            if persons:
                self._write_field(stream, role, " and ".join(persons))

    year, month, _ = item["issued"]["date-parts"][0]
    whole = item["type"] == "report"
    fields = {"title": f"{{{item['title']}}}"}
    if not whole:
        fields["booktitle"] = f"{{{item['container-title']}}}"
    fields |= {"year": str(year), "month": _MONTHS[month - 1]}
    if whole:
        fields["type"] = item["genre"]
    fields["note"] = ". ".join(filter(None, [f"Version {item['version']}", item.get("note", "")]))
    fields |= {name: item[key] for name, key in (("doi", "DOI"), ("url", "URL"), ("annote", "annote")) if key in item}
    fields = {name: value.replace("\u00a0", " ") for name, value in fields.items()}
    entry = Entry("techreport" if whole else "incollection", list(fields.items()))
    entry.persons["author"] = [_bibtex_name(author) for author in item["author"]]
    return Braced(encoding="UTF-8").to_string(BibliographyData({item["id"]: entry})).rstrip() + "\n"


def _bibtex_name(author):
    if "literal" in author:
        return f"{{{author['literal']}}}"
    family = " ".join(filter(None, [author.get("non-dropping-particle"), author["family"]]))
    return ", ".join(filter(None, [family, author.get("suffix"), author.get("given")]))


def ris(items):
    """Write references in RIS.

    Parameters
    ----------
    items : list of dict
        Items of CSL-JSON.

    Returns
    -------
    str
    """
    import rispy

    class Plain(rispy.RisWriter):
        """Puts no running number above a reference."""

        def set_header(self, count):
            return ""

    types = {"report": "RPRT", "chapter": "CHAP", "article-journal": "JOUR", "webpage": "ELEC"}
    records = []
    for item in items:
        record = {"type_of_reference": types.get(item["type"], "GEN"), "id": item["id"], "title": item["title"]}
        record["authors"] = [_ris_name(author) for author in item.get("author", ())]
        dated = item.get("issued", {})
        if "date-parts" in dated:
            first = dated["date-parts"][0]
            record["year"] = str(first[0])
            if len(first) == 3 and len(dated["date-parts"]) == 1:
                record["date"] = "/".join(f"{part:02d}" for part in first)
        names = (
            ("secondary_title", "container-title"), ("edition", "version"), ("volume", "volume"), ("number", "issue"), ("type_of_work", "genre"),
            ("doi", "DOI"), ("language", "language"), ("abstract", "abstract"),
        )  # fmt: skip
        record |= {name: item[key] for name, key in names if item.get(key)}
        pages = item.get("page", "").split("–")
        record |= {name: page for name, page in zip(("start_page", "end_page"), pages) if page}
        record["notes"] = [item[key] for key in ("note", "annote") if key in item]
        record["urls"] = [item["URL"]] if "URL" in item else []
        record["keywords"] = [word.strip() for word in item.get("keyword", "").split(";") if word.strip()]
        records.append({name: value for name, value in record.items() if value})
    return rispy.dumps(records, implementation=Plain).strip("\n") + "\n"


def _ris_name(author):
    return author.get("literal") or ", ".join(filter(None, [author.get("family"), author.get("given")]))


def described(work, item):
    """Return the whole report's item with abstract and keywords, for files that carry them."""
    return item | {"abstract": work.abstract, "keyword": "; ".join(work.keywords)}


class Formatter:
    """Writes references as the Chicago Manual of Style (18th edition, author-date) has them.

    The style is that of the Citation Style Language project, run by
    citeproc-py. It is run once for every set of fields, with placeholders for
    title and address, since a run takes longer than all else about a
    reference. Titles of parts stay as the book prints them.
    """

    def __init__(self):
        self._shapes = {}

    def __call__(self, item):
        """Format one item.

        Parameters
        ----------
        item : dict
            An item of CSL-JSON, as :func:`csl` makes it.

        Returns
        -------
        str
            Plain text, the remark and the local address behind it.
        """
        part = item["type"] == "chapter"
        shape = {key: value for key, value in item.items() if key not in ("id", "note", "annote")}
        if part:
            shape["title"] = _TITLE
        if "URL" in shape:
            shape["URL"] = _ADDRESS
        key = csl_text(shape)
        if key not in self._shapes:
            self._shapes[key] = run_style(shape | {"id": "x", "title": f'<span class="nocase">{_TITLE}</span>' if part else item["title"]})
        text = punctuate(self._shapes[key].replace(_TITLE, item["title"])).replace(_ADDRESS, item.get("URL", ""))
        return " ".join([text, *(punctuate(f"{item[name]}.") for name in ("note", "annote") if name in item)])


def run_style(item):
    """Let citeproc-py format one item; its words, without the Chicago punctuation (see :func:`punctuate`)."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    # The style says how to space initials and not to make any; citeproc-py knows only the first half and would shorten every name.
    text = STYLE.read_text(encoding="utf-8").replace(' initialize-with=". "', "", 1)
    style = CitationStylesStyle(io.BytesIO(text.encode()), validate=False, locale="en-US")
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    return str(bibliography.bibliography()[0])


def punctuate(text):
    """Do what the style asks for and citeproc-py does not: points inside quotation marks, none doubled.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> punctuate("Nobody?. 2026. “6. Economy first?”. In X, “Y”, 2.")
    'Nobody? 2026. “6. Economy first?” In X, “Y,” 2.'
    >>> punctuate("“A heading”. In X.")
    '“A heading.” In X.'
    """
    text = re.sub(r"(?<![?!.])”([.,])", r"\1”", text)
    text = re.sub(r"([?!.])”\.", r"\1”", text)
    return re.sub(r"([?!])\.(?=\s|$)", r"\1", text)


def read_bibliography(path):
    """Read a bibliography in BibTeX as items of CSL-JSON.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of dict
        In the order of the file; TeX markup is resolved.

    Raises
    ------
    DataError
        If the file is not BibTeX.
    """
    from pybtex.database import parse_file
    from pybtex.exceptions import PybtexError

    try:
        entries = parse_file(str(path), "bibtex").entries
    except PybtexError as error:
        raise DataError([Fault(paths.relative(path), "", str(error), "a bibliography in BibTeX")]) from None
    return [_entry_item(key, entry) for key, entry in entries.items()]


def _entry_item(key, entry):
    fields = {name: _plain(value) for name, value in entry.fields.items()}
    item = {"id": key, "type": "article-journal" if entry.type == "article" else "webpage" if "url" in fields else "document"}
    item["title"] = fields["title"]
    item["author"] = [_person(person) for person in entry.persons.get("author", ())]
    years = re.findall(r"\d{4}", fields.get("year", ""))
    if years:
        item["issued"] = {"date-parts": [[int(year)] for year in years]}
    elif "year" in fields:
        item["issued"] = {"literal": fields["year"]}
    names = (("journal", "container-title"), ("howpublished", "container-title"), ("volume", "volume"), ("number", "issue"), ("pages", "page"), ("note", "note"))
    item |= {csl_name: fields[name] for name, csl_name in names if name in fields}
    if "url" in entry.fields:
        item["URL"] = entry.fields["url"]
    return item


def _person(person):
    family = " ".join([*person.prelast_names, *person.last_names])
    if not person.first_names and not person.middle_names:
        return {"literal": _plain(family)}
    return {"family": _plain(family), "given": _plain(" ".join([*person.first_names, *person.middle_names]))}


def _plain(text):
    from pybtex.backends.plaintext import Backend
    from pybtex.richtext import Text

    return str(Text.from_latex(text).render(Backend()))


def write_downloads(folder, work, base):
    """Write the files of references: the book's own, and those of all it cites.

    Parameters
    ----------
    folder : Path
        ``downloads`` in the built book; made if it is not there.
    work : analysis.base.citation.Work
    base : str
        See :func:`csl`.

    Raises
    ------
    DataError
        If a bibliography cannot be read.
    """
    folder.mkdir(exist_ok=True)
    whole = csl(work, base=base)
    bibliographies = [paths.BOOK / name for name in ("articles.bib", "references.bib")]
    cited = [item for path in bibliographies for item in read_bibliography(path)]
    files = {
        "citation.bib": bibtex(whole),
        "citation.json": csl_text([described(work, whole)]) + "\n",
        "citation.ris": ris([described(work, whole)]),
        "references.bib": "\n".join(path.read_text(encoding="utf-8").strip() + "\n" for path in bibliographies),
        "references.json": csl_text(cited) + "\n",
        "references.ris": ris(cited),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def dialog_data(work, places, base):
    """Make everything the dialogs show, by page.

    Parameters
    ----------
    work : analysis.base.citation.Work
    places : list of Place
    base : str
        See :func:`csl`.

    Returns
    -------
    dict
        ``version``, ``date``, ``book``, ``base``, and ``pages``: for each page
        a list of ``id, kind, name, heading, within, source, address, bibtex, csl, text``.
    """
    form, pages = Formatter(), {}
    for place in places:
        item = csl(work, place, base)
        entry = {"id": place.identifier, "kind": place.kind, "name": place.name, "heading": place.heading, "address": place.address}
        entry |= {key: value for key, value in (("within", place.within), ("source", place.source)) if value}
        entry |= {"bibtex": bibtex(item), "csl": csl_text([item]), "text": form(item)}
        pages.setdefault(place.page, []).append(entry)
    return {"book": work.title, "version": work.version, "date": work.released.isoformat(), "base": base, "pages": pages}


