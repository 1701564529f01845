"""Correct in the pages what the tools around write and assistive technology cannot use."""

import re
import unicodedata
from html import escape
from pathlib import Path

from docutils import nodes

_WORD = re.compile(r"\w+")

# docutils marks bibliography entries with a role that WAI-ARIA has since deprecated, inside a list that may hold only
# list items.
_REPLACED = (
    (' role="doc-biblioentry"', ""),
    ('<div role="list" class="citation-list">', '<div class="citation-list">'),
)


def languages_of(text, known):
    """Cut a text where its language changes.

    Parameters
    ----------
    text : str
    known : dict of str to str
        The language of a word, or of all words in a script, named as Unicode
        names its characters: ``{"CYRILLIC": "ru", "CJK": "ja"}``.

    Returns
    -------
    list of (str, str)
        Pieces and their languages; "" is the language of the page. Words of
        mixed scripts belong to it, and blanks between words to the words.

    Examples
    --------
    >>> languages_of("Peace (мир и труд)", {"CYRILLIC": "ru"})
    [('Peace (', ''), ('мир и труд', 'ru'), (')', '')]
    """
    spans = []
    for match in _WORD.finditer(text):
        scripts = {known.get(unicodedata.name(character, "?").split()[0], "") for character in match[0]}
        language = known.get(match[0]) or (scripts.pop() if len(scripts) == 1 else "")
        if spans and spans[-1][2] == language:
            spans[-1][1] = match.end()
        else:
            spans.append([match.start(), match.end(), language])
    pieces, end = [], 0
    for start, stop, language in [span for span in spans if span[2]]:
        pieces += [(text[end:start], "")] * (start > end) + [(text[start:stop], language)]
        end = stop
    return pieces + [(text[end:], "")] * (end < len(text))


def mark_languages(app, doctree, docname):
    """Say of words in another language which it is; docutils writes the class as the attribute ``lang``."""
    known = app.config.report_languages
    for text in list(doctree.findall(nodes.Text)) if known else []:
        if text.isascii() or isinstance(text.parent, (nodes.raw, nodes.comment)):
            continue
        pieces = languages_of(text.astext(), known)
        if any(language for _, language in pieces):
            marked = [
                nodes.inline("", piece, classes=[f"language-{language}"]) if language else nodes.Text(piece)
                for piece, language in pieces
            ]
            text.parent.replace(text, marked)


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
    """Register the hooks and the setting."""
    app.add_config_value("report_languages", {}, "html")
    app.connect("doctree-resolved", mark_languages)
    app.connect("html-page-context", mend_roles)
    app.connect("build-finished", write_index, priority=900)
