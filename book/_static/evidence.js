// Evidence at hand: the passage behind a citation, on a card beside it; and the way back from the passage.
// The cards' contents come from evidence-data.js, which the build writes. Without this script a citation is a plain link.
(function () {
  "use strict";
  const OPEN_AFTER = 150, CLOSE_AFTER = 300, MARGIN = 8, STORE = "evidence-departure";
  const sheet = matchMedia("(max-height: 30rem), (max-width: 600px)");
  let card, text, go, keys;       // the card, made when first needed
  let current = null;             // the citation whose card is open
  let byFocus = false;            // opened with the keyboard: a pointer elsewhere does not close it
  let dismissed = null;           // closed with Escape: stays closed until the pointer has left
  let timer = 0, pointer = "", returning = false;

  function address(link) {
    const href = link.href instanceof SVGAnimatedString ? link.href.baseVal : link.href;
    return href ? new URL(href, document.baseURI) : null;
  }

  // The id of the passage a link cites; nothing for other links, and for links within the passage's own page.
  function cited(link) {
    const url = address(link);
    if (!url || !url.hash || url.pathname === location.pathname) return null;
    const id = decodeURIComponent(url.hash.slice(1));
    return Object.hasOwn(window.evidence || {}, id) ? id : null;
  }

  function citation(node) {
    const link = node instanceof Element ? node.closest("main a") : null;
    return link && cited(link) && link.getAttribute("role") !== "button" ? link : null;
  }

  // A list of statements (figures.js) shows the passages itself.
  const listed = (link) => Boolean(link.closest(".mark-list"));

  function element(name, className, content) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = content || "";
    return made;
  }

  function make() {
    card = element("aside", "evidence-card");
    card.setAttribute("aria-label", "The passage cited");
    card.popover = "manual";
    card.hidden = !card.showPopover;
    text = element("div", "evidence-text");
    text.id = "evidence-text";
    go = element("a", "evidence-go", "Go to the passage");
    go.tabIndex = -1;  // for touch and pointer; the citation itself leads there by keyboard
    keys = element("p", "evidence-keys");
    card.append(text, go, keys);
    document.body.append(card);
    go.addEventListener("click", () => depart(current));
  }

  function fill(link) {
    const {passage, fields, place} = window.evidence[cited(link)];
    const list = element("dl", "simple evidence-fields");
    for (const [name, value] of fields) list.append(element("dt", "", name), element("dd", "", value));
    text.replaceChildren(element("p", "evidence-passage", passage), list, element("p", "evidence-place", `${place}, ${cited(link)}`));
    go.href = address(link).href;
  }

  // Below the line of the citation that is at x, y, or above it where there is no room; in a small window, a sheet at its foot.
  function position(link, x, y) {
    card.classList.toggle("evidence-sheet", sheet.matches);
    card.scrollTop = 0;
    keys.textContent = "";
    if (link.matches(":focus-visible")) {
      const scrolls = card.scrollHeight > card.clientHeight + 1, drawn = link.closest("svg");
      keys.textContent = [scrolls && "Page Up and Page Down scroll this card.", drawn && "Arrow keys lead from mark to mark."].filter(Boolean).join(" ");
    }
    if (sheet.matches) {
      card.style.left = card.style.top = "";
      const hidden = link.getBoundingClientRect().bottom + MARGIN - card.getBoundingClientRect().top;
      if (hidden > 0) window.scrollBy({top: hidden, behavior: "instant"});
      return;
    }
    const lines = [...link.getClientRects()], width = document.documentElement.clientWidth;
    const line = lines.find((box) => y >= box.top && y <= box.bottom && x >= box.left && x <= box.right) || lines[0] || link.getBoundingClientRect();
    const left = Math.max(MARGIN, Math.min(line.left, width - card.offsetWidth - MARGIN));
    const above = line.top - card.offsetHeight - 4, below = line.bottom + 4;
    const top = below + card.offsetHeight <= window.innerHeight - MARGIN || above < MARGIN ? below : above;
    const highest = Math.max(MARGIN, Math.min(top, window.innerHeight - card.offsetHeight - MARGIN));
    card.style.left = `${left + window.scrollX}px`;
    card.style.top = `${(top === below && above < MARGIN ? highest : top) + window.scrollY}px`;
  }

  function open(link, x, y) {
    clearTimeout(timer);
    if (!card) make();
    if (current && current !== link) close();
    if (!current) {
      fill(link);
      if (card.showPopover) card.showPopover(); else card.hidden = false;
      link.setAttribute("aria-describedby", "evidence-text");
    }
    current = link;
    position(link, x, y);
  }

  function close() {
    clearTimeout(timer);
    if (!current) return;
    current.removeAttribute("aria-describedby");
    if (card.hidePopover) card.hidePopover(); else card.hidden = true;
    current = null;
    byFocus = false;
  }

  function later(action, delay) {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  }

  document.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    if (current && !card.contains(event.target) && citation(event.target) !== current) close();
  });

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = citation(event.target);
    if (link && listed(link)) return;
    if (link !== dismissed) dismissed = null;
    if (link && link === current || card && card.contains(event.target)) clearTimeout(timer);
    else if (link && !dismissed) later(() => open(link, event.clientX, event.clientY), OPEN_AFTER);
    else if (current && !byFocus) later(close, CLOSE_AFTER);
    else clearTimeout(timer);
  });

  // The pointer has left the window.
  document.documentElement.addEventListener("pointerleave", () => { if (!byFocus) later(close, CLOSE_AFTER); });

  document.addEventListener("focusin", (event) => {
    const link = citation(event.target);
    if (!link || listed(link) || returning || !link.matches(":focus-visible")) return;
    open(link);
    byFocus = true;
  });

  document.addEventListener("focusout", (event) => {
    if (event.target === current && !card.matches(":hover")) close();
  });

  document.addEventListener("keydown", (event) => {
    pointer = "";
    const page = {PageDown: 1, PageUp: -1}[event.key];
    if (page && current && byFocus && card.scrollHeight > card.clientHeight + 1) {
      event.preventDefault();
      card.scrollBy({top: page * (card.clientHeight - 24), behavior: "instant"});
    }
    if (event.key !== "Escape" || !current) return;
    dismissed = current;
    close();
  });

  // A finger cannot hover: its first tap opens the card, the second follows the link.
  document.addEventListener("click", (event) => {
    const link = citation(event.target);
    if (!link) return;
    if ((event.pointerType || pointer) === "touch" && link !== current && !listed(link)) {
      event.preventDefault();
      open(link, event.clientX, event.clientY);
    } else {
      depart(link);
      close();
    }
  });

  // Leave word, in this place of the history and for the page of the passage, where the reader comes from.
  function depart(link) {
    const place = link.closest("[id]");
    history.replaceState({...history.state, citation: place.id}, "");
    const from = `${location.href.replace(/#.*/, "")}#${encodeURIComponent(place.id)}`;
    try {
      sessionStorage.setItem(STORE, JSON.stringify({from, title: heading(), passage: cited(link)}));
    } catch { /* storage is closed: the passage has its links back all the same */ }
  }

  function heading() {
    const copy = document.querySelector("h1").cloneNode(true);
    copy.querySelectorAll(".headerlink, .section-number").forEach((part) => part.remove());
    return copy.textContent.trim();
  }

  function departure(id) {
    try {
      const left = JSON.parse(sessionStorage.getItem(STORE));
      return left && left.passage === id ? left : null;
    } catch {
      return null;
    }
  }

  // On the page of a passage: mark every piece of it, and offer the way back.
  function arrive() {
    document.querySelectorAll(".passage-target, .evidence-back").forEach((old) => {
      if (old.classList.contains("evidence-back")) old.remove(); else old.classList.remove("passage-target");
    });
    const id = decodeURIComponent(location.hash.slice(1));
    if (!Object.hasOwn(window.evidence || {}, id)) return;
    const pieces = document.getElementsByClassName(`in-${id}`), left = departure(id);
    for (const piece of pieces) piece.classList.add("passage-target");
    if (!left || !pieces.length) return;
    const back = element("a", "evidence-back", `Back to where you came from: ${left.title}`);
    back.href = left.from;
    pieces[pieces.length - 1].closest("p, .line").after(back);  // not among the words of the source
  }

  // The card says what the title says, and more; shown twice it is in the way.
  function takeOverTitles() {
    for (const link of document.querySelectorAll("main a[title]")) if (cited(link)) link.removeAttribute("title");
  }

  window.addEventListener("hashchange", arrive);
  document.addEventListener("DOMContentLoaded", () => { takeOverTitles(); arrive(); });

  // Back in the history: the browser restores the place, this the focus.
  window.addEventListener("pageshow", (event) => {
    const [visit] = performance.getEntriesByType("navigation");
    const place = history.state && document.getElementById(history.state.citation);
    if (!place || !(event.persisted || visit && visit.type === "back_forward")) return;
    const link = place.matches("a") ? place : [...place.querySelectorAll("a")].find(cited);
    if (!link) return;
    returning = true;
    link.focus({preventScroll: true});
    returning = false;
  });
})();
