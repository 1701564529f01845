"""One journey through a tiny book: built in this process, read in a browser, printed."""

import pytest
from pypdf import PdfReader
from tiny_book import INVENTED

from analysis.pdf import printing

CHAPTER = f'''from pathlib import Path

from analysis.cells import results
from analysis.coding.study import load
from analysis.measures import positions

study = load(Path("{INVENTED}/seeds"), Path("{INVENTED}/data"))
toll = positions.select(study.statements, "toll")
results.numbers(against=len(positions.select(toll, position="against")))
results.show("list", results.Table(toll.reset_index()[["holder", "position"]]))'''
TEXT = """md:# Who pays

The articles have {glue:text}`against` statements against a toll {st}`lc24-01, fn24-02`.

```{table-result} list
:name: tab-toll
Who holds what.
```
"""


@pytest.fixture
def book(tiny_book):
    """The folder of a tiny book with a chapter."""
    tiny_book.notebook("chapter", CHAPTER, TEXT)
    return tiny_book.build()


def test_a_reader_follows_a_citation_and_comes_back(book, browser):
    page = browser.new_context(offline=True, viewport={"width": 390, "height": 800}).new_page()
    for name in ("index", "chapter", "source-001"):
        page.goto((book / f"{name}.html").as_uri())
        assert page.locator("article h1").count() == 1
    page.goto((book / "chapter.html").as_uri())
    assert "four statements against a toll" in page.locator("article").inner_text()
    page.locator("article p a[href$='#fn24-02']").first.dispatch_event("click")
    page.wait_for_url("**/source-001.html#fn24-02")
    assert "doubts that a toll would ever pay" in page.locator("[id='fn24-02']").inner_text()
    page.locator(".statement-lines a[href*='chapter.html#cite-fn24-02-1']").click()
    page.wait_for_url("**/chapter.html#cite-fn24-02-1")
    page.context.close()


def test_the_book_is_printed(book, tmp_path, pdf_missing):
    if pdf_missing:
        pytest.skip(pdf_missing)
    printing.write(book, tmp_path / "book.pdf")
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "book.pdf").pages)
    assert "four statements against a toll" in text
