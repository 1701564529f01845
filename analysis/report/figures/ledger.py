"""The ledger of sentences: one cell a sentence, in reading order, article by article."""

import matplotlib.pyplot as plt
import pandas as pd

from ...cells import drawing
from ...cells.results import sentence, words
from ...measures import ledger, views


@drawing.styled
def draw(study):
    """Draw one cell a sentence, in reading order, article by article.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    analysis.cells.results.Figure
        A filled cell shows how many statements its sentence has and links to
        the passage of a single one, or to all of them in the statement table;
        an empty cell shows the first letter of the reason.
    """
    articles, sentences = study.corpus.articles, ledger.sentences(study)
    rows = pd.DataFrame(
        {
            "Sentence": sentences["sentence"],
            "Statements": sentences["statements"].map(" ".join),
            "Reason for none": sentences["reason"].str.replace("_", " "),
            "article": sentences["article"],
            "column": sentences.groupby("article").cumcount(),
            "ids": sentences["statements"],
        }
    )
    figure, axes = plt.subplots(figsize=(7.0, 0.9 + 0.36 * len(articles)))
    for _, row in rows.iterrows():
        x, y, ids = row["column"], -articles.index.get_loc(row["article"]), row["ids"]
        colour, fill = (drawing.CODED, drawing.CODED) if ids else (drawing.MUTED, drawing.PAPER)
        box = plt.Rectangle((x, y - 0.38), 0.86, 0.76, linewidth=0.8, edgecolor=colour, facecolor=fill)
        if ids:
            target = f"#{ids[0]}" if len(ids) == 1 else views.view(id=ids)
            box.set_url(drawing.link(target, f"{row['Sentence']}: {', '.join(ids)}"))
        axes.add_patch(box)
        text = str(len(ids)) if ids else row["Reason for none"][:1]
        axes.text(
            x + 0.43, y, text, ha="center", va="center", fontsize=8.5, color=drawing.PAPER if ids else drawing.INK
        )
    axes.set_xlim(-0.2, rows["column"].max() + 1.1)
    axes.set_ylim(-len(articles) + 0.4, 0.6)
    axes.set_xticks([])
    drawing.bare(axes, {-number: f"{key}  {short}" for number, (key, short) in enumerate(articles["short"].items())})
    axes.tick_params(axis="y", labelsize=8)
    return drawing.finish(figure, "ledger", _describe(rows, articles), rows)


def _describe(rows, articles):
    out = ["Rows of cells, an article a row, a cell for each sentence."]
    for article, short in articles["short"].items():
        here = rows[rows["article"] == article]
        empty = sum(here["Statements"] == "")
        out.append(sentence(f"{short}: {drawing.several(len(here), 'sentence')}, {words(empty)} of them empty"))
    return " ".join(out)
