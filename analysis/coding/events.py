"""Events and articles in time: what the texts say beside what the record says."""

from ..base import dates


def in_order(events):
    """Sort the events by the record's date (the stated one where there is no record).

    Parameters
    ----------
    events : pandas.DataFrame
        The table ``events``.

    Returns
    -------
    pandas.DataFrame
    """
    days = [dates.bounds(r.date_record or r.date_stated) for r in events.itertuples()]
    dated = events.assign(day=[first or last for first, last in days])
    return dated.sort_values("day", kind="stable", ignore_index=True).drop(columns="day")


def record_dates(study):
    """Return the date of every article and event.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    dict of str to str
        EDTF date by the article's or event's key: the record's, or the stated
        one where the record has none.
    """
    articles = study.corpus.articles["date_record"].to_dict()
    events = study.tables.get("events")
    if events is None:
        return articles
    stated = events["date_record"].where(events["date_record"] != "", events["date_stated"])
    return articles | dict(zip(events["key"], stated))


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
