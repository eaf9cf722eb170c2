/* Pages where a party acts. [data-read-end]: the box and the button wait until the end of the paper was on the screen.
   [data-act]: a form is sent once. [data-when="field=value"]: shown only with that choice. Without script all is shown
   and the tick box alone asks. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-act]");
  const send = document.querySelector("[data-send]");
  if (!form || !send) return;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);

  const parts = Array.from(form.querySelectorAll("[data-when]"));
  function choose() {
    parts.forEach((part) => {
      const [name, value] = part.dataset.when.split("=");
      const chosen = form.querySelector("[name=" + name + "]:checked");
      part.hidden = !chosen || chosen.value !== value;
    });
  }
  form.addEventListener("change", choose);
  choose();

  const end = form.querySelector("[data-read-end]");
  const box = form.querySelector("[name=read_to_end]");
  if (!end || !box) return;
  const pages = Array.from(form.querySelectorAll(".pages img"));
  const label = document.querySelector("[data-read-first]");
  const wait = (on) => {
    send.disabled = box.disabled = on;
    if (label) label.hidden = !on;
  };
  function seen() {
    const place = end.getBoundingClientRect();
    const loaded = pages.every((page) => page.complete);
    if (!loaded || place.top > window.innerHeight) return;
    wait(false);
    ["scroll", "resize"].forEach((name) => window.removeEventListener(name, seen));
    pages.forEach((page) => page.removeEventListener("load", seen));
  }
  if (box.checked) return;
  wait(true);
  ["scroll", "resize"].forEach((name) => window.addEventListener(name, seen, { passive: true }));
  pages.forEach((page) => page.addEventListener("load", seen));
})();
