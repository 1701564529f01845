"""A bibliography in BibTeX, read as items of CSL-JSON."""

import re

from .. import paths
from ..base.faults import DataError, Fault


def read(path):
    """Return the entries of a bibliography in BibTeX as items of CSL-JSON, in its order, with TeX markup resolved.

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
