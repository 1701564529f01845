/* The statement table as a tool: search, filters with counts, sorting, an address for each view, download as CSV.
   DataTables sorts and shows the rows. The rows and their codes are the page's own; nothing is fetched. */
"use strict";
(() => {
  const table = document.querySelector("table.statement-explorer");
  const definition = document.getElementById("explorer-filters");
  if (!table || !definition || !window.DataTable) return;

  const filters = JSON.parse(definition.textContent);
  const columns = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim().toLowerCase());
  // As in statements.csv where the column is there too.
  const csvColumns = [
    "id", "article", "outlet", "paragraph", "exact", "speaker", "via", "holder", "issue", "position", "kind", "mode",
    "date", "effective_date", "status", "origin", "source",
  ];
  const DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

  const { fold, words, mark } = window.searchText; // the search page counts the rows by the same rule
  const flat = (cell) => cell.textContent.replace(/\s+/g, " ").trim();

  const rows = [...table.tBodies[0].rows].map((node, number) => {
    const cells = [...node.cells];
    for (const cell of cells) cell.dataset.order = fold(flat(cell)); // not its markup
    cells[0].dataset.order = String(number);
    cells[columns.indexOf("date")].dataset.order = (node.dataset.first || "0000") + node.dataset.last;
    cells.forEach((cell, index) => (cell.dataset.label = table.tHead.rows[0].cells[index].textContent.trim()));
    return { node, codes: node.dataset, text: fold(cells.map(flat).join("\n")) };
  });
  const rowOf = new Map(rows.map((row) => [row.node, row]));
  const known = new Set(rows.map((row) => row.codes.id));

  for (const row of rows) {
    const link = document.createElement("a");
    link.className = "row-address";
    link.href = `#${row.node.id}`;
    link.textContent = "#";
    link.setAttribute("aria-label", `Address of row ${row.codes.id}`);
    (row.node.cells[0].querySelector("p") ?? row.node.cells[0]).append(" ", link);
  }

  /* A view: what is searched, chosen, sorted. */

  const blank = () => ({ q: "", from: "", to: "", ids: [], sort: [], chosen: Object.fromEntries(filters.map(({ key }) => [key, []])) });

  function parse(query) {
    const view = blank(), problems = [];
    for (const [key, value] of new URLSearchParams(query)) {
      const filter = filters.find((one) => one.key === key);
      if (key === "text") view.q = value;
      else if (key === "from" || key === "to") view[key] = value;
      else if (key === "id") (known.has(value) ? view.ids : problems).push(value);
      else if (key === "sort") {
        for (const name of value.split(",")) {
          const column = columns.indexOf(name.replace(/^-/, ""));
          if (column >= 0) view.sort.push([column, name.startsWith("-") ? "desc" : "asc"]);
        }
      } else if (filter) (filter.options.some(([option]) => option === value) ? view.chosen[key] : problems).push(value);
    }
    return [view, problems];
  }

  function format(view) {
    const query = new URLSearchParams();
    if (view.q.trim()) query.append("text", view.q.trim());
    for (const { key, options } of filters)
      for (const [option] of options) if (view.chosen[key].includes(option)) query.append(key, option);
    for (const side of ["from", "to"]) if (view[side]) query.append(side, view[side]);
    for (const id of view.ids) query.append("id", id);
    if (view.sort.length) query.append("sort", view.sort.map(([column, direction]) => (direction === "desc" ? "-" : "") + columns[column]).join(","));
    return query.toString();
  }

  /* Days compare as text; an end given as a year or month reaches to its last day. */
  const earliest = (value) => (DATE.test(value) ? value : "");
  const latest = (value) => (DATE.test(value) ? value + "-12-31".slice(value.length - 4) : "");

  function fits(view, row, except) {
    if (view.ids.length && !view.ids.includes(row.codes.id)) return false;
    for (const { key } of filters)
      if (key !== except && view.chosen[key].length && !view.chosen[key].includes(row.codes[key])) return false;
    const from = earliest(view.from), to = latest(view.to);
    if (from && row.codes.last && row.codes.last < from) return false;
    if (to && row.codes.first && row.codes.first > to) return false;
    return view.words.every((word) => row.text.includes(word));
  }

  /* Controls. */

  function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  const search = element("input", { type: "search", id: "explorer-q", autocomplete: "off", "aria-describedby": "explorer-q-hint" });
  const dates = Object.fromEntries(
    ["from", "to"].map((side) => [
      side,
      element("input", { type: "text", id: `explorer-${side}`, size: "10", maxlength: "10", autocomplete: "off", "aria-describedby": "explorer-date-hint explorer-date-problem" }),
    ]),
  );
  const status = element("p", { class: "explorer-status", role: "status", "aria-live": "polite" });
  const problem = element("p", { class: "explorer-problem", role: "alert" });
  const dateProblem = element("p", { class: "explorer-date-problem", id: "explorer-date-problem", role: "alert" });
  const reset = element("button", { type: "button", class: "explorer-reset" }, "Reset");
  const download = element("button", { type: "button", class: "explorer-download" }, "Download as CSV");
  const address = element("a", { class: "explorer-address" }, "Address of this view");
  const picked = element("button", { type: "button", class: "explorer-picked" });

  const groups = filters.map(({ key, name, options }) => {
    const summary = element("span", { class: "explorer-chosen" });
    const boxes = options.map(([value, text], number) => {
      const box = element("input", { type: "checkbox", name: key, value, id: `explorer-${key}-${number}`, autocomplete: "off" });
      const count = element("span", { class: "explorer-count" });
      return { value, text, box, count, line: element("label", { for: box.id }, box, element("span", {}, text, " ", count)) };
    });
    const list = element("div", { class: "explorer-options", role: "group", "aria-label": name }, ...boxes.map(({ line }) => line));
    // Of details with one name the browser keeps one open.
    const node = element("details", { class: "explorer-filter", name: "explorer-filter" }, element("summary", {}, element("span", { class: "explorer-name" }, name), " ", summary), list);
    return { key, boxes, summary, node };
  });

  const form = element(
    "form", { class: "explorer-controls no-print", role: "search", "aria-label": "Statements" },
    element(
      "div", { class: "explorer-line" },
      element("div", { class: "explorer-field wide" }, element("label", { for: search.id }, "Search the statements"), search,
        element("p", { class: "explorer-hint", id: "explorer-q-hint" }, 'All words must be in the row; "in quotes", as one phrase.')),
      element("div", { class: "explorer-field" },
        element("fieldset", { class: "explorer-dates" }, element("legend", {}, "Date of the position"),
          element("label", { for: dates.from.id }, "from"), dates.from, element("label", { for: dates.to.id }, "to"), dates.to),
        element("p", { class: "explorer-hint", id: "explorer-date-hint" }, "Year, month or day: 2016, 2016-09, 2016-09-03."), dateProblem),
    ),
    element("div", { class: "explorer-filters" }, ...groups.map(({ node }) => node)),
    problem,
  );
  const bar = element("div", { class: "explorer-bar no-print" }, reset, download, address, picked);

  const region = table.closest(".table-wrap");
  region.before(form, status, bar);
  region.tabIndex = 0;
  region.classList.add("explorer-region");
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "Table of statements");

  /* The table. */

  let view = Object.assign(blank(), { words: [] });
  let silent = true;
  const shown = new DataTable(table, {
    paging: false,
    info: false,
    autoWidth: false,
    order: [],
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
    columnDefs: [{ targets: 0, type: "num" }, { targets: "_all", type: "string" }],
    language: { zeroRecords: "No statement fits. “Reset” shows all." },
  });
  /* DataTables writes on the event what the page's copy button then takes for its own; clicks on heads end here. */
  table.tHead.addEventListener("click", (event) => event.stopPropagation());
  shown.search.fixed("view", (text, data, index) => fits(view, rowOf.get(shown.row(index).node())));

  function show() {
    view.words = words(view.q);
    silent = true;
    shown.order(view.sort).draw();
    silent = false;
    mark(table, view.words);
    const count = shown.rows({ search: "applied" }).count();
    status.textContent = count === rows.length ? `All ${rows.length} statements` : `${count} of ${rows.length} statements`;
    for (const { key, boxes, summary, node } of groups) {
      const counts = new Map();
      for (const row of rows) if (fits(view, row, key)) counts.set(row.codes[key], (counts.get(row.codes[key]) || 0) + 1);
      for (const { value, box, count: place, line } of boxes) {
        const number = counts.get(value) || 0;
        box.checked = view.chosen[key].includes(value);
        place.textContent = `(${number})`;
        line.classList.toggle("empty", number === 0);
      }
      const names = boxes.filter(({ box }) => box.checked).map(({ text }) => text);
      summary.textContent = names.length ? names.join(", ") : "all";
      node.classList.toggle("active", names.length > 0);
    }
    const wrong = ["from", "to"].filter((side) => view[side] && !DATE.test(view[side]));
    for (const side of ["from", "to"]) dates[side].toggleAttribute("aria-invalid", wrong.includes(side));
    for (const side of wrong) dates[side].setAttribute("aria-invalid", "true");
    dateProblem.textContent = wrong.length
      ? `“${view[wrong[0]]}” is no date: write 2016, 2016-09 or 2016-09-03.`
      : earliest(view.from) && latest(view.to) && earliest(view.from) > latest(view.to) ? "The first date is later than the second." : "";
    problem.textContent = view.problems?.length ? `The address asks for what is not in the table: ${view.problems.join(", ")}.` : "";
    picked.hidden = !view.ids.length;
    picked.textContent = `Only ${view.ids.join(", ")} ✕`;
    picked.setAttribute("aria-label", `Remove the choice of ${view.ids.join(", ")}`);
    address.href = place(format(view));
    reset.setAttribute("aria-disabled", String(!format(view)));  // not "disabled", which would take the focus away from who has just pressed it
  }

  /* Addresses. */

  const place = (query) => location.pathname.split("/").pop() + (query ? `?${query}` : "");
  let asFragment = false; // a browser that lets no file change its query takes the fragment instead

  const query = () => (location.hash.startsWith("#?") ? location.hash.slice(2) : location.search.slice(1));

  function remember(replace) {
    const wanted = format(view);
    if (wanted === format(parse(query())[0])) return;
    try {
      if (asFragment) throw new Error();
      history[replace ? "replaceState" : "pushState"](null, "", wanted ? `?${wanted}` : location.pathname);
    } catch {
      asFragment = true;
      if (replace) location.replace(`#?${wanted}`);
      else location.hash = `?${wanted}`;
    }
  }

  function targetRow() {
    const id = decodeURIComponent(location.hash.slice(1));
    return rows.find(({ node }) => node.id === id || (id.startsWith("cite-") && node.querySelector(`[id="${CSS.escape(id)}"]`)));
  }

  function restore() {
    const [wanted, problems] = parse(query());
    view = Object.assign(wanted, { words: words(wanted.q), problems });
    const target = targetRow();
    if (target && !fits(view, target)) {
      view = Object.assign(blank(), { words: [] });
      history.replaceState?.(null, "", location.pathname + location.hash);
    }
    search.value = view.q;
    for (const side of ["from", "to"]) dates[side].value = view[side];
    show();
    for (const { node } of rows) node.classList.toggle("is-target", node === target?.node);
    if (target) (shown.rows({ search: "applied" }).count() < rows.length ? status : target.node).scrollIntoView({ block: "center" });
  }

  /* What the reader does. */

  let typing = false; // a run of typing is one step back

  function change(input) {
    delete view.problems;
    show();
    remember(input && typing);
    typing = Boolean(input);
    for (const { node } of rows) node.classList.remove("is-target");
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  /* A list lies over the table: Escape closes it, and so does whatever is done elsewhere. */
  function closeLists(except) {
    for (const { node } of groups) if (node !== except) node.open = false;
  }
  form.addEventListener("keydown", (event) => {
    const opened = event.target.closest(".explorer-filter[open]");
    if (event.key !== "Escape" || !opened) return;
    event.stopPropagation();
    opened.querySelector("summary").focus();
    closeLists();
  });
  for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, (event) => closeLists(event.target.closest(".explorer-filter")));
  search.addEventListener("input", () => { view.q = search.value; change(true); });
  search.addEventListener("change", () => { typing = false; });
  for (const side of ["from", "to"]) {
    dates[side].addEventListener("input", () => { view[side] = dates[side].value.trim(); change(true); });
    dates[side].addEventListener("change", () => { typing = false; });
  }
  for (const { key, boxes } of groups)
    for (const { box, value } of boxes)
      box.addEventListener("change", () => {
        view.chosen[key] = view.chosen[key].filter((one) => one !== value);
        if (box.checked) view.chosen[key].push(value);
        change();
      });
  picked.addEventListener("click", () => { view.ids = []; change(); search.focus(); });
  reset.addEventListener("click", () => {
    view = Object.assign(blank(), { words: [] });
    search.value = dates.from.value = dates.to.value = "";
    change();
  });
  shown.on("order", () => {
    if (silent) return;
    view.sort = shown.order().filter(([, direction]) => direction).map(([column, direction]) => [column, direction]);
    setTimeout(() => { address.href = place(format(view)); remember(); typing = false; });
  });
  window.addEventListener("popstate", restore);
  window.addEventListener("hashchange", restore);

  /* Download. */

  /* A spreadsheet runs what begins like a formula; the apostrophe makes it text. */
  const guard = (text) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  function csv() {
    const lines = [csvColumns];
    for (const node of shown.rows({ search: "applied", order: "applied" }).nodes().toArray()) {
      const row = { exact: node.querySelector(".exact").textContent, source: node.cells[0].querySelector("a").getAttribute("href") };
      lines.push(csvColumns.map((name) => guard(row[name] ?? node.dataset[name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())])));
    }
    return lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
  }

  download.addEventListener("click", () => {
    const count = shown.rows({ search: "applied" }).count();
    const link = element("a", {
      href: URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" })),
      download: count === rows.length ? "statements.csv" : `statements-${count}-of-${rows.length}.csv`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });

  restore();
})();
