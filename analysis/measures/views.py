"""The statement table as its readers filter it: its rows, its filters, and addresses of filtered views."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import pandas as pd

from ..base import dates
from . import positions

NAMES = {
    "article": "Article", "outlet": "Outlet", "speaker": "Speaker", "holder": "Holder", "issue": "Issue",
    "position": "Position", "kind": "Kind", "mode": "Mode", "status": "Reading",
}  # fmt: skip
IDS = "id"


@dataclass(frozen=True)
class Facet:
    """One filter.

    Attributes
    ----------
    key : str
        The column it filters, and its name in an address.
    name : str
        What it is called on the page.
    options : tuple of (str, str)
        Value and printed name, in the order they are offered.
    """

    key: str
    name: str
    options: tuple


def outlet(text):
    """Return the outlet a file names, or "not named".

    Parameters
    ----------
    text : str
        The column ``outlet`` of the articles, which adds a conjecture in
        brackets where the file names none.

    Returns
    -------
    str

    Examples
    --------
    >>> outlet("not named (probably The Gazette)")
    'not named'
    """
    return text.split(" (")[0]


def table(study):
    """Prepare the statements for filtering.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    pandas.DataFrame
        Indexed by id, in reading order: the columns of ``statements.csv`` that
        are text, ``paragraph``, and besides ``outlet``; ``effective_date``, the EDTF date
        of the position, its article's by the record where it has none of its
        own; ``first`` and ``last``, the days (ISO 8601) that date allows, empty
        where open.
    """
    articles, chosen = study.corpus.articles, study.statements
    when = chosen["date"].where(chosen["date"] != "", chosen["article"].map(articles["date_record"]))
    spans = [dates.bounds(value) for value in when]
    return chosen.assign(
        outlet=chosen["article"].map(articles["outlet"].map(outlet)),
        effective_date=when,
        first=[first.isoformat() if first else "" for first, _ in spans],
        last=[last.isoformat() if last else "" for _, last in spans],
    )


def facets(study):
    """List the filters with all their values.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    list of Facet
        Articles in reading order, codes in the codebook's, names by alphabet.
        Only values that some statement has.
    """
    rows = table(study)
    variables = study.codebook.text["variables"]
    order = {
        "article": list(rows["article"].unique()),
        "issue": list(study.codebook.issues.index),
        "position": list(positions.STANCES),
        "kind": list(variables["kind"]),
        "mode": list(variables["mode"]),
        "status": ["firm", "open"],
    }
    found = []
    for key, name in NAMES.items():
        present = set(rows[key])
        values = [value for value in order.get(key, sorted(present, key=str.casefold)) if value in present]
        found.append(Facet(key, name, tuple((value, printed(study, key, value)) for value in values)))
    return found


def printed(study, key, value):
    """Return what the page prints for a value of a column.

    Parameters
    ----------
    study : analysis.coding.study.Study
    key : str
    value : str

    Returns
    -------
    str
    """
    if key == "article":
        return study.corpus.articles.at[value, "label"]
    if key == "issue":
        return study.codebook.issues.at[value, "label"]
    return positions.holder_name(value) if key in ("speaker", "holder") else value


def view(**values):
    """Return the address of a filtered view, as a drawing carries it.

    Parameters
    ----------
    **values : str or sequence of str
        A key of :data:`NAMES`, or ``id``, and the value or values wanted.

    Returns
    -------
    str
        ``#?`` and a query; the page the drawing stands on completes it.

    Examples
    --------
    >>> view(holder="Jane Doe", position=["for", "against"])
    '#?holder=Jane+Doe&position=for&position=against'
    """
    return "#?" + urlencode(
        [(key, value) for key, wanted in values.items() for value in ([wanted] if isinstance(wanted, str) else wanted)]
    )


def select(rows, query):
    """Return the statements a filtered view shows.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`table` returns it.
    query : str
        ``key=value`` pairs, joined by ``&``. Values of one key are
        alternatives; all keys must fit.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If a key is no filter, or a value is not in the table.
    """
    wanted = {}
    for key, value in parse_qsl(query, strict_parsing=True):
        known = rows.index if key == IDS else set(rows[key]) if key in NAMES else None
        if known is None:
            raise ValueError(f"{key!r} is no filter of the statement table; there are {', '.join([IDS, *NAMES])}")
        if value not in known:
            raise ValueError(f"no statement has the {key} {value!r}")
        wanted.setdefault(key, set()).add(value)
    fits = pd.Series(True, index=rows.index)
    for key, values in wanted.items():
        fits &= pd.Series(rows.index.isin(values) if key == IDS else rows[key].isin(values), index=rows.index)
    return rows[fits]
