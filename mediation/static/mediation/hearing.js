/* The hearing. [data-room] asks every four seconds who is here and draws it anew; when the rest of the page has grown old it
   is loaded again, or, where something is being written or recorded, a notice says so. A withdrawn yes stops the recorder.
   [data-speaking] warns of the dialect that is chosen. [data-form-extra] sends the fields of its form along with a recording.
   [data-line-form] saves a line in its place and goes on to the next that needs an ear; Ctrl+Enter saves what is being written,
   Ctrl+Z undoes the line that was saved last. */
(function () {
  "use strict";
  const House = window.House;
  const shown = (selector) => Array.from(document.querySelectorAll(selector)).some((el) => !el.hidden);
  const recording = () => shown("[data-recorder] [data-stop]");
  const busy = () =>
    recording() || shown("[data-recorder] [data-after]") || !!document.querySelector(".file.sending,.file.waiting") ||
    Array.from(document.querySelectorAll("textarea")).some((field) => field.value !== field.defaultValue);

  const room = document.querySelector("[data-room]");
  if (room) {
    let etag = room.dataset.etag;
    const take = (html) => {
      room.innerHTML = html;
      const now = room.querySelector("[data-mark]");
      if (!now || now.dataset.mark === room.dataset.mark) return;
      if (recording() && now.dataset.mayRecord === "0") {
        document.querySelector("[data-recorder] [data-stop]").click();
        document.querySelector("[data-stopped]").hidden = false;
      } else if (busy()) document.querySelector("[data-news]").hidden = false;
      else location.reload();
    };
    const ask = async () => {
      try {
        if (!document.hidden || recording()) {
          const answer = await fetch(room.dataset.room, { credentials: "same-origin", cache: "no-store", headers: { "If-None-Match": etag } });
          if (answer.status === 200) {
            etag = answer.headers.get("ETag") || "";
            take(await answer.text());
          }
        }
      } catch (error) { /* asked again in four seconds */ }
      setTimeout(ask, 4000);
    };
    setTimeout(ask, 4000);
  }

  document.querySelectorAll("[data-speaking] select").forEach((field) => field.addEventListener("change", () => {
    const warning = field.form.querySelector("[data-warning]"), warns = field.selectedOptions[0].dataset.warns || "";
    warning.hidden = !warns;
    warning.querySelector("[data-words]").textContent = warns;
  }));

  document.querySelectorAll("[data-form-extra]").forEach((box) => {
    const form = box.closest("form");
    const gather = () => {
      const extra = new URLSearchParams();
      form.querySelectorAll("select").forEach((field) => extra.set(field.name, field.value));
      box.dataset.extra = extra.toString();
    };
    form.addEventListener("change", gather, true);
    gather();
  });

  function count(name, left) {
    const task = document.querySelector("[data-task=" + name + "]");
    if (!task) return;
    task.classList.toggle("done", !left);
    const small = task.querySelector("[data-left]");
    small.hidden = !left;
    small.querySelector("[data-count]").textContent = left;
  }
  /* What stands above the lines of a recording about its voices, as it is now. */
  function redraw(seg, html) {
    const box = seg.parentElement.querySelector(".voices");
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".voices");
    if (!box || [box, fresh].some((one) => one && one.querySelector("[data-progress]"))) return;
    if (!fresh) return box.replaceChildren();
    if (fresh.textContent === box.textContent) return;
    const was = box.querySelector("details"), now = fresh.querySelector("details");
    if (was && now) now.open = was.open;
    box.replaceWith(fresh);
  }
  let lastSaved = null, lastUndo = "";
  async function save(form) {
    const seg = form.closest(".seg");
    const said = seg.querySelector("[data-said]");
    const naming = !!form.querySelector("[data-saves]");
    const goesOn = !form.matches("[data-undo]");
    try {
      const answer = await House.send(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }, House.csrfUrl(form));
      const news = await answer.json();
      if (!answer.ok) throw new Error(news.message || "");
      seg.innerHTML = news.html;
      lastSaved = form.matches("[data-undo]") ? null : seg;
      lastUndo = form.querySelector("[name=confirms]") ? "reopens" : "undo";
      seg.classList.toggle("todo", news.is_unchecked);
      count("unchecked", news.unchecked);
      count("unnamed", news.unnamed);
      redraw(seg, news.voices);
      document.querySelectorAll("[data-asks-again]").forEach((one) => (one.hidden = !news.asks_again));
      let next = seg.querySelector(".doubt") || seg.querySelector("summary");
      for (let one = seg.nextElementSibling; goesOn && one; one = one.nextElementSibling) {
        const way = naming ? one.querySelector("[data-saves]") : one.classList.contains("todo") && (one.querySelector(".doubt") || one.querySelector(".at"));
        if (way) { next = way; break; }
      }
      if (next) next.focus();
    } catch (error) {
      if (!said) return form.submit();
      said.textContent = error instanceof SyntaxError || error instanceof TypeError || !error.message ? said.dataset.tFailed : error.message;
      said.hidden = false;
    }
  }
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-line-form]");
    if (!form) return;
    event.preventDefault();
    save(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-saves]") && event.target.value) save(event.target.closest("[data-line-form]"));
  });
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const form = event.key === "Enter" && event.target.closest("[data-line-form]");
    if (form) save(form);
    const undo = event.key === "z" && lastSaved && !event.target.closest("textarea,input") && lastSaved.querySelector("[data-undo] [name=" + lastUndo + "]");
    if (!undo) return;
    event.preventDefault();
    save(undo.form);
  });
})();
