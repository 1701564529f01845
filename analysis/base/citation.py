"""The report as ``CITATION.cff`` describes it, with the names that ``_config.yml`` gives its files."""

import calendar
import datetime
import html
import re
from dataclasses import dataclass
from pathlib import PurePath

from .. import paths
from . import strict_yaml
from .faults import DataError, Fault, raise_any

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_NAME_PARTS = {
    "family-names": "family",
    "given-names": "given",
    "name-particle": "non-dropping-particle",
    "name-suffix": "suffix",
}
_REQUIRED = ("title", "authors", "version", "date-released")
_FORMS = {  # each key: its types, those of its items, and how a right one looks
    "title": ((str,), (), "a title"),
    "authors": ((list,), (dict,), "a list of authors, each with name, or family-names and given-names"),
    "version": ((str, int, float), (), "a version such as 1.0.0"),
    "date-released": ((datetime.date,), (), "a date such as 2026-01-31"),
    "abstract": ((str,), (), "a text"),
    "keywords": ((list,), (str,), "a list of words"),
    "license": ((str, list), (str,), "SPDX identifiers such as CC-BY-4.0"),
    "doi": ((str,), (), "a DOI such as 10.5281/zenodo.1234567, without a resolver before it"),
    "identifiers": ((list,), (dict,), "a list of identifiers, each with type and value"),
}
_SETTINGS = (
    ("short", ("title",), "the title as each page bears it"),
    ("pdf", ("sphinx", "config", "report_pdf"), "a file name such as report.pdf"),
    ("genre", ("sphinx", "config", "report_genre"), "a kind of report, such as Research report"),
    ("terms", ("html", "extra_footer"), "a line on licences"),
)


@dataclass(frozen=True)
class Work:
    """The report as a whole.

    Attributes
    ----------
    title, version, abstract : str
    authors : tuple of dict
        Names as in CSL-JSON: ``literal``, or ``family`` and ``given``.
    released : datetime.date
    doi : str
        Without a resolver before it; empty while no archive has given one.
    keywords, licences : tuple of str
        Licences as SPDX identifiers.
    short : str
        The title as each page bears it, without the subtitle; the whole one where they do not begin alike.
    pdf, genre, terms : str
        File name of the PDF, what kind of report this is, and the line on
        licences under each page, as ``_config.yml`` has them.
    """

    title: str
    authors: tuple
    version: str
    released: datetime.date
    doi: str = ""
    abstract: str = ""
    keywords: tuple = ()
    licences: tuple = ()
    short: str = ""
    pdf: str = ""
    genre: str = ""
    terms: str = ""

    @property
    def subtitle(self):
        """What the title says behind the short one."""
        return self.title[len(self.short) :].strip(" :–—")

    @property
    def name(self):
        """What files of the report are called, without an ending: as its PDF."""
        return PurePath(self.pdf).stem

    @property
    def key(self):
        """The report's key in a bibliography: its name in letters and digits alone."""
        return re.sub(r"[^a-z0-9]", "", self.name.lower())

    @property
    def names(self):
        """The authors' names in the order of speech."""
        return [author_text(author) for author in self.authors]

    @property
    def epoch(self):
        """The release date in seconds since 1970, UTC."""
        return calendar.timegm(self.released.timetuple())


def author_text(author):
    """Write an author's name in the order of speech."""
    return author.get("literal") or " ".join(
        filter(None, (author.get(part, "") for part in ("given", "non-dropping-particle", "family", "suffix")))
    )


def read(path=None):
    """Read ``CITATION.cff``, and from ``_config.yml`` what else names the report.

    Parameters
    ----------
    path : Path, optional
        Another file of the first form.

    Returns
    -------
    Work

    Raises
    ------
    DataError
        Names each field that is missing or has another form than expected, by line.
    """
    path = path or paths.CITATION
    name, citation = paths.relative(path), strict_yaml.read(path)
    if not isinstance(citation, dict):
        raise DataError([Fault(name, "", "no mapping", "a CITATION.cff of version 1.2.0")])
    lines = strict_yaml.lines(path)

    def fault(key, found):
        return Fault(name, f"line {lines[key]}, {key}" if key in lines else key, found, _FORMS[key][2])

    faults = [fault(key, "nothing") for key in _REQUIRED if not citation.get(key)]
    for key, (types, inner, _) in _FORMS.items():
        value = citation.get(key)
        wrong = type(value) not in types or (
            isinstance(value, list) and not all(isinstance(item, inner) for item in value)
        )
        if value and wrong:
            faults.append(fault(key, repr(value)))
    raise_any(faults)
    authors = tuple(_author(person) for person in citation["authors"])
    doi = citation.get("doi") or next(
        (entry.get("value", "") for entry in citation.get("identifiers") or () if entry.get("type") == "doi"), ""
    )
    faults += [fault("authors", "an author without a name")] if not all(authors) else []
    faults += (
        [fault("doi" if citation.get("doi") else "identifiers", f"the DOI {doi!r}")]
        if doi and not _DOI.fullmatch(str(doi))
        else []
    )
    raise_any(faults)
    licences = citation.get("license") or ()
    return Work(
        citation["title"],
        authors,
        str(citation["version"]),
        citation["date-released"],
        doi,
        " ".join((citation.get("abstract") or "").split()),
        tuple(citation.get("keywords") or ()),
        (licences,) if isinstance(licences, str) else tuple(licences),
        **_configured(citation["title"]),
    )


def _author(person):
    if person.get("name"):
        return {"literal": str(person["name"])}
    named = {csl: str(person[cff]) for cff, csl in _NAME_PARTS.items() if person.get(cff)}
    return named or ({"literal": str(person["alias"])} if person.get("alias") else {})


def _configured(title):
    """Read from ``_config.yml`` what names the report; a fault for each name that is missing."""
    config, found, faults = strict_yaml.read(paths.CONFIG), {}, []
    for name, keys, expected in _SETTINGS:
        value = config
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not value or not isinstance(value, str):
            faults.append(
                Fault(paths.relative(paths.CONFIG), " / ".join(keys), repr(value) if value else "nothing", expected)
            )
        found[name] = value
    raise_any(faults)
    found["short"] = found["short"] if title.startswith(found["short"]) else title
    return found | {"terms": html.unescape(re.sub(r"<[^>]*>", "", found["terms"])).strip()}
