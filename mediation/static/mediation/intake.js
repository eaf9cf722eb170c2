/* Saves the answers of <form data-autosave="URL"> while they are written: after five quiet seconds and when the page
   is put away. The line [data-saved] above the buttons says honestly how it stands; it changes only when that does.
   Its texts: data-t-saved ({time}), data-t-failed, data-t-offline. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const House = window.House;
  const line = document.querySelector("[data-saved]");
  const csrf = House.csrfUrl(form);
  const QUIET = 5000;
  let timer, tokenAt = Date.now(), changed = false, busy = false, leaving = false;

  function say(key, kind) {
    if (!line) return;
    const now = new Date();
    const text = House.text(line, key, { time: now.getHours() + ":" + ("0" + now.getMinutes()).slice(-2) });
    const place = line.querySelector("[data-text]") || line;
    if (place.textContent !== text) place.textContent = text;
    line.hidden = false;
    line.className = "saved " + kind;
  }
  function answers() {
    const body = new URLSearchParams();
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") body.append(name, value);
    });
    return body;
  }
  async function save(keepalive) {
    clearTimeout(timer);
    if (!changed || busy || leaving) return;
    if (!navigator.onLine) return say("offline", "fail");
    busy = true;
    changed = false;
    try {
      const answer = await House.send(form.dataset.autosave, { method: "POST", body: answers(), keepalive: !!keepalive }, csrf);
      if (!answer.ok) throw new Error(String(answer.status));
      say("saved", "");
    } catch (error) {
      changed = true;
      say(navigator.onLine ? "failed" : "offline", "fail");
      timer = setTimeout(save, 2 * QUIET);
    }
    busy = false;
    if (changed) timer = setTimeout(save, QUIET);
  }
  function note(event) {
    if (event.target.type === "file") return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  }
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
    else if (csrf && Date.now() - tokenAt > 30 * 60 * 1000) {
      tokenAt = Date.now();
      House.refresh(csrf).catch(() => {});
    }
  });
})();
