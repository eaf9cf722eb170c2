/* The page of the room 调解室 (components/hearing_room.html): try the sound, go in, wait, talk. The server says where everybody is ({"type":"room"});
   this page follows. Sound is recorded only while everyone has said yes, and stops at once when somebody takes it back. A lost line stops nothing:
   what is said goes on being recorded on this device and is sent later. */
(function () {
  "use strict";
  const House = window.House;
  const box = document.querySelector("[data-talk]");
  if (!box) return;
  const part = (name) => box.querySelector("[data-" + name + "]");
  const parts = (name) => Array.from(box.querySelectorAll("[data-" + name + "]"));
  const step = (name) => box.querySelector("[data-step=" + name + "]");
  const say = (key, values) => House.text(box, key, values);
  const write = (el, text) => { if (el.textContent !== text) el.textContent = text; };
  const soundUrl = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + box.dataset.sound;
  const TOLD_FOR_MS = 6000; // what went wrong stands there at least so long
  let mic = null, camera = null, room = null, wire = null, kept = null, recording = null, muted = false, changing = false, over = false, have = 0;
  let troubledAt = 0, mayRest = null;

  function trouble(text) {
    troubledAt = text ? Date.now() : 0;
    part("trouble").hidden = !text;
    write(part("trouble").querySelector("[data-words]"), text || "");
  }
  const check = House.roomCheck(box, { trouble });

  /* ---- inside */

  const captions = House.captions(part("captions"));
  const people = House.people(box, part("people"), { act: (kind, person) => wire.say({ type: kind, person }) });
  const sounds = new Map();
  const shows = {
    state: (id, state) => people.state(id, state),
    track(id, track) {
      if (track.kind === "video") {
        people.video(id, track);
        track.onmute = track.onended = () => people.video(id, null);
        track.onunmute = () => people.video(id, track);
        return;
      }
      const sound = sounds.get(id) || part("sounds").appendChild(document.createElement("audio"));
      sound.autoplay = true;
      sound.srcObject = new MediaStream([track]);
      sounds.set(id, sound);
    },
    gone(id) {
      people.video(id, null);
      const sound = sounds.get(id);
      if (sound) sound.remove();
      sounds.delete(id);
    },
  };
  const peers = House.peers(Object.assign({ say: (to, data) => wire.say({ type: "signal", to, data }) }, shows));
  const relay = House.relay(Object.assign({ say: (word) => wire.say(word) }, shows));

  async function enter(withMic) {
    parts("enter").concat(parts("enter-silent")).forEach((button) => (button.disabled = true));
    if (withMic && !(mic = await check.mic())) {
      parts("enter").concat(parts("enter-silent")).forEach((button) => (button.disabled = false));
      return part("mic-said").scrollIntoView({ block: "center" });
    }
    check.inside(withMic);
    if (mic) watch(mic);
    mayRest = House.stayAwake();
    step("check").hidden = true;
    step("wait").hidden = step("bar").hidden = false;
    write(part("wait-words"), say("connecting"));
    part("mute").hidden = !mic;
    wire = House.wire(box.dataset.socket, { message: hear, state: line, trip: (ms) => write(part("trip"), say("trip", { ms })) });
  }
  /* A call takes the microphone of a phone away, a cable is pulled out: it is said, and another microphone is taken where there is one. */
  function watch(stream) {
    stream.getAudioTracks().forEach((track) => {
      track.onmute = () => deaf(true);
      track.onunmute = () => deaf(false);
      track.onended = anew;
    });
  }
  async function anew() {
    deaf(true);
    mic = await check.mic();
    if (over) return mic && mic.getTracks().forEach((track) => track.stop());
    if (mic) {
      deaf(mic.getAudioTracks().some((track) => track.muted)); // the call goes on
      watch(mic);
      mic.getAudioTracks().forEach((one) => (one.enabled = !muted));
    }
    if (recording) recording.slipped = true;
    give();
    record();
  }
  function deaf(is) { part("deaf").hidden = !is || over; }
  function line(state, code) {
    const lost = state === "lost";
    part("net").hidden = !lost;
    if (lost) {
      write(part("net").querySelector("span"), say(recording ? "lost" : "lostplain"));
      write(part("trip"), "");
    }
    if (state === "closed") leave(code === 4001 ? "replaced" : "gone");
  }
  function hear(word) {
    if (word.type === "room") return follow(word);
    if (word.type === "signal") return peers.hear(word.from, word.data);
    if (word.type === "media") return room && relay.hear(word, room.ice);
    if (word.type === "caption" || word.type === "said" || word.type === "history") return captions.take(word);
    if (word.type === "captions-behind") return captions.behind(word.seconds);
    if (word.type === "no") return trouble(say("refused") + " " + word.why.join(" "));
    if (word.type === "invited") {
      part("link").value = location.origin + word.path;
      part("invited").hidden = false;
      part("link").select();
    }
  }
  function follow(now) {
    if (over) return;
    const moved = room && room.place !== now.place;
    room = now;
    if (moved) captions.clear();
    if (moved || now.media !== "relayed") relay.end();
    part("direct").hidden = now.media !== "fallback";
    if (now.state === "ended") return leave("ended");
    if (Date.now() - troubledAt > TOLD_FOR_MS) trouble("");
    const talking = now.place !== null;
    captions.state(now.captions);
    elsewhere(now);
    step("talk").hidden = !(talking || now.leads || now.admitted);
    step("wait").hidden = talking;
    write(part("wait-words"), now.state === "called" ? say("notopen") : !now.admitted ? say("waiting") : now.caucus ? say("paused", { name: now.caucus.name }) : say("waiting"));
    const alone = !!now.caucus && now.caucus.mine, field = part("say").querySelector("input");
    part("private").hidden = !alone;
    part("say").hidden = !talking;
    field.placeholder = House.text(field, alone ? "private" : "room");
    write(part("private").querySelector("span"), say("private"));
    part("consent").hidden = now.consent !== null;
    part("answered").hidden = now.consent === null || now.leads;
    write(part("answer-words"), House.text(part("answer-words"), now.consent ? "yes" : "no"));
    write(part("change"), House.text(part("change"), now.consent ? "yes" : "no"));
    parts("way").forEach((button) => (button.hidden = now.way === "online" ? button.dataset.way === "online" : button.dataset.way !== "online"));
    if (part("leads")) lead(now);
    people.draw(now);
    give();
    const linesOf = new Map(now.people.map((one) => [one.id, one.line]));
    const direct = now.media === "relayed" ? [] : now.peers;
    peers.set(now.me, linesOf.get(now.me), direct.map((id) => ({ id, line: linesOf.get(id) })), now.ice);
    record();
  }
  /* By telephone or on site: where to call, and who calls whom. */
  function elsewhere(now) {
    const mine = now.people.find((one) => one.me) || {};
    const isNews = part("elsewhere").hidden;
    part("elsewhere").hidden = now.way === "online" || now.leads;
    write(part("elsewhere-words"), now.way === "in_person" ? say("onsite") : mine.phone ? say("callsyou", { mine: mine.phone }) : say("callus"));
    part("call").hidden = now.way !== "phone";
    part("call").href = "tel:" + now.call;
    write(part("call").querySelector("[data-number]"), say("call", { number: now.call }));
    if (isNews && !part("elsewhere").hidden) part("elsewhere").scrollIntoView({ block: "center" });
  }
  function lead(now) {
    part("leads").hidden = now.state !== "open";
    part("alone").hidden = !!now.caucus;
    part("together").hidden = !now.caucus;
    part("take-interpreter").hidden = !now.people.some((one) => one.guest && !one.side);
  }
  const speaks = () => mic && room && room.place !== null && room.way === "online";
  function give() {
    const given = [].concat(speaks() ? mic.getAudioTracks() : [], camera && room.place !== null ? camera.getVideoTracks() : []);
    peers.tracks(given);
    relay.tracks(given);
  }

  /* ---- this person's own stream */

  async function record() {
    const wanted = !over && speaks() && room.may_record && room.state === "open";
    if (changing) return;
    const fits = recording && recording.row.place === room.place && recording.stream === mic && !recording.slipped;
    if (wanted ? fits : !recording) return shown();
    changing = true;
    const old = recording;
    recording = null;
    try {
      if (old) await (room.may_record || room.state !== "open" ? old.stop() : old.halt());
      if (wanted) await begin();
    } catch (error) {
      trouble(say("micold"));
      recording = null;
    }
    changing = false;
    shown();
    if (recording || old) record();
  }
  async function begin() {
    kept = kept || (await House.keptSound);
    const row = { id: House.newId(), hearing: Number(box.dataset.hearing), person: Number(box.dataset.me), place: room.place, dialect: part("dialect").value, began: Date.now(), ended: false };
    have = 0;
    const mine = House.recordSound({
      stream: mic, row, kept, url: soundUrl, worklet: box.dataset.worklet,
      on: {
        level() { shown(); },
        have(samples) { if (recording === mine) have = samples; part("net").hidden = !wire.alive() ? part("net").hidden : true; shown(); },
        wait(why) { write(part("net").querySelector("span"), why); part("net").hidden = false; },
        refused(why) { trouble(why); troubledAt = 0; mine.halt(); if (recording === mine) { recording = null; } shown(); },
        sealed() { if (recording === mine) { mine.slipped = true; record(); } },
        rest(rest) { House.bringLeftover(rest); if (recording === mine) { mine.slipped = true; record(); } },
        slipped() { mine.slipped = true; record(); },
      },
    });
    await mine.start();
    recording = mine;
  }
  function shown() {
    const on = !!recording, records = on && recording.row.place === ""; // what is said in private is captioned and not kept
    box.classList.toggle("recording", records);
    write(part("recording"), say(records ? "recording" : on ? "notkept" : room && room.may_record && room.place === "" ? "notmine" : "notrecording") + (records ? " " + House.clock(recording.heard / 16000) : ""));
    const unsent = on ? Math.round((recording.at - have) / 16000) : 0;
    write(part("unsent"), unsent > 3 ? say("unsent", { seconds: unsent }) : "");
    part("full").hidden = !on || kept.lasting;
  }

  function leave(why) {
    over = true;
    peers.set(room ? room.me : 0, "", [], []);
    relay.end();
    if (recording) recording.stop();
    recording = null;
    [mic, camera].forEach((stream) => stream && stream.getTracks().forEach((track) => track.stop()));
    if (wire) wire.close();
    if (mayRest) mayRest();
    ["wait", "talk", "bar"].forEach((name) => (step(name).hidden = true));
    ["consent", "answered", "private", "net", "full", "leads", "direct", "deaf", "elsewhere"].forEach((name) => part(name) && (part(name).hidden = true));
    part("ended").hidden = false;
    write(part("ended").querySelector("p"), say(why));
    shown();
  }

  /* ---- buttons */

  const press = (name, act) => parts(name).forEach((el) => el.addEventListener("click", (event) => act(el, event)));
  press("enter", () => enter(true));
  press("enter-silent", () => enter(false));
  press("anew", anew);
  press("leave", () => leave("ended"));
  press("agrees", (button) => wire.say({ type: "answer", agrees: button.dataset.agrees === "yes" }));
  press("change", () => wire.say({ type: "answer", agrees: !room.consent }));
  press("way", (button) => wire.say({ type: "take-part-by", way: button.dataset.way }));
  press("caucus", (button) => wire.say({ type: "begin-caucus", side: button.dataset.caucus, interpreter: !!part("interpreter") && part("interpreter").checked }));
  press("end-caucus", () => wire.say({ type: "end-caucus" }));
  press("invite", () => wire.say({ type: "invite", part: part("part").value, side: part("side").value }));
  press("mute", (button) => {
    muted = !muted;
    mic.getAudioTracks().forEach((track) => (track.enabled = !muted));
    button.setAttribute("aria-pressed", String(muted));
    write(button.querySelector("span"), say(muted ? "muted" : "unmuted"));
  });
  press("camera", async (button) => {
    if (camera) {
      camera.getTracks().forEach((track) => track.stop());
      camera = null;
    } else {
      try {
        camera = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 12 } } });
      } catch (error) {
        return trouble(say(error.name === "NotFoundError" ? "camnone" : "camdenied"));
      }
    }
    button.setAttribute("aria-pressed", String(!!camera));
    people.video(room ? room.me : 0, camera ? camera.getVideoTracks()[0] : null);
    if (room) give();
  });
  part("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = part("say").querySelector("input");
    if (field.value.trim() && wire.say({ type: "say", text: field.value })) field.value = "";
  });
  window.addEventListener("beforeunload", (event) => {
    if (!recording || kept.lasting || recording.at - have < 16000) return;
    event.preventDefault();
    event.returnValue = "";
  });
  parts("enter").concat(parts("enter-silent")).forEach((button) => (button.disabled = false));
})();
