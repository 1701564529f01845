"""Nothing in the finished book makes a browser ask another host: pages, style sheets, drawings, scripts' source maps."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.slow  # reads every file of the book

# Links a reader follows (<a href>) and names that are addresses in form only (xmlns, rel=canonical) load nothing.
LOADING = {
    "script": ("src",), "img": ("src", "srcset"), "iframe": ("src",), "frame": ("src",), "embed": ("src",), "object": ("data",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "track": ("src",), "input": ("src",), "image": ("href", "xlink:href"), "use": ("href", "xlink:href"),
    "form": ("action",), "button": ("formaction",), "base": ("href",), "a": ("ping",), "body": ("background",), "html": ("manifest",),
}  # fmt: skip
IDLE_RELATIONS = {
    "author",
    "canonical",
    "cite-as",
    "describedby",
    "help",
    "index",
    "item",
    "license",
    "me",
    "next",
    "prev",
    "search",
    "type",
}
_CSS = re.compile(r"""url\(\s*("[^"]*"|'[^']*'|[^)\s]*)\s*\)|@import\s+("[^"]*"|'[^']*')""", re.IGNORECASE)
_MAP = re.compile(r"^\s*(?://|/\*)[#@]\s*sourceMappingURL=(\S+)", re.MULTILINE)


def css_addresses(text):
    """What a style sheet loads."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return [(match[1] or match[2]).strip("\"'") for match in _CSS.finditer(text)]


def loaded(text, kind="lxml"):
    """What a page makes a browser load or send to: list of addresses."""
    soup, found = BeautifulSoup(text, kind), []
    for tag in soup.find_all(True):
        for name in LOADING.get(tag.name, ()):
            value = tag.get(name)
            if value:
                found += [part.split()[0] for part in value.split(",")] if name == "srcset" else [value]
        if tag.name == "link" and tag.get("href") and not set(tag.get("rel", [])) <= IDLE_RELATIONS:
            found.append(tag["href"])
        if tag.name == "meta" and tag.get("http-equiv", "").lower() == "refresh":
            found.append(re.sub(r"^[^=]*=\s*", "", tag["content"]).strip("\"'"))
        if tag.name == "style":
            found += css_addresses(tag.get_text())
        found += css_addresses(
            " ".join(
                str(value)
                for name, value in tag.attrs.items()
                if name in ("style", "fill", "stroke", "clip-path", "mask", "filter")
            )
        )
    return found


def elsewhere(address):
    """Whether an address leads to another host; `//host/x` and `\\\\host\\x` do, too."""
    address = re.sub(r"[\t\r\n]", "", address.strip()).replace("\\", "/")
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


@pytest.mark.parametrize(
    "text",
    ["<script src='https://x.org/a.js'></script>", "<img src=//x.org/a.png>", "<img srcset='a.png 1x, https://x.org/b.png 2x'>", "<link rel=stylesheet href=http://x.org/a.css>",
     "<link rel='preconnect' href='https://x.org'>", "<link rel='shortcut icon' href='https://x.org/i'>", "<iframe src=https://x.org></iframe>", "<style>@import 'https://x.org/a.css';</style>",
     "<p style='background: url(https://x.org/a.png)'>", "<style>@font-face { src: url( \"//x.org/a.woff2\" ) }</style>", "<form action='https://x.org/'>", "<base href='https://x.org/'>",
     "<meta http-equiv=Refresh content='0; url=https://x.org/'>", "<svg><image xlink:href='https://x.org/a.png'/></svg>", "<svg><use href='https://x.org/a.svg#b'/></svg>",
     "<a href='a.html' ping='https://x.org/'>a</a>", "<object data='ftp://x.org/a'></object>", "<svg><path fill='url(https://x.org/a.svg#b)'/></svg>"],
)  # fmt: skip
def test_a_request_to_another_host_is_found(text):
    assert any(map(elsewhere, loaded(text)))


@pytest.mark.parametrize(
    "text",
    ["<a href='https://x.org'>x</a>", "<link rel=canonical href='https://x.org/a.html'>", "<img src='a.png'>", "<img src='data:image/png;base64,AA=='>", "<svg xmlns='http://www.w3.org/2000/svg'/>",
     "<style>/* url(https://x.org) */ p { background: url(a.png) }</style>", "<p>url(https://x.org)</p>"],
)  # fmt: skip
def test_what_loads_nothing_is_left_alone(text):
    assert not any(map(elsewhere, loaded(text)))


def addresses(book):
    """Every file of the book that loads others, with what it loads: (path, address)."""
    for path in sorted(book.rglob("*")):
        if (
            path.suffix in (".html", ".svg") and "webpack-macros" not in path.name
        ):  # templates of the theme, which no page opens
            yield from (
                (path, address)
                for address in loaded(path.read_text(encoding="utf-8"), "xml" if path.suffix == ".svg" else "lxml")
            )
        elif path.suffix == ".css":
            yield from ((path, address) for address in css_addresses(path.read_text(encoding="utf-8")))
        if path.suffix in (".css", ".js"):
            yield from (
                (path, address) for address in _MAP.findall(path.read_text(encoding="utf-8").replace("*/", " */"))
            )


def test_no_file_of_the_book_asks_another_host(built_book):
    found = list(addresses(built_book))
    kinds = {path.suffix for path, _ in found}
    assert {".html", ".css", ".js"} <= kinds and len(found) > 500
    assert [f"{path.relative_to(built_book)}: {address[:200]}" for path, address in found if elsewhere(address)] == []


def test_what_the_pages_load_is_in_the_book(built_book):
    missing = []
    for path, address in addresses(built_book):
        parts = urlsplit(address)
        if (
            path.suffix == ".html"
            and not parts.scheme
            and parts.path
            and not (path.parent / unquote(parts.path)).is_file()
        ):
            missing.append(f"{path.relative_to(built_book)}: {address}")
    assert missing == []
