"""Who holds what: choosing and counting statements."""

import pandas as pd

from ..coding.statements import NARRATOR

STANCES = ("for", "conditional", "mentioned", "against")


def select(statements, issues=None, **values):
    """Return the statements on some issues, with some values.

    Parameters
    ----------
    statements : pandas.DataFrame
    issues : str or sequence of str, optional
    **values : str or sequence of str
        Column name to the value or values it must have.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    ``select(study.statements, "compromise", position="for", status="firm")``
    """
    if issues is not None:
        values["issue"] = issues
    for column, wanted in values.items():
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        statements = statements[statements[column].isin(wanted)]
    return statements


def ascription(statements):
    """Return, for each statement, whether it is an own position or ascribed.

    Parameters
    ----------
    statements : pandas.DataFrame

    Returns
    -------
    pandas.Series
        ``"own"`` where the holder speaks, ``"article"`` where an article says
        in its own voice what somebody else holds, ``"ascribed"`` where another
        speaker does.
    """
    kind = pd.Series("ascribed", index=statements.index)
    kind[statements["speaker"] == NARRATOR] = "article"
    kind[statements["speaker"] == statements["holder"]] = "own"
    return kind


def tally(statements, issues):
    """Count statements by issue and stance.

    Parameters
    ----------
    statements : pandas.DataFrame
    issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        One row per issue, columns as :data:`STANCES` and ``all``.
    """
    chosen = select(statements, issues)
    counts = pd.crosstab(chosen["issue"], chosen["position"]).reindex(
        index=list(issues), columns=list(STANCES), fill_value=0
    )
    return counts.assign(all=counts.sum(axis=1)).rename_axis(index="issue", columns=None)


def holder_name(holder):
    """Return a holder's printed name; the narrator is "the article itself"."""
    return "the article itself" if holder == NARRATOR else holder
