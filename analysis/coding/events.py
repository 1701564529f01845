"""Events and articles in time: what the texts say beside what the record says."""


from .. import paths
from ..base import dates, tables
from ..base.faults import Fault, raise_any

EVENT_COLUMNS = ("key", "event", "kind", "date_stated", "passages", "date_record", "references", "checked")
KINDS = ("event", "plan", "capture")
CHECKED = ("verified", "not found", "the article alone")


def read_events(study, path=None):
    """Read the table of dated events.

    Parameters
    ----------
    study : analysis.coding.statements.Study
    path : Path, optional

    Returns
    -------
    pandas.DataFrame
        The file's columns, in order of the record's date (of the stated one
        where there is no record).

    Raises
    ------
    DataError
        If a passage or kind is unknown or a date is not EDTF.
    """
    path = path or paths.DATA / "events.csv"
    name = paths.relative(path)
    table = tables.read(path, EVENT_COLUMNS, key="key")
    known = set(study.statements.index) | set(study.passages.index)
    faults = []
    for row, record in table.iterrows():
        for identifier in record["passages"].split():
            if identifier not in known:
                faults.append(Fault(name, f"row {row}", f"passage {identifier!r}", "an id of statements.csv or passages.csv"))
        for column, allowed in (("kind", KINDS), ("checked", CHECKED)):
            if record[column] not in allowed:
                faults.append(Fault(name, f"row {row}", f"{column} {record[column]!r}", "one of " + ", ".join(allowed)))
        for column in ("date_stated", "date_record"):
            if record[column] and not dates.valid(record[column]):
                faults.append(Fault(name, f"row {row}", f"{column} {record[column]!r}", "an EDTF date or nothing"))
    raise_any(faults)
    day = [dates.bounds(r.date_record or r.date_stated) for r in table.itertuples()]
    order = [first or last for first, last in day]
    return table.assign(day=order).sort_values("day", kind="stable", ignore_index=True).drop(columns="day")


def record_dates(study):
    """Return the date of every article and event.

    Parameters
    ----------
    study : analysis.coding.statements.Study

    Returns
    -------
    dict of str to str
        EDTF date by the article's or event's key: the record's, or the stated
        one where the record has none.
    """
    events = read_events(study).set_index("key")
    stated = events["date_record"].where(events["date_record"] != "", events["date_stated"])
    return study.corpus.articles["date_record"].to_dict() | stated.to_dict()


def differing(events):
    """Select the events whose stated date the record's date contradicts.

    Parameters
    ----------
    events : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        Rows in which both dates are given and the two spans do not meet.
    """
    rows = []
    for number, event in enumerate(events.itertuples()):
        if event.date_stated and event.date_record:
            a, b = dates.bounds(event.date_stated)
            c, d = dates.bounds(event.date_record)
            if (a and d and d < a) or (b and c and b < c):
                rows.append(number)
    return events.iloc[rows]
