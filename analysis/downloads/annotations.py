"""The passages as annotations: in the W3C's model, and as Hypothesis clients import them."""

from ..corpus import texts as corpus
from .material import DECISIONS_CODER, File
from .tabular import to_json

CONTEXT_IRI = "http://www.w3.org/ns/anno.jsonld"
_ACCOUNT = "acct:{}@report.invalid"


def summary(material, row):
    """Say in one line what a row is: speaker, holder, issue, position; or what a passage is quoted for.

    Parameters
    ----------
    material : analysis.downloads.material.Material
    row : dict
        A row of ``statements`` or ``passages``.

    Returns
    -------
    str
    """
    if "issue" not in row:
        return material.prose(row["remark"])
    via = f", via {row['via']}" if row["via"] else ""
    voice = row["speaker"] if row["speaker"] == row["holder"] else f"{row['speaker']} on {row['holder']}"
    label = material.labels[row["issue"]]
    date = f", {row['date']}" if row["date"] else ""
    head = f"{voice}{via}: {label}, {row['position']} ({row['kind']}, {row['mode']}, {row['status']}{date})."
    return f"{head} {material.prose(row['remark'])}".strip()


def tags(row):
    """Return the codes of a statement as tags such as ``position:for``; none for a passage."""
    names = ("issue", "position", "kind", "mode", "status", "holder", "speaker")
    return [f"{name}:{row[name]}" for name in names] if "issue" in row else []


def web_annotations(material):
    """Write all passages in the Web Annotation Data Model (W3C Recommendation, 23 February 2017).

    The quotation is a ``TextQuoteSelector`` with what stands before and after
    it (section 4.2.4), its place a ``TextPositionSelector`` (4.2.5). The model
    wants positions "in terms of unicode code points (the 'character number'),
    not in terms of code units", the first character being number 0 and the end
    not included, as in all tables of this report. The target is named by its
    SHA-256, since the saved files have no address on the web.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    dict
        An ``AnnotationCollection`` with its one page in it.

    Notes
    -----
    https://www.w3.org/TR/annotation-model/
    """
    items = [_web_annotation(material, row) for row in (*material.statements, *material.passages)]
    collection = f"urn:uuid:{material.guid('collection', 'web-annotations')}"
    return {
        "@context": CONTEXT_IRI,
        "id": collection,
        "type": "AnnotationCollection",
        "label": material.citation.title,
        "creator": {"type": "Organization", "name": "; ".join(material.authors)},
        "created": material.released,
        "total": len(items),
        "first": {
            "id": f"{collection}#page-1",
            "type": "AnnotationPage",
            "partOf": collection,
            "startIndex": 0,
            "items": items,
        },
    }


def _web_annotation(material, row):
    prefix, suffix = material.context(row["seed"], row["start"], row["end"])
    quote = {"type": "TextQuoteSelector", "exact": row["exact"], "prefix": prefix, "suffix": suffix}
    bodies = [{"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in tags(row)]
    bodies.append(
        {
            "type": "TextualBody",
            "value": f"{row['id']}: {summary(material, row)}",
            "format": "text/plain",
            "language": "en",
            "purpose": "describing",
        }
    )
    return {
        "id": f"urn:uuid:{material.guid('annotation', row['id'])}",
        "type": "Annotation",
        "motivation": "classifying" if "issue" in row else "describing",
        "creator": {"type": "Software", "name": DECISIONS_CODER},
        "created": material.released,
        "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
        "body": bodies,
        "target": {
            "source": {
                "id": material.source_iri(row["seed"]),
                "type": "Text",
                "format": "text/plain",
                "language": "en",
            },
            "selector": [
                {key: value for key, value in quote.items() if value},
                {"type": "TextPositionSelector", "start": int(row["start"]), "end": int(row["end"])},
            ],
        },
    }


def hypothesis(material, seed):
    """Write the passages of one file as the Hypothesis client exports and imports them.

    The client reads a JSON object whose ``annotations`` is a list
    (`src/sidebar/helpers/import.ts`), lets the reader choose one ``user`` of it
    (`src/sidebar/components/SharePanel/ImportAnnotations.tsx`), keeps target,
    tags and text, and puts in place of ``uri`` and ``document`` those of the
    page that is open (`src/sidebar/services/import-annotations.ts`); so there
    is one file of annotations for each saved file. It takes positions as
    "UTF-16 character offsets in the document body's textContent"
    (`src/types/api.ts`), which for a text file opened in a browser is the text;
    on another page with the same words it finds the passage by its quotation.
    An import is private, since ``permissions`` name no group. All of this is
    in https://github.com/hypothesis/client as of July 2026.

    Parameters
    ----------
    material : analysis.downloads.material.Material
    seed : str

    Returns
    -------
    dict
    """
    rows = [row for row in (*material.statements, *material.passages) if row["seed"] == seed]
    return {
        "export_date": material.released.replace("Z", ".000Z"),
        "export_userid": _ACCOUNT.format(material.citation.name),
        "client_version": "1.0.0",
        "annotations": [_for_client(material, row) for row in rows],
    }


def _for_client(material, row):
    text, address = material.study.corpus.texts[row["seed"]], material.source_iri(row["seed"])
    account = _ACCOUNT.format(material.citation.name)
    prefix, suffix = material.context(row["seed"], row["start"], row["end"])
    start, end = (corpus.utf16_offset(text, row[name]) for name in ("start", "end"))
    return {
        "id": row["id"],
        "created": material.released,
        "updated": material.released,
        "user": account,
        "user_info": {"display_name": DECISIONS_CODER},
        "uri": address,
        "text": f"{row['id']}: {summary(material, row)}",
        "tags": tags(row),
        "group": "__world__",
        "permissions": {"read": [account], "update": [account], "delete": [account]},
        "target": [
            {
                "source": address,
                "selector": [
                    {"type": "TextPositionSelector", "start": start, "end": end},
                    {"type": "TextQuoteSelector", "exact": row["exact"], "prefix": prefix, "suffix": suffix},
                ],
            }
        ],
        "document": {"title": f"Saved file {row['seed']}"},
        "links": {},
        "flagged": False,
        "hidden": False,
    }


def files(material):
    """Yield the annotations in both forms.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Yields
    ------
    analysis.downloads.material.File
    """
    yield File(
        "web-annotations.jsonld", "W3C Web Annotation (JSON-LD)",
        "Every statement and quoted passage as an annotation that says by words and by position "
        "where it stands, for annotation servers and linked data.", "Codes as data of their own: they are tags such as `position:for`.",
        to_json(web_annotations(material)),
    )  # fmt: skip
    for file in material.study.corpus.files.itertuples():
        yield File(
            f"hypothesis-{file.number}.json", "Hypothesis JSON",
            f"The annotations of saved file {file.number}, for the import of the Hypothesis client "
            "while that file, or the page of the book with its text, is open.", "Who coded: the client puts the reader in as author.",
            to_json(hypothesis(material, file.seed)),
        )  # fmt: skip
