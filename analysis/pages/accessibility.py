"""Correct in the pages what the tools around write and assistive technology cannot use."""

from html import escape
from pathlib import Path

# docutils marks bibliography entries with a role that WAI-ARIA has since deprecated, inside a list that may hold only
# list items.
_REPLACED = ((' role="doc-biblioentry"', ""), ('<div role="list" class="citation-list">', '<div class="citation-list">'))


def mend_roles(app, pagename, templatename, context, doctree):
    """Drop the roles of bibliography entries; label and text of an entry speak for themselves."""
    for old, new in _REPLACED:
        if old in context.get("body", ""):
            context["body"] = context["body"].replace(old, new)


def write_index(app, exception):
    """Give the page that leads to the first one a language, a title, and a link for browsers that do not move on by themselves."""
    path, first = Path(app.outdir) / "index.html", f"{app.config.root_doc}.html"
    if exception is not None or app.builder.format != "html" or path.name == first:
        return
    title = escape(app.config.html_title or app.config.project)
    path.write_text(
        f'<!DOCTYPE html>\n<html lang="{escape(app.config.language)}">\n<head>\n<meta charset="utf-8" />\n<title>{title}</title>\n'
        f'<meta http-equiv="Refresh" content="0; url={first}" />\n</head>\n<body><main><a href="{first}">{title}</a></main></body>\n</html>\n',
        encoding="utf-8",
    )


def setup(app):
    """Register the hooks."""
    app.connect("html-page-context", mend_roles)
    app.connect("build-finished", write_index, priority=900)
