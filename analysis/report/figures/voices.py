"""Voices: articles down, modes of speech across, one dot a statement by its speaker's side."""

import matplotlib.pyplot as plt

from ...cells import drawing
from ...cells.results import sentence, words
from ...coding.statements import NARRATOR
from ...measures.positions import holder_name
from . import _statements

_COLUMNS = 8  # dots side by side
_ITSELF = holder_name(NARRATOR)


@drawing.styled
def draw(study):
    """Draw whose words each article carries: one dot a statement, by mode.

    Parameters
    ----------
    study : analysis.coding.study.Study

    Returns
    -------
    analysis.cells.results.Figure
        Articles down, modes across; colour and shape give the speaker's side.
    """
    articles, modes = study.corpus.articles, list(study.codebook.modes)
    rows = _statements.rows(study, study.statements, "speaker")
    rows.insert(1, "Article", study.statements["article"].map(articles["label"]).to_numpy())
    rows.insert(2, "Mode", study.statements["mode"].to_numpy())
    rows = rows.assign(article=study.statements["article"].to_numpy()).drop(columns="Own or ascribed")
    figure, axes = plt.subplots(figsize=(4.4, 0.8 + 0.55 * len(articles)))
    cells = {key: cell.sort_values("side", kind="stable") for key, cell in rows.groupby(["article", "Mode"])}
    for (article, mode), cell in cells.items():
        x, y = modes.index(mode), -articles.index.get_loc(article)
        for (dx, dy), (_, row) in zip(drawing.cluster(len(cell), 0.112, _COLUMNS), cell.iterrows()):
            _statements.mark(axes, x + dx, y + dy * 1.3, row, 18, "Speaker", outlined=False)
    for number in range(len(articles)):
        axes.axhline(-number - 0.5, color=drawing.RULE, linewidth=0.6)
    axes.set_xlim(-0.55, len(modes) - 0.45)
    axes.set_ylim(-len(articles) + 0.45, 0.55)
    axes.set_xticks(range(len(modes)), modes)
    drawing.bare(axes, dict(zip(range(0, -len(articles), -1), drawing.article_names(articles))))
    _statements.key(figure, rows, basis=False)
    return drawing.finish(figure, "voices", _describe(articles, modes, cells), rows)


def _describe(articles, modes, cells):
    out = ["Dot chart: articles down, modes of speech across, a dot for each statement, by the speaker's country."]
    for article, short in articles["short"].items():
        here = [(mode, cells[article, mode]) for mode in modes if (article, mode) in cells]
        whose = {
            mode: "its own voice" if set(cell["Speaker"]) == {_ITSELF} else _statements.whose(cell)
            for mode, cell in here
        }
        parts = [f"{mode} {words(len(cell))} ({whose[mode]})" for mode, cell in here]
        out.append(sentence(f"{short}: {'; '.join(parts) or 'none'}"))
    return " ".join(out)
