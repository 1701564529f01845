// Drawings whose marks are links: one stop of the Tab key each, arrow keys inside; and where fingers point or little fits,
// one target for each cell of marks, which opens the list of its statements. Without this script every mark is a plain link.
(function () {
  "use strict";
  const LEAST = 24;  // pixels that a finger needs
  const coarse = matchMedia("(pointer: coarse), (max-width: 600px)");
  const SVG = "http://www.w3.org/2000/svg";
  const middle = ({left, right, top, bottom}) => [(left + right) / 2, (top + bottom) / 2];

  function svgElement(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function element(name, className, content) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = content || "";
    return made;
  }

  // Let the Tab key stop at one link, and the arrow keys lead on by one, or to the nearest above or below.
  function steer(svg, stops) {
    function stopAt(stop) {
      for (const one of stops()) one.setAttribute("tabindex", one === stop ? "0" : "-1");
    }

    function across(from, all, down) {
      const [x, y] = middle(from.getBoundingClientRect());
      const far = all.map((one) => [one, ...middle(one.getBoundingClientRect())]).filter(([, , to]) => (down ? to - y : y - to) > 3);
      const row = Math.min(...far.map(([, , to]) => Math.abs(to - y)));
      return far.filter(([, , to]) => Math.abs(to - y) < row + 3).sort((a, b) => Math.abs(a[1] - x) - Math.abs(b[1] - x))[0]?.[0];
    }

    const figure = svg.closest("figure");  // a drawing that listens for the focus would get it itself
    figure.addEventListener("keydown", (event) => {
      const here = event.target, all = stops(), at = all.indexOf(here);
      if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const next = {
        ArrowRight: () => all[at + 1], ArrowLeft: () => all[at - 1], Home: () => all[0], End: () => all[all.length - 1],
        ArrowDown: () => across(here, all, true), ArrowUp: () => across(here, all, false),
      }[event.key];
      if (!next) return;
      event.preventDefault();
      const stop = next();
      if (!stop) return;
      stop.focus();  // which makes it the one that Tab stops at
    });
    figure.addEventListener("focusin", (event) => { if (stops().includes(event.target)) stopAt(event.target); });
    return stopAt;
  }

  // The labels of an axis, as matplotlib marks them, and where on the screen they belong.
  function labels(svg, axis) {
    return [...svg.querySelectorAll(`g[id*="-${axis}tick_"]`)].filter((tick) => tick.textContent.trim()).map((tick) => {
      const text = tick.querySelector("text"), box = tick.getBoundingClientRect();
      // A slanting label begins at its tick; others are centred on it.
      const start = new DOMPoint(Number(text.getAttribute("x")), Number(text.getAttribute("y"))).matrixTransform(text.getScreenCTM());
      return {name: tick.textContent.trim().replace(/\s+/g, " "), place: axis === "x" ? start.x : (box.top + box.bottom) / 2};
    }).sort((a, b) => a.place - b.place);
  }

  const nearest = (ticks, place) => ticks.reduce((best, tick) => (best && Math.abs(best.place - place) <= Math.abs(tick.place - place) ? best : tick), null);

  // Marks by row and column. A column is the nearest word above or below, or the time from one year to the next.
  function cells(svg, marks) {
    const rows = labels(svg, "y"), columns = labels(svg, "x"), years = columns.every(({name}) => /^\d+$/.test(name)), found = new Map();
    marks.forEach((mark, number) => {
      const [x, y] = middle(mark.getBoundingClientRect());
      const row = nearest(rows, y), column = years ? columns.findLast(({place}) => place <= x + 1) : nearest(columns, x);
      const key = row && column ? `${row.place} ${column.place}` : number;
      if (!found.has(key)) found.set(key, {row, column, marks: [], x: []});
      found.get(key).marks.push(mark);
      found.get(key).x.push(x);
    });
    return [...found.values()].map(({row, column, marks: held, x}) => {
      const centred = column && Math.abs((Math.min(...x) + Math.max(...x)) / 2 - column.place) < 6;
      return {marks: held, name: [row?.name, years ? column && `from ${column.name}` : centred && column.name].filter(Boolean).join(", ") || "Here"};
    });
  }

  // The list of statements, made when first needed: what the marks say, and the passage where there is one.
  let list, opener;

  function closeList() {
    list.hidePopover();
    opener.focus();
  }

  function openList(svg, from, name, marks) {
    if (!list) {
      list = element("div", "mark-list");
      list.popover = "auto";
      list.setAttribute("role", "dialog");
      // Sphinx takes the Escape key, which would close it.
      document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !list.matches(":popover-open")) return;
        event.stopPropagation();
        closeList();
      }, true);
    }
    const title = element("p", "mark-list-title", name), close = element("button", "mark-list-close", "Close"), lines = element("ul", "");
    close.type = "button";
    close.addEventListener("click", closeList);
    for (const mark of marks) {
      const line = element("li", ""), link = element("a", "", mark.getAttribute("aria-label"));
      link.href = mark.href.baseVal;
      line.append(link);
      const evidence = (window.evidence || {})[decodeURIComponent(link.hash.slice(1))];
      if (evidence) line.append(" ", element("span", "mark-list-passage", evidence.passage));
      lines.append(line);
    }
    list.replaceChildren(title, close, lines);
    list.setAttribute("aria-label", title.textContent);
    opener = from;
    svg.closest("figure").append(list);
    list.showPopover();
    lines.querySelector("a").focus();
  }

  // A target for each cell, at least as large as a finger needs, behind which its marks are drawn as before.
  function layTargets(svg, marks) {
    const toDrawing = svg.getScreenCTM().inverse();
    return cells(svg, marks).map(({name, marks: held}) => {
      const boxes = held.map((mark) => mark.getBoundingClientRect());
      let left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
      let top = Math.min(...boxes.map((box) => box.top)), bottom = Math.max(...boxes.map((box) => box.bottom));
      const wide = Math.max(0, LEAST - (right - left)) / 2, high = Math.max(0, LEAST - (bottom - top)) / 2;
      [left, right, top, bottom] = [left - wide, right + wide, top - high, bottom + high];
      const start = new DOMPoint(left, top).matrixTransform(toDrawing), end = new DOMPoint(right, bottom).matrixTransform(toDrawing);
      const area = svgElement("rect", {x: start.x, y: start.y, width: end.x - start.x, height: end.y - start.y, class: "mark-area"});
      const target = svgElement("a", {class: "mark-cell", href: held[0].href.baseVal, tabindex: "-1"});
      if (held.length > 1) {
        target.setAttribute("role", "button");
        target.setAttribute("aria-haspopup", "dialog");
      }
      target.setAttribute("aria-label", held.length > 1 ? `${name}: ${held.length} marks` : held[0].getAttribute("aria-label"));
      target.append(area);
      return {target, name, marks: held, reaches: (x, y) => {
        const box = area.getBoundingClientRect();
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      }};
    });
  }

  function start(svg) {
    const marks = [...svg.querySelectorAll("a")];
    const lines = marks.filter((mark) => mark.querySelector(":scope > path[style*='fill: none']"));  // the box around one would hide half the drawing
    const dots = marks.filter((mark) => !lines.includes(mark));
    if (marks.length < 2 || !HTMLElement.prototype.showPopover) return;
    let laid = [], width = 0;
    const stops = () => (laid.length ? [...laid.map(({target}) => target), ...lines] : marks);
    const stopAt = steer(svg, stops);
    svg.setAttribute("aria-describedby", "figure-keys");

    function arrange() {
      for (const {target} of laid) target.remove();
      laid = coarse.matches ? layTargets(svg, dots) : [];
      svg.append(...laid.map(({target}) => target));
      svg.classList.toggle("by-cell", coarse.matches);
      for (const mark of marks) mark.setAttribute("tabindex", "-1");
      for (const mark of dots) {
        if (coarse.matches) mark.setAttribute("aria-hidden", "true"); else mark.removeAttribute("aria-hidden");
      }
      stopAt(stops()[0]);
    }

    svg.addEventListener("click", (event) => {
      const target = event.target.closest("a.mark-cell");
      if (!target) return;
      const byKey = event.detail === 0;
      const met = laid.filter((one) => one.target === target || !byKey && one.reaches(event.clientX, event.clientY));
      const held = met.flatMap((one) => one.marks);
      if (held.length < 2) return;
      event.preventDefault();
      event.stopPropagation();
      openList(svg, target, met.map(({name}) => name).join("; "), held);
    });
    coarse.addEventListener("change", arrange);
    new ResizeObserver(() => {
      if (svg.clientWidth === width) return;
      width = svg.clientWidth;
      arrange();
    }).observe(svg);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("figure svg.report-figure").forEach(start);
    const hint = element("p", "visually-hidden no-print", "Arrow keys lead from mark to mark.");
    hint.id = "figure-keys";
    document.querySelector("main")?.append(hint);
  });
})();
