"""Redirects from addresses that have moved, so that they keep leading to their places."""

import html
import json
import posixpath
import re

from .. import paths
from ..base import tables
from ..base.faults import DataError, Fault, raise_any

COLUMNS = ("from", "to", "since")
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9/._-]*\.html(#[A-Za-z][\w.:-]*)?")


def read_table(path, columns):
    """Read a table of addresses, each of which stands in its first column once."""
    table = tables.read(path, columns, key=columns[0])
    raise_any(
        [
            Fault(paths.relative(path), f"row {row}", f"{column} {value!r}", "an address such as page.html#section")
            for column in columns
            if column != "since"
            for row, value in table[column].items()
            if not _ADDRESS.fullmatch(value)
        ]
    )
    return table


def read():
    """Read the table of redirects.

    Returns
    -------
    pandas.DataFrame
        ``from, to, since``, indexed by row; ``since`` is the version of the
        book from which on the address has moved.

    Raises
    ------
    DataError
        If an address has another form than expected, moves twice, or leads to
        one that has moved itself.
    """
    table, name, faults = read_table(paths.REDIRECTS, COLUMNS), paths.relative(paths.REDIRECTS), []
    for row, record in table.iterrows():
        if record["to"] in set(table["from"]):
            faults.append(
                Fault(
                    name,
                    f"row {row}",
                    f"to {record['to']!r}, which has moved itself",
                    "the address where it stands now",
                )
            )
        if not re.fullmatch(r"\d+\.\d+\.\d+", record["since"]):
            faults.append(Fault(name, f"row {row}", f"since {record['since']!r}", "a version such as 1.2.0"))
    raise_any(faults)
    return table


def resolve(address, redirects):
    """Return where an address has moved, None if nowhere; the fragments of a page move along with it."""
    moved = dict(zip(redirects["from"], redirects["to"]))
    page, _, fragment = address.partition("#")
    if fragment and page in moved:
        moved.setdefault(address, moved[page].partition("#")[0] + "#" + fragment)
    return moved.get(address)


def on_page(redirects, page):
    """List the old ids of a page that still belong to it, each with the new one."""
    pairs = [(old.partition("#"), new.partition("#")) for old, new in zip(redirects["from"], redirects["to"])]
    return [(old[2], new[2]) for old, new in pairs if old[0] == new[0] == page and old[2] and new[2]]


def script_data(redirects):
    """Write the table for the script that follows fragments from page to page."""
    table = dict(sorted(zip(redirects["from"], redirects["to"])))
    return f"window.reportRedirects = {json.dumps(table, ensure_ascii=True, indent=1)};\n"


def write_pages(redirects, folder):
    """Write a page at each place that a whole page has left.

    Parameters
    ----------
    redirects : pandas.DataFrame
    folder : Path
        The built book.

    Raises
    ------
    DataError
        If a redirect starts where a page of the book still stands.
    """
    for row, record in redirects[~redirects["from"].str.contains("#")].iterrows():
        path = folder / record["from"]
        if path.exists():
            found = f"from {record['from']!r}, which is a page of the book"
            raise DataError(
                [Fault(paths.relative(paths.REDIRECTS), f"row {row}", found, "an address the book has left")]
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_redirect_page(record["from"], record["to"]), encoding="utf-8", newline="\n")


def _redirect_page(old, to):
    """Return the page that leads on from an old address: by a script, which follows fragments, else by a refresh."""
    page, _, fragment = to.partition("#")
    target = html.escape(posixpath.relpath(page, posixpath.dirname(old) or ".") + ("#" + fragment if fragment else ""))
    up = "../" * old.count("/")
    return f"""<!DOCTYPE html>
<html lang="en" data-content_root="{up or "./"}">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex">
<meta name="report-page" content="{html.escape(old)}">
<title>This page has moved</title>
<script src="{up}_static/redirects-data.js"></script>
<script src="{up}_static/redirects.js"></script>
<meta http-equiv="refresh" content="0; url={target}">
</head>
<body>
<p>This page has moved: <a href="{target}">{target}</a></p>
</body>
</html>
"""
