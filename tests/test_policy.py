"""The content security policy: what it allows, how it gets into a page, and that no page of the book runs against it."""

import base64
import functools
import hashlib
import http.server
import re
import threading

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from analysis.pages import policy

pytestmark = pytest.mark.slow  # opens every page in a browser, twice

PAGE = '<!DOCTYPE html><html><head><meta charset="utf-8" />{head}</head><body>{body}</body></html>'


def page(head="", body=""):
    return PAGE.format(head=head, body=body)


def policy_of(text):
    (meta,) = BeautifulSoup(text, "lxml").find_all("meta", attrs={"http-equiv": "Content-Security-Policy"})
    return {name: values for name, *values in (part.split() for part in meta["content"].split("; "))}


def hash_of(script):
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


# The policy


def test_nothing_is_allowed_but_files_of_the_book():
    allowed = {
        name: set(values.split())
        for name, _, values in (part.partition(" ") for part in policy.directives().split("; "))
    }
    assert allowed["default-src"] == {"'none'"} and allowed["base-uri"] == {"'none'"}
    assert set().union(*allowed.values()) == {"'none'", "'self'", "file:", "data:", "'unsafe-inline'"}
    assert [name for name, values in allowed.items() if "'unsafe-inline'" in values] == ["style-src"]
    assert not allowed["script-src"] & {"data:", "'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"}


def test_scripts_in_the_page_are_allowed_by_what_they_say():
    out = policy.secure(
        page(
            "<script>let a = '<b>&amp;</b>';</script>",
            "<script type='module'>let c</script><script src='x.js'></script>",
        )
    )
    assert set(policy_of(out)["script-src"]) == {
        "'self'",
        "file:",
        hash_of("let a = '<b>&amp;</b>';"),
        hash_of("let c"),
    }


def test_data_in_a_script_element_is_not_allowed_to_run():
    out = policy.secure(
        page('<script type="application/ld+json">{"a": 1}</script><script type="text/x-template"><b></b></script>')
    )
    assert policy_of(out)["script-src"] == ["'self'", "file:"]


def test_line_ends_count_as_the_browser_reads_them():
    assert policy.digest("a\r\nb\rc") == policy.digest("a\nb\nc") == hash_of("a\nb\nc")


def test_the_policy_follows_the_character_set_and_precedes_what_loads():
    out = policy.secure(page("<script>1</script><link rel='stylesheet' href='x.css'>"))
    place = out.index("Content-Security-Policy")
    assert (
        out.index("charset") < 1024
        and out.index("charset") < place < out.index("<script")
        and place < out.index("<link")
    )


@pytest.mark.parametrize(
    "text", ["", "<p>x", "<meta http-equiv='Refresh' content='0; url=a.html' />", "<!doctype html><p>x"]
)
def test_a_page_without_a_head_gets_one_too(text):
    out = policy.secure(text)
    assert policy_of(out)["default-src"] == ["'none'"]
    assert out.lower().startswith(("<meta", "<!doctype html><meta"))


@given(
    st.lists(st.text(st.characters(exclude_characters="<\r", exclude_categories=["Cs"])), max_size=3),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_only_the_policy_is_added_and_only_once(scripts, words):
    before = page("".join(f"<script>{script}</script>" for script in scripts), words.replace("<", "&lt;"))
    once = policy.secure(before)
    assert policy.secure(once) == once
    assert re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", once) == before
    assert once == policy.secure(before)
    assert set(policy_of(once)["script-src"]) == {"'self'", "file:", *map(hash_of, scripts)}


@pytest.mark.parametrize("code", sorted(policy.HANDLERS))
def test_the_buttons_of_the_theme_get_a_mark_instead_of_a_handler(code):
    out = policy.secure(page(body=f"<button class='a' onclick=\"{code}\" title=\"say onclick='x()'\">x</button>"))
    (button,) = BeautifulSoup(out, "lxml").find_all("button")
    assert button.attrs == {"class": ["a"], "data-action": policy.HANDLERS[code], "title": "say onclick='x()'"}


@pytest.mark.parametrize(
    "body",
    ["<b onclick='alert(1)'>x</b>", "<img src=x ONERROR=alert(1)>", "<b onmouseover>x</b>", "<svg/onload=alert(1)>", "<b onmouseover='window.print()'>x</b>",
     "<a href='javascript:alert(1)'>x</a>", "<a href=' java\nscript:alert(1)'>x</a>", "<a href='&#106;avascript:alert(1)'>x</a>", "<form action=JavaScript:a()>"],
)  # fmt: skip
def test_other_handlers_and_javascript_addresses_stop_the_build(tmp_path, body):
    (tmp_path / "a.html").write_text(page(), encoding="utf-8")
    (tmp_path / "b.html").write_text(page(body=f"\n{body}"), encoding="utf-8")
    with pytest.raises(policy.PolicyError, match=r"^b\.html, line 2: .*addEventListener"):
        policy.write(tmp_path)


def test_files_of_the_theme_stay_as_they_are(tmp_path):
    static = tmp_path / "_static" / "macros.html"
    static.parent.mkdir()
    static.write_text("{% macro %}<b onclick='x()'>", encoding="utf-8")
    policy.write(tmp_path)
    assert static.read_text(encoding="utf-8") == "{% macro %}<b onclick='x()'>"


# The book


def pages(folder):
    return [
        path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts and path.name != "index.html"
    ]


def test_every_page_has_the_policy_with_its_scripts_and_no_handler(built_book):
    assert len(pages(built_book)) > 20
    for path in pages(built_book):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        allowed = policy_of(path.read_text(encoding="utf-8"))
        inline = {
            hash_of(script.get_text())
            for script in soup.find_all("script", src=False)
            if "json" not in script.get("type", "")
        }
        assert inline <= set(allowed["script-src"]), path.name
        assert [tag.name for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == [], (
            path.name
        )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/favicon.ico":  # browsers ask every server for it
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def served():
    """A function that serves a folder on this machine and returns its address."""
    servers = []

    def serve(folder):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def watched(browser):
    """A page that notes every violation of its policy, error and warning."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    window = context.new_page()
    window.troubles = []
    window.on(
        "console",
        lambda message: (
            message.type in ("warning", "error") and window.troubles.append(f"{window.url}: {message.text}")
        ),
    )
    window.on("pageerror", lambda error: window.troubles.append(f"{window.url}: {error}"))
    window.expose_function("noteViolation", lambda text: window.troubles.append(text))
    window.add_init_script(
        """document.addEventListener('securitypolicyviolation', (event) =>
            noteViolation(`${location}: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""
    )
    yield window
    context.close()


def test_the_watch_sees_a_violation(watched, tmp_path):
    """The tests below mean nothing if the policy did not hold in files, or if nobody noticed."""
    (tmp_path / "x.js").write_text("window.fromFile = true", encoding="utf-8")
    secured = policy.secure(page("<script src='x.js'></script><script>window.known = true</script>"))
    (tmp_path / "a.html").write_text(
        secured.replace(
            "</body>", "<script>window.injected = true</script><b onclick='window.clicked = true'>x</b></body>"
        ),
        encoding="utf-8",
    )
    watched.goto((tmp_path / "a.html").as_uri())
    watched.click("b")
    ran = watched.evaluate("[window.fromFile, window.known, window.injected, window.clicked]")
    assert ran == [True, True, None, None]
    assert "script-src-elem inline" in "\n".join(watched.troubles) and "script-src-attr inline" in "\n".join(
        watched.troubles
    )


@pytest.mark.parametrize("way", ["file", "server"])
def test_no_page_runs_against_its_policy(built_book, watched, served, way):
    base = f"{built_book.as_uri()}/" if way == "file" else served(built_book)
    for path in pages(built_book):
        watched.goto(base + path.relative_to(built_book).as_posix(), wait_until="load")
        watched.wait_for_selector("svg.svg-inline--fa", state="attached")  # the theme's last script has run
        state = watched.evaluate(
            """() => [typeof DOCUMENTATION_OPTIONS, document.documentElement.dataset.theme,
                [...document.styleSheets].filter((sheet) => sheet.ownerNode.matches('link')).length]"""
        )
        linked = len(BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select("link[rel=stylesheet]"))
        assert state[0] == "object" and state[1] in ("light", "dark") and state[2] == linked > 5, path.name
    assert watched.troubles == []


@pytest.mark.parametrize("way", ["file", "server"])
def test_buttons_and_search_work_under_the_policy(built_book, watched, served, way):
    base = f"{built_book.as_uri()}/" if way == "file" else served(built_book)
    name = pages(built_book)[0].name
    watched.goto(base + name, wait_until="load")
    watched.locator("[data-action=full-screen]:visible").first.click()
    watched.wait_for_function("() => document.fullscreenElement !== null")
    watched.evaluate("() => document.exitFullscreen()")
    watched.wait_for_function("() => document.fullscreenElement === null")
    before = watched.evaluate("document.documentElement.dataset.mode")
    watched.evaluate("() => document.querySelector('.theme-switch-button').click()")
    assert watched.evaluate("document.documentElement.dataset.mode") != before
    watched.keyboard.press("Control+k")
    watched.locator("input[type=search]:visible").first.fill("Shikotan")
    watched.keyboard.press("Enter")
    watched.wait_for_url("**/search.html?q=Shikotan*")
    watched.wait_for_selector("#search-sections li a", timeout=10_000)
    assert watched.evaluate("() => document.fonts.load('12px \"Noto Sans\"').then((faces) => faces.length)") > 0
    assert watched.troubles == []
