"""Faults of pages: each stops the build, with file, cell and line."""

import pytest
from sphinx.errors import ExtensionError

UNKNOWN = "First line of the paragraph,\nsecond line, {st}`xx99-01`,\nthird line, {sid}`yy99-02`.\n"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<a xlink:href="#xx99-03"><path d="M0 0"/></a></svg>'
)

# What a text cell says, and what the build must tell of it: the line in the cell, and the message.
OF_PAGES = {
    "an unknown id": (UNKNOWN, 2, "unknown statement id 'xx99-01'"),
    "an unknown id in a list": (UNKNOWN, 3, "unknown statement id 'yy99-02'"),
    "no quotation of the passage": (
        "A line.\n\nAnother, where\nhe said {quote}`not these very words <lc24-01>`.\n",
        4,
        "quotation 'not these very words' is not letter for letter in lc24-01",
    ),
    "another apostrophe": (
        '{quote}`"We do not pay <lc24-02>`\n',
        1,
        "quotation '\"We do not pay' is not letter for letter in lc24-02",
    ),
    "an unknown date": ("In {year}`xx99`.\n", 1, "unknown article or event 'xx99'"),
    "no single month": ("In {month}`toll-called-for`.\n", 1, None),
    "a missing table": ("Text.\n\n```{table-result} none_such\nA caption.\n```\n", 3, "no table 'none_such'"),
    "a missing figure": ("```{figure-result} none_such\nA caption.\n```\n", 1, "no figure 'none_such'"),
}
FAULTS = {name: fault for name, fault in OF_PAGES.items() if fault[2]}


def said(book, *cells):
    """Build a book with a notebook of these cells, which must fail; return what is said."""
    book.notebook("chapter", "md:# A chapter", *cells)
    with pytest.raises(ExtensionError) as stopped:
        book.build(builder="dummy")
    return str(stopped.value)


@pytest.mark.parametrize(("text", "line", "telling"), FAULTS.values(), ids=FAULTS)
def test_each_fault_of_a_notebook_is_told_with_cell_and_line(tiny_book, text, line, telling):
    assert f"chapter.ipynb, cell 2, line {line}: {telling}" in said(tiny_book, f"md:{text}")


def test_all_faults_of_pages_are_told_at_once(tiny_book):
    tiny_book.page("text", f"# A page\n\n{UNKNOWN}")
    cells = [f"md:{text}" for text, _, _ in FAULTS.values()]
    message = said(tiny_book, *cells)
    assert "text.md, line 4: unknown statement id 'xx99-01'" in message
    for number, (_, line, telling) in enumerate(FAULTS.values(), start=2):
        assert f"chapter.ipynb, cell {number}, line {line}: {telling}" in message


def test_a_month_is_printed_where_the_date_has_one(tiny_book):
    tiny_book.page("text", OF_PAGES["no single month"][0].join(["# A page\n\n", ""]))
    page = (tiny_book.build() / "text.html").read_text(encoding="utf-8")
    assert "In March 2022." in page


def test_a_figure_needs_an_alternative_a_caption_and_live_links(tiny_book):
    code = (
        "from analysis.cells import results\n"
        f"results.show('silent', results.Figure('''{DRAWING}'''))\n"
        f"results.show('told', results.Figure('''{DRAWING}''', alt='A dot.'))"
    )
    silent = "md:Text.\n\n```{figure-result} silent\n:name: fig-silent\n\nA caption.\n```\n"
    bare = "md:```{figure-result} told\n:name: fig-bare\n```\n"
    message = said(tiny_book, code, silent, bare)
    assert "chapter.ipynb, cell 3, line 3: figure 'silent' has no text alternative" in message
    assert "chapter.ipynb, cell 4, line 1: figure-result 'told' has no caption" in message
    assert "chapter.ipynb, cell 4, line 1: figure 'told' links to unknown statement id 'xx99-03'" in message


@pytest.mark.parametrize(
    "text",
    [
        "See {ref}`no-such-label`.\n",
        "{cite}`no-such-key`\n",
        "[a page](no-such-page.md)\n",
        "![a picture](no-such-picture.png)\n",
        "{no-such-role}`x`\n",
        "```{no-such-directive}\n```\n",
        "```{source-page} 999\n```\n",
        "###### A heading that skips a level\n",
        "(double)=\n## One\n\n(double)=\n## Two\n",
    ],
)
def test_sphinx_warns_of_each_fault_and_names_the_page(tiny_book, text):
    """The build turns each warning into an error."""
    tiny_book.page("text", f"# A page\n\n{text}")
    with pytest.raises(AssertionError, match="text.md.*WARNING|text.md.*ERROR|WARNING: .*text"):
        tiny_book.build(builder="dummy")
