"""Files, articles, zones, paragraphs and sentences."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corpus import sentences
from analysis.corpus import texts as corpora

FROZEN = Path(__file__).parent / "data" / "sentences.txt"

# What runs of newspaper text are made of, so that boundaries, quotation marks and abbreviations meet often.
_PIECES = (
    "Putin", "Mr.", "U.S.", "said", "the islands", "1956", "3.5", "e.g.", "Dec.", "No", "“", "”", '"', "«", "»", "„", "’", "'",
    ".", "!", "?", "…", "...", ",", ";", ":", "–", "(", ")", " ", " ", " ", "\u00a0", "  ", "С", "北方領土", "😀", "é", "e\u0301",
)  # fmt: skip
_one_line = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
paragraphs = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
    st.text(_one_line, max_size=80),
).map(str.strip)


def of_file(table, number):
    """The rows of one file, by the number its name begins with."""
    return table[table["seed"].str.startswith(f"{number}_")]


def test_there_are_five_files_and_eight_articles(study):
    corpus = study.corpus
    assert list(corpus.files["number"]) == ["000", "001", "002", "003", "004"]
    assert list(corpus.articles.index) == ["sd16", "ba16", "bb16", "bc16", "bd16", "sj16", "mt13", "jm18"]
    assert corpus.articles.groupby("seed").size().tolist() == [1, 4, 1, 1, 1]
    assert set(corpus.articles["seed"]) == set(corpus.texts)


def test_every_article_has_body_text(study):
    assert list(dict.fromkeys(study.corpus.sentences["article"])) == list(study.corpus.articles.index)


@given(data=st.data())
def test_every_character_lies_in_exactly_one_zone(study, data):
    seed = data.draw(st.sampled_from(sorted(study.corpus.texts)))
    offset = data.draw(st.integers(0, len(study.corpus.texts[seed]) - 1))
    zones = study.corpus.zones
    holding = zones[(zones["seed"] == seed) & (zones["start"] <= offset) & (offset < zones["end"])]
    assert len(holding) == 1
    assert offset - holding.iloc[0]["start"] < len(holding.iloc[0]["text"])


def test_zones_put_end_to_end_are_the_files(study):
    joined = study.corpus.zones.groupby("seed")["text"].agg("".join)
    assert joined.to_dict() == study.corpus.texts


@pytest.mark.parametrize("kind", ["paragraphs", "sentences"])
def test_every_body_character_but_white_space_lies_in_exactly_one(study, kind):
    corpus = study.corpus
    for seed, text in corpus.texts.items():
        times = [0] * len(text)
        for span in getattr(corpus, kind).query("seed == @seed").itertuples():
            for offset in range(span.start, span.end):
                times[offset] += 1
        body = [False] * len(text)
        for zone in corpus.zones.query("seed == @seed and zone == 'body'").itertuples():
            body[zone.start : zone.end] = [True] * (zone.end - zone.start)
        for offset, character in enumerate(text):
            expected = {1} if body[offset] and not character.isspace() else {0, 1} if body[offset] else {0}
            assert times[offset] in expected, f"{seed}, offset {offset}, {character!r}: in {times[offset]} {kind}"


@pytest.mark.parametrize("kind", ["zones", "paragraphs", "sentences"])
def test_text_is_the_slice_of_the_file(study, kind):
    for span in getattr(study.corpus, kind).itertuples():
        assert span.text == study.corpus.texts[span.seed][span.start : span.end]
        assert span.text


def test_lines_are_those_an_editor_shows(study):
    corpus = study.corpus
    for table in (corpus.paragraphs, corpus.sentences):
        for span in table.itertuples():
            assert span.text in corpus.texts[span.seed].split("\n")[span.line - 1]
    for zone in corpus.zones.itertuples():
        lines = corpus.texts[zone.seed].split("\n")[zone.first_line - 1 : zone.last_line]
        assert zone.text in "\n".join(lines) + "\n"


def test_a_sentence_lies_in_the_paragraph_it_names(study):
    whole = study.corpus.paragraphs.set_index(["article", "paragraph"])
    for sentence in study.corpus.sentences.itertuples():
        paragraph = whole.loc[(sentence.article, sentence.paragraph)]
        assert paragraph["start"] <= sentence.start < sentence.end <= paragraph["end"]


def test_paragraphs_and_sentences_are_numbered_from_one_without_gaps(study):
    for _, table in study.corpus.paragraphs.groupby("article"):
        assert table["paragraph"].tolist() == list(range(1, len(table) + 1))
    for article, table in study.corpus.sentences.groupby("article"):
        assert table["sentence"].tolist() == [f"{article}.s{n:02d}" for n in range(1, len(table) + 1)]


def test_sentences_are_those_that_were_coded(study):
    """The frozen list: a moved boundary would move every coding behind it."""
    rows = [f"{s.sentence}\t{s.text[:30]}\t{s.text[-20:]}" for s in study.corpus.sentences.itertuples()]
    assert len(rows) == 156
    assert rows == FROZEN.read_text(encoding="utf-8").removesuffix("\n").split("\n")


@given(text=st.text(max_size=60), data=st.data())
def test_offsets_in_utf16_and_bytes_lead_back_to_the_character(text, data):
    offset = data.draw(st.integers(0, len(text)))
    units, octets = corpora.utf16_offset(text, offset), corpora.byte_offset(text, offset)
    assert text.encode("utf-16-le")[: 2 * units].decode("utf-16-le") == text[:offset]
    assert text.encode()[:octets].decode() == text[:offset]


def test_an_astral_character_counts_one_two_and_four():
    assert (corpora.utf16_offset("a😀b", 2), corpora.byte_offset("a😀b", 2)) == (3, 5)
    assert (corpora.utf16_offset("a’b", 2), corpora.byte_offset("a’b", 2)) == (2, 4)


@given(paragraphs)
def test_splitting_keeps_order_and_loses_or_doubles_no_character(paragraph):
    spans = sentences.split(paragraph)
    left = 0
    for start, end in spans:
        assert left <= start < end <= len(paragraph)
        assert paragraph[left:start].strip() == ""
        left = end
    assert paragraph[left:].strip() == ""


@given(paragraphs)
def test_no_sentence_begins_or_ends_with_white_space(paragraph):
    for start, end in sentences.split(paragraph):
        assert paragraph[start:end] == paragraph[start:end].strip() != ""


def pieces(paragraph):
    """The sentences of a paragraph as text."""
    return [paragraph[start:end] for start, end in sentences.split(paragraph)]


@given(st.sampled_from(['""', "“”", "«»", "„“"]), st.integers(2, 5))
def test_a_quotation_of_several_sentences_is_several_sentences(marks, count):
    inner = [f"This is sentence number {n}." for n in range(count)]
    found = pieces(f"{marks[0]}{' '.join(inner)}{marks[1]}")
    assert found == [marks[0] + inner[0], *inner[1:-1], inner[-1] + marks[1]]


@pytest.mark.parametrize(("opening", "closing"), ["“”", '""', "«»"])
def test_a_closing_mark_stays_with_its_sentence(opening, closing):
    assert pieces(f"He said: {opening}We agree.{closing} Then he left. {opening}Never!{closing} She stayed.") == [
        f"He said: {opening}We agree.{closing}",
        "Then he left.",
        f"{opening}Never!{closing}",
        "She stayed.",
    ]


def test_an_opening_mark_goes_with_the_sentence_it_opens():
    assert pieces('"Keep it. That is all," he said. "More."') == ['"Keep it.', 'That is all," he said.', '"More."']


def test_abbreviations_and_figures_end_no_sentence():
    assert pieces("Mr. Abe met Mr. Putin on Dec. 15. They spoke.") == [
        "Mr. Abe met Mr. Putin on Dec. 15.",
        "They spoke.",
    ]
    assert pieces("Trade grew by 3.5 percent.") == ["Trade grew by 3.5 percent."]


def test_an_empty_paragraph_has_no_sentence():
    assert sentences.split("") == []


def test_nothing_stands_between_responded_and_putin(study):
    rows = of_file(study.corpus.sentences, "001")
    first = rows[rows["text"].str.endswith("the Russian leader responded.")]
    assert len(first) == 1
    second = rows[rows["start"] == first.iloc[0]["end"]]
    assert len(second) == 1 and second.iloc[0]["text"].startswith("Putin also added")


def test_the_unmatched_closing_mark_is_kept(study):
    """File 001, line 13: four words of the article close a quotation that never opened."""
    (seed,) = of_file(study.corpus.files, "001")["seed"]
    line = study.corpus.texts[seed].split("\n")[12]
    assert line.count("”") == 1 and line.count("“") == 0
    assert "must be given away.” But neither" in line
    found = [s.text for s in of_file(study.corpus.sentences, "001").itertuples() if "”" in s.text and s.line == 13]
    assert len(found) == 1 and found[0].endswith("must be given away.”")


@pytest.mark.parametrize(("number", "count"), [("000", 95), ("001", 16), ("002", 67), ("003", 0), ("004", 0)])
def test_no_break_spaces_are_kept(study, number, count):
    (seed,) = of_file(study.corpus.files, number)["seed"]
    assert study.corpus.texts[seed].count("\u00a0") == count


def test_the_doubled_syllable_is_kept(study):
    assert (
        sum("both nations signsigned a peace treaty" in text for text in of_file(study.corpus.sentences, "002")["text"])
        == 1
    )


def test_the_cyrillic_letter_is_kept(study):
    (seed,) = of_file(study.corpus.files, "000")["seed"]
    line = study.corpus.texts[seed].split("\n")[53]
    assert line.endswith("\u0421omment") and "Comment" not in line
    assert re.findall("[\u0400-\u04ff]", study.corpus.texts[seed]) == re.findall("[\u0400-\u04ff]", line) == ["\u0421"]


def test_files_end_without_a_line_end(study):
    for seed, text in study.corpus.texts.items():
        assert not text.endswith(("\n", "\r")), seed


def test_files_hold_no_carriage_return_or_byte_order_mark(study):
    for seed, text in study.corpus.texts.items():
        assert "\r" not in text and "\ufeff" not in text, seed
