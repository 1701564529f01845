"""What a page may load and run: a content security policy in every finished page.

The policy allows files of the book and nothing else: no other host, no frame,
no request by a script, no plug-in, no other base address. Scripts written
into a page run only by their SHA-256, which is taken from the finished page;
attributes such as ``onclick`` run never, so the theme's two are replaced by
marks that ``_static/buttons.js`` reads.

Four things stay open:

- ``file:`` stands beside ``'self'`` for a book opened from a folder. Chromium
  156 and Firefox 153 count other files as ``'self'`` there, but a file has no
  origin, and CSP Level 3 promises nothing of the kind. A page that comes from
  a server can load no file by any policy, so nothing is given away.
- ``style-src 'unsafe-inline'``: figures carry styles in thousands of attributes,
  and the theme's icons write a style sheet into the page. A style can load
  pictures and fonts only, and those only from the book.
- ``data:`` for pictures and fonts: the figures' font and the theme's arrows are
  written into style sheets.
- Trusted Types are not required, since the theme writes HTML by script.

A policy in a page cannot forbid other sites to frame it (``frame-ancestors``);
that takes a header from the server.
"""

import base64
import hashlib
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from .book import telling

SOURCES = (
    ("default-src", ("'none'",)),
    ("script-src", ("'self'", "file:")),
    ("style-src", ("'self'", "file:", "'unsafe-inline'")),
    ("img-src", ("'self'", "file:", "data:")),
    ("font-src", ("'self'", "file:", "data:")),
    ("form-action", ("'self'", "file:")),
    ("base-uri", ("'none'",)),
)  # fmt: skip
HANDLERS = {"toggleFullScreen()": "full-screen"}  # the theme's, and their names in buttons.js

_DATA_BLOCK = re.compile(
    r"(?:application|text)/(?:[\w.-]+\+)?(?:json|plain|html|template|csv|x-[\w-]+)$", re.IGNORECASE
)  # never run
_ATTRIBUTE = re.compile(r"""[\s/]+([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_HANDLER = re.compile(r"[\s/]on", re.IGNORECASE)  # without it no attribute can be one, and most tags are done
_WRITTEN = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*" />\n?')


class PolicyError(ValueError):
    """Raised when a page holds what no policy could allow."""


class _Page(HTMLParser):
    """Finds the scripts, the handlers and the place for the policy in a page; changes nothing else."""

    def __init__(self, text):
        super().__init__(convert_charrefs=False)
        self.text = text
        self.lines = [0]
        for line in text.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.scripts, self.edits = [], []
        self.charset = self.head = self.script = None
        self.feed(text)
        self.close()

    @property
    def place(self):
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag, attrs):
        raw, begin = self.get_starttag_text(), self.place
        end = begin + len(raw)
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "head" and self.head is None:
            self.head = end
        if tag == "meta" and "charset" in given and self.charset is None:
            self.charset = end
        if tag == "script" and "src" not in given and not _DATA_BLOCK.match(given.get("type", "").strip()):
            self.script = end
        for name, value in given.items():
            # Browsers ignore blanks and control characters there.
            if ":" in value and re.sub(r"[\0-\x20]", "", value).lower().startswith("javascript:"):
                raise PolicyError(
                    f"line {self.getpos()[0]}: a javascript: address in <{tag} {name}>; a script adds what it does with addEventListener"
                )
        for match in _ATTRIBUTE.finditer(raw, len(tag) + 1) if _HANDLER.search(raw) else ():
            name = match[1].lower()
            if name.startswith("on"):
                action = HANDLERS.get(given[name].strip())
                if name != "onclick" or action is None:
                    raise PolicyError(
                        f"line {self.getpos()[0]}: {match[0].strip()!r} in <{tag}>; such attributes do not run, a script adds them with addEventListener"
                    )
                self.edits.append((begin + match.start(), begin + match.end(), f' data-action="{action}"'))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag == "script" and self.script is not None:
            self.scripts.append(self.text[self.script : self.place])
            self.script = None


def digest(script):
    """Return the source expression that allows an inline script.

    Parameters
    ----------
    script : str
        What stands between the tags.

    Returns
    -------
    str
        ``'sha256-…'``, with the quotation marks, as CSP Level 3 has it.
    """
    text = script.replace("\r\n", "\n").replace("\r", "\n")  # as the browser reads it
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def directives(scripts=()):
    """Return the policy of a page.

    Parameters
    ----------
    scripts : iterable of str
        The texts of its inline scripts, in any order.

    Returns
    -------
    str
        The value of a ``Content-Security-Policy`` header.
    """
    hashes = sorted({digest(script) for script in scripts})
    return "; ".join(" ".join([name, *sources, *(hashes if name == "script-src" else [])]) for name, sources in SOURCES)


def secure(page):
    """Write the policy into a page, and replace the handlers it forbids.

    Parameters
    ----------
    page : str
        A finished page; one that has a policy already gets it anew.

    Returns
    -------
    str

    Raises
    ------
    PolicyError
        If the page has a handler that is not the theme's, or a
        ``javascript:`` address.
    """
    page = _WRITTEN.sub("", page)
    read = _Page(page)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(directives(read.scripts))}" />\n'.replace(
        "&#x27;", "'"
    )
    # Behind the character set, which must stand in the first 1024 bytes, and before everything that loads.
    place = read.charset or read.head
    if place is None:
        place = re.match(r"\s*(?:<!DOCTYPE[^>]*>\s*)?", page, re.IGNORECASE).end()
    for start, end, text in sorted([*read.edits, (place, place, meta)], reverse=True):
        page = page[:start] + text + page[end:]
    return page


def write(folder):
    """Secure every page of a finished book.

    Parameters
    ----------
    folder : Path
        The book; ``_static`` holds files of the theme, no pages.

    Raises
    ------
    PolicyError
        Names the page.
    """
    for path in sorted(folder.rglob("*.html")):
        if "_static" in path.relative_to(folder).parts:
            continue
        before = path.read_bytes().decode("utf-8")
        try:
            after = secure(before)
        except PolicyError as error:
            raise PolicyError(f"{path.relative_to(folder).as_posix()}, {error}") from None
        if after != before:
            path.write_bytes(after.encode("utf-8"))


def secure_pages(app, exception):
    """Write the policy once all pages are written, whatever else was put into them.

    Raises
    ------
    sphinx.errors.ExtensionError
        If a page holds what the policy cannot allow.
    """
    if exception is None and app.builder.format == "html":
        with telling(PolicyError):
            write(Path(app.outdir))


def setup(app):
    """Register the event; Jupyter Book itself adds the script, as every other in ``_static``."""
    app.connect("build-finished", secure_pages, priority=999)
