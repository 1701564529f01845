"""Sphinx extension: statement citations, source pages, tables and figures from notebooks.

``setup`` lists everything it registers.
"""

from pybtex.plugin import find_plugin, register_plugin

from ..base.faults import raise_any
from ..build import contents, environment
from ..coding import events as chronology
from ..coding import study
from . import (
    accessibility,
    cite,
    colophon,
    downloads,
    evidence,
    executed,
    identifiers,
    policy,
    roles,
    search,
    source_pages,
)
from . import (
    frame as pages,
)
from . import (
    notebooks as cache,
)
from . import (
    result_directives as results,
)
from . import (
    statement_table as explorer,
)
from .book import Book, telling
from .domain import StatementDomain


def load_study(app):
    """Load and check all data before the first page is read."""
    with telling():
        app.report.study = study.load()
        app.report.dates = chronology.record_dates(app.report.study)
        raise_any(contents.faults())


def _remember_plugins():
    """Find once what sphinxcontrib-bibtex would look for at every citation, among the entry points of all installed packages."""
    for name in ("docutils", "plaintext"):
        register_plugin("pybtex.backends", name, find_plugin("pybtex.backends", name), force=True)


def setup(app):
    """Register the extension with Sphinx."""
    environment.settle()
    _remember_plugins()
    app.report = Book()
    app.connect("config-inited", cache.key_by_inputs, priority=900)
    app.connect("config-inited", pages.drop_thebe, priority=900)
    app.connect("config-inited", pages.name_version, priority=900)
    app.connect("builder-inited", load_study)
    app.connect("builder-inited", cache.start_early)
    app.connect("env-get-outdated", cache.read_again)
    app.connect("env-before-read-docs", cache.order)
    app.connect("source-read", cache.wait, priority=100)
    app.connect("env-updated", cache.finish)
    app.connect("env-updated", cache.write_again)
    app.connect("build-finished", cache.finish, priority=100)
    app.add_domain(StatementDomain)
    roles.setup(app)
    results.setup(app)
    source_pages.setup(app)
    downloads.setup(app)
    evidence.setup(app)
    explorer.setup(app)
    executed.setup(app)
    pages.setup(app)
    identifiers.setup(app)
    cite.setup(app)
    accessibility.setup(app)
    colophon.setup(app)
    search.setup(app)
    policy.setup(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
