"""The addresses under which the book can be cited, and the list of those ever published.

``book/addresses.csv`` lists every address ever published. One that the book
no longer has needs a row in ``book/redirects.csv``; a test holds the book to
it.
"""

import re
from urllib.parse import urlsplit

from .. import paths
from ..base.faults import DataError, Fault, raise_any
from . import redirects

COLUMNS = ("address",)
AUTOMATIC = re.compile(
    r"(id|index-|section-)\d+"
)  # what docutils calls a thing without a name; it changes with the page
_MARKED = re.compile(
    r"[^-]+-(p?)\d{2,}"
)  # the ids of statements and passages, see analysis.coding.statements.check_ids
_NOT_CITED = {"index.html", "search.html"}


def published(folder):
    """Find every address of a built book that can be cited.

    Parameters
    ----------
    folder : Path
        The built book.

    Returns
    -------
    addresses : dict of str to str
        Address to kind (``page``, ``section``, ``figure``, ``table``,
        ``statement``, ``passage``, ``article`` or ``reference``), in the order
        of pages by name and of the page.
    ids : dict of str to set of str
        Every id of every page, by the page's name.

    Raises
    ------
    DataError
        If the folder holds no pages, or a section, figure, captioned table or
        reference has only an automatic id.
    """
    from bs4 import BeautifulSoup, SoupStrainer

    found, ids, faults = {}, {}, []
    for path in sorted(folder.glob("*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml", parse_only=SoupStrainer(["article", "main"]))
        ids[path.name] = {element["id"] for element in soup.find_all(id=True)}
        article = soup.find("article")
        if article is None or path.name in _NOT_CITED:
            continue
        found[path.name] = "page"
        for element in article.find_all(True):
            if kind := _kind(element):
                identifier = element.get("id", "")
                found[f"{path.name}#{identifier}"] = kind
                if not identifier or AUTOMATIC.fullmatch(identifier):
                    words = " ".join(element.get_text().split())[:60]
                    faults.append(
                        Fault(
                            path.name,
                            f"{kind} {words!r}",
                            f"the id {identifier!r}",
                            "an id of its own, from a target or a name",
                        )
                    )
    if not found:
        faults.append(Fault(paths.relative(folder), "", "no pages", "a built book (make book)"))
    raise_any(faults)
    return found, ids


def _kind(element):
    """What an element is to a citer; None if nothing."""
    classes = element.get("class", [])
    if element.name == "section":
        return "section"
    if element.name in ("figure", "table"):
        return element.name if element.find(["figcaption", "caption"]) else None
    if "citation" in classes and element.name == "div":
        return "reference"
    if "article-heading" in classes:
        return "article"
    match = _MARKED.fullmatch(element.get("id", "")) if element.name in ("span", "mark") else None
    return match and ("passage" if match[1] else "statement")


def read():
    """Read the list of addresses.

    Returns
    -------
    pandas.Series
        Addresses, by row.

    Raises
    ------
    DataError
        If one has another form than expected, or stands twice.
    """
    return redirects.read_table(paths.ADDRESSES, COLUMNS)["address"]


def lost(listed, ids, moved):
    """List the addresses that lead nowhere.

    Parameters
    ----------
    listed : pandas.Series
        See :func:`read`.
    ids : dict of str to set of str
        See :func:`published`.
    moved : pandas.DataFrame
        See :func:`analysis.cite.redirects.read`.

    Returns
    -------
    list of Fault
        One for each address of the list that the book neither has nor
        redirects to one it has, and for each redirect that leads nowhere.
    """

    def exists(address):
        page, _, fragment = (address or "").partition("#")
        return page in ids and (not fragment or fragment in ids[page])

    name, moves = paths.relative(paths.ADDRESSES), paths.relative(paths.REDIRECTS)
    gone = [
        (row, address)
        for row, address in listed.items()
        if not exists(address) and not exists(redirects.resolve(address, moved))
    ]
    faults = [
        Fault(
            name,
            f"row {row}",
            f"{address}, which the book does not have",
            f"the address in the book, or a row in {moves}",
        )
        for row, address in gone
    ]
    astray = [(row, to) for row, to in moved["to"].items() if not exists(to)]
    return faults + [
        Fault(moves, f"row {row}", f"to {to!r}, which the book does not have", "an address of the book")
        for row, to in astray
    ]


def update(folder):
    """Add to the list, which is begun if there is none, what a built book has and the list lacks; nothing is dropped.

    Parameters
    ----------
    folder : Path

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
    found, ids = published(folder)
    listed = list(read()) if paths.ADDRESSES.exists() else []
    new = [address for address in found if address not in set(listed)]
    fresh = paths.ADDRESSES.with_suffix(".csv.new")
    fresh.write_text("\n".join([*COLUMNS, *listed, *new, ""]), encoding="utf-8", newline="\n")
    fresh.replace(paths.ADDRESSES)
    raise_any(lost(read(), ids, redirects.read()))
    return new


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
    parts = urlsplit(value)
    bad = (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or parts.query
        or parts.fragment
        or re.search(r"[\s<>\"'{}\\]", value)
    )
    if value and bad:
        raise DataError([Fault(where, "", repr(value), "nothing, or an address such as https://example.org/book/")])
    return value and value.rstrip("/") + "/"
