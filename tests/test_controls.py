"""Every control does something: whatever on a page can be pressed or typed into is found by itself and tried.

No control is named here. One that is added later is found and pressed like the
others, and fails the test if nothing on the page, in the address or on disk
changes. A tooltip, the focus of the control and a field's own text are no
effect.
"""

from collections import Counter

import pytest
from playwright.sync_api import Error
from test_accessibility import MODES, told, violations

from analysis.build import contents

WIDTHS = (320, 390, 768, 1100, 1400)
WAYS = ("mouse", "touch", "enter", "space")
SMALL = "how-to-cite"  # has a frame with contents, code to copy and dialogs, and loads quickly
RICH = ("statement-table", "islands")
OTHERS = (
    "report-an-error",
    "source-003",
    "method",
    "search",
)  # together these pages have all kinds of controls, see below
DEEPEST = 3  # a control in a dialog that a control in a dialog opens
WAIT = 1500  # milliseconds for an effect

SCRIPT = r"""
(() => {
  const CONTROLS = `button, summary, input:not([type=hidden]), select, textarea, a[href^="#"], a:not([*|href]), [contenteditable=true], [aria-haspopup],
    [aria-expanded], [aria-pressed], ${["button", "switch", "tab", "checkbox", "radio", "option", "menuitem", "slider"].map((role) => `[role=${role}]`)}`;
  const rendered = (node) => node.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const described = (node) => node.outerHTML.replace(/\s+/g, " ").slice(0, 160);

  // Whatever is behind a modal dialog cannot be reached; what lies left of the page or above it waits for the keyboard.
  function shown(node) {
    const modal = [...document.querySelectorAll("dialog:modal")].pop(), box = node.getBoundingClientRect();
    return rendered(node) && box.width > 1 && box.height > 1 && (!modal || modal.contains(node));
  }

  function looksPressable(node) {
    return getComputedStyle(node).cursor === "pointer" && getComputedStyle(node.parentElement).cursor !== "pointer"
      && !node.closest(`a, label, ${CONTROLS}`) && !node.querySelector(`a, ${CONTROLS}`);
  }

  function path(node) {
    if (node.id && document.querySelectorAll(`[id="${CSS.escape(node.id)}"]`).length === 1) return `[id="${CSS.escape(node.id)}"]`;
    if (node === document.body) return "body";
    return `${path(node.parentElement)} > :nth-child(${[...node.parentElement.children].indexOf(node) + 1})`;
  }

  // Controls of one kind are made by one rule: the first, the middle and the last stand for a long row of them.
  function kind(node) {
    const group = node.closest("dialog, form, nav, header, footer, table, article, main");
    const name = node.getAttribute("name") || node.getAttribute("type") || (node.classList.length ? "" : node.id || node.parentElement.className);
    return [node.localName, [...node.classList].sort().join("."), name, node.getAttribute("role"), group?.localName].join(" ");
  }

  window.findControls = () => [...document.body.querySelectorAll("*")]
    .filter((node) => (node.matches(CONTROLS) || looksPressable(node)) && shown(node))
    .filter((node) => !node.disabled && !node.readOnly && !node.closest(".tooltip, [aria-disabled=true]"))
    .map((node) => ({ path: path(node), kind: kind(node), text: described(node),
      field: node.matches("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range])"),
      link: node.matches("a[href]"), box: node.matches("input[type=checkbox], input[type=radio]") }));

  // A point where a pointer meets the control, or what is in its way: what lies under an open list waits for its end.
  window.pointOn = (selector) => {
    const control = document.querySelector(selector);
    control.scrollIntoView({ block: "center", behavior: "instant" });
    let inTheWay = null;
    for (const box of control.getClientRects())
      for (const [across, down] of [[0.5, 0.5], [0.2, 0.5], [0.8, 0.5], [0.5, 0.2], [0.5, 0.8]]) {
        const x = box.left + box.width * across, y = box.top + box.height * down, met = document.elementFromPoint(x, y);
        if (met && (control.contains(met) || met.control === control || met.closest("label")?.control === control)) return { x, y };
        if (met) inTheWay = met;
      }
    const box = control.getBoundingClientRect(), over = inTheWay?.closest("[popover]:popover-open, dialog[open]");
    return { outside: box.right <= 0 || box.bottom + scrollY <= 0 || Boolean(over) && !over.contains(control), inTheWay: inTheWay && described(inTheWay) };
  };

  function look(control) {
    const seen = new Map(), root = document.documentElement, active = document.activeElement;
    seen.set(root, [location.href, scrollX, scrollY, root.className, root.dataset.theme, root.dataset.mode,
      document.fullscreenElement?.localName, getComputedStyle(document.body).backgroundColor].join(" "));
    if (active && active !== document.body && !control.contains(active)) seen.set("focus", path(active));
    for (const node of document.body.querySelectorAll("*")) {
      if (node.closest(".tooltip") || !rendered(node)) continue;
      const { x, y, width, height } = node.getBoundingClientRect();
      if (!width || !height) continue;
      const state = ["aria-expanded", "aria-pressed", "aria-sort", "aria-selected", "aria-current", "aria-invalid", "open"].map((name) => node.getAttribute(name));
      const text = [...node.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data).join("|");
      const own = control.contains(node) ? [] : [node.value, node.checked];  // a field that takes what is typed has done nothing with it
      seen.set(node, [Math.round(x), Math.round(y), Math.round(width), Math.round(height), node.scrollTop, ...own, text, ...state].join(" "));
    }
    return seen;
  }

  window.remember = (selector) => {
    const control = document.querySelector(selector);
    window.before = { control, seen: look(control) };
  };
  window.changed = () => {
    const { control, seen } = window.before, now = look(control);
    for (const [node, what] of now) if (seen.get(node) !== what) return `${node.nodeType ? described(node) : node}: ${seen.get(node)} -> ${what}`;
    for (const node of seen.keys()) if (!now.has(node) && node !== "focus") return `${node.nodeType ? described(node) : node} is gone`;
    return null;
  };
})();
"""


class Trial:
    """One page at one width, whose controls are pressed in one way.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    address : str
    width : int
    way : str
        One of `WAYS`.
    of_a_kind : int
        How many controls of one kind are pressed: 1, 3, or more for all.
    scheme : str
        The colours, ``light`` or ``dark``.
    visit : callable, optional
        Called with the page in every state that a control opens; returns faults.
    """

    def __init__(self, browser, address, width, way, of_a_kind=1, scheme="light", visit=None):
        self.address, self.way, self.of_a_kind, self.visit = address, way, of_a_kind, visit
        self.context = browser.new_context(
            viewport={"width": width, "height": 800},
            has_touch=way == "touch",
            offline=True,
            reduced_motion="reduce",
            color_scheme=scheme,
        )
        self.context.add_init_script(SCRIPT)
        self.page = self.context.new_page()
        self.events = []
        self.page.on("download", lambda download: self.events.append("download"))
        self.page.on("popup", lambda popup: self.events.append("window"))
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.where}: page error: {error}"))
        self.faults, self.pressed, self.seen, self.where = [], [], Counter(), "at first"

    def open(self, openers):
        """Load the page and press what leads to a state."""
        self.page.goto("about:blank")
        self.page.goto(self.address, wait_until="load")
        self.page.wait_for_function(
            "() => !document.querySelector('i[class*=fa-], span[class*=fa-]')"
        )  # icons are drawn by a script
        for opener in openers:
            self.press(opener)

    def press(self, control):
        """Press a control and return what that changed: a description, or None; and why it could not be pressed."""
        page, path = self.page, control["path"]
        if self.way in ("mouse", "touch"):
            point = page.evaluate("(path) => pointOn(path)", path)
            if "x" not in point:
                return None, None if point["outside"] else f"is covered by {point['inTheWay']}"
            if self.way == "mouse":
                page.mouse.move(point["x"], point["y"])
            page.evaluate("() => document.activeElement.blur()")  # what moves the focus is seen to move it
            page.wait_for_timeout(220)  # cards and tooltips that a pointer opens are there before it presses
            if control["field"]:
                page.touchscreen.tap(point["x"], point["y"]) if self.way == "touch" else page.mouse.click(
                    point["x"], point["y"]
                )
        else:
            page.keyboard.press("Shift")
            reached = page.evaluate(
                "(path) => { const c = document.querySelector(path); c.focus(); return c.tabIndex >= 0 && document.activeElement === c; }",
                path,
            )
            if not reached:
                return None, "cannot be reached by keyboard"
            page.wait_for_timeout(120)
        page.evaluate("(path) => remember(path)", path)
        self.events.clear()
        url = page.url
        if control["field"]:
            page.keyboard.type("2016")
            found = self.effect(url, WAIT // 3)
            if not found:
                page.keyboard.press("Enter")
        elif self.way == "mouse":
            page.mouse.click(point["x"], point["y"])
        elif self.way == "touch":
            page.touchscreen.tap(point["x"], point["y"])
        else:
            page.keyboard.press("Space" if self.way == "space" or control["box"] else "Enter")
        return self.effect(url, WAIT), "does nothing"

    def effect(self, url, wait):
        """Wait for a change."""
        for _ in range(wait // 50):
            try:
                if self.events or self.page.url != url:
                    self.page.wait_for_load_state()
                    return self.events[0] if self.events else self.page.url
                if found := self.page.evaluate("() => changed()"):
                    return found
            except Error:  # the page is being left
                pass
            self.page.wait_for_timeout(50)
        return None

    def choose(self, before=()):
        """Return the controls that have come into view since a state, as far as their kinds are still to be pressed."""
        kinds, known = {}, {control["path"] for control in before}
        for control in self.page.evaluate("() => findControls()"):
            if control["path"] not in known:
                kinds.setdefault(control["kind"], []).append(control)
        out = []
        for kind, found in kinds.items():
            left = self.of_a_kind - self.seen[kind]
            out += (
                found
                if len(found) <= left
                else [found[number] for number in dict.fromkeys((0, len(found) // 2, len(found) - 1))][: max(left, 0)]
            )
        return [control for control in out if not (self.way == "space" and (control["link"] or control["field"]))]

    def run(self):
        """Press everything, and what that brings into view, and return what is wrong."""
        states = [((), ())]  # what was pressed, and what was on view before the last press
        for openers, before in states:
            self.open(openers)
            here, fresh = self.page.evaluate("() => findControls()"), True
            if openers and self.visit:
                self.faults += [f"after {openers[-1]['text']}: {fault}" for fault in self.visit(self.page)]
            for control in self.choose(before):
                if self.seen[control["kind"]] >= self.of_a_kind:
                    continue
                if not fresh:
                    self.open(openers)
                self.where, fresh = control["text"], False
                done, why = self.press(control)
                if done is None and why is None:  # out of a pointer's reach for now
                    continue
                self.seen[control["kind"]] += 1
                self.pressed.append((control["text"], done))
                if done is None:
                    self.faults.append(
                        f"{self.where}: {why}"
                        + (f", after {' and '.join(o['text'] for o in openers)}" if openers else "")
                    )
                elif (
                    len(openers) < DEEPEST - 1
                    and self.page.url.split("#")[0] == self.address.split("#")[0]
                    and self.choose(here)
                ):
                    states.append(((*openers, control), here))
        self.context.close()
        return self.faults


def press_all(browser, built_book, name, width, way, of_a_kind=1):
    """Press the controls of a page of the book, some of each kind, and demand an effect of each."""
    trial = Trial(browser, (built_book / f"{name}.html").as_uri(), width, way, of_a_kind)
    faults = trial.run()
    assert len(trial.pressed) >= 3, "a page has a frame with controls"
    assert not faults, f"{name}, {width} px, {way}:\n" + "\n".join(faults)


@pytest.fixture
def page_with(tmp_path):
    """The function ``page_with(markup)``, which writes a page of three working controls and some markup, and returns its address."""

    def write(markup):
        path = tmp_path / "page.html"
        path.write_text(
            "<!DOCTYPE html><html lang=en><title>x</title><body><p>Text</p>"
            "<details><summary>More</summary><p>Words</p></details><a href='#end'>End</a>"
            "<label>Find <input id=find oninput='seen.textContent = this.value'></label> <span id=seen></span>"
            f"{markup}<p id=end style='margin-top: 2000px'>End</p></body></html>",
            encoding="utf-8",
        )
        return path.as_uri()

    return write


DEAD = {
    "button": "<button title='Does nothing'>Press</button>",
    "button that only takes the focus and loses it": "<button onclick='this.blur()'>Press</button>",
    "box": "<label><input type=checkbox> Tick</label>",
    "field": "<input type=search aria-label=Search>",
    "box that looks like a button": "<div style='cursor: pointer; width: 60px'>Press</div>",
    "covered button": "<div style='position: relative; width: 60px'><button onclick='seen.textContent += 1'>Press</button><i style='position: absolute; inset: -9px'></i></div>",
    "in a dialog": "<button onclick='box.showModal()'>Open</button><dialog id=box><button onclick='box.close()'>Close</button> <button class=dead>Press</button></dialog>",
}


@pytest.mark.parametrize("markup", DEAD.values(), ids=DEAD)
def test_a_control_without_effect_is_found(browser, page_with, markup):
    """The tests below mean nothing if it were not."""
    assert len(Trial(browser, page_with(markup), 390, "mouse").run()) == 1


@pytest.mark.parametrize("way", WAYS)
def test_controls_with_an_effect_pass(browser, page_with, way):
    trial = Trial(browser, page_with(""), 390, way)
    assert trial.run() == [] and len(trial.pressed) == (1 if way == "space" else 3)


def test_a_control_out_of_reach_of_the_keyboard_is_found(browser, page_with):
    markup = "<div style='cursor: pointer; width: 60px' onclick='seen.textContent += 1'>Press</div>"
    assert Trial(browser, page_with(markup), 390, "mouse").run() == []
    assert "cannot be reached by keyboard" in Trial(browser, page_with(markup), 390, "enter").run()[0]


@pytest.mark.parametrize("width, way", [(390, "mouse"), (1400, "enter")])
def test_controls_of_the_frame_do_something(browser, built_book, width, way):
    press_all(browser, built_book, SMALL, width, way)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("width", WIDTHS)
def test_controls_of_the_frame_do_something_at_every_width_in_every_way(browser, built_book, width, way):
    press_all(browser, built_book, SMALL, width, way)


@pytest.mark.slow
@pytest.mark.parametrize(
    "width, way", [(320, "touch"), (390, "mouse"), (768, "enter"), (1100, "space"), (1400, "mouse")]
)
@pytest.mark.parametrize("name", RICH)
def test_controls_of_tools_and_drawings_do_something(browser, built_book, name, width, way):
    press_all(browser, built_book, name, width, way)


@pytest.mark.slow
@pytest.mark.parametrize("width, way, of_a_kind", [(390, "touch", 1), (1400, "enter", 3)])
@pytest.mark.parametrize("name", OTHERS)
def test_controls_of_other_pages_do_something(browser, built_book, name, width, way, of_a_kind):
    press_all(browser, built_book, name, width, way, of_a_kind)


@pytest.mark.slow
def test_the_pages_that_are_tried_have_every_kind_of_control(browser, built_book):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.add_init_script(SCRIPT)

    def kinds(name):
        page.goto((built_book / f"{name}.html").as_uri(), wait_until="load")
        return {control["kind"]: control["text"] for control in page.evaluate("() => findControls()")}

    tried = set().union(*map(kinds, (SMALL, *RICH, *OTHERS)))
    untried = {
        f"{name}: {text}" for name in contents.pages() for kind, text in kinds(name).items() if kind not in tried
    }
    page.close()
    assert untried == set()


@pytest.mark.parametrize(
    "mode", ["narrow-dark", *(pytest.param(mode, marks=pytest.mark.slow) for mode in MODES if mode != "narrow-dark")]
)
@pytest.mark.parametrize("name", [SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in RICH)])
def test_whatever_opens_breaks_no_rule_of_accessibility(browser, built_book, name, mode):
    (viewport, scheme), visited = MODES[mode], []

    def visit(page):
        visited.append(page.url)
        return [told([fault]) for fault in violations(page)]

    trial = Trial(
        browser, (built_book / f"{name}.html").as_uri(), viewport["width"], "enter", scheme=scheme, visit=visit
    )
    faults = trial.run()
    assert len(visited) >= 2, "a dialog for citing and one for searching open on every page"
    assert not faults, "\n".join(faults)
