"""A book of the invented corpus, built by Sphinx in this process in a second or two."""

import json
import os
from pathlib import Path
from unittest import mock

from sphinx.testing.util import SphinxTestApp

INVENTED = Path(__file__).parent / "invented"

_SETTINGS = """
extensions = ["myst_nb", "sphinxcontrib.bibtex", "analysis.pages"]
bibtex_bibfiles = ["references.bib"]
html_theme = "sphinx_book_theme"
html_theme_options = {"use_download_button": False, "use_fullscreen_button": False, "logo": {"text": "Lake"}}
html_title = "Lake"
nb_execution_mode = "force"
nb_execution_raise_on_error = True
numfig = True
root_doc = "index"
smartquotes = False
html_copy_source = False
"""
_BIBLIOGRAPHY = """
@misc{lakecourier2024, title = {Norland rejects lake toll}, author = {Writer, Ada}, year = {2024}}
@misc{lakepost2024, title = {Sudland offers to halve the toll}, author = {{Lake Post}}, year = {2024}}
@misc{fjordnews2024, title = {Fishermen want talks}, author = {Ek, Bo}, year = {2024}}
"""
FIRST = "# The lake\n\nNorland will not pay {st}`lc24-01`. Its minister says {quote}`lc24-02`.\n"


class TinyBook:
    """Pages of a book, and what Sphinx makes of them.

    Parameters
    ----------
    folder : Path
        An empty folder for the sources.
    """

    def __init__(self, folder):
        self.source = folder
        self.pages = []
        (folder / "conf.py").write_text(_SETTINGS, encoding="utf-8")
        (folder / "references.bib").write_text(_BIBLIOGRAPHY, encoding="utf-8")
        for number in ("000", "001"):
            self.page(f"source-{number}", f"# File {number}\n\n```{{source-page}} {number}\n```\n")
        self.page("report-an-error", "# Report an error\n\nWrite to the authors.\n")
        self.page("data-and-formats", "# Data\n\nTables.\n")

    def page(self, name, text):
        """Write a text page and list it."""
        self._list(f"{name}.md", text)

    def notebook(self, name, *cells):
        """Write a notebook and list it; a cell is code, or text where it begins with ``md:``."""
        made = []
        for number, cell in enumerate(cells):
            text = cell.removeprefix("md:")
            made.append({"cell_type": "markdown", "metadata": {}, "source": text, "id": f"c{number}"})
            if text == cell:
                made[-1] |= {
                    "cell_type": "code",
                    "outputs": [],
                    "execution_count": None,
                    "metadata": {"tags": ["remove-output"]},
                }
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        content = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        self._list(f"{name}.ipynb", json.dumps(content))

    def _list(self, name, text):
        (self.source / name).write_text(text, encoding="utf-8")
        if name not in self.pages:
            self.pages.append(name)

    def build(self, first=FIRST, builder="html", **settings):
        """Build the book.

        Parameters
        ----------
        first : str
            The first page; the list of the others follows it.
        builder : str
        **settings
            Of Sphinx, over those of the tiny book.

        Returns
        -------
        Path
            The folder of the finished pages.

        Raises
        ------
        sphinx.errors.SphinxError
            If the extension, or Sphinx, finds a fault.
        AssertionError
            If Sphinx warns.
        """
        names = "\n".join(name.rpartition(".")[0] for name in self.pages)
        (self.source / "index.md").write_text(f"{first}\n```{{toctree}}\n{names}\n```\n", encoding="utf-8")
        with mock.patch.dict(os.environ):  # the extension sets the environment of a build; other tests need their own
            app = SphinxTestApp(builder, srcdir=self.source, confoverrides=settings)
            try:
                app.build()
                warned = app.warning.getvalue()
            finally:
                app.cleanup()
        assert not warned, warned
        return Path(app.outdir)
