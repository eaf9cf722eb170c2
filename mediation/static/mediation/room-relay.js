/* Sound and picture through a server that relays: House.relay({say(word), track(id, track), state(id, state), gone(id)}).
   Of the server's words: {go} begins anew under the name `at`; {published} answers our offer; {offer, who} brings the others, `who` says whose each
   part is (mid -> person). tracks(list) changes what this person gives; what is taken back stays in the description, switched off. */
(function () {
  "use strict";
  const House = window.House;
  const AGAIN_MS = 2000, PATIENCE_MS = 6000;

  class Relay {
    constructor(on) {
      Object.assign(this, { on, given: [], ice: [], at: null, shown: new Map(), stream: window.MediaStream ? new MediaStream() : null });
    }
    say(word) { this.on.say(Object.assign({ type: "media", at: this.at }, word)); }
    hear(word, ice) {
      if (!window.RTCPeerConnection) return;
      if (word.go) return this.begin(word.at, ice);
      if (word.at !== this.at) return;
      if (word.published) this.taken(word.published);
      if (word.offer) this.turn = this.turn.then(() => this.take(word));
    }
    begin(at, ice) {
      this.end();
      Object.assign(this, { at, ice, making: false, late: false, sending: {}, turn: Promise.resolve() });
      this.give();
    }
    open(of) {
      const pc = new RTCPeerConnection({ iceServers: this.ice }), at = this.at;
      pc.onicecandidate = (event) => { if (event.candidate && at === this.at) this.say({ candidate: event.candidate.toJSON(), of }); };
      pc.onconnectionstatechange = () => {
        if (at !== this.at) return;
        if (of === "down") this.shown.forEach((tracks, id) => this.on.state(id, pc.connectionState));
        clearTimeout(pc.timer);
        if (pc.connectionState === "failed") this.again(AGAIN_MS);
        if (pc.connectionState === "disconnected") pc.timer = setTimeout(() => at === this.at && this.again(0), PATIENCE_MS);
      };
      return pc;
    }
    again(after) {
      clearTimeout(this.timer);
      const at = this.at;
      this.timer = setTimeout(() => { if (at === this.at) this.say({ again: true }); }, after);
    }

    /* ---- what this person gives */

    tracks(list) {
      this.given = list;
      if (this.at) this.give();
    }
    give() {
      let changed = false;
      ["audio", "video"].forEach((kind) => {
        const track = this.given.find((one) => one.kind === kind) || null, sends = this.sending[kind];
        if (!sends && track) {
          this.up = this.up || this.open("up");
          this.sending[kind] = { part: this.up.addTransceiver(track, { direction: "sendonly", streams: [this.stream] }), track };
          changed = true;
        } else if (sends && sends.track !== track) {
          changed = changed || !sends.track !== !track;
          sends.track = track;
          sends.part.sender.replaceTrack(track).catch(() => this.again(AGAIN_MS));
          sends.part.direction = track ? "sendonly" : "inactive";
        }
      });
      if (changed) this.offer();
    }
    async offer() {
      if (this.making) { this.late = true; return; }
      const up = this.up;
      this.making = true;
      try {
        await up.setLocalDescription(await up.createOffer());
        if (up === this.up) this.say({ publish: up.localDescription.sdp });
      } catch (error) { if (up === this.up) this.again(AGAIN_MS); }
    }
    async taken(sdp) {
      const up = this.up;
      try {
        await up.setRemoteDescription({ type: "answer", sdp });
      } catch (error) {
        if (up === this.up) this.again(AGAIN_MS);
        return;
      }
      if (up !== this.up) return;
      this.making = false;
      if (this.late) { this.late = false; this.offer(); }
    }

    /* ---- what the others give */

    async take(word) {
      const at = word.at;
      if (at !== this.at) return;
      try {
        const down = (this.down = this.down || this.open("down"));
        await down.setRemoteDescription({ type: "offer", sdp: word.offer });
        await down.setLocalDescription(await down.createAnswer());
        if (at !== this.at) return;
        this.say({ answer: down.localDescription.sdp });
        this.show(down, word.who);
      } catch (error) { if (at === this.at) this.again(AGAIN_MS); }
    }
    show(down, who) {
      const now = new Map();
      down.getTransceivers().forEach((one) => {
        const id = who[one.mid];
        if (id === undefined || one.currentDirection !== "recvonly") return;
        now.set(id, (now.get(id) || []).concat(one.receiver.track));
      });
      const old = this.shown;
      this.shown = now;
      old.forEach((tracks, id) => {
        const kept = now.get(id) || [];
        if (kept.length !== tracks.length || kept.some((track) => !tracks.includes(track))) { this.on.gone(id); old.delete(id); }
      });
      now.forEach((tracks, id) => {
        if (old.has(id)) return;
        tracks.forEach((track) => this.on.track(id, track));
        this.on.state(id, down.connectionState);
      });
    }
    end() {
      this.at = null;
      clearTimeout(this.timer);
      [this.up, this.down].forEach((pc) => { if (pc) { clearTimeout(pc.timer); pc.onicecandidate = pc.onconnectionstatechange = null; pc.close(); } });
      this.up = this.down = null;
      const shown = this.shown;
      this.shown = new Map();
      shown.forEach((tracks, id) => this.on.gone(id));
    }
  }
  House.relay = (on) => new Relay(on);
})();
