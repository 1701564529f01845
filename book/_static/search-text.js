/* What searching means on every page: which words a query has, and where a text has them. The statement table counts by it too.
   A page that is opened from a result marks the words. */
"use strict";
window.searchText = (() => {
  /* Capitals, accents and the forms of quotation marks and dashes make no difference; nor does the kind or number of spaces. */
  const fold = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[“”„«»]/g, '"').replace(/[‘’]/g, "'").replace(/[‐‑–—]/g, "-").toLowerCase()
      .replace(/[^\S\n]+/g, " ");

  const words = (query) => [...fold(query).matchAll(/"([^"]+)"|[^\s"]+/g)].map((match) => (match[1] ?? match[0]).trim()).filter(Boolean);

  /* Where words stand in a text as it is written: [start, end), in order, none within another. */
  function find(text, wanted) {
    let folded = "";
    const at = [];
    for (let i = 0, size; i < text.length; i += size) {
      const letter = String.fromCodePoint(text.codePointAt(i));
      size = letter.length;
      let now = letter > " " && letter < "\x7f" ? letter.toLowerCase() : fold(letter);
      if (now === " " && folded.endsWith(" ")) now = "";
      folded += now;
      for (const _ of Array(now.length)) at.push([i, i + size]);
    }
    const spans = [];
    for (const word of wanted)
      for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + word.length)) spans.push([at[i][0], at[i + word.length - 1][1]]);
    let last = 0;
    return spans.sort((a, b) => a[0] - b[0] || b[1] - a[1]).filter(([from, to]) => from >= last && (last = to));
  }

  /* Ranges of a page where its text has the words, found across links and marks within a paragraph, not across paragraphs. */
  function ranges(root, wanted) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const parts = [];
    let text = "", block = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest("script, style, noscript, svg, .headerlink")) continue;
      const around = node.parentElement.closest("p, li, td, th, caption, summary, pre, h1, h2, h3, h4, div, section, article");
      if (around !== block) text += "\n";
      block = around;
      parts.push([text.length, node]);
      text += node.data.replace(/\s/g, " ");
    }
    const place = (offset, end) => {
      const [start, node] = parts.findLast(([start]) => start < offset + !end);
      return [node, offset - start];
    };
    return find(text, wanted).map(([from, to]) => {
      const range = document.createRange();
      range.setStart(...place(from, false));
      range.setEnd(...place(to, true));
      return range;
    });
  }

  /* Mark words on the page, in the browsers that can mark without changing it (all of today's). */
  function mark(root, wanted) {
    const found = wanted.length ? ranges(root, wanted) : [];
    if (window.Highlight) CSS.highlights.set("search", new Highlight(...found));
    return found;
  }

  /* Results lead to page.html?find=words#section, and those that quote a place also say at=place: the first mark from there is shown. */
  function arrive() {
    const query = new URLSearchParams(location.search), article = document.querySelector("article.bd-article");
    const wanted = words(query.get("find") ?? "");
    if (!wanted.length || !article) return;
    const found = mark(article, wanted);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") mark(article, []); });
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const first = target && found.find((range) => target.contains(range.startContainer) || target.compareDocumentPosition(range.startContainer) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (!first || query.get("at") !== "place") return;
    const element = first.startContainer.parentElement;
    for (let hidden = element.closest("details"); hidden; hidden = hidden.parentElement.closest("details")) hidden.open = true;
    requestAnimationFrame(() => {
      element.scrollIntoView({ block: "center", behavior: "instant" });
      /* The paragraph may be taller than a phone: what is shown is the word. */
      window.scrollBy({ top: first.getBoundingClientRect().top - window.innerHeight / 2, behavior: "instant" });
    });
  }
  window.addEventListener("load", arrive);

  return { fold, words, find, mark };
})();
