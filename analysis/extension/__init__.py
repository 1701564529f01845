"""Sphinx extension: statement citations, source pages, tables and figures from notebooks.

``setup`` lists everything it registers.
"""

from sphinx.errors import ExtensionError

from .. import chronology, statements
from ..faults import DataError
from . import (
    accessibility, cache, cite, colophon, downloads, evidence, executed, explorer, identifiers, pages, policy, results, roles, source_pages,
)  # fmt: skip
from .domain import StatementDomain


def load_study(app):
    """Load and check all data before the first page is read."""
    try:
        app.study = statements.load()
        app.report_dates = chronology.record_dates(app.study)
    except DataError as error:
        raise ExtensionError(str(error)) from None


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("config-inited", cache.key_by_inputs, priority=900)
    app.connect("config-inited", pages.drop_thebe, priority=900)
    app.connect("config-inited", pages.name_version, priority=900)
    app.connect("builder-inited", load_study)
    app.connect("env-get-outdated", cache.read_again)
    app.connect("env-before-read-docs", cache.run_in_parallel)
    app.connect("env-updated", cache.write_again)
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
    policy.setup(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
