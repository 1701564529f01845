"""The report's findings as functions of the statement table, and how they stand trials."""

import pandas as pd

from ..measures.positions import select


def _own(table):
    return table[table["speaker"] == table["holder"]]


def _no_advocate(t):
    two = select(t, "two_islands")
    return len(two) > 0 and _own(two).empty


def _four_is_japans(t):
    return set(select(t, "four_islands", position="for")["holder"]) == {"Japan"}


def _putin_refuses(t):
    return "Vladimir Putin" in set(_own(select(t, "no_transfer", position="for"))["holder"])


def _unnamed_solution(t):
    return {"Vladimir Putin", "Shinzo Abe"} <= set(_own(select(t, "compromise", position="for"))["holder"])


def _activity_agreed(t):
    activity = select(t, "joint_economic_activity", holder="Japan and Russia")
    return {"for", "conditional"} <= set(activity["position"])


def _turn(t):
    policy = select(t, "decoupling", holder="Japan")
    then = policy[policy["date"].str.startswith("../")]
    return set(then["position"]) == {"against"} and "for" in set(policy[policy["date"] == ""]["position"])


def _road(t):
    road = select(t, "economy_to_settlement")
    return (
        len(road) > 0 and set(road["position"]) == {"for"} and bool(set(road["holder"]) & {"Japan", "Japanese leaders"})
    )


def _no_breakthrough(t):
    return set(select(t, "breakthrough")["position"]) == {"against"}


FINDINGS = (
    ("Apart from the Soviet pledge, nobody speaks for two islands as their own position.", _no_advocate, lambda t: select(t, "two_islands"),
     "one statement for two islands by its holder"),
    ("Only Japan is said to want all four islands handed over.", _four_is_japans,
     lambda t: select(t, "four_islands", position="for"), "another holder who wants four"),
    ("Putin refuses, in direct quotation, to trade territory.", _putin_refuses,
     lambda t: _own(select(t, "no_transfer", position="for", holder="Vladimir Putin")), "the interview in another translation that says otherwise"),
    ("Both leaders want a solution, and neither names it.", _unnamed_solution,
     lambda t: _own(select(t, "compromise", position="for", holder=["Vladimir Putin", "Shinzo Abe"])), "a leader who names his compromise"),
    ("The two governments are reported to have agreed to discuss and prepare joint economic activity, under a condition.", _activity_agreed,
     lambda t: select(t, "joint_economic_activity", holder="Japan and Russia"), "a denial by one of them"),
    ("Japan is reported to have turned from territory first to cooperation that does not wait.", _turn,
     lambda t: select(t, "decoupling", holder="Japan"), "a Japanese official who in 2016 still puts territory first"),
    ("Japan above all is reported to hope that economic cooperation may lead to a settlement.", _road,
     lambda t: select(t, "economy_to_settlement"), "a Japanese voice that denies it"),
    ("No statement coded on a breakthrough reports or expects one.", _no_breakthrough,
     lambda t: select(t, "breakthrough"), "one forecast of a breakthrough"),
)  # fmt: skip


def evaluate(study):
    """Try every finding on the whole table, on the firm readings, and without each article.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    pandas.DataFrame
        ``finding, holds, holds_firm`` (bool), ``fails_without`` (keys of the
        articles whose absence overturns it, joined by ", "), ``evidence``
        (list of ids) and ``overturned_by``.
    """
    table, tried, articles = study.statements, trials(study, {}), study.corpus.articles.index
    failing = [", ".join(a for a in articles if not row[f"without {a}"]) for _, row in tried.iterrows()]
    return pd.DataFrame({
        "finding": tried["finding"],
        "holds": [bool(test(table)) for _, test, _, _ in FINDINGS],
        "holds_firm": tried["firm only"],
        "fails_without": failing,
        "evidence": [list(evidence(table).index) for _, _, evidence, _ in FINDINGS],
        "overturned_by": [what for *_, what in FINDINGS],
    })  # fmt: skip


def trials(study, passes):
    """Recompute every finding under other choices.

    Parameters
    ----------
    study : analysis.coding.study.Study
    passes : dict of str to pandas.DataFrame
        The coding passes.

    Returns
    -------
    pandas.DataFrame
        One row per finding: ``finding`` and a column of bool for each choice:
        firm readings only, each pass alone, each article left out, and each
        outlet or file with several articles left out.
    """
    table, articles = study.statements, study.corpus.articles
    choices = {"firm only": table[table["status"] == "firm"]}
    article_of = study.corpus.sentences.set_index("sentence")["article"]
    for name, coded in passes.items():
        choices[f"pass {name}"] = coded[coded["reason"] == ""].assign(article=lambda t: t["sentence"].map(article_of))
    for article in articles.index:
        choices[f"without {article}"] = table[table["article"] != article]
    for column, word in (("outlet", "{}"), ("seed", "file {}")):
        for value, group in articles.groupby(column, sort=False):
            if len(group) > 1:
                name = word.format(value.split("_")[0])
                choices[f"without {name}"] = table[~table["article"].isin(group.index)]
    rows = [[text, *(bool(test(chosen)) for chosen in choices.values())] for text, test, _, _ in FINDINGS]
    return pd.DataFrame(rows, columns=["finding", *choices])
