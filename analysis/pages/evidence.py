"""Evidence at hand: what a citation's card shows, as data for the pages' script.

The script is ``book/_static/evidence.js``. A page opened from a folder may not
fetch anything, so the data are a script themselves. They hold the marked
passages alone and are the same whatever ``report_text`` says.
"""

import json
from pathlib import Path

from ..base.quotation import quoted
from ..coding import statements
from .roles import citation_text, lookup

FILE = "evidence-data.js"


def fields(study, identifier):
    """Say of a passage who speaks, whose position it is, and on what.

    Parameters
    ----------
    study : analysis.coding.study.Study
    identifier : str
        Of a statement or passage.

    Returns
    -------
    list of (str, str)
        Names and values, in the order to show them. A passage without
        statement has its note alone.
    """
    row = lookup(study, identifier)
    if "issue" not in row:
        return [("Note", row["remark"])] if row["remark"] else []

    def name(actor):
        return "the article" if actor == statements.NARRATOR else actor

    speaker, holder = name(row["speaker"]) + (f", via {row['via']}" if row["via"] else ""), name(row["holder"])
    voices = (
        [("Speaker and holder", speaker)]
        if row["speaker"] == row["holder"]
        else [("Speaker", speaker), ("Holder", holder)]
    )
    issue = [
        ("Issue", study.codebook.issues.at[row["issue"], "label"]),
        ("Position", f"{row['position']} ({row['kind']}, {row['mode']})"),
    ]
    note = ["Open to another reading."] * (row["status"] == "open") + [row["remark"]] * bool(row["remark"])
    return [*voices, *issue, *([("Note", " ".join(note))] if note else [])]


def cards(study, anchors):
    """List what the cards show.

    Parameters
    ----------
    study : analysis.coding.study.Study
    anchors : iterable of str
        Ids of the passages that a page marks.

    Returns
    -------
    dict of str to dict
        Id to ``passage`` (in quotation marks), ``fields`` (pairs, see
        :func:`fields`) and ``place`` (outlet, date, paragraph); in the order
        of the tables.
    """
    anchors, out = set(anchors), {}
    for identifier in [*study.statements.index, *study.passages.index]:
        if identifier in anchors:
            row = lookup(study, identifier)
            out[identifier] = {
                "passage": quoted(row["exact"]),
                "fields": fields(study, identifier),
                "place": citation_text(study, row),
            }
    return out


def write(app, builder):
    """Write the cards into the folder of static files, before any page is written."""
    if builder.format != "html":
        return
    data = cards(app.report.study, app.env.get_domain("statement").data["anchors"])
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(card)}" for key, card in data.items())
    target = Path(app.outdir) / "_static" / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"window.evidence = {{\n{lines}\n}};\n", encoding="utf-8")


def setup(app):
    """Register the data of the cards; Jupyter Book adds the script and its style from ``book/_static``."""
    app.add_js_file(FILE, loading_method="defer")
    app.connect("write-started", write)
