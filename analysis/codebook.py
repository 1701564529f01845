"""The codebook: what is coded, and with which keys."""

from dataclasses import dataclass

import pandas as pd
import yaml

from . import paths, tables
from .faults import DataError, Fault, raise_any

FILE = "codebook.yml"
STATUSES = ("firm", "open")


@dataclass(frozen=True)
class Codebook:
    """The codebook as read from ``analysis/data/codebook.yml``.

    Attributes
    ----------
    version : str
    text : dict
        The whole document, for printing it in the book.
    issues : pandas.DataFrame
        Indexed by ``issue``; columns ``group, sentence, include, exclude, label``.
    groups : dict of str to str
        Group key to title, in order.
    positions, kinds, modes, reasons : dict of str to str
        Key to definition, in order.
    """

    version: str
    text: dict
    issues: pd.DataFrame
    groups: dict
    positions: dict
    kinds: dict
    modes: dict
    reasons: dict


def load(path=None):
    """Read the codebook and check that it has every part the analysis needs.

    Parameters
    ----------
    path : Path, optional

    Returns
    -------
    Codebook

    Raises
    ------
    DataError
        If the file is not YAML, a part is missing or an issue lacks a field.
    """
    path = path or paths.DATA / FILE
    name = paths.relative(path)
    try:
        text = yaml.safe_load(tables.decode(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        raise DataError([Fault(name, where, f"YAML that cannot be read ({getattr(error, 'problem', error)})", "YAML")]) from None
    faults = []

    def part(*keys):
        value = text
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not value:
            faults.append(Fault(name, "", f"no {' / '.join(keys)}", f"a part {' / '.join(keys)}"))
        return value or {}

    groups, issues = part("groups"), part("issues")
    positions, kinds, modes = (part("variables", key) for key in ("position", "kind", "mode"))
    reasons, version = part("no_statement_reasons"), part("version")
    for key, issue in issues.items():
        for field in ("group", "sentence", "include", "exclude"):
            if not isinstance(issue, dict) or not issue.get(field):
                faults.append(Fault(name, f"issue {key}", f"no {field}", f"a {field}"))
        if isinstance(issue, dict) and issue.get("group") not in groups:
            faults.append(Fault(name, f"issue {key}", f"group {issue.get('group')!r}", "one of " + ", ".join(groups)))
    raise_any(faults)
    frame = pd.DataFrame.from_dict(issues, orient="index")[["group", "sentence", "include", "exclude"]]
    frame["label"] = [label(key) for key in frame.index]
    return Codebook(str(version), text, frame.rename_axis("issue"), groups, positions, kinds, modes, reasons)


_LABELS = {
    "declaration_1956": "1956 Declaration",
    "sovereignty_russian": "Russian sovereignty",
    "economy_to_settlement": "Economy towards settlement",
}


def label(key):
    """Return the printed form of a key: ``two_islands`` as ``Two islands``."""
    words = key.replace("_", " ")
    return _LABELS.get(key, words[:1].upper() + words[1:])
