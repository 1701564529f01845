"""REFI-QDA 1.5: projects and codebook for programs of qualitative data analysis.

The standard is published by the Rotterdam Exchange Format Initiative
(https://www.qdasoftware.org), its schemas as QDA-XML 1.0 of 18 March 2019. What
it leaves open is settled as its readers do:

Selections "are defined by the first and the last character (Unicode codepoint)
in the file", the first being number 0 (section 10.2). Its examples and the
programs take the last position as not included; QualCoder, for one, cuts
``text[start:end]`` (`load_codings_for_text` in its `refi.py`).

In a ``Coding`` the ``CodeRef`` comes first: the schema wants it so, and
QualCoder takes the first element whatever it is.

Sources are UTF-8 text with lines ending in LF, so that no program counts a line
end twice.
"""

import re

from lxml import etree

from .annotations import summary
from .material import DECISIONS_CODER, PASS_CODER, File, archive

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
_VARIABLES = ("position", "kind", "mode", "status")
# Paul Tol's bright scheme.
_COLOURS = {
    "settlement": "#4477AA",
    "economy": "#228833",
    "process": "#CCBB44",
    "status": "#EE6677",
    "context": "#AA3377",
}
_GREY = "#BBBBBB"
_STATUSES = {"firm": "One reading.", "open": "Another reading is defensible."}


def _codes(material, whole):
    """List the codes: ``(key, name, definition, colour, children)``; a code with children cannot be given.

    Names are unique, since some programs know a code by its name alone.
    """
    book = material.study.codebook
    issues = book.issues.reset_index()
    groups = []
    for group, title in book.groups.items():
        colour = _COLOURS.get(group, _GREY)
        rows = issues[issues["group"] == group].itertuples()
        children = [
            (f"issue/{r.issue}", r.label, f"{r.sentence} Include: {r.include.strip()} Exclude: {r.exclude.strip()}", colour, []) for r in rows
        ]  # fmt: skip
        groups.append((f"group/{group}", title, "", colour, children))
    for variable, values in zip(_VARIABLES, (book.positions, book.kinds, book.modes, _STATUSES)):
        children = [
            (f"{variable}/{key}", f"{variable}: {key}", text.strip(), _GREY, []) for key, text in values.items()
        ]
        groups.append((f"variable/{variable}", variable.capitalize(), "", _GREY, children))
    if whole:
        for variable, what in (
            ("holder", "Whose position it is."),
            ("speaker", "Whose words or views the article reports."),
        ):
            children = [
                (f"{variable}/{actor}", f"{variable}: {actor}", "", _GREY, []) for actor in material.study.actors.index
            ]
            groups.append((f"variable/{variable}", variable.capitalize(), what, _GREY, children))
    return groups


def _add_codes(material, parent, codes, space):
    for key, name, text, colour, children in codes:
        leaf = etree.SubElement(
            parent,
            f"{{{space}}}Code",
            guid=material.guid("code", key),
            name=name,
            isCodable="false" if children else "true",
            color=colour,
        )
        if text:
            etree.SubElement(leaf, f"{{{space}}}Description").text = material.prose(" ".join(text.split()))
        _add_codes(material, leaf, children, space)


def _bytes(root):
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def codebook(material):
    """Write the codebook as QDC.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    bytes
    """
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap={None: CODEBOOK}, origin=material.origin)
    _add_codes(material, etree.SubElement(root, f"{{{CODEBOOK}}}Codes"), _codes(material, False), CODEBOOK)
    return _bytes(root)


def _element(parent, tag, /, **attributes):
    return etree.SubElement(parent, f"{{{PROJECT}}}{tag}", **attributes)


def project(material, name, users, selections, cases):
    """Write a project as QDPX.

    Parameters
    ----------
    material : analysis.downloads.material.Material
    name : str
    users : list of str
        Names of the coders; the first is the project's author.
    selections : list of dict
        ``key`` (unique), ``name``, ``seed, start, end, user``, ``codes`` (keys as
        the codebook has them) and ``memo``.
    cases : list of dict
        ``key, name``, ``variables`` (name to value) and ``selections`` (keys).

    Returns
    -------
    bytes
        A zip file with ``project.qde`` and the texts in ``sources/``.
    """
    guid, released = material.guid, material.released
    owner = guid("user", users[0])
    root = etree.Element(
        f"{{{PROJECT}}}Project",
        nsmap={None: PROJECT},
        name=name,
        origin=material.origin,
        creatingUserGUID=owner,
        creationDateTime=released,
    )
    listed = _element(root, "Users")
    for user in users:
        _element(listed, "User", guid=guid("user", user), name=user)
    _add_codes(material, _element(_element(root, "CodeBook"), "Codes"), _codes(material, True), PROJECT)
    names = list(dict.fromkeys(variable for case in cases for variable in case["variables"]))
    if names:
        variables = _element(root, "Variables")
        for variable in names:
            _element(variables, "Variable", guid=guid("variable", variable), name=variable, typeOfVariable="Text")
    if cases:
        _add_cases(material, _element(root, "Cases"), cases)
    entries, sources = {}, _element(root, "Sources")
    for file in material.study.corpus.files.itertuples():
        source = guid("source", file.seed)
        entries[f"sources/{source}.txt"] = material.source_text(file.seed).encode("utf-8")
        node = _element(
            sources,
            "TextSource",
            guid=source,
            name=file.seed,
            plainTextPath=f"internal://{source}.txt",
            creatingUser=owner,
            creationDateTime=released,
        )
        _element(node, "Description").text = f"Saved file {file.number}; SHA-256 of the original: {file.sha256}."
        for selection in selections:
            if selection["seed"] == file.seed:
                _add_selection(material, node, selection)
    _element(root, "Description").text = (
        f"{material.origin}. All coding was done by AI annotators. Positions count code points, the end exclusive. "
        "Withheld names are filled with middle dots. "
        + (
            ""
            if material.full
            else "Only the passages that the report marks are shown; all other characters are filled with middle dots and spaces."
        )
    ).strip()
    return archive({"project.qde": _bytes(root), **entries}, material.citation.released)


def _add_selection(material, source, selection):
    guid, user = material.guid, material.guid("user", selection["user"])
    node = _element(
        source, "PlainTextSelection", guid=guid("selection", selection["key"]), name=selection["name"], startPosition=str(selection["start"]),
        endPosition=str(selection["end"]), creatingUser=user, creationDateTime=material.released,
    )  # fmt: skip
    if selection["memo"]:
        _element(node, "Description").text = selection["memo"]
    for code in selection["codes"]:
        coding = _element(
            node,
            "Coding",
            guid=guid("coding", selection["key"], code),
            creatingUser=user,
            creationDateTime=material.released,
        )
        _element(coding, "CodeRef", targetGUID=guid("code", code))


def _add_cases(material, parent, cases):
    for case in cases:
        node = _element(parent, "Case", guid=material.guid("case", case["key"]), name=case["name"])
        for variable, value in case["variables"].items():
            holder = _element(node, "VariableValue")
            _element(holder, "VariableRef", targetGUID=material.guid("variable", variable))
            _element(holder, "TextValue").text = value
        for key in case["selections"]:
            _element(node, "SelectionRef", targetGUID=material.guid("selection", key))


def _codes_of(row):
    return [f"issue/{row['issue']}"] + [f"{name}/{row[name]}" for name in (*_VARIABLES, "holder", "speaker")]


def statements(material):
    """Write the statements as a project, with the actors and the articles as cases.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    bytes
    """
    study, selections = material.study, []
    for row in material.statements:
        selections.append({
            "key": row["id"], "name": row["id"], "seed": row["seed"], "start": row["start"], "end": row["end"], "user": DECISIONS_CODER,
            "codes": _codes_of(row), "memo": summary(material, row),
        })  # fmt: skip
    cases = []
    for actor, row in study.actors.iterrows():
        ids = list(study.statements.index[study.statements["holder"] == actor])
        variables = {"type": row["type"], "country": row["country"], "native name": row["native"]}
        cases.append(
            {
                "key": f"actor/{actor}",
                "name": actor,
                "variables": {k: v for k, v in variables.items() if v},
                "selections": ids,
            }
        )
    for article, row in study.corpus.articles.iterrows():
        ids = list(study.statements.index[study.statements["article"] == article])
        variables = {
            "outlet": row["outlet"],
            "author": row["author"],
            "date in the text": row["date_text"],
            "date in the record": row["date_record"],
        }
        cases.append(
            {
                "key": f"article/{article}",
                "name": row["label"],
                "variables": {k: v for k, v in variables.items() if v},
                "selections": ids,
            }
        )
    return project(material, material.citation.title, [DECISIONS_CODER], selections, cases)


def passes(material):
    """Write the independent passes as a project in which each pass is a coder.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Returns
    -------
    bytes
    """
    table, selections = material.coding, []
    for row in table[table["reason"] == ""].to_dict("records"):
        key = f"{row['pass']}{row['row']}"
        via, date = (f" {name}: {row[name]}." for name in ("via", "date"))
        memo = (via if row["via"] else "") + (date if row["date"] else "") + f" {row['remark']}"
        selections.append({
            "key": f"pass/{key}", "name": key, "seed": row["seed"], "start": row["start"], "end": row["end"], "user": PASS_CODER.format(row["pass"]),
            "codes": _codes_of(row), "memo": material.prose(re.sub(r"\s+", " ", memo).strip()),
        })  # fmt: skip
    users = list(dict.fromkeys(selection["user"] for selection in selections))
    return project(material, f"{material.citation.title}: coding passes", users, selections, [])


def files(material):
    """Yield the projects and the codebook.

    Parameters
    ----------
    material : analysis.downloads.material.Material

    Yields
    ------
    analysis.downloads.material.File
    """
    limit = "" if material.full else " Of the texts it holds the marked passages alone."
    yield File(
        f"{material.citation.name}.qdpx", "REFI-QDA project",
        "The texts with all statements coded, for programs of qualitative data analysis that read REFI-QDA; "
        "actors and articles are cases.",
        "A statement as a unit: its codes lie on the same passage, and its memo says them together. Dates are text." + limit,
        statements(material),
    )  # fmt: skip
    yield File(
        "coding-passes.qdpx", "REFI-QDA project", "The texts as each pass coded them, every pass a coder of its own, for comparing coders.",
        "Sentences without a statement, and the decisions." + limit, passes(material),
    )  # fmt: skip
    yield File(
        "codebook.qdc", "REFI-QDA codebook", "The codes with their definitions, for coding other texts.", "The coding rules: they are in the book.",
        codebook(material),
    )  # fmt: skip
