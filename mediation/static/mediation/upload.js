/* Sends the files of [data-upload] in pieces that can be taken up again; without script the form around it posts them
   whole. components/upload.html and recorder.html make the element: data-create-url, data-max-bytes, data-extra, texts
   data-t-*; inside it the file inputs, a list [data-files], <template data-row>, [data-live] for what is read aloud.
   POST create-url name,size,media_type, what this device says of the file (and data-extra) -> {id, offset, url}
   PATCH url, Upload-Offset, bytes -> Upload-Offset; the last one answers {number, title, next?}, the row as HTML, or {held}: then the
   file waits for the form around it, which names it in a hidden field (data-into).
   HEAD url -> Upload-Offset. A PATCH of no bytes at the end asks for that last answer again. */
(function () {
  "use strict";
  const House = window.House;
  const CHUNK = 256 * 1024;
  const HASHED = 50 * 1024 * 1024;
  const WAITS = [1000, 2000, 4000, 8000, 15000];
  const wait = (ms) => new Promise((then) => setTimeout(then, ms));
  const kept = {
    get(key) { try { return localStorage.getItem(key); } catch (e) { return null; } },
    set(key, url) { try { localStorage.setItem(key, url); } catch (e) { /* private mode */ } },
    drop(key) { try { localStorage.removeItem(key); } catch (e) { /* private mode */ } },
  };
  function Refused(message) { this.refused = true; this.message = message; }

  /* SHA-256 of the file before anything is sent, so that both ends can be compared; "" where this browser cannot. */
  async function fingerprint(file) {
    if (!window.crypto || !crypto.subtle || file.size > HASHED) return "";
    try {
      const whole = new Uint8Array(file.size);
      for (let at = 0; at < file.size; at += 16 * CHUNK) {
        whole.set(new Uint8Array(await file.slice(at, at + 16 * CHUNK).arrayBuffer()), at);
      }
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
      return Array.from(digest, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
    } catch (e) {
      return "";
    }
  }

  class Sending {
    constructor(form, file, name, done, chosen) {
      this.form = form;
      this.file = file;
      this.name = name || file.name || "file";
      this.done = done || (() => {});
      this.chosen = chosen || "file";
      this.key = ["upload", form.dataset.createUrl, form.dataset.into || "", this.name, file.size, file.lastModified].join(":");
      this.offset = 0;
      this.shown = 0;
      const row = document.importNode(form.querySelector("template[data-row]").content, true).querySelector("[data-file]");
      this.row = row;
      row.querySelector("[data-title]").textContent = this.name;
      this.bar = row.querySelector("progress");
      this.bar.setAttribute("aria-label", this.name);
      this.buttons = {};
      ["stop", "again", "drop"].forEach((act) => {
        const button = row.querySelector("[data-" + act + "]");
        this.buttons[act] = button;
        button.setAttribute("aria-label", button.textContent.trim() + " " + this.name);
        button.addEventListener("click", () => this[act]());
      });
      form.querySelector("[data-files]").appendChild(row);
      this.state("waiting", "waiting");
    }
    say(key, values) { return House.text(this.form, key, values); }
    state(state, key, values, plain) {
      this.now = state;
      const text = plain || this.say(key, values);
      this.row.className = "file " + state;
      this.row.querySelector("[data-message]").textContent = text;
      this.bar.hidden = state !== "sending";
      this.buttons.stop.hidden = state !== "sending" && state !== "waiting";
      this.buttons.again.hidden = state !== "failed" || this.final;
      this.buttons.drop.hidden = state !== "failed" && state !== "held";
      const live = this.form.querySelector("[data-live]");
      if (live && ["received", "held", "failed"].includes(state)) live.textContent = this.name + " " + text;
    }
    progress() {
      const size = this.file.size || 1;
      this.shown = Math.max(this.shown, this.offset);
      this.bar.max = size;
      this.bar.value = this.shown;
      const percent = Math.floor((100 * this.shown) / size) + "%";
      const spent = (Date.now() - this.startedAt) / 1000;
      const rate = (this.offset - this.startedFrom) / spent;
      const left = rate > 0 ? (size - this.offset) / rate : 0;
      const key = spent < 3 || !left ? "sending" : left > 90 ? "minutes" : "seconds";
      const number = key === "minutes" ? Math.ceil(left / 60) : Math.max(5, Math.ceil(left / 5) * 5);
      this.row.querySelector("[data-message]").textContent = this.say(key, { percent, left: number });
    }
    stop() { this.stopped = true; if (this.abort) this.abort.abort(); if (this.now === "waiting") this.fail("stopped"); }
    drop() {
      if (this.now === "held") letGo(this.row, this.url);
      this.dropped = true;
      this.now = "";
      this.row.remove();
      kept.drop(this.key);
    }
    again() { queue(this); }
    fail(key, plain) {
      this.state("failed", key, { percent: Math.floor((100 * this.offset) / (this.file.size || 1)) + "%" }, plain);
    }
    send(url, options) {
      this.abort = new AbortController();
      const timer = setTimeout(() => this.abort.abort(), 120000);
      const stop = () => clearTimeout(timer);
      const answer = House.send(url, Object.assign({ signal: this.abort.signal }, options), House.csrfUrl(this.form));
      answer.then(stop, stop);
      return answer;
    }
    async check(answer) {
      if (answer.ok) return answer;
      if (answer.status >= 500 || [403, 408, 409, 423, 425, 429].includes(answer.status)) throw new Error(String(answer.status));
      if (answer.status === 404 || answer.status === 410) { kept.drop(this.key); throw new Error("gone"); }
      let said = "";
      try { const body = await answer.json(); said = body.message || body.detail || ""; } catch (e) { /* not json */ }
      throw new Refused(said || this.say("refused"));
    }
    async open() {
      this.url = kept.get(this.key);
      if (this.url) {
        const answer = await this.send(this.url, { method: "HEAD" });
        if (answer.ok) return (this.offset = Number(answer.headers.get("Upload-Offset")) || 0);
        if (answer.status >= 500) throw new Error(String(answer.status));
        kept.drop(this.key);
      }
      const body = new URLSearchParams(this.form.dataset.extra || "");
      body.set("name", this.name);
      body.set("size", this.file.size);
      body.set("media_type", this.file.type || "application/octet-stream");
      if (this.sha256 === undefined) this.sha256 = await fingerprint(this.file);
      body.set("sha256", this.sha256);
      body.set("modified", this.file.lastModified || "");
      body.set("chosen", this.chosen);
      body.set("clock", Date.now());
      body.set("automated", navigator.webdriver ? "1" : "");
      const made = await (await this.check(await this.send(this.form.dataset.createUrl, { method: "POST", body }))).json();
      this.url = made.url;
      this.offset = made.offset || 0;
      kept.set(this.key, this.url);
    }
    async piece() {
      const headers = { "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" };
      const body = this.file.slice(this.offset, this.offset + CHUNK);
      const answer = await this.check(await this.send(this.url, { method: "PATCH", headers, body }));
      const reached = answer.headers.get("Upload-Offset");
      this.offset = reached === null ? Math.min(this.file.size, this.offset + body.size) : Number(reached);
      if (this.offset < this.file.size) return null;
      const type = answer.headers.get("Content-Type") || "";
      if (type.includes("json")) return answer.json();
      return answer.status === 204 ? {} : { html: await answer.text() };
    }
    async run() {
      if (this.dropped) return;
      const most = Number(this.form.dataset.maxBytes || 0);
      this.stopped = this.final = false;
      this.final = !this.file.size || (most && this.file.size > most);
      if (this.final) return this.fail(this.file.size ? "toobig" : "empty");
      let fails = 0, sure = false;
      this.state("sending", "starting");
      this.bar.removeAttribute("value");
      for (;;) {
        try {
          if (!sure) {
            await this.open();
            sure = true;
            this.startedAt = this.startedAt || Date.now();
            if (this.startedFrom === undefined) this.startedFrom = this.offset;
            this.progress();
          }
          const result = await this.piece();
          fails = 0;
          if (result) return this.finish(result);
          this.progress();
        } catch (error) {
          if (this.stopped) return this.fail("stopped");
          if (error.refused) { this.final = true; kept.drop(this.key); return this.fail("", error.message); }
          sure = false;
          if (!navigator.onLine || fails >= WAITS.length) return this.fail(navigator.onLine ? "broken" : "offline");
          this.row.querySelector("[data-message]").textContent = this.say("retrying");
          await wait(WAITS[fails++]);
          if (this.stopped) return this.fail("stopped");
        }
      }
    }
    finish(result) {
      kept.drop(this.key);
      if (result.html) {
        const box = document.createElement("template");
        box.innerHTML = result.html.trim();
        this.row.replaceWith(box.content);
        this.now = "received";
      } else if (result.held) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: this.form.dataset.into, value: result.held });
        this.row.appendChild(field);
        this.state("held", "held");
      } else {
        if (result.title) this.row.querySelector("[data-title]").textContent = result.title;
        this.state("received", result.number ? "received" : "receivedplain", result);
      }
      this.done(result);
      if (result.next) location.assign(result.next);
    }
  }

  const letGo = (row, url) => House.send(url, { method: "DELETE" }, House.csrfUrl(row)).catch(() => {});
  const all = [];
  let leaving = false;
  let line = Promise.resolve();
  function queue(sending) {
    if (!all.includes(sending)) all.push(sending);
    sending.startedAt = sending.startedFrom = undefined;
    sending.state("waiting", "waiting");
    sending.stopped = false;
    line = line.then(() => (sending.now === "waiting" ? sending.run() : null)).catch(() => sending.fail("broken"));
    return sending;
  }
  const going = () => all.filter((one) => one.now === "sending" || one.now === "waiting").length;
  House.upload = (form, file, name, done, chosen) => queue(new Sending(form, file, name, done, chosen));

  document.querySelectorAll("[data-upload]").forEach((form) => {
    form.querySelectorAll("input[type=file]:not([data-whole])").forEach((input) => {
      input.removeAttribute("required");
      input.addEventListener("change", () => {
        Array.from(input.files).forEach((file) => House.upload(form, file, "", null, input.dataset.chosen));
        input.value = "";
      });
    });
    form.querySelectorAll("[data-let-go]").forEach((button) => {
      const row = button.closest("[data-held]");
      button.hidden = false;
      button.addEventListener("click", () => { letGo(row, row.dataset.held); row.remove(); });
    });
    const notice = form.querySelector("[data-still]");
    let warned = false;
    const outer = form.closest("form");
    if (outer) outer.addEventListener("submit", (event) => {
      if (!going() || warned || !notice) return (leaving = true);
      event.preventDefault();
      warned = true;
      notice.hidden = false;
      notice.focus();
    });
  });
  window.addEventListener("online", () => all.filter((one) => one.now === "failed" && !one.final && !one.stopped && !one.dropped).forEach(queue));
  window.addEventListener("beforeunload", (event) => {
    if ((going() || all.some((one) => one.now === "held")) && !leaving) { event.preventDefault(); event.returnValue = ""; }
  });
})();
