"""The codebook: what is coded, and with which keys."""

import re
from dataclasses import dataclass

import pandas as pd

from .. import paths
from ..base import strict_yaml
from ..base.faults import Fault, raise_any

FILE = "codebook.yml"
STATUSES = ("firm", "open")
PARTS = ("issues", "groups", "positions", "kinds", "modes", "reasons", "statuses")
FIELDS = ("group", "sentence", "include", "exclude")
_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Codebook:
    """The codebook as read from ``analysis/data/codebook.yml``.

    Attributes
    ----------
    version : str
    text : dict
        The whole document, for printing it in the book.
    issues : pandas.DataFrame
        Indexed by ``issue``; columns ``group, sentence, include, exclude, label``;
        without a ``label`` of its own an issue is printed as its key in words.
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

    def keys(self, part):
        """Return the keys of a part, one of :data:`PARTS`."""
        return list(STATUSES if part == "statuses" else self.issues.index if part == "issues" else getattr(self, part))


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
        If the file is not plain YAML, a part is missing or of another kind, a
        key has another form, or an issue lacks a field.
    """
    path = path or paths.DATA / FILE
    name = paths.relative(path)
    text, faults = strict_yaml.read(path), []

    def fault(where, found, expected):
        faults.append(Fault(name, where, found, expected))

    def part(*keys, kind=dict):
        value = text
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not value or not isinstance(value, kind):
            fault(
                "",
                f"no {' / '.join(keys)}" if not value else f"{value!r} as {' / '.join(keys)}",
                f"a part {' / '.join(keys)}",
            )
            value = kind() if isinstance(kind, type) else ""
        for key in value if kind is dict else ():
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                fault(
                    " / ".join(keys),
                    f"the key {key!r}",
                    "a key of small letters, digits and underscores, in quotation marks if YAML takes it for something else",
                )
        return value

    def texts(where, values):
        for key, value in values:
            if not isinstance(value, str) or not value.strip():
                fault(f"{where} {key}", repr(value), "a text")

    groups, issues = part("groups"), part("issues")
    positions, kinds, modes = (part("variables", key) for key in ("position", "kind", "mode"))
    reasons, version = part("no_statement_reasons"), part("version", kind=(str, int, float))
    for where, values in (
        ("group", groups),
        ("position", positions),
        ("kind", kinds),
        ("mode", modes),
        ("reason", reasons),
    ):
        texts(where, values.items())
    texts("variable", [(key, value) for key, value in part("variables").items() if not isinstance(value, dict)])
    texts("unit", [(key, part("unit", key, kind=str)) for key in ("definition", "coded_zone")])
    texts("rule", enumerate(part("rules", kind=list), start=1))
    for key, issue in issues.items():
        for field in FIELDS:
            if not isinstance(issue, dict) or not issue.get(field):
                fault(f"issue {key}", f"no {field}", f"a {field}")
        for field in (*FIELDS, "label"):
            if isinstance(issue, dict) and issue.get(field) and not isinstance(issue[field], str):
                fault(f"issue {key}", f"{field} {issue[field]!r}", "a text")
        if isinstance(issue, dict) and isinstance(issue.get("group"), str) and issue["group"] not in groups:
            fault(f"issue {key}", f"group {issue['group']!r}", "one of " + ", ".join(map(str, groups)))
    raise_any(faults)
    frame = pd.DataFrame.from_dict(issues, orient="index")[list(FIELDS)]
    frame["label"] = [issue.get("label") or _words(key) for key, issue in issues.items()]
    return Codebook(str(version), text, frame.rename_axis("issue"), groups, positions, kinds, modes, reasons)


def _words(key):
    """Return a key in words: ``shared_fishery`` as ``Shared fishery``."""
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]
