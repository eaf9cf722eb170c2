/* Keys of the desk: J and K go through rows [data-row] (or press [data-key=j]), Enter opens the link that has the focus,
   N takes the next step of the row or page ([data-next]), / goes to the search, ? shows dialog[data-keys]. */
(function () {
  "use strict";
  const rows = Array.from(document.querySelectorAll("[data-row]"));
  let at = rows.findIndex((row) => row.classList.contains("cur"));

  function go(to) {
    if (!rows.length) return false;
    if (rows[at]) rows[at].classList.remove("cur");
    at = Math.max(0, Math.min(rows.length - 1, to));
    const row = rows[at];
    row.classList.add("cur");
    const link = row.querySelector("[data-open]") || row.querySelector("a");
    if (link) link.focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }
  function press(selector, within) {
    const one = (within || document).querySelector(selector);
    if (one) one.click();
    return !!one;
  }
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || rows[at] === row) return;
    if (rows[at]) rows[at].classList.remove("cur");
    at = rows.indexOf(row);
    row.classList.add("cur");
  });
  document.addEventListener("keydown", (event) => {
    const el = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) {
      if (event.key === "Escape") el.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    let taken = false;
    if (key === "j") taken = press("[data-key=j]") || go(at + 1);
    else if (key === "k") taken = press("[data-key=k]") || go(at - 1);
    else if (key === "n") taken = rows.length ? press("[data-next]", rows[Math.max(at, 0)]) : press("[data-next]");
    else if (key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { search.focus(); search.select(); taken = true; }
    } else if (key === "?") {
      const help = document.querySelector("dialog[data-keys]");
      if (help && help.showModal) { help.showModal(); taken = true; }
    }
    if (taken) event.preventDefault();
  });
  document.querySelectorAll("[data-show-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => document.querySelector("dialog[data-keys]").showModal());
  });
})();
