/* Follows an old address to where its section, figure or table stands now. The table is in redirects-data.js. */
(function () {
  "use strict";
  var table = window.reportRedirects || {};
  var meta = document.querySelector("meta[name='report-page']");
  var root = document.documentElement.getAttribute("data-content_root") || "./";

  function follow() {
    if (!meta) return;
    var page = meta.content;
    var fragment = decodeURIComponent(window.location.hash.slice(1));
    if (fragment && document.getElementById(fragment)) return;
    var own = Object.prototype.hasOwnProperty;
    var target = null;
    if (fragment && own.call(table, page + "#" + fragment)) target = table[page + "#" + fragment];
    else if (own.call(table, page)) target = fragment ? table[page].split("#")[0] + "#" + fragment : table[page];
    if (target) window.location.replace(root + target);
  }

  follow();
  window.addEventListener("hashchange", follow);
})();
