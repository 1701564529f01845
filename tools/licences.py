"""Write LICENSES/dependencies.csv: every locked package, its licence as an SPDX expression, and what it is used for.

Run it after `make lock`, with the packages of requirements.txt installed:

    .venv/bin/python tools/licences.py

A licence comes from the package's own metadata: the licence expression, else the licence field, else the classifier,
else the text it ships. Packages for other systems cannot be read here; their rows stay as they are, and a new one has
to be entered below.
"""

import csv
import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "LICENSES" / "dependencies.csv"
COLUMNS = ("name", "version", "licence", "use", "condition")

# What the direct dependencies are for; what they need is used for the same. `run`: imported when notebooks run;
# `build`: makes pages and PDF of the results; `test`: only in tests. A package of several uses has the first.
USES = {
    "run": {
        "pandas", "matplotlib", "sentencex", "edtf", "pyyaml", "networkx", "krippendorff", "fontpkg-noto-sans", "nbclient", "jupyterlab", "pyarrow",
        "citeproc-py", "rispy",
    },
    "build": {"jupyter-book", "jupyter-cache", "sphinxcontrib-bibtex", "beautifulsoup4", "fonttools", "lxml", "weasyprint", "fontpkg-noto-serif", "matplotlib-fontja"},
    "test": {"pytest", "hypothesis", "playwright", "pypdf", "codespell", "frictionless", "jsonschema", "axe-playwright-python"},
}  # fmt: skip

# Where the metadata say less than the package's own files, or the package is for another system.
KNOWN = {
    "appnope": "BSD-2-Clause",  # macOS
    "axe-playwright-python": "MIT AND MPL-2.0",  # it carries axe-core
    "brotlicffi": "MIT",  # PyPy
    "colorama": "BSD-3-Clause",  # Windows
    "docutils": "LicenseRef-PublicDomain AND BSD-2-Clause AND PSF-2.0",  # its one file under the GPL is for Emacs, and not installed
    "matplotlib": "PSF-2.0",  # the licence it calls its own is the PSF's, with its name in it
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "pywinpty": "MIT",  # Windows
    **dict.fromkeys(  # "BSD License", and no text; Sphinx's own licence
        ("sphinxcontrib-applehelp", "sphinxcontrib-devhelp", "sphinxcontrib-htmlhelp", "sphinxcontrib-qthelp", "sphinxcontrib-serializinghtml"), "BSD-2-Clause"
    ),
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}  # fmt: skip

_FIELDS = {
    "mit": "MIT", "mit license": "MIT", "the mit license (mit)": "MIT", "apache 2.0": "Apache-2.0", "apache-2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0", "apache license 2.0": "Apache-2.0", "apache software license": "Apache-2.0", "bsd-3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause", "bsd 2-clause license": "BSD-2-Clause", "bsd-2-clause": "BSD-2-Clause", "isc license": "ISC", "isc": "ISC",
    "mpl-2.0": "MPL-2.0", "psfl": "PSF-2.0",
}  # fmt: skip
_CLASSIFIERS = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "ISC License (ISCL)": "ISC", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}  # fmt: skip


def normal(name):
    """Return the normal form of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    """Return every package of requirements.txt.

    Returns
    -------
    list of (str, str, str)
        Name, version and condition (an environment marker, or empty); a
        package has several versions where conditions choose among them.
    """
    found = []
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        match = re.match(r"([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)(?: ; (.*?))?\s+--hash", line)
        found.append((normal(match[1]), match[2], match[3] or ""))
    return found


def direct():
    """Return the names in requirements.in."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [normal(re.match(r"[\w.-]+", line)[0]) for line in lines if line.strip() and not line.startswith("#")]


def licence(name):
    """Return the licence of an installed package.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        An SPDX expression; empty where the package does not say.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If it is not installed here.
    """
    if name in KNOWN:
        return KNOWN[name]
    package = importlib.metadata.distribution(name)
    if package.metadata.get("License-Expression"):
        return package.metadata["License-Expression"]
    field = " ".join((package.metadata.get("License") or "").split()).lower()
    classifiers = [c.rpartition(" :: ")[2] for c in package.metadata.get_all("Classifier") or [] if c.startswith("License")]
    if field in _FIELDS:
        return _FIELDS[field]
    if len(classifiers) == 1 and classifiers[0] in _CLASSIFIERS:
        return _CLASSIFIERS[classifiers[0]]
    texts = [field, *(" ".join(file.read_text().split()).lower() for file in package.files or [] if re.search(r"licen[cs]e|copying", file.name, re.I) and ".dist-info" in str(file))]
    for text in texts:
        if "redistribution and use in source and binary forms" in text:
            return "BSD-3-Clause" if re.search(r"neither the names? of|may not be used to endorse", text) else "BSD-2-Clause"
        if "permission is hereby granted, free of charge" in text:
            return "MIT"
    return ""


def uses(packages):
    """Return what each package is used for.

    Parameters
    ----------
    packages : collection of str
        The locked packages.

    Returns
    -------
    dict of str to str
        Name to a key of :data:`USES`; packages that cannot be read here are
        missing unless something that can be read needs them.
    """
    found = {}
    for use, roots in USES.items():
        waiting = sorted(roots)
        while waiting:
            name = waiting.pop()
            if name in found or name not in packages:
                continue
            found[name] = use
            try:
                required = importlib.metadata.requires(name) or []
            except importlib.metadata.PackageNotFoundError:
                continue
            # Conditions on system and version are left aside, so that the table is the same everywhere; extras count.
            waiting += [normal(re.match(r"[\w.-]+", r)[0]) for r in required if "extra ==" not in r.replace("'", '"')]
    return found


def rows():
    """Return the rows of the table.

    Returns
    -------
    list of tuple of str
        As :data:`COLUMNS`, by name.
    """
    packages, before = locked(), {}
    if TABLE.exists():
        with open(TABLE, encoding="utf-8", newline="") as file:
            before = {(row["name"], row["version"]): row for row in csv.DictReader(file)}
    used, out = uses({name for name, _, _ in packages}), []
    for name, version, condition in sorted(packages):
        old = before.get((name, version), {})
        try:
            # Of two versions one is installed; the other has its licence until the table is made where it is, too.
            terms = licence(name) if name in KNOWN or not old or importlib.metadata.version(name) == version else old["licence"]
        except importlib.metadata.PackageNotFoundError:
            terms = old.get("licence", "")
        out.append((name, version, terms, used.get(name) or old.get("use", "build"), condition))
    return out


def main():
    """Write the table; name on the error stream what has no licence."""
    table = rows()
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *table])
    for name, *_ in (row for row in table if not row[2]):
        print(f"{name}: no licence found; look it up and enter it in KNOWN", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
