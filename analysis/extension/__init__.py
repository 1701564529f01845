"""Sphinx extension: statement citations, source pages, tables and figures from notebooks.

``setup`` lists everything it registers.
"""

from sphinx.errors import ExtensionError

from .. import statements
from ..faults import DataError
from . import cache, pages, policy, results, roles, source_pages
from .domain import StatementDomain


def load_study(app):
    """Load and check all data before the first page is read."""
    try:
        app.study = statements.load()
    except DataError as error:
        raise ExtensionError(str(error)) from None


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("config-inited", cache.key_by_inputs, priority=900)
    app.connect("config-inited", pages.drop_thebe, priority=900)
    app.connect("builder-inited", load_study)
    app.connect("env-before-read-docs", cache.run_in_parallel)
    app.add_domain(StatementDomain)
    roles.setup(app)
    results.setup(app)
    source_pages.setup(app)
    pages.setup(app)
    policy.setup(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
