"""References to the report and its parts, as items of CSL-JSON, from which all other forms are made.

Title, authors, version, date and DOI come from ``CITATION.cff`` alone.
"""

from dataclasses import dataclass

from .. import paths
from . import bibliography, formats


@dataclass(frozen=True)
class Place:
    """A part of the report that has an address.

    Attributes
    ----------
    kind : str
        ``report``, ``chapter``, ``section``, ``figure``, ``table``,
        ``statement`` or ``passage``.
    page : str
        The page's file name, such as ``page.html``.
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
        """What a reader calls it, such as "Section 4.2" or "Figure 4.1"; by its title where it has no number."""
        if self.number:
            return f"{self.kind.capitalize()} {self.number}"
        return f"{'Page' if self.kind == 'chapter' else self.kind.capitalize()} “{self.title}”"

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
        item |= {
            "id": f"{work.key}-{place.identifier}",
            "type": "chapter",
            "title": place.heading,
            "container-title": work.title,
        }
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
        item["annote"] = f"Local copy: {place.address}"  # nobody knows the address of the book
    return item


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
    cited = [item for path in paths.BIBLIOGRAPHIES for item in bibliography.read(path)]
    files = {
        "citation.bib": formats.bibtex(whole),
        "citation.json": formats.csl_text([formats.described(work, whole)]) + "\n",
        "citation.ris": formats.ris([formats.described(work, whole)]),
        "references.bib": "\n".join(path.read_text(encoding="utf-8").strip() + "\n" for path in paths.BIBLIOGRAPHIES),
        "references.json": formats.csl_text(cited) + "\n",
        "references.ris": formats.ris(cited),
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
    form, pages = formats.Formatter(), {}
    for place in places:
        item = csl(work, place, base)
        entry = {
            "id": place.identifier,
            "kind": place.kind,
            "name": place.name,
            "heading": place.heading,
            "address": place.address,
        }
        entry |= {key: value for key, value in (("within", place.within), ("source", place.source)) if value}
        entry |= {"bibtex": formats.bibtex(item), "csl": formats.csl_text([item]), "text": form(item)}
        pages.setdefault(place.page, []).append(entry)
    return {
        "book": work.title,
        "version": work.version,
        "date": work.released.isoformat(),
        "base": base,
        "pages": pages,
    }
