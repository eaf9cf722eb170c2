/* The list of who is here: House.people(box, list, {act(kind, person)}) -> {draw(room), video(id, track), state(id, state)}. */
(function () {
  "use strict";
  const House = window.House;

  class People {
    constructor(box, list, on) {
      Object.assign(this, { box, list, on, states: new Map(), videos: new Map(), drawn: "" });
      this.template = box.querySelector("template[data-row]");
    }
    say(key, values) { return House.text(this.box, key, values); }
    draw(room) {
      this.room = room || this.room;
      if (!this.room) return;
      const now = JSON.stringify([this.room.people, this.room.leads, this.room.peers, this.room.place, Array.from(this.states)]);
      if (now === this.drawn) return;
      this.drawn = now;
      const focused = document.activeElement && document.activeElement.dataset && document.activeElement.dataset.key;
      this.list.textContent = "";
      this.room.people.forEach((one) => this.list.appendChild(this.row(one)));
      const again = focused && this.list.querySelector("[data-key='" + focused + "']");
      if (again) again.focus();
    }
    row(one) {
      const row = document.importNode(this.template.content, true).querySelector("li");
      row.dataset.person = one.id;
      row.classList.toggle("here", !!one.line && !one.away);
      row.querySelector("b").textContent = one.name + (one.me ? " " + this.say("you") : "");
      row.querySelector("small").textContent = one.role + " · " + this.where(one);
      this.known(one, row.querySelector(".nm"));
      const track = this.videos.get(one.id);
      const video = row.querySelector("video");
      if (track && track.readyState === "live") {
        video.srcObject = new MediaStream([track]);
        video.hidden = false;
      } else video.remove();
      const marks = row.querySelector(".marks");
      this.marks(one).forEach(([text, tone]) => {
        const tag = marks.appendChild(document.createElement("span"));
        tag.className = "tag " + tone;
        tag.textContent = text;
      });
      if (this.room.leads && !one.me) this.buttons(one, marks);
      return row;
    }
    /* For the mediator: what to ask for to check who this is, and where to call who takes part by telephone. */
    known(one, box) {
      if (one.known && !one.identity) box.appendChild(document.createElement("small")).textContent = one.known;
      if (one.me || one.way !== "phone" || !one.phone) return;
      const call = box.appendChild(document.createElement("a"));
      Object.assign(call, { href: "tel:" + one.phone, className: "num", textContent: this.say("call", { number: one.phone }) });
    }
    where(one) {
      if (one.way === "phone") return this.say("phone");
      if (one.way === "in_person") return this.say("inperson");
      if (!one.line) return this.say("away");
      if (!one.admitted) return this.say("waits");
      if (one.away) return this.say("elsewhere");
      const state = this.states.get(one.id);
      return this.say(!one.me && state && state !== "connected" && this.room.peers.includes(one.id) ? "silent" : "here");
    }
    marks(one) {
      const marks = [];
      if (!one.mediator) marks.push(one.identity ? [this.say("checked"), "green"] : [this.say("unchecked"), ""]);
      if (one.interpreter) marks.push([this.say("interpreter"), "amber"]);
      if (this.room.leads && !one.me) {
        marks.push(one.consent === true ? [this.say("yes"), "green"] : one.consent === false ? [this.say("no"), "red"] : [this.say("noanswer"), "amber"]);
      }
      return marks;
    }
    buttons(one, marks) {
      const add = (kind, key) => {
        const button = marks.appendChild(document.createElement("button"));
        Object.assign(button, { type: "button", className: "btn go" + (kind === "admit" ? " pri" : ""), textContent: this.say(key) });
        button.dataset.key = kind + one.id;
        button.setAttribute("aria-label", this.say(key) + " " + one.name);
        button.addEventListener("click", () => this.on.act(kind, one.id));
      };
      add(one.admitted ? "send-out" : "admit", one.admitted ? "sendout" : "admit");
      if (!one.identity) add("check-identity", "check");
    }
    state(id, state) { this.states.set(id, state); this.draw(); }
    video(id, track) {
      if (track) this.videos.set(id, track);
      else this.videos.delete(id);
      this.drawn = "";
      this.draw();
    }
  }
  House.people = (box, list, on) => new People(box, list, on);
})();
