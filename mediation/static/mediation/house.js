/* What every page may need: the safety token, texts from data-t-*, focus on the error summary, print buttons. */
(function () {
  "use strict";
  const fields = () => document.querySelectorAll("[name=csrfmiddlewaretoken]");
  const cookie = () => (/(?:^|; )csrftoken=([^;]+)/.exec(document.cookie) || [])[1] || "";
  const House = (window.House = {
    /* The text kept in data-t-<key> of the element, its {slots} filled. */
    text(el, key, values) {
      const raw = el.dataset["t" + key[0].toUpperCase() + key.slice(1)] || "";
      return raw.replace(/\{(\w+)\}/g, (all, slot) => (values && slot in values ? String(values[slot]) : ""));
    },
    clock(seconds) {
      const s = Math.floor(seconds);
      return Math.floor(s / 60) + ":" + ("0" + (s % 60)).slice(-2);
    },
    csrfUrl(el) {
      return (el && el.dataset.csrfUrl) || document.body.dataset.csrfUrl || "";
    },
    async refresh(url) {
      const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
      const token = (await answer.json()).token || cookie();
      fields().forEach((field) => (field.value = token));
      return token;
    },
    /* fetch with the safety token; when the token has grown old, gets a new one and asks once more. */
    async send(url, options, csrfUrl) {
      for (let again = false; ; again = true) {
        const token = (fields()[0] && fields()[0].value) || cookie();
        const headers = Object.assign({ "X-CSRFToken": token, Accept: "application/json" }, options.headers);
        const answer = await fetch(url, Object.assign({ credentials: "same-origin" }, options, { headers }));
        if (answer.status !== 403 || again || !csrfUrl) return answer;
        await House.refresh(csrfUrl);
      }
    },
    /* The screen stays on; returns what ends it. */
    stayAwake() {
      let lock = null, over = false;
      const ask = async () => {
        try {
          lock = !over && !document.hidden && (await navigator.wakeLock.request("screen"));
          if (over && lock) lock.release();
        } catch (error) { /* not in this browser */ }
      };
      document.addEventListener("visibilitychange", ask);
      ask();
      return () => {
        over = true;
        document.removeEventListener("visibilitychange", ask);
        if (lock) lock.release();
      };
    },
  });
  document.documentElement.classList.remove("nojs");
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-print]");
    if (button) window.print();
  });
  document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));
})();
