/* Keys of the desk: J and K go through rows [data-row] (or press [data-key=j]), Enter opens the link that has the focus,
   N takes the next step of the row or page ([data-next]), / goes to the search, ? shows dialog[data-keys]. In fields
   they are letters. [data-keys-off] switches them off on this device, for people whose own program uses letters
   (WCAG 2.1.4). The row that has the focus is aria-current. */
(function () {
  "use strict";
  const rows = Array.from(document.querySelectorAll("[data-row]"));
  const OFF = "desk-keys-off";
  let at = rows.findIndex((row) => row.classList.contains("cur"));

  function areOff() {
    try { return localStorage.getItem(OFF) === "1"; } catch (_error) { return false; }
  }
  function mark(to) {
    if (rows[at]) { rows[at].classList.remove("cur"); rows[at].removeAttribute("aria-current"); }
    at = to;
    rows[at].classList.add("cur");
    rows[at].setAttribute("aria-current", "true");
  }

  function go(to) {
    if (!rows.length) return false;
    mark(Math.max(0, Math.min(rows.length - 1, to)));
    const row = rows[at];
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
    mark(rows.indexOf(row));
  });
  document.addEventListener("keydown", (event) => {
    const el = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) {
      if (event.key === "Escape") el.blur();
      return;
    }
    if (areOff() || document.querySelector("dialog[open]")) return;
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
  document.querySelectorAll("[data-keys-off]").forEach((button) => {
    const tell = () => {
      button.textContent = areOff() ? button.dataset.on : button.dataset.off;
      button.setAttribute("aria-pressed", String(areOff()));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      try { if (areOff()) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch (_error) { return; }
      tell();
    });
    tell();
  });
  document.querySelectorAll("[data-show-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => document.querySelector("dialog[data-keys]").showModal());
  });
})();
