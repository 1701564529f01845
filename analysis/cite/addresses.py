"""The addresses under which the book can be cited: their list, and redirects from those that moved.

``book/addresses.csv`` lists every address ever published. One that the book
no longer has needs a row in ``book/redirects.csv``; a test holds the book to
it.
"""

import html
import json
import posixpath
import re
from urllib.parse import urlsplit

import pandas as pd

from .. import paths
from ..base import tables
from ..base.faults import DataError, Fault, raise_any

LIST = paths.BOOK / "addresses.csv"
REDIRECTS = paths.BOOK / "redirects.csv"
COLUMNS = ("address", "kind", "title")
REDIRECT_COLUMNS = ("from", "to", "since")
KINDS = ("page", "section", "figure", "table", "statement", "passage", "article", "reference")
AUTOMATIC = re.compile(r"(id|index-|section-)\d+")  # what docutils calls a thing without a name; it changes with the page
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9/._-]*\.html(#[A-Za-z][\w.:-]*)?")
_MARKED = re.compile(r"[^-]+-(p?)\d{2,}")  # the ids of statements and passages, see analysis.coding.statements.check_ids
_BESIDES = {"index.html", "search.html"}


def published(folder):
    """Find every address of a built book that can be cited.

    Parameters
    ----------
    folder : Path
        The built book.

    Returns
    -------
    addresses : pandas.DataFrame
        ``address, kind, title``, in the order of pages by name and of the page.
    ids : dict of str to set of str
        Every id of every page, by the page's name.

    Raises
    ------
    DataError
        If the folder holds no pages, or a section, figure, captioned table or
        reference has only an automatic id.
    """
    from bs4 import BeautifulSoup, SoupStrainer

    rows, ids, faults = [], {}, []
    for path in sorted(folder.glob("*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml", parse_only=SoupStrainer(["article", "main"]))
        ids[path.name] = {element["id"] for element in soup.find_all(id=True)}
        article = soup.find("article")
        if article is None or path.name in _BESIDES:
            continue
        heading = article.find("h1")
        rows.append((path.name, "page", _text(heading)))
        for element in article.find_all(True):
            kind, title = _kind(element)
            if not kind:
                continue
            identifier = element.get("id", "")
            if not identifier or AUTOMATIC.fullmatch(identifier):
                faults.append(Fault(path.name, f"{kind} {title[:60]!r}", f"the id {identifier!r}", "an id of its own, from a target or a name"))
                continue
            rows.append((f"{path.name}#{identifier}", kind, title))
    if not rows:
        faults.append(Fault(paths.relative(folder), "", "no pages", "a built book (make book)"))
    raise_any(faults)
    return pd.DataFrame(rows, columns=list(COLUMNS)), ids


def _kind(element):
    """What an element is to a citer, and what it is called; two empty strings if nothing."""
    classes = element.get("class", [])
    if element.name == "section":
        return "section", _text(element.find(["h1", "h2", "h3", "h4", "h5", "h6"]))
    if element.name in ("figure", "table"):
        caption = element.find(["figcaption", "caption"])
        return (element.name, _text(caption)) if caption else ("", "")
    if "citation" in classes and element.name == "div":
        return "reference", _text(element)
    if "article-heading" in classes:
        return "article", _text(element)
    identifier = element.get("id", "")
    if element.name in ("span", "mark") and (match := _MARKED.fullmatch(identifier)):
        return "passage" if match[1] else "statement", identifier
    return "", ""


def _text(element):
    if element is None:
        return ""
    words = " ".join("".join(piece for piece in element.strings if piece != "#").split())
    return words if len(words) <= 120 else words[:119].rsplit(" ", 1)[0] + "…"


def read(path=None):
    """Read the list of addresses.

    Parameters
    ----------
    path : Path, optional

    Returns
    -------
    pandas.DataFrame
        ``address, kind, title``, indexed by row.

    Raises
    ------
    DataError
        If an address or kind has another form than expected, or one stands twice.
    """
    path = path or LIST
    table = tables.read(path, COLUMNS, key="address")
    name, faults = paths.relative(path), []
    for row, record in table.iterrows():
        faults += _form(name, row, "address", record["address"])
        if record["kind"] not in KINDS:
            faults.append(Fault(name, f"row {row}", f"kind {record['kind']!r}", "one of " + ", ".join(KINDS)))
    raise_any(faults)
    return table


def read_redirects(path=None):
    """Read the table of redirects.

    Parameters
    ----------
    path : Path, optional

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
    path = path or REDIRECTS
    table = tables.read(path, REDIRECT_COLUMNS, key="from")
    name, faults = paths.relative(path), []
    moved = set(table["from"])
    for row, record in table.iterrows():
        faults += _form(name, row, "from", record["from"]) + _form(name, row, "to", record["to"])
        if record["to"] in moved:
            faults.append(Fault(name, f"row {row}", f"to {record['to']!r}, which has moved itself", "the address where it stands now"))
        if not re.fullmatch(r"\d+\.\d+\.\d+", record["since"]):
            faults.append(Fault(name, f"row {row}", f"since {record['since']!r}", "a version such as 1.2.0"))
    raise_any(faults)
    return table


def _form(name, row, column, value):
    return [] if _ADDRESS.fullmatch(value) else [Fault(name, f"row {row}", f"{column} {value!r}", "an address such as islands.html#sec-two")]


def resolve(address, redirects):
    """Follow a redirect, as the built pages do.

    Parameters
    ----------
    address : str
    redirects : pandas.DataFrame
        See :func:`read_redirects`.

    Returns
    -------
    str or None
        Where the address leads; None if no redirect names it or its page.
        Where a whole page moved, its fragments move with it.
    """
    moved = dict(zip(redirects["from"], redirects["to"]))
    page, _, fragment = address.partition("#")
    if address in moved:
        return moved[address]
    if fragment and page in moved:
        return moved[page].partition("#")[0] + "#" + fragment
    return None


def exists(address, ids):
    """Whether a built book has an address.

    Parameters
    ----------
    address : str
    ids : dict of str to set of str
        See :func:`published`.

    Returns
    -------
    bool
    """
    page, _, fragment = address.partition("#")
    return page in ids and (not fragment or fragment in ids[page])


def lost(listed, ids, redirects):
    """List the addresses that lead nowhere.

    Parameters
    ----------
    listed : pandas.DataFrame
        See :func:`read`.
    ids : dict of str to set of str
        See :func:`published`.
    redirects : pandas.DataFrame
        See :func:`read_redirects`.

    Returns
    -------
    list of Fault
        One for each address of the list that the book neither has nor
        redirects to one it has, and for each redirect that leads nowhere.
    """
    name, moves, faults = paths.relative(LIST), paths.relative(REDIRECTS), []
    for row, address in listed["address"].items():
        if not exists(address, ids):
            target = resolve(address, redirects)
            if target is None or not exists(target, ids):
                faults.append(Fault(name, f"row {row}", f"{address}, which the book does not have", f"the address in the book, or a row in {moves}"))
    for row, record in redirects.iterrows():
        if not exists(record["to"], ids):
            faults.append(Fault(moves, f"row {row}", f"to {record['to']!r}, which the book does not have", "an address of the book"))
    return faults


def updated(listed, found):
    """Add to the list what it lacks.

    Parameters
    ----------
    listed, found : pandas.DataFrame
        ``address, kind, title``.

    Returns
    -------
    table : pandas.DataFrame
        The rows of `listed` in their order, with the titles of today, and the
        new ones behind them. Nothing is dropped.
    new : list of str
    """
    today = found.set_index("address")
    table = listed.copy()
    for column in ("kind", "title"):
        table[column] = [today.at[address, column] if address in today.index else old for address, old in zip(table["address"], table[column])]
    new = found[~found["address"].isin(listed["address"])]
    return pd.concat([table, new], ignore_index=True), list(new["address"])


def update(folder, path=None):
    """Bring the list up to date with a built book.

    Parameters
    ----------
    folder : Path
    path : Path, optional
        The list; begun if there is none.

    Returns
    -------
    list of str
        The new addresses.

    Raises
    ------
    DataError
        If an address of the list leads nowhere. What is new is written all
        the same.
    """
    path = path or LIST
    found, ids = published(folder)
    listed = read(path) if path.exists() else pd.DataFrame(columns=list(COLUMNS))
    table, new = updated(listed, found)
    fresh = path.with_suffix(".csv.new")
    table.to_csv(fresh, index=False, lineterminator="\n")
    fresh.replace(path)
    table.index += 2  # the row as an editor counts
    raise_any(lost(table, ids, read_redirects()))
    return new


# Redirects in the built book


def on_page(redirects, page):
    """List the old ids of a page that still belong to it: pairs of old and new id.

    Parameters
    ----------
    redirects : pandas.DataFrame
    page : str

    Returns
    -------
    list of (str, str)
    """
    pairs = []
    for old, new in zip(redirects["from"], redirects["to"]):
        (old_page, _, old_id), (new_page, _, new_id) = old.partition("#"), new.partition("#")
        if old_page == new_page == page and old_id and new_id:
            pairs.append((old_id, new_id))
    return pairs


def script_data(redirects):
    """Write the table for the script that follows fragments from page to page.

    Parameters
    ----------
    redirects : pandas.DataFrame

    Returns
    -------
    str
        A script; addresses relative to the book's folder.
    """
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
        If a redirect starts where a page or a place of the book still stands.
    """
    faults = []
    for row, record in redirects.iterrows():
        old, to = record["from"], record["to"]
        if "#" in old:
            continue
        path = folder / old
        if path.exists():
            faults.append(Fault(paths.relative(REDIRECTS), f"row {row}", f"from {old!r}, which is a page of the book", "an address the book has left"))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(redirect_page(old, to), encoding="utf-8", newline="\n")
    raise_any(faults)


def redirect_page(old, to):
    """Return the page that leads on from an old address.

    Parameters
    ----------
    old, to : str
        Addresses relative to the book's folder.

    Returns
    -------
    str
        HTML. A script follows fragments; without scripts a refresh leads to
        the new page.
    """
    above = posixpath.dirname(old) or "."
    page, _, fragment = to.partition("#")
    target = html.escape(posixpath.relpath(page, above) + ("#" + fragment if fragment else ""))
    up = "../" * old.count("/")
    return f"""<!DOCTYPE html>
<html lang="en" data-content_root="{up or './'}">
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


def check_base(value, where):
    """Check the address under which the book is published.

    Parameters
    ----------
    value : str
        Empty, or an absolute address.
    where : str
        The setting, for the message.

    Returns
    -------
    str
        The address, ending in ``/``; empty if none is given.

    Raises
    ------
    DataError
        If it is no address of a folder on the web.
    """
    value = value.strip()
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment or re.search(r"[\s<>\"'{}\\]", value):
        raise DataError([Fault(where, "", repr(value), "nothing, or an address such as https://example.org/book/")])
    return value.rstrip("/") + "/"
