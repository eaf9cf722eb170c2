/* Brings one stream of kept sound to the server: House.sendSound(row, kept, url, on) -> {more(), finish(), stop()}.
   After every cut it goes on from what the server says it has; a piece is dropped only when it is on the server's disk. A line on which
   nothing is heard any more counts as cut.
   on: have(samples), wait(why), refused(why), sealed(). The protocol stands in docs/sound.md. */
(function () {
  "use strict";
  const House = window.House;
  const FULL = 128 * 1024;
  const AT_ONCE = 25;
  const STALLED_MS = 6000;
  const DEAD_MS = 12000;
  const SEALED_WITHIN_MS = 60000;
  const WAITS = [500, 1000, 2000, 4000, 5000];

  class Sending {
    constructor(row, kept, url, on) {
      Object.assign(this, { row, kept, url, on });
      this.have = this.sent = 0;
      this.fails = 0;
      this.open();
      this.clock = setInterval(() => this.watch(), 1000);
    }
    open() {
      if (this.over) return;
      const ws = (this.ws = new WebSocket(this.url));
      this.ready = this.asked = this.pausedUntil = false;
      this.heardAt = Date.now();
      ws.binaryType = "arraybuffer";
      ws.onopen = () => ws.send(JSON.stringify({
        type: "start", stream: this.row.id, format: this.row.format, dialect: this.row.dialect, place: this.row.place,
        ago: Math.max(0, (Date.now() - this.row.began) / 1000), ended: !!this.row.leftover,
      }));
      ws.onmessage = (event) => {
        if (ws !== this.ws) return;
        this.heardAt = Date.now();
        this.hear(JSON.parse(event.data));
      };
      ws.onclose = () => {
        if (ws !== this.ws || this.over) return;
        this.ready = false;
        setTimeout(() => this.open(), WAITS[Math.min(this.fails++, WAITS.length - 1)]);
      };
    }
    hear(word) {
      if (word.type === "have") {
        if (!this.ready) this.sent = word.samples;
        if (word.samples > this.have) this.movedAt = Date.now();
        this.ready = true;
        this.fails = 0;
        this.have = Math.max(this.have, word.samples);
        this.kept.drop(this.row.id, this.have).catch(() => {});
        this.on.have(this.have);
        this.more();
      } else if (word.type === "wait") {
        this.pausedUntil = Date.now() + 4000;
        this.sent = this.have;
        this.on.wait(word.why);
      } else if (word.type === "refused") {
        this.stop();
        this.on.refused(word.why);
      } else if (word.type === "sealed") this.settle();
    }
    watch() {
      if (this.pausedUntil && Date.now() > this.pausedUntil) {
        this.pausedUntil = 0;
        this.more();
      }
      const owed = !this.ready || this.sent > this.have || this.asked; // the server has something to say
      if (owed && Date.now() - this.heardAt > (this.asked ? SEALED_WITHIN_MS : DEAD_MS)) return this.reopen();
      const stalled = this.ready && !this.pausedUntil && this.sent > this.have && Date.now() - (this.movedAt || 0) > STALLED_MS;
      if (!stalled) return;
      this.sent = this.have;
      this.movedAt = Date.now();
      this.more();
    }
    /* In a tunnel a line dies without a word; another is tried. */
    reopen() {
      const old = this.ws;
      this.open();
      old.close();
    }
    /* Send what is kept, in order, as fast as the line takes it; one run at a time. */
    async more() {
      if (this.running) return (this.again = true);
      this.running = true;
      do {
        this.again = false;
        await this.run().catch(() => {});
      } while (this.again && !this.over);
      this.running = false;
    }
    async run() {
      while (this.ready && !this.over && !this.pausedUntil) {
        const ws = this.ws;
        if (ws.bufferedAmount > FULL) { await new Promise((then) => setTimeout(then, 100)); continue; }
        const from = Math.max(0, this.sent - 16000);
        const pieces = (await this.kept.pieces(this.row.id, from, AT_ONCE)).filter((piece) => piece.at + piece.samples > this.sent);
        if (ws !== this.ws || !this.ready) return;
        if (!pieces.length) return this.sayEnd();
        if (pieces[0].at > this.sent) return this.jump();
        if (this.sent === this.have) this.movedAt = Date.now();
        for (const piece of pieces) for (const part of piece.parts) this.put(ws, part);
      }
    }
    put(ws, part) {
      if (part.at + part.samples <= this.sent) return;
      const message = new Uint8Array(9 + part.bytes.byteLength);
      const head = new DataView(message.buffer);
      head.setUint32(0, Math.floor(part.at / 4294967296));
      head.setUint32(4, part.at >>> 0);
      message[8] = this.row.format === "opus" ? 1 : 0;
      message.set(new Uint8Array(part.bytes), 9);
      ws.send(message);
      this.sent = part.at + part.samples;
    }
    /* The device has lost what came next (its data was cleared). What is there goes on as a stream of its own (settle). */
    jump() {
      if (!this.row.ended) return this.on.slipped && this.on.slipped();
      this.sent = this.have;
      return this.sayEnd();
    }
    sayEnd() {
      if (!this.row.ended || this.asked || this.have < this.sent) return;
      this.asked = true;
      this.ws.send(JSON.stringify({ type: "end" }));
    }
    async finish() {
      this.row.ended = true;
      await this.kept.putStream(this.row).catch(() => {});
      this.more();
    }
    /* The server has closed the stream. What it has not is brought as a stream of its own. */
    async settle() {
      const whole = await this.kept.end(this.row.id).catch(() => null);
      this.stop();
      if (whole === null) return this.on.sealed(); // it cannot be read now: what is left is brought at the next visit
      const pieces = whole > this.have ? await this.kept.pieces(this.row.id, 0) : [];
      const parts = pieces.reduce((all, piece) => all.concat(piece.parts), []).filter((part) => part.at >= this.have);
      if (parts.length) {
        const from = parts[0].at;
        const rest = Object.assign({}, this.row, { id: House.newId(), began: this.row.began + from / 16, ended: true, leftover: true });
        await this.kept.putStream(rest);
        for (const part of parts) {
          await this.kept.add({ stream: rest.id, at: part.at - from, samples: part.samples, parts: [Object.assign({}, part, { at: part.at - from })] });
        }
        await this.kept.forget(this.row.id).catch(() => {});
        return this.on.rest(rest);
      }
      await this.kept.forget(this.row.id).catch(() => {});
      this.on.sealed();
    }
    stop() {
      this.over = true;
      this.ready = false;
      clearInterval(this.clock);
      if (this.ws) this.ws.close();
    }
  }
  House.sendSound = (row, kept, url, on) => new Sending(row, kept, url, on);
})();
