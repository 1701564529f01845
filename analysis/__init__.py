"""A report that proves every line of itself: from saved press texts to HTML and PDF.

Where does it come from?

- A *passage*: `corpus.texts` reads the files and finds sentences, `coding.study` loads and checks every table,
  `pages.source_pages` marks the passage and `pages.roles` cites it.
- A *table*: a notebook in ``book/`` counts with `measures`, hands it over with `cells.results`, and
  `pages.result_directives` sets it into the page.
- A *figure*: `report.figures` has one module each, which makes the rows, the drawing and the text alternative;
  `cells.drawing` is the look of all.
- A *page*: the file of the same name in ``book/``, read by the Sphinx extension in `pages`.
- A *reference*: `cite`. A *download*: `downloads`. The *PDF*: `pdf`. The *build* as a whole: `build.book`.

Imports run one way: paths, base, corpus, coding, measures, cells, report; then cite, downloads and pdf; then build,
pages and the commands. ``pyproject.toml`` has the contract. What only this report needs stands in `report` and in
``data/``, whose tables are defined in ``data/datapackage.json``.
"""

__version__ = "1.2.0"
