"""Take out of the pages what the tools around write and assistive technology cannot use."""

# docutils marks bibliography entries with a role that WAI-ARIA has since deprecated, inside a list that may hold only
# list items.
_REPLACED = ((' role="doc-biblioentry"', ""), ('<div role="list" class="citation-list">', '<div class="citation-list">'))


def mend_roles(app, pagename, templatename, context, doctree):
    """Drop the roles of bibliography entries; label and text of an entry speak for themselves."""
    for old, new in _REPLACED:
        if old in context.get("body", ""):
            context["body"] = context["body"].replace(old, new)


def setup(app):
    """Register the hook."""
    app.connect("html-page-context", mend_roles)
