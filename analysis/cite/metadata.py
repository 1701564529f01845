"""What the head of a page tells reference managers and search engines, from the same source as the references.

Highwire's ``citation_*`` and Dublin Core's ``DC.*`` names are those that
Zotero and Google Scholar read; the vocabulary of the JSON-LD is schema.org's.
"""

import html
import json

from ..base.citation import author_text

_LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
DATA_LICENCE = "CC0-1.0"
_LONGEST = 300  # characters of a description


def licence_address(name):
    """Return the address of a licence known by its SPDX identifier."""
    return _LICENCES.get(name, f"https://spdx.org/licenses/{name}.html")


def shorten(text):
    """Return a description with white space folded, cut at a word to 300 characters, so that search engines need not."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"


def tags(work, place, description, base, pdf=""):
    """Write the ``<meta>`` elements of a page.

    Parameters
    ----------
    work : analysis.base.citation.Work
    place : analysis.cite.references.Place
        The page.
    description : str
    base : str
        Where the book is published; empty if that is not known.
    pdf : str
        The PDF's address relative to the book's folder; empty if there is none.

    Returns
    -------
    str
        HTML, one element a line.
    """
    whole = place.kind == "report"
    title = work.title if whole else place.title  # a chapter's number is no part of its title
    # Reference managers split the name in an author's element into given and family name, which only people have.
    people = [author_text(author) for author in work.authors if "literal" not in author]
    bodies = [author["literal"] for author in work.authors if "literal" in author]
    day = work.released
    found = [("description", description), ("author", "; ".join(people)), ("citation_title", title)]
    found += [("citation_author", name) for name in people]
    found += [("citation_publication_date", day.strftime("%Y/%m/%d")), ("citation_language", "en")]
    if whole:
        found += [("citation_technical_report_institution", name) for name in bodies]
        found += [("citation_technical_report_number", f"Version {work.version}")]
    else:
        found += [("citation_inbook_title", work.title), ("citation_book_title", work.title)]
    found += [("citation_keywords", word) for word in work.keywords]
    if work.doi:
        found.append(("citation_doi", work.doi))
    if base:
        found += [("citation_public_url", base + place.address), ("citation_fulltext_html_url", base + place.address)]
        if pdf and whole:
            found.append(("citation_pdf_url", base + pdf))
    found += (
        [("DC.title", title)] + [("DC.creator", name) for name in people] + [("DC.publisher", name) for name in bodies]
    )
    found += [
        ("DC.date", day.isoformat()),
        ("DC.language", "en"),
        ("DC.type", work.genre if whole else "Text"),
        ("DC.description", description),
    ]
    found += [("DC.rights", licence_address(name)) for name in work.licences]
    if not whole:
        found.append(("DC.relation.isPartOf", work.title))
    identifiers = [f"https://doi.org/{work.doi}"] if work.doi else []
    found += [("DC.identifier", value) for value in identifiers + ([base + place.address] if base else [])]
    found.append(("report-page", place.page))
    return "\n".join(f'<meta name="{name}" content="{html.escape(value)}" />' for name, value in found if value)


def linked_data(work, place, description, base, is_data=False):
    """Describe a page in the vocabulary of schema.org.

    Parameters
    ----------
    work, place, description, base
        See :func:`tags`.
    is_data : bool
        Whether the page describes the data, which are a thing of their own.

    Returns
    -------
    dict
        JSON-LD.
    """
    authors = [_author(author) for author in work.authors]
    common = {
        "author": authors,
        "datePublished": work.released.isoformat(),
        "version": work.version,
        "inLanguage": "en",
    }
    book = {"@type": ["Report", "Book"], "name": work.title} | common
    if work.doi:
        book |= {"identifier": f"https://doi.org/{work.doi}", "sameAs": f"https://doi.org/{work.doi}"}
    if base:
        book["url"] = base
    full = book | {
        "abstract": work.abstract,
        "keywords": list(work.keywords),
        "license": [licence_address(name) for name in work.licences],
    }
    if place.kind == "report":
        return {"@context": "https://schema.org"} | full | {"description": description}
    page = {"@context": "https://schema.org", "@type": "Chapter", "name": place.title} | common
    page |= {"description": description, "isPartOf": book}
    if place.number:
        page["position"] = place.number
    if base:
        page["url"] = base + place.address
    if is_data:
        data = {"@type": "Dataset", "name": f"Data of {work.title}", "description": work.abstract, "creator": authors}
        data |= {
            "datePublished": work.released.isoformat(),
            "version": work.version,
            "license": licence_address(DATA_LICENCE),
        }
        data |= {"keywords": list(work.keywords), "isAccessibleForFree": True, "isPartOf": book}
        if base:
            data["url"] = base + place.address
        page["mainEntity"] = data
    return page


def _author(author):
    if "literal" in author:
        return {"@type": "Organization", "name": author["literal"]}
    named = {
        "@type": "Person",
        "name": author_text(author),
        "givenName": author.get("given"),
        "familyName": author.get("family"),
    }
    return {key: value for key, value in named.items() if value}


def script(data):
    """Write JSON-LD as an element of the head; no text in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/ld+json">{text}</script>'
