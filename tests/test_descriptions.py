"""A figure's marks, data and text alternative say the same, for this report and for an invented one."""

import random
import re
from collections import Counter
from types import SimpleNamespace

import pandas as pd
import pytest
from marks import STANCES, Drawing, number, of_data, of_text, summed

from analysis.base import dates
from analysis.cells import drawing
from analysis.coding import events as chronology
from analysis.measures import alignment, ledger, positions
from analysis.report import figures, sides


@pytest.fixture
def invented(monkeypatch):
    """A report on Norland, Sudland and the late Old Sudland, with years of three centuries."""
    norland = sides.Side(0, "Norland", "Norlandic", "Norlandic", drawing.FIRST, "o", ("Norland",))
    sudland = sides.Side(1, "Sudland", "Sudlandic", "Sudlandic", drawing.SECOND, "s", ("Sudland", "Old Sudland"))
    other = sides.Side(2, "nobody's", "other", "others", drawing.OTHER, "^")
    monkeypatch.setattr(sides, "SIDES", (norland, sudland, other))
    monkeypatch.setattr(
        sides, "FORMER", {"Old Sudland": {"name": "Sudland, old or new", "one": "of Sudland", "many": "of Sudland"}}
    )
    draw = random.Random(7)
    people = {"article": "", "Ann": "Norland", "Bea": "Sudland", "the late king": "Old Sudland", "Dan": "Farland"}
    issues = ["toll", "shore", "silence"]
    articles = pd.DataFrame(
        {
            "short": ["Gazette", "Herald"],
            "label": ["The Gazette, 1899", "The Herald, 2101"],
            "outlet": "x",
            "seed": "000",
            "date_text": ["", "[2101-02-03,2102-02-03]"],
            "date_record": ["1899-05-06", "2101/.."],
        },
        index=["ga99", "he01"],
    )
    rows = []
    for n in range(70):
        speaker = draw.choice(list(people))
        holder = draw.choice(list(people)) if speaker == "article" or n % 2 else speaker
        article = draw.choice(articles.index)
        rows.append(
            (
                f"{article}-{n:02}",
                f"{article}.s{n // 2:02}",
                article,
                speaker,
                holder,
                draw.choice(issues[:2]),
                draw.choice(positions.STANCES),
                draw.choice(["direct", "indirect", "narrator"]),
                draw.choice(["", "", "../1901", "1890", "1700-01", "1712", "2101-12-31", "2110"]),
            )
        )
    columns = ["id", "sentence", "article", "speaker", "holder", "issue", "position", "mode", "date"]
    statements = pd.DataFrame(rows, columns=columns).assign(via="", status="firm", kind="demand").set_index("id")
    sentences = pd.DataFrame({"sentence": sorted({*statements["sentence"], "ga99.s98", "he01.s99"})}).assign(
        line=1, text="Words.", start=0
    )
    sentences["article"] = sentences["sentence"].str[:4]
    bare = sentences[~sentences["sentence"].isin(statements["sentence"])][["sentence"]].assign(reason="other_topic")
    return SimpleNamespace(
        statements=statements,
        actors=pd.DataFrame({"country": people}),
        no_statement=bare,
        corpus=SimpleNamespace(articles=articles, sentences=sentences),
        codebook=SimpleNamespace(
            issues=pd.DataFrame({"label": ["Toll", "Free shore", "Silence"]}, index=issues),
            modes={"direct": "", "indirect": "", "narrator": ""},
        ),
    )


@pytest.fixture(params=["this report", "invented"])
def any_study(request, study, invented, monkeypatch):
    """A study, and all its issues."""
    if request.param == "this report":
        monkeypatch.undo()
    chosen = invented if request.param == "invented" else study
    return chosen, list(chosen.codebook.issues.index)


def adjectives(study):
    """What the sides of some statements are called in text, to their names."""
    found = {}
    for side in sides.of(study.statements["holder"], study.actors):
        found |= {side.one: side.name, side.many: side.name}
    return found


def test_marks_data_and_text_of_a_chart_of_stances_agree(any_study):
    study, issues = any_study
    figure = figures.stances.draw(study, issues, "dots")
    counts = Drawing(figure.svg).counts()
    assert counts.total() == len(positions.select(study.statements, issues)) > 25
    assert counts == of_data(figure.data)
    by_side, by_basis = of_text(figure.alt, adjectives(study))
    assert summed(counts, 0, 1, 2) == by_side
    assert summed(counts, 0, 1, 3) == by_basis


def test_marks_data_and_text_of_options_over_time_agree(any_study):
    study, issues = any_study
    figure = figures.options.draw(study, issues)
    seen = Drawing(figure.svg)
    assert seen.counts() == of_data(figure.data)
    told = Counter()
    for issue, parts in re.findall(r"(?:^| )([A-Z0-9][^.:]*): ([^.:]*)\.", figure.alt.split(" not drawn")[0]):
        for year, listed in re.findall(r"(\d{4}), ([^;]*)", parts):
            for count, stance in re.findall(rf"(\w+) ({STANCES})", listed):
                told[issue.lower(), stance, int(year)] += number(count)
    dated = Counter((*mark.name.split(", ")[-2:], int(year + 0.003)) for mark, year in seen.years())
    assert dated == told


def test_no_mark_is_drawn_further_than_a_week_from_its_date(any_study):
    study, issues = any_study
    figure = figures.options.draw(study, issues)
    value = study.statements["date"].where(
        study.statements["date"] != "", study.statements["article"].map(study.corpus.articles["date_record"])
    )
    drawn = list(Drawing(figure.svg).years())
    assert len(drawn) > 20
    for mark, year in drawn:
        first, last = dates.years(value[mark.target[1:]])
        assert first - 7 / 365 <= year <= last + 7 / 365, mark


def test_what_has_no_place_in_time_is_named_and_nothing_else_is_left_out(any_study):
    study, issues = any_study
    figure = figures.options.draw(study, issues)
    value = study.statements["date"].where(
        study.statements["date"] != "", study.statements["article"].map(study.corpus.articles["date_record"])
    )
    chosen = positions.select(study.statements, issues)
    open_ended = {i for i in chosen.index if None in dates.bounds(value[i])}
    assert open_ended and set(figure.data["Statement"]) == set(chosen.index)
    assert {mark.target[1:] for mark in Drawing(figure.svg).marks} == set(chosen.index) - open_ended
    assert set(figure.data.loc[figure.data["Date"].str.endswith("(not drawn)"), "Statement"]) == open_ended
    count, named = re.search(r"(\w+) not drawn, as the date is open: (.*)\.$", figure.alt).groups()
    assert number(count) == len(open_ended) and all(i in named for i in open_ended)


def test_marks_data_and_text_of_voices_agree(any_study):
    study, _ = any_study
    figure = figures.voices.draw(study)
    seen = Drawing(figure.svg)
    side = {mark.target[1:]: seen.key[mark.colour] for mark in seen.marks}
    assert side == dict(zip(figure.data["Statement"], figure.data["Side"])) and len(seen.marks) == len(study.statements)
    told = [(mode, number(count)) for mode, count in re.findall(r"(direct|indirect|narrator) (\w+) \(", figure.alt)]
    rows = study.statements.groupby(["article", "mode"], sort=False).size()
    assert told == [
        (mode, rows[article, mode])
        for article in study.corpus.articles.index
        for mode in study.codebook.modes
        if (article, mode) in rows
    ]


def test_every_cell_of_the_grid_and_every_line_of_the_network_is_in_data_and_text(any_study):
    study, _ = any_study
    judged = alignment.judgements(study.statements)
    grid, net = figures.judgements.draw(study, judged), figures.network.draw(study, judged)
    cells = judged.groupby(["holder", "issue"])["count"].sum()
    marks = Drawing(grid.svg).marks
    assert (
        len(marks) == len(cells)
        and sum(int(re.search(r"(\d+) statement", mark.name)[1]) for mark in marks)
        == grid.data["Number of statements"].sum()
        == cells.sum()
    )
    for mark in marks:
        holder, issue, word = re.match(r"(.*), (.*): (.*), \d", mark.name).groups()
        told = re.search(rf"(?:\.|both\.) {re.escape(holder)}: ([^.]*)\.", grid.alt)[1]
        assert issue in next(
            part for part in told.split("; ") if part.startswith({"for and against": "both"}.get(word, word))
        )
    pairs = alignment.one_mode(judged)
    lines = re.search(r"(\w+) pairs? joined by solid.*; (\w+) pairs? joined by dashed", net.alt)
    assert (number(lines[1]), number(lines[2])) == ((pairs["congruence"] > 0).sum(), (pairs["conflict"] > 0).sum())
    assert (
        sum(" judgement on " in address for address in re.findall(r'aria-label="([^"]*)"', net.svg))
        == len(net.data)
        == number(lines[1]) + number(lines[2])
    )


def test_the_ledger_draws_and_tells_every_sentence(any_study):
    study, _ = any_study
    figure, rows = figures.ledger.draw(study), ledger.sentences(study)
    assert sum(number(word) for word in re.findall(r"(\w+) sentences?,", figure.alt)) == len(rows) == len(figure.data)
    assert (
        sum(number(word) for word in re.findall(r"(\w+) of them empty", figure.alt)) == (rows["reason"] != "").sum() > 0
    )
    assert len(Drawing(figure.svg).marks) == (rows["reason"] == "").sum()


def test_every_date_of_articles_and_events_is_drawn(any_study):
    study, _ = any_study
    articles = study.corpus.articles
    events = (
        chronology.in_order(study.events)
        if hasattr(study, "passages")
        else pd.DataFrame(
            {
                "event": ["A war", "A peace", "A rumour"],
                "date_stated": ["1700", "", ""],
                "date_record": ["", "1998-01-01/2102", ""],
                "passages": ["ga99-01", "", ""],
            }
        )
    )
    for figure, values, hidden in (
        (figures.dates.draw(study), [*articles["date_text"], *articles["date_record"]], ()),
        (
            figures.timeline.draw(study, events),
            [*events["date_stated"], *events["date_record"], *articles["date_text"], *articles["date_record"]],
            ("",),
        ),
    ):
        drawn = Counter(mark.axes for mark in Drawing(figure.svg).marks)
        choices = [choice for value in values if value not in hidden for choice in dates.choices(value)]
        assert sum(drawn.values()) >= len(choices)  # an open one is drawn on both sides of a break, and with arrows
        limits = drawing.stretches(dates.years(choice) for choice in choices)
        assert len(set(drawn)) == len(limits)
        assert (
            all(row.short in figure.alt for row in articles.itertuples())
            or f"{len(events)} events" in figure.alt
            or "three events" in figure.alt
        )
    if not hasattr(study, "passages"):
        assert "Without any date: A rumour." in figure.alt and "from 1700 to 2101" in figure.alt


def test_time_is_cut_where_nothing_is_dated_for_long_and_every_year_stays_within():
    assert drawing.stretches(
        [(1956.8, 1956.8), (1960, 1961), (2013.3, 2018), (None, 1990), (2000, None), (None, None)]
    ) == [(1956.8, 1961), (1990, 2018)]
    assert drawing.stretches([]) == []


def test_a_side_is_named_after_a_former_state_only_where_it_speaks(study):
    names = pd.Series(["Russia", "Shinzo Abe", "Japan and Russia", "article", "James Brown"])
    assert [side.name for side in sides.of(names, study.actors)] == [
        "Russia",
        "Japan",
        "both together",
        "other",
        "other",
    ]
    assert [side.name for side in sides.of(pd.Series(["the Soviet Union", "Russia"]), study.actors)] == [
        "Russia / USSR"
    ] * 2


def test_the_map_names_what_two_and_four_are():
    figure = figures.map.draw()
    for land in figures.map.FOUR:
        assert land in figure.alt and land in "".join(Drawing(figure.svg).tree.itertext())
    assert set(figures.map.FOUR) <= {name for name, _ in figures.map.coast()}
