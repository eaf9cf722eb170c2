/* One socket that comes back by itself: House.wire(url, {message(word), state("open" | "lost" | "closed", code), trip(ms)}) -> {say(word), close()}.
   Says {"type":"ping","at"} every four seconds; a line that does not answer counts as lost. Codes 4000-4007 and 4404 are final. */
(function () {
  "use strict";
  const House = window.House;
  const WAITS = [500, 1000, 2000, 4000, 8000];
  const BEAT_MS = 4000;
  const DEAD_MS = 13000;

  class Wire {
    constructor(url, on) {
      this.url = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + url;
      this.on = on;
      this.fails = 0;
      this.open();
      setInterval(() => this.beat(), BEAT_MS);
      window.addEventListener("online", () => { if (!this.alive()) { clearTimeout(this.timer); this.open(); } });
    }
    alive() { return this.ws && this.ws.readyState <= 1; }
    open() {
      if (this.over || this.alive()) return;
      const ws = (this.ws = new WebSocket(this.url));
      ws.onopen = () => {
        this.fails = 0;
        this.heardAt = Date.now();
        this.on.state("open");
        this.beat();
      };
      ws.onmessage = (event) => {
        if (ws !== this.ws) return;
        this.heardAt = Date.now();
        const word = JSON.parse(event.data);
        if (word.type === "pong") this.on.trip(Date.now() - word.at);
        else this.on.message(word);
      };
      ws.onclose = (event) => { if (ws === this.ws) this.lost(event.code); };
    }
    lost(code) {
      this.ws = null;
      if (this.over) return;
      if ((code >= 4000 && code < 4008) || code === 4404) {
        this.over = true;
        return this.on.state("closed", code);
      }
      this.on.state("lost", code);
      const wait = WAITS[Math.min(this.fails++, WAITS.length - 1)];
      this.timer = setTimeout(() => this.open(), wait * (0.8 + 0.4 * Math.random()));
    }
    beat() {
      if (!this.ws || this.ws.readyState !== 1) return;
      if (Date.now() - this.heardAt > DEAD_MS) {
        const old = this.ws;
        this.lost(1006);
        old.close();
      } else this.say({ type: "ping", at: Date.now() });
    }
    say(word) {
      if (!this.ws || this.ws.readyState !== 1) return false;
      this.ws.send(JSON.stringify(word));
      return true;
    }
    close() {
      this.over = true;
      clearTimeout(this.timer);
      if (this.ws) this.ws.close();
    }
  }
  House.wire = (url, on) => new Wire(url, on);
})();
