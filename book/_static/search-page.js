/* The search page: first the statements, as the statement table counts them, then the sections, each with excerpts.
   The text is in search-data.js; nothing is fetched. What a reader types is only ever written as text. */
"use strict";
(() => {
  const { fold, words, find } = window.searchText;
  const EXCERPTS = 2, BEFORE = 80, LENGTH = 260;
  const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
  const wanted = words(query), phrase = wanted.join(" ");
  const status = document.getElementById("search-status"), list = document.getElementById("search-sections");

  for (const input of document.querySelectorAll("input[name=q]")) input.value = query;
  if (!query) document.querySelector("main input[name=q]").focus();
  if (!wanted.length) return;
  document.title = `${query} - ${document.title}`;

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  const has = (text) => (word) => text.includes(word);
  const count = (number, one, many) => `${number || "No"} ${number < 2 ? one : many}`;
  const address = (page, place, more = {}) => `${page}?${new URLSearchParams({ find: query, ...more })}#${place}`;

  function excerpt(text) {
    const spans = find(text, wanted), shown = document.createDocumentFragment();
    const [from, to] = find(text, [phrase])[0] ?? spans[0];
    let start = Math.max(0, from - BEFORE), end = Math.min(text.length, start + LENGTH);
    if (start) start += text.slice(start, from).search(/\s|$/);
    if (end < text.length) end = Math.max(text.slice(0, end).search(/\s\S*$/), to);
    let at = start;
    const plain = (to) => shown.append(text.slice(at, to).replaceAll("\n", " · "));
    if (start) shown.append("… ");
    for (const [from, to] of spans.filter(([from, to]) => from >= start && to <= end)) {
      plain(from);
      shown.append(element("mark", {}, text.slice(from, to)));
      at = to;
    }
    plain(end);
    if (end < text.length) shown.append(" …");
    return shown;
  }

  function result(page, title, section) {
    const [place, heading, blocks] = section, folded = fold(heading);
    const texts = blocks.map(([, text]) => fold(text));
    if (!wanted.every((word) => folded.includes(word) || texts.some((text) => text.includes(word)))) return null;
    // Words side by side come before words apart, sentences before rows of tables, and a heading that says it before all.
    const weigh = (text) => { const number = wanted.filter(has(text)).length; return number && number + text.includes(phrase) + !text.includes("\n") / 2; };
    const hits = blocks
      .map(([place, text], number) => ({ place, text, weight: weigh(texts[number]) }))
      .filter(({ weight }) => weight).sort((a, b) => b.weight - a.weight);
    const weight = wanted.every(has(folded)) ? Infinity : hits[0]?.weight ?? 0;
    return { page, title, place, heading, weight, hits };
  }

  function show({ page, title, place, heading, hits }) {
    const name = heading === title ? title : `${title} › ${heading}`;
    const rest = hits.length - EXCERPTS;
    return element("li", {},
      element("h2", {}, element("a", { href: address(page, place) }, name)),
      ...hits.slice(0, EXCERPTS).map((hit) =>
        element("p", { class: "search-excerpt" }, element("a", { href: address(page, hit.place || place, { at: "place" }) }, excerpt(hit.text)))),
      ...(rest > 0 ? [element("p", { class: "search-rest" }, `and ${count(rest, "more place", "more places")} in this section`)] : []));
  }

  const { statements, pages } = window.searchData;
  const rows = statements.filter((row) => wanted.every(has(fold(row)))).length;
  const results = pages
    .flatMap(([page, sections]) => sections.map((section) => result(page, sections[0][1], section)))
    .filter(Boolean).sort((a, b) => b.weight - a.weight || 0);
  list.replaceChildren(...results.map(show));
  const first = count(rows, "statement contains this", "statements contain this");
  const where = count(results.length, "section", "sections") + ` on ${count(new Set(results.map(({ page }) => page)).size, "page", "pages")}`;
  if (!rows && !results.length) status.replaceChildren(`Nothing in this book contains “${query}”. Try fewer words, or only the beginning of a word.`);
  else status.replaceChildren(
    rows ? element("a", { href: `statement-table.html?${new URLSearchParams({ text: query })}#explorer-q` }, first) : first,
    results.length ? `. It is ${rows ? "also " : ""}in ${where}:` : ".");
})();
