"""What every page carries: a way to report an error, the PDF; and what the theme must leave out."""

import os
from html import escape
from urllib.parse import quote, urlencode

from sphinx.errors import ExtensionError

from .. import __version__
from ..corpus import publication
from . import executed

REPORT_PAGE = "report-an-error"
DATA_PAGE = "data-and-formats"


def drop_thebe(app, config):
    """Keep sphinx-thebe from adding its script twice to every page.

    Jupyter Book loads it although no page uses it, and each page then logs
    "THEBE_JS_URL has already been declared".
    """
    app.registry.css_files = [entry for entry in app.registry.css_files if "thebe" not in entry[0]]
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__.startswith("sphinx_thebe"):
                app.disconnect(listener.id)


def name_version(app, config):
    """Let the pages' scripts know the version, which reports of errors give."""
    config.version = config.release = __version__


def choose_text(app, config):
    """Let the environment say for one build what of the articles it shows.

    Raises
    ------
    sphinx.errors.ExtensionError
        If the setting is neither ``full`` nor ``excerpts``.
    """
    config.report_text = os.environ.get("REPORT_TEXT") or config.report_text
    if config.report_text not in (publication.FULL, publication.EXCERPTS):
        raise ExtensionError(
            f"report_text (_config.yml, or REPORT_TEXT) is {config.report_text!r}; it can be 'full' or 'excerpts'"
        )


def add_footer(app, pagename, templatename, context, doctree):
    """Put the link for reporting errors, and the PDF, under the text of every page."""
    if "body" not in context or doctree is None:
        return
    title = context.get("title", pagename)
    repository = app.config.report_repository.rstrip("/")
    if repository:
        query = urlencode(
            {"title": f"Error in: {pagename}", "body": "What the page says:\n\nWhat it should say, and why:\n"},
            quote_via=quote,
        )
        address = f"{repository}/issues/new?{query}"
    else:
        page = f"{REPORT_PAGE}.html" if pagename == REPORT_PAGE else context["pathto"](REPORT_PAGE)
        address = page + "?" + urlencode({"page": pagename}, quote_via=quote)
    prefix = "../" * pagename.count("/")
    links = [f'<a class="report-error" href="{escape(address)}">Report an error on this page</a>']
    if app.config.report_pdf and app.config.report_with_pdf:
        links.append(f'<a class="book-pdf" href="{prefix}{escape(app.config.report_pdf)}">The whole book as PDF</a>')
    if notebook := executed.address(app, pagename):
        links.append(
            f'<a class="executed-notebook" href="{prefix}{escape(notebook)}" download>This page as a notebook, with results</a>'
        )
    if pagename != DATA_PAGE:
        links.append(f'<a class="book-data" href="{context["pathto"](DATA_PAGE)}">Data</a>')
    context["body"] += f'<p class="page-tools" data-title="{escape(str(title))}">{" · ".join(links)}</p>'


def setup(app):
    """Register the footer and its settings."""
    app.add_config_value("report_repository", os.environ.get("REPORT_REPOSITORY", ""), "html")
    app.add_config_value("report_pdf", "", "html")
    app.add_config_value("report_genre", "", "html")
    app.add_config_value("report_with_pdf", bool(os.environ.get("REPORT_WITH_PDF")), "html")
    app.add_config_value("report_text", publication.FULL, "env")
    app.connect("config-inited", choose_text, priority=900)
    app.connect("html-page-context", add_footer, priority=900)
