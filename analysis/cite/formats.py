"""The forms of a reference: CSL-JSON, BibTeX, RIS, and text in Chicago's author-date style."""

import io
import json
import re
from pathlib import Path

STYLE = Path(__file__).with_name("chicago-author-date.csl")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TITLE, _ADDRESS = "PLACEHOLDER-TITLE", "PLACEHOLDER-ADDRESS"  # no words that the style would change


def csl_text(items):
    """Write items of CSL-JSON, a list or one of them, in a form fit to be read."""
    text = json.dumps(items, ensure_ascii=False, indent=2)
    return re.sub(
        r"\[\s+(\d+(?:,\s+\d+)*)\s+\]", lambda match: "[" + " ".join(match[1].split()) + "]", text
    )  # a date on one line


def bibtex(item):
    """Write a reference in BibTeX.

    Parameters
    ----------
    item : dict
        An item of CSL-JSON, as :func:`analysis.cite.references.csl` makes it.

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
            stream.write(
                f",\n  {name} = {value if name == 'month' else self.quote(value if plain else self._encode(value))}"
            )

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
    """Write references, items of CSL-JSON, in RIS."""
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
            ("secondary_title", "container-title"),
            ("edition", "version"),
            ("volume", "volume"),
            ("number", "issue"),
            ("type_of_work", "genre"),
            ("doi", "DOI"),
            ("language", "language"),
            ("abstract", "abstract"),
        )
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
        """Return one item of CSL-JSON as plain text, the remark and the local address behind it."""
        part = item["type"] == "chapter"
        shape = {key: value for key, value in item.items() if key not in ("id", "note", "annote")}
        if part:
            shape["title"] = _TITLE
        if "URL" in shape:
            shape["URL"] = _ADDRESS
        key = csl_text(shape)
        if key not in self._shapes:
            self._shapes[key] = run_style(
                shape | {"id": "x", "title": f'<span class="nocase">{_TITLE}</span>' if part else item["title"]}
            )
        text = punctuate(self._shapes[key].replace(_TITLE, item["title"])).replace(_ADDRESS, item.get("URL", ""))
        return " ".join([text, *(punctuate(f"{item[name]}.") for name in ("note", "annote") if name in item)])


def run_style(item):
    """Let citeproc-py format one item; its words, without the Chicago punctuation (see :func:`punctuate`)."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    # The style says how to space initials and not to make any; citeproc-py knows only the first half.
    text = STYLE.read_text(encoding="utf-8").replace(' initialize-with=". "', "", 1)
    style = CitationStylesStyle(io.BytesIO(text.encode()), validate=False, locale="en-US")
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    return str(bibliography.bibliography()[0])


def punctuate(text):
    """Do what the style asks for and citeproc-py does not: points inside quotation marks, none doubled.

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
