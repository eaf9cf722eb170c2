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
  const MIC = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
  let mic = null, camera = null, room = null, wire = null, kept = null, recording = null, inside = false, muted = false, changing = false, over = false, have = 0;

  /* ---- before going in */

  function trouble(text) {
    part("trouble").hidden = !text;
    write(part("trouble").querySelector("[data-words]"), text || "");
  }
  const WHY = { NotFoundError: "micnone", OverconstrainedError: "micnone", NotReadableError: "micbusy", AbortError: "micbusy" };
  async function openMic() {
    if (mic && mic.getAudioTracks().some((track) => track.readyState === "live")) return mic;
    const said = part("mic-said");
    if (!House.canRecordSound()) {
      write(said, say("micold"));
      return null;
    }
    try {
      mic = await navigator.mediaDevices.getUserMedia(MIC);
    } catch (error) {
      mic = null;
      said.classList.add("warm");
      write(said, say(WHY[error.name] || "micdenied"));
      return null;
    }
    said.classList.remove("warm");
    write(said, say("micok"));
    meter();
    return mic;
  }
  function meter() {
    const Context = window.AudioContext || window.webkitAudioContext;
    const bar = part("meter"), context = new Context(), ear = context.createAnalyser(), samples = new Uint8Array(512);
    ear.fftSize = 512;
    context.createMediaStreamSource(mic).connect(ear);
    bar.hidden = false;
    const clock = setInterval(() => {
      ear.getByteTimeDomainData(samples);
      const loud = Math.sqrt(samples.reduce((sum, one) => sum + Math.pow((one - 128) / 128, 2), 0) / samples.length);
      bar.value = Math.min(1, loud * 4);
      if (inside) { clearInterval(clock); context.close(); }
    }, 100);
  }
  function tone() {
    const Context = window.AudioContext || window.webkitAudioContext;
    const context = new Context();
    [523, 784].forEach((pitch, i) => {
      const voice = context.createOscillator(), loud = context.createGain(), from = context.currentTime + i * 0.6;
      voice.frequency.value = pitch;
      loud.gain.setValueAtTime(0, from);
      loud.gain.linearRampToValueAtTime(0.25, from + 0.05);
      loud.gain.linearRampToValueAtTime(0, from + 0.5);
      voice.connect(loud);
      loud.connect(context.destination);
      voice.start(from);
      voice.stop(from + 0.5);
    });
    setTimeout(() => context.close(), 2000);
    write(part("sound-said"), House.text(part("sound-said"), "played"));
  }
  async function network() {
    const trips = [];
    for (let i = 0; i < 4; i++) {
      const from = performance.now();
      try {
        await fetch(box.dataset.check, { cache: "no-store", credentials: "same-origin" });
        trips.push(performance.now() - from);
      } catch (error) { /* counted as lost */ }
    }
    const ms = trips.length ? Math.round(trips.sort((a, b) => a - b)[Math.floor(trips.length / 2)]) : 0;
    write(part("net-said"), trips.length < 2 ? say("netbad") : say(ms < 400 ? "netgood" : "netslow", { ms }));
  }
  const dialect = part("dialect");
  const interpreter = part("ask-interpreter");
  function warn() {
    const chosen = dialect.selectedOptions[0];
    part("dialect-warning").hidden = !chosen || !chosen.dataset.warns;
    write(part("dialect-warning").querySelector("[data-words]"), (chosen && chosen.dataset.warns) || "");
  }
  /* The mediator is to know it before the talks begin. */
  async function tellHowISpeak(asks) {
    if (!dialect.dataset.save) return;
    const body = new URLSearchParams({ dialect: dialect.value, interpreter: asks ? "yes" : "" });
    const answer = await House.send(dialect.dataset.save, { method: "POST", body }, House.csrfUrl(box)).catch(() => null);
    const isKept = !!answer && answer.ok;
    if (isKept) {
      interpreter.hidden = asks;
      part("asked").hidden = !asks;
    }
    trouble(isKept ? "" : say("refused"));
  }

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
    if (withMic && !(await openMic())) {
      parts("enter").concat(parts("enter-silent")).forEach((button) => (button.disabled = false));
      return part("mic-said").scrollIntoView({ block: "center" });
    }
    inside = true;
    step("check").hidden = true;
    step("wait").hidden = step("bar").hidden = false;
    write(part("wait-words"), say("connecting"));
    part("mute").hidden = !mic;
    wire = House.wire(box.dataset.socket, { message: hear, state: line, trip: (ms) => write(part("trip"), say("trip", { ms })) });
  }
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
    trouble("");
    const talking = now.place !== null;
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
    const fits = recording && recording.row.place === room.place && !recording.slipped;
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
    const row = { id: House.newId(), hearing: Number(box.dataset.hearing), person: Number(box.dataset.me), place: room.place, dialect: dialect.value, began: Date.now(), ended: false };
    have = 0;
    const mine = House.recordSound({
      stream: mic, row, kept, url: soundUrl, worklet: box.dataset.worklet,
      on: {
        level() { shown(); },
        have(samples) { if (recording === mine) have = samples; part("net").hidden = !wire.alive() ? part("net").hidden : true; shown(); },
        wait(why) { write(part("net").querySelector("span"), why); part("net").hidden = false; },
        refused(why) { trouble(why); mine.halt(); if (recording === mine) { recording = null; } shown(); },
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
    ["wait", "talk", "bar"].forEach((name) => (step(name).hidden = true));
    ["consent", "answered", "private", "net", "full", "leads", "direct"].forEach((name) => part(name) && (part(name).hidden = true));
    part("ended").hidden = false;
    write(part("ended").querySelector("p"), say(why));
    shown();
  }

  /* ---- buttons */

  const press = (name, act) => parts(name).forEach((el) => el.addEventListener("click", (event) => act(el, event)));
  press("try-mic", openMic);
  press("try-sound", tone);
  press("enter", () => enter(true));
  press("enter-silent", () => enter(false));
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
      } catch (error) { return; }
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
  dialect.addEventListener("change", () => { warn(); tellHowISpeak(!!interpreter && interpreter.hidden); });
  press("ask-interpreter", () => tellHowISpeak(true));
  warn();
  network();
  parts("enter").concat(parts("enter-silent")).forEach((button) => (button.disabled = false));
})();
