"""A bibliography in BibTeX, read as items of CSL-JSON."""

import re

from .. import paths
from ..base import tables
from ..base.faults import Fault, raise_any


def read(path):
    """Return the entries of a bibliography in BibTeX as items of CSL-JSON, in its order, with TeX markup resolved.

    Raises
    ------
    DataError
        If the file is not BibTeX, a key stands in it twice, or an entry has no
        title; by line.
    """
    from pybtex import errors
    from pybtex.database import parse_string

    name, text = paths.relative(path), tables.written(path)
    lines = {
        match[1]: text.count("\n", 0, match.start()) + 1
        for match in re.finditer(r"^[ \t]*@\w+\s*[{(]\s*([^\s,}]+)", text, re.MULTILINE)
    }
    with errors.capture() as wrong:
        entries = parse_string(text, "bibtex").entries
    faults = []
    for error in wrong:
        line = getattr(error, "lineno", None) or next(
            (line for key, line in lines.items() if key in str(error).split()), None
        )
        begin = getattr(error, "error_context_info", [None])[0]  # a brace left open is noticed much later
        entry = "" if begin is None else f", in the entry that begins in line {text.count(chr(10), 0, begin) + 1}"
        faults.append(
            Fault(
                name,
                f"line {line}" if line else "",
                f"{getattr(error, 'error_type', 'a fault')}: {error.args[0]}{entry}",
                "a bibliography in BibTeX, each key once",
            )
        )
    for key, entry in entries.items():
        if not wrong and "title" not in entry.fields:
            faults.append(
                Fault(name, f"line {lines[key]}" if key in lines else "", f"entry {key!r} without a title", "a title")
            )
    raise_any(faults)
    return [_entry_item(key, entry) for key, entry in entries.items()]


def _entry_item(key, entry):
    fields = {name: _plain(value) for name, value in entry.fields.items()}
    item = {
        "id": key,
        "type": "article-journal" if entry.type == "article" else "webpage" if "url" in fields else "document",
    }
    item["title"] = fields["title"]
    item["author"] = [_person(person) for person in entry.persons.get("author", ())]
    years = re.findall(r"\d{4}", fields.get("year", ""))
    if years:
        item["issued"] = {"date-parts": [[int(year)] for year in years]}
    elif "year" in fields:
        item["issued"] = {"literal": fields["year"]}
    names = (
        ("journal", "container-title"),
        ("howpublished", "container-title"),
        ("volume", "volume"),
        ("number", "issue"),
        ("pages", "page"),
        ("note", "note"),
    )
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
