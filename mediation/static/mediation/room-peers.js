/* Browser to browser, everybody with everybody: House.peers({say(to, data), track(id, track), state(id, state), gone(id)}).
   set(me, mine, list of {id, line}, ice) connects with exactly these people; a new line is a page that was opened anew. tracks(list) changes what this
   person gives. "Perfect negotiation": of two offers at once, the person with the larger number wins. */
(function () {
  "use strict";
  const House = window.House;

  class Peer {
    constructor(room, id, line) {
      Object.assign(this, { room, id, line, making: false, ignoring: false, polite: room.me < id });
      const pc = (this.pc = new RTCPeerConnection({ iceServers: room.ice }));
      pc.onnegotiationneeded = () => this.offer();
      pc.onicecandidate = (event) => { if (event.candidate) this.say({ candidate: event.candidate.toJSON() }); };
      pc.ontrack = (event) => room.on.track(id, event.track);
      pc.onconnectionstatechange = () => {
        room.on.state(id, pc.connectionState);
        clearTimeout(this.timer);
        if (pc.connectionState === "failed") pc.restartIce();
        if (pc.connectionState === "disconnected") this.timer = setTimeout(() => pc.signalingState !== "closed" && pc.restartIce(), 4000);
      };
      this.give();
    }
    say(data) { this.room.on.say(this.id, Object.assign({ from: this.room.mine, to: this.line }, data)); }
    async offer() {
      try {
        this.making = true;
        await this.pc.setLocalDescription();
        this.say({ description: this.pc.localDescription.toJSON() });
      } catch (error) { /* closed meanwhile */ } finally { this.making = false; }
    }
    give() {
      const wanted = this.room.given;
      this.pc.getSenders().forEach((sender) => { if (sender.track && !wanted.includes(sender.track)) this.pc.removeTrack(sender); });
      const sent = this.pc.getSenders().map((sender) => sender.track);
      wanted.forEach((track) => { if (!sent.includes(track)) this.pc.addTrack(track, this.room.stream); });
    }
    async hear(data) {
      const pc = this.pc;
      try {
        if (data.description) {
          const clash = data.description.type === "offer" && (this.making || pc.signalingState !== "stable");
          this.ignoring = !this.polite && clash;
          if (this.ignoring) return;
          await pc.setRemoteDescription(data.description);
          if (data.description.type === "offer") {
            await pc.setLocalDescription();
            this.say({ description: pc.localDescription.toJSON() });
          }
        } else if (data.candidate) await pc.addIceCandidate(data.candidate);
      } catch (error) {
        if (!this.ignoring && pc.signalingState !== "closed") this.room.on.state(this.id, "trouble");
      }
    }
    close() {
      clearTimeout(this.timer);
      this.pc.ontrack = this.pc.onicecandidate = this.pc.onnegotiationneeded = this.pc.onconnectionstatechange = null;
      this.pc.close();
      this.room.on.gone(this.id);
    }
  }

  class Peers {
    constructor(on) {
      Object.assign(this, { on, all: new Map(), given: [], early: [], stream: window.MediaStream ? new MediaStream() : null, ice: [] });
    }
    set(me, mine, list, ice) {
      if (!window.RTCPeerConnection) return;
      if (mine !== this.mine) this.all.forEach((peer) => this.drop(peer));
      Object.assign(this, { me, mine, ice });
      this.all.forEach((peer) => {
        const now = list.find((one) => one.id === peer.id);
        if (!now || now.line !== peer.line) this.drop(peer);
      });
      list.forEach((one) => { if (!this.all.has(one.id)) this.all.set(one.id, new Peer(this, one.id, one.line)); });
      const early = this.early;
      this.early = [];
      early.forEach((one) => this.hear(one.from, one.data));
    }
    drop(peer) { this.all.delete(peer.id); peer.close(); }
    hear(from, data) {
      const peer = this.all.get(from);
      if (peer && peer.line === data.from && data.to === this.mine) return peer.hear(data);
      if (!peer || peer.line !== data.from) this.early = this.early.concat({ from, data }).slice(-60);
    }
    tracks(list) {
      this.given = list;
      this.all.forEach((peer) => peer.give());
    }
  }
  House.peers = (on) => new Peers(on);
})();
