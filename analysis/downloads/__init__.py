"""Downloads for scholars: the study in the formats that other programs read.

Every file is made from the checked tables at build time and is the same byte
for byte at every build. ``write`` writes them all; each module knows one family
of formats.
"""

import hashlib

import pandas as pd

from ..corpus import publication
from . import annotations, discourse, material, refi, tabular

FAMILIES = {"tables": tabular, "annotations": annotations, "refi-qda": refi, "networks": discourse}
SUMS = "SHA256SUMS"
COLUMNS = ["name", "family", "format", "purpose", "limits", "bytes", "sha256"]


def write(study, folder, text=publication.FULL):
    """Write all downloads into a folder.

    Parameters
    ----------
    study : analysis.coding.study.Study
    folder : Path
        Made if missing; files of the same names are replaced.
    text : {"full", "excerpts"}
        What of the articles the files may hold: all but withheld names, or
        only what :func:`analysis.corpus.publication.marked` says.

    Returns
    -------
    pandas.DataFrame
        One row per file: ``name`` (a POSIX path inside the folder), ``family``
        (a key of :data:`FAMILIES`, or ``"sums"``), ``format``, ``purpose``
        (what it is for), ``limits`` (what it cannot hold), ``bytes`` and
        ``sha256``.

    Raises
    ------
    DataError
        If a table cannot be read, or a statement quotes a withheld name.
    ValueError
        If `text` is neither of the two.
    """
    stuff = material.gather(study, text)
    rows = []
    for family, module in FAMILIES.items():
        for file in module.files(stuff):
            rows.append(_put(folder, file, family))
    lines = "".join(f"{row[-1]}  {row[0]}\n" for row in rows)
    sums = material.File(
        SUMS,
        "text",
        "Checks all files at once: `sha256sum --check SHA256SUMS` in the folder of the downloads.",
        "Itself.",
        lines.encode(),
    )
    rows.append(_put(folder, sums, "sums"))
    return pd.DataFrame(rows, columns=COLUMNS)


def _put(folder, file, family):
    """Write one file and return its row."""
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    digest = hashlib.sha256(file.content).hexdigest()
    return (file.name, family, file.format, file.purpose, file.limits, len(file.content), digest)
