"""One HTML document of all pages: title page, contents, chapters."""

import html

from ..base import dates
from .tables import text_of

_LITTLE_TEXT = 1500  # characters


def document(chapters, work):
    """Return title page, contents and chapters as one HTML document.

    Parameters
    ----------
    chapters : list of analysis.pdf.pages.Chapter
    work : analysis.base.citation.Work

    Returns
    -------
    str
    """
    body = [title_page(work), contents(chapters)]
    part = ""
    for chapter in chapters:
        opening = ""
        if chapter.part != part:
            part = chapter.part
            opening = f'<h1 class="part">{html.escape(part)}</h1>'
        rank = "in-part" if chapter.part else "alone"
        direction = " landscape" if mostly_wide(chapter.article) else ""
        content = opening + chapter.article.decode_contents()
        body.append(f'<article id="{chapter.key}" class="chapter {rank}{direction}">{content}</article>')
    return f'<!doctype html><html lang="en"><head>{_metadata(work)}</head><body>{"".join(body)}</body></html>'


def mostly_wide(article):
    """Return whether a page is little more than wide tables, and so better landscape as a whole."""
    wide = article.find_all(class_="landscape")
    return bool(wide) and len(text_of(article)) - sum(len(text_of(table)) for table in wide) < _LITTLE_TEXT


def _metadata(work):
    released = work.released.isoformat()
    values = {"author": ", ".join(work.names), "description": work.abstract, "keywords": ", ".join(work.keywords)}
    values |= {"dcterms.created": released, "dcterms.modified": released}
    meta = "".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in values.items())
    return f'<meta charset="utf-8"><title>{html.escape(f"{work.short} {work.subtitle}".strip())}</title>{meta}'


def title_page(work):
    """Return the title page as HTML."""
    lines = {
        "book-title": work.short,
        "book-subtitle": work.subtitle,
        "book-authors": ", ".join(work.names),
        "book-version": f"Version {work.version}, {dates.show(work.released.isoformat())}",
        "book-licence": work.terms,
    }
    paragraphs = "".join(f"<p class={name}>{html.escape(text)}</p>" for name, text in lines.items() if text)
    return f'<div class="title-page">{paragraphs}</div>'


def contents(chapters):
    """Return the table of contents as HTML: parts, chapters and their first-level sections, each a link."""
    out, part = ['<div class="contents" id="contents"><h1>Contents</h1><ul>'], ""
    for chapter in chapters:
        if chapter.part != part:
            part = chapter.part
            out.append(f'</ul><p class="contents-part">{html.escape(part)}</p><ul>')
        out.append(f"<li>{_entry(chapter.key, chapter.title)}")
        sections = [(heading, _anchor(heading)) for heading in chapter.article.find_all(class_="level-2")]
        lines = "".join(f"<li>{_entry(anchor, text_of(heading))}</li>" for heading, anchor in sections if anchor)
        out.append(f"<ul>{lines}</ul></li>" if lines else "</li>")
    return "".join([*out, "</ul></div>"])


def _entry(anchor, title):
    anchor = html.escape(anchor)
    return (
        f'<a href="#{anchor}">{html.escape(title)}<span class="page" data-to="{anchor}" data-words="{{}}"></span></a>'
    )


def _anchor(heading):
    """The id of a heading or of the section it opens."""
    return heading.get("id") or (heading.parent.get("id") if heading.parent.name == "section" else None)
