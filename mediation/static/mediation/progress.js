/* Follows a long job in [data-progress]: by WebSocket (data-ws), else by asking data-poll every two seconds.
   The server says {state: "waiting"|"running"|"done"|"failed", done, total, message}; when it is over, data-part (the
   address of a piece of this page) replaces the element, or data-next is opened, or the page is loaded again, once
   nothing is being written on it. */
(function () {
  "use strict";
  document.querySelectorAll("[data-progress]").forEach((box) => {
    const bar = box.querySelector("progress");
    const text = box.querySelector("[data-message]");
    let over = false, polling = false;

    const writing = () => Array.from(document.querySelectorAll("textarea")).some((field) => field.value !== field.defaultValue);
    async function finish() {
      over = true;
      if (!box.dataset.part && writing()) return setTimeout(finish, 1000);
      if (!box.dataset.part) return box.dataset.next ? location.assign(box.dataset.next) : location.reload();
      const answer = await fetch(box.dataset.part, { credentials: "same-origin" });
      if (!answer.ok) return location.reload();
      box.innerHTML = await answer.text();
      box.setAttribute("tabindex", "-1");
      box.focus();
    }
    function take(news) {
      if (over) return;
      if (news.message && text && text.textContent !== news.message) text.textContent = news.message;
      if (bar && news.total > 0) {
        bar.max = 1;
        bar.value = Math.max(bar.hasAttribute("value") ? bar.value : 0, Math.min(1, news.done / news.total));
      }
      if (news.state === "done" || news.state === "failed") finish();
    }
    async function ask() {
      if (over) return;
      try {
        const answer = await fetch(box.dataset.poll, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
        if (answer.ok) take(await answer.json());
      } catch (error) { /* asked again in two seconds */ }
      if (!over) setTimeout(ask, 2000);
    }
    function poll() {
      if (polling || over || !box.dataset.poll) return;
      polling = true;
      ask();
    }
    if (!box.dataset.ws || !window.WebSocket) return poll();
    const address = new URL(box.dataset.ws, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    let socket;
    try { socket = new WebSocket(address.href); } catch (error) { return poll(); }
    const slow = setTimeout(poll, 4000);
    socket.onmessage = (event) => {
      clearTimeout(slow);
      try { take(JSON.parse(event.data)); } catch (error) { poll(); }
    };
    socket.onclose = socket.onerror = poll;
  });
})();
