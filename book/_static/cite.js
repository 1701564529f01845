/* "Cite" beside every section, figure, table and statement. The texts are made with the book and wait in citations.js. */
(function () {
  "use strict";
  var data = window.reportCitations;
  var meta = document.querySelector("meta[name='report-page']");
  if (!data || !meta || typeof HTMLDialogElement === "undefined") return;

  var FORMS = [["text", "Chicago, author-date"], ["bibtex", "BibTeX"], ["csl", "CSL-JSON"]];
  var HEADINGS = "h1, h2, h3, h4, h5, h6";
  var root = document.documentElement.getAttribute("data-content_root") || "./";
  var served = /^https?:$/.test(window.location.protocol);
  var parts = {};  // the parts of the dialog that are filled anew each time
  var dialog = null, opener = null, timers = [];

  function make(tag, attributes, text) {
    var element = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /* Where the place can be found by others, or nothing if this is a copy in a folder. */
  function published(entry) {
    if (data.base) return data.base + (entry.kind === "report" ? "" : entry.address);
    return served ? new URL(root + entry.address, window.location.href).href : "";
  }

  /* The texts were made without knowing where the book is; a page from a web server knows. */
  function placed(entry, form, address) {
    var text = entry[form];
    if (data.base || !address) return text;
    var local = "Local copy: " + entry.address;
    if (form === "bibtex") {
      if (text.indexOf(local) >= 0) return text.replace("annote = {" + local + "}", function () { return "url = {" + address + "}"; });
      return text.replace(/\n\}\n*$/, function () { return ",\n  url = {" + address + "}\n}\n"; });
    }
    if (form === "csl") {
      var items = JSON.parse(text);
      delete items[0].annote;
      items[0].URL = address;
      return JSON.stringify(items, null, 2);
    }
    return text.indexOf(local) >= 0 ? text.replace(local, function () { return address; }) : text + " " + address + ".";
  }

  function say(text) { parts.status.textContent = text; }

  /* Where the clipboard is closed to scripts, select the text so that the keyboard's own command copies it. */
  function select(block) {
    var range = document.createRange();
    range.selectNodeContents(block);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function copyOld(block) {
    select(block);
    var done = false;
    try { done = document.execCommand("copy"); } catch (error) { done = false; }
    if (done) window.getSelection().removeAllRanges();
    return done;
  }

  function copy(button, block, name) {
    function finish(done) {
      if (!done) {
        select(block);
        say(name + " is selected; copy it with Ctrl+C or Command+C.");
        return;
      }
      button.textContent = "Copied";
      button.classList.add("is-copied");
      say(name + " copied.");
      timers.push(window.setTimeout(function () {
        button.textContent = "Copy";
        button.classList.remove("is-copied");
      }, 2500));
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(block.textContent).then(function () { finish(true); }, function () { finish(copyOld(block)); });
    } else {
      finish(copyOld(block));
    }
  }

  function row(list, name, key) {
    var box = make("div");
    box.appendChild(make("dt", {}, name));
    parts[key] = make("dd");
    box.appendChild(parts[key]);
    list.appendChild(box);
    return box;
  }

  function build() {
    dialog = make("dialog", {"class": "cite-dialog no-print", "aria-labelledby": "cite-dialog-title"});
    var head = make("div", {"class": "cite-head"});
    parts.title = make("h2", {id: "cite-dialog-title"});
    var close = make("button", {type: "button", "class": "cite-close"}, "Close");
    close.addEventListener("click", function () { dialog.close(); });
    head.appendChild(parts.title);
    head.appendChild(close);
    dialog.appendChild(head);
    var list = make("dl", {"class": "cite-facts"});
    row(list, "What", "heading");
    parts.withinBox = row(list, "Section", "within");
    parts.sourceBox = row(list, "Passage", "source");
    row(list, "Book", "book");
    row(list, "Version", "version");
    row(list, "Address", "address");
    dialog.appendChild(list);
    parts.note = make("p", {"class": "cite-note"}, "This is a local copy, and its address on the web is not known. The address given is relative to the folder of the book.");
    dialog.appendChild(parts.note);
    FORMS.forEach(function (form) {
      var bar = make("div", {"class": "cite-bar"});
      var label = "cite-label-" + form[0];
      bar.appendChild(make("h3", {id: label}, form[1]));
      var button = make("button", {type: "button", "class": "cite-copy", "data-form": form[0], "aria-describedby": label}, "Copy");
      bar.appendChild(button);
      var block = make("pre", {tabindex: "0", role: "group", "aria-labelledby": label, "data-form": form[0]});
      button.addEventListener("click", function () { copy(button, block, form[1]); });
      parts[form[0]] = block;
      parts[form[0] + "Button"] = button;
      dialog.appendChild(bar);
      dialog.appendChild(block);
    });
    parts.status = make("p", {"class": "cite-status", role: "status"});
    dialog.appendChild(parts.status);
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", function () { if (opener) opener.focus(); });
    document.body.appendChild(dialog);
  }

  function open(entry, button) {
    if (!dialog) build();
    timers.forEach(window.clearTimeout);
    timers = [];
    opener = button;
    var address = published(entry);
    parts.title.textContent = "Cite " + (entry.kind === "report" ? "this report" : entry.name);
    parts.heading.textContent = entry.heading;
    parts.withinBox.hidden = !entry.within;
    parts.within.textContent = entry.within || "";
    parts.sourceBox.hidden = !entry.source;
    parts.source.textContent = entry.source || "";
    parts.book.textContent = data.book;
    parts.version.textContent = data.version + ", " + data.date;
    parts.address.textContent = address || entry.address;
    parts.note.hidden = Boolean(address);
    FORMS.forEach(function (form) {
      parts[form[0]].textContent = placed(entry, form[0], address);
      parts[form[0] + "Button"].textContent = "Copy";
      parts[form[0] + "Button"].classList.remove("is-copied");
    });
    say("");
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  /* Where the control of a place stands: in its heading, in its caption, or on the line that explains a statement. */
  function spot(entry) {
    var element = document.getElementById(entry.id);
    if (!element) return null;
    if (entry.kind === "figure") return element.querySelector("figcaption p") || element.querySelector("figcaption");
    if (entry.kind === "table") {
      var table = element.tagName === "TABLE" ? element : element.closest("table") || element.querySelector("table");
      return table && table.querySelector("caption");
    }
    if (entry.kind === "statement" || entry.kind === "passage") {
      return lines[entry.id] || element.parentElement;
    }
    var section = element.closest("section");
    return section && section.querySelector(HEADINGS);
  }

  var lines = {};
  document.querySelectorAll(".statement-lines li").forEach(function (item) {
    var label = item.querySelector(".sid");  // the line's own id comes first
    if (label) lines[label.textContent.trim()] = label.closest("p") || item;
  });

  (data.pages[meta.content] || []).forEach(function (entry) {
    var place = spot(entry);
    if (!place) return;
    var button = make("button", {
      type: "button", "class": "cite-control no-print", "aria-haspopup": "dialog", "data-cite": entry.id,
      "aria-label": "Cite " + (entry.kind === "report" ? "this report" : entry.name)
    }, "Cite");
    button.addEventListener("click", function () { open(entry, button); });
    var mark = Array.prototype.filter.call(place.children, function (child) { return child.classList.contains("headerlink"); })[0] || null;
    place.insertBefore(document.createTextNode(" "), mark);
    place.insertBefore(button, mark);
  });
})();
