"""Agreement between the coding passes, and what all of them may have missed.

Coefficients are Krippendorff's alpha for nominal data, computed by the
`krippendorff` library. Intervals come from resampling sentences.
"""

import itertools
from functools import cache

import krippendorff
import numpy as np
import pandas as pd

from ..coding.matching import match

VARIABLES = ("speaker", "holder", "position", "kind", "mode")
SEED = 20161215
RESAMPLES = 1000


def alpha(values):
    """Compute Krippendorff's alpha for nominal data.

    Parameters
    ----------
    values : pandas.DataFrame
        One row per unit, one column per pass; None where a pass has no value.

    Returns
    -------
    float
        NaN where alpha has no meaning: fewer than two values in every unit, or
        no variation among the values that can be paired.
    """
    return _alpha(_counts(values))


def _counts(values):
    """Units by categories: how many passes gave each value, pairable units only."""
    codes, _ = pd.factorize(values.to_numpy().ravel(), use_na_sentinel=True)
    codes = codes.reshape(values.shape)
    counts = (
        np.stack([(codes == c).sum(axis=1) for c in range(codes.max(initial=-1) + 1)], axis=1)
        if codes.size and codes.max(initial=-1) >= 0
        else np.zeros((len(values), 0), dtype=int)
    )
    return counts


def _alpha(counts):
    pairable = counts[counts.sum(axis=1) > 1]
    if not len(pairable) or (pairable.sum(axis=0) > 0).sum() < 2:
        return float("nan")
    # Krippendorff's coincidences depend only on how often each pattern of counts occurs.
    return float(krippendorff.alpha(value_counts=pairable, level_of_measurement="nominal"))


def agreement(values):
    """Compute the share of agreeing pairs among all pairs of values in a unit.

    Parameters
    ----------
    values : pandas.DataFrame
        As for :func:`alpha`.

    Returns
    -------
    float
        NaN where no unit has two values.
    """
    counts = _counts(values)
    total = counts.sum(axis=1)
    pairs = (total * (total - 1)).sum()
    return float((counts * (counts - 1)).sum() / pairs) if pairs else float("nan")


def interval(values, clusters, resamples=RESAMPLES):
    """Bootstrap a 95 % interval of alpha by resampling sentences.

    Parameters
    ----------
    values : pandas.DataFrame
        As for :func:`alpha`.
    clusters : sequence
        The sentence of each unit; units of one sentence are drawn together.
    resamples : int

    Returns
    -------
    (float, float)
        Percentiles 2.5 and 97.5; NaN where alpha has no meaning. Draws without
        variation are left out.
    """
    whole = alpha(values)
    if np.isnan(whole) or agreement(values) == 1:  # every draw of full agreement is one again
        return whole, whole
    groups, _ = pd.factorize(np.asarray(clusters))
    alphas = weighted_alphas(_counts(values), _draws(groups.max() + 1, resamples)[:, groups])
    return tuple(float(v) for v in np.nanpercentile(alphas, [2.5, 97.5]))


@cache
def _draws(size, resamples):
    """How often each of `size` clusters comes in each resample: the same draws for every variable of the same sentences."""
    generator = np.random.default_rng(SEED)
    drawn = [np.bincount(generator.integers(0, size, size), minlength=size) for _ in range(resamples)]
    return np.stack(drawn).astype(float)  # whole numbers are exact in it, and their products fast


def weighted_alphas(counts, weights):
    """Compute nominal alpha for many weightings of the same units at once.

    The library takes a second for what a table of intervals needs a thousand
    times. A test holds this to it.

    Parameters
    ----------
    counts : numpy.ndarray
        Units by categories: how many passes gave each value.
    weights : numpy.ndarray
        Weightings by units: how often each unit counts.

    Returns
    -------
    numpy.ndarray
        One alpha per weighting; NaN without variation. With n values in all,
        n_c of category c, and k_uc of category c in a unit of n_u values, it is
        1 - (n - 1) sum_u w_u sum_c k_uc (n_u - k_uc) / (n_u - 1) / (n^2 - sum_c n_c^2),
        Krippendorff's coincidences written out for nominal data.
    """
    total = counts.sum(axis=1)
    counts, weights, total = counts[total > 1], weights[:, total > 1], total[total > 1]
    disagreement = weights @ ((counts * (total[:, None] - counts)).sum(axis=1) / (total - 1))
    values = weights @ counts
    n = values.sum(axis=1)
    expected = n**2 - (values**2).sum(axis=1)
    return np.where(expected > 0, 1 - (n - 1) * disagreement / np.maximum(expected, 1), np.nan)


def presence(passes, sentences, issues):
    """Lay out, for every sentence and issue, whether each pass has a statement.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    sentences : sequence of str
    issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        Indexed by ``sentence`` and ``issue``; one boolean column per pass.
    """
    index = pd.MultiIndex.from_product([list(sentences), list(issues)], names=["sentence", "issue"])
    found = {name: index.isin(list(zip(table["sentence"], table["issue"]))) for name, table in passes.items()}
    return pd.DataFrame(found, index=index)


def reasons(passes):
    """Lay out the reasons each pass gives for sentences without a statement.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        Indexed by ``sentence``; one column per pass, None where it has none.
    """
    columns = {name: t[t["reason"] != ""].set_index("sentence")["reason"] for name, t in passes.items()}
    return pd.DataFrame(columns).astype(object).where(lambda t: t.notna(), None).rename_axis("sentence")


def matched(passes, units, variable):
    """Lay out one variable of the matched statements.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    units : list of dict
        As :func:`analysis.coding.matching.match` returns them.
    variable : str

    Returns
    -------
    pandas.DataFrame
        One row per unit found by two passes or more, indexed by ``sentence``
        and ``issue``; one column per pass, None where it lacks the unit.
    """
    chosen = [u for u in units if len(u["rows"]) > 1]
    given = {n: table[variable].to_dict() for n, table in passes.items()}
    rows = [[given[n][u["rows"][n]] if n in u["rows"] else None for n in passes] for u in chosen]
    index = pd.MultiIndex.from_tuples([(u["sentence"], u["issue"]) for u in chosen], names=["sentence", "issue"])
    return pd.DataFrame(rows, columns=list(passes), index=index, dtype=object)


def table(passes, sentences, issues):
    """Tabulate the agreement of all passes together.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    sentences, issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        One row per variable: ``variable, n, agreement, alpha, low, high``; n
        is the number of units with two values or more.
    """
    units = match(passes)
    laid = {"statement present": presence(passes, sentences, issues), "reason": reasons(passes)}
    laid |= {variable: matched(passes, units, variable) for variable in VARIABLES}
    return pd.DataFrame([_row(name, values) for name, values in laid.items()], columns=_COLUMNS)


_COLUMNS = ["variable", "n", "agreement", "alpha", "low", "high"]


def _row(name, values):
    pairable = values[values.notna().sum(axis=1) > 1]
    low, high = (
        interval(pairable, pairable.index.get_level_values("sentence")) if len(pairable) else (float("nan"),) * 2
    )
    return (name, len(pairable), agreement(values), alpha(values), low, high)


def by_issue(passes, sentences, issues):
    """Tabulate the agreement on presence, issue by issue.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    sentences, issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        As :func:`table`, with the issue as ``variable``, and ``found``: in how
        many sentences at least one pass has it.
    """
    laid = presence(passes, sentences, issues)
    rows = [
        (*_row(issue, laid.xs(issue, level="issue")), int(laid.xs(issue, level="issue").any(axis=1).sum()))
        for issue in issues
    ]
    return pd.DataFrame(rows, columns=[*_COLUMNS, "found"])


def by_issue_and_variable(passes, issues):
    """Tabulate the agreement on each variable of matched statements, issue by issue.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    issues : sequence of str

    Returns
    -------
    pandas.DataFrame
        As :func:`table`, with ``issue`` in front; issues no two passes share
        are left out.
    """
    units, rows = match(passes), []
    for variable in VARIABLES:
        laid = matched(passes, units, variable)
        for issue in issues:
            if issue in laid.index.get_level_values("issue"):
                rows.append((issue, *_row(variable, laid.xs(issue, level="issue"))))
    return pd.DataFrame(rows, columns=["issue", *_COLUMNS])


def pairwise(passes, sentences, issues):
    """Tabulate the agreement of every two passes.

    Parameters
    ----------
    passes : dict of str to pandas.DataFrame
    sentences, issues : sequence of str

    Returns
    -------
    counts : pandas.DataFrame
        One row per pair: ``pair``, ``matched`` statements, those ``only_first``
        and ``only_second`` has, and ``f1``.
    agreement : pandas.DataFrame
        As :func:`table`, with ``pair`` in front.
    """
    counts, rows = [], []
    for first, second in itertools.combinations(passes, 2):
        two = {first: passes[first], second: passes[second]}
        units = match(two)
        both = sum(len(u["rows"]) == 2 for u in units)
        alone = [sum(list(u["rows"]) == [name] for u in units) for name in two]
        pair = f"{first} – {second}"
        counts.append((pair, both, *alone, 2 * both / (2 * both + sum(alone))))
        rows += [(pair, *row) for row in table(two, sentences, issues).itertuples(index=False, name=None)]
    return (
        pd.DataFrame(counts, columns=["pair", "matched", "only_first", "only_second", "f1"]),
        pd.DataFrame(rows, columns=["pair", *_COLUMNS]),
    )


def unseen(units, passes):
    """Estimate how many statements no pass found.

    Parameters
    ----------
    units : list of dict
    passes : int
        Number of passes.

    Returns
    -------
    dict
        ``seen``, ``once``, ``twice`` (units found by so many passes) and
        ``estimate``, Chao's lower bound for incidence data in its
        bias-corrected form (Chao and Colwell 2017). It assumes passes
        that find statements independently of each other; annotators of one
        kind overlook the same things, so that the truth may be higher.
    """
    found = [len(u["rows"]) for u in units]
    once, twice = found.count(1), found.count(2)
    estimate = (passes - 1) / passes * once * (once - 1) / (2 * (twice + 1))
    return {"seen": len(found), "once": once, "twice": twice, "estimate": estimate}
