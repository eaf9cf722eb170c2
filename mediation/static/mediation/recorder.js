/* Records a spoken story in [data-recorder] (components/recorder.html) inside [data-upload]: pieces of one second go
   to IndexedDB, so neither a lost network nor a closed page loses them; what was kept is offered again. On a full device
   they are in memory until they are sent, and the page says so.
   Where the microphone cannot be used the plain file input stays. data-key names the recording, data-max its seconds. */
(function () {
  "use strict";
  const House = window.House;
  const can = navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.MediaRecorder && window.indexedDB;
  const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

  function store(work) {
    return new Promise((good, bad) => {
      const opening = indexedDB.open("mediation-recordings", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("pieces", { autoIncrement: true }).createIndex("key", "key");
      opening.onerror = () => bad(opening.error);
      opening.onsuccess = () => {
        const deal = opening.result.transaction("pieces", "readwrite");
        const asked = work(deal.objectStore("pieces"));
        deal.oncomplete = () => { opening.result.close(); good(asked && asked.result); };
        deal.onerror = deal.onabort = () => bad(deal.error);
      };
    });
  }
  const keep = (key, blob) => store((pieces) => pieces.add({ key, blob, type: blob.type }));
  const read = (key) => store((pieces) => pieces.index("key").getAll(key));
  const forget = (key) => store((pieces) => {
    pieces.index("key").openKeyCursor(IDBKeyRange.only(key)).onsuccess = (event) => {
      const cursor = event.target.result;
      if (cursor) { pieces.delete(cursor.primaryKey); cursor.continue(); }
    };
  });

  document.querySelectorAll("[data-recorder]").forEach((box) => {
    if (!can) return;
    const part = (name) => box.querySelector("[data-" + name + "]");
    const form = box.closest("[data-upload]");
    const key = box.dataset.key || location.pathname;
    const most = Number(box.dataset.max || 300);
    const bars = Array.from(box.querySelectorAll("[data-level] rect"));
    let recorder, stream, audio, url, clock, beganAt, whole, sending, writing, full, mayRest;
    box.hidden = false;
    const plain = form.querySelector("[data-plain-audio]");
    if (plain) plain.hidden = true;

    function show(state, text, values) {
      part("start").hidden = !(state === "idle" || state === "denied");
      part("stop").hidden = state !== "recording";
      part("after").hidden = state !== "ready";
      part("state").textContent = House.text(box, text, values);
      part("state").classList.toggle("warm", state === "denied" || /full$|nospace/.test(text));
      part("clock").hidden = state !== "recording";
      if (plain && state === "denied") plain.hidden = false;
    }
    function draw(level) {
      for (let i = 0; i < bars.length - 1; i++) {
        bars[i].setAttribute("height", bars[i + 1].getAttribute("height"));
        bars[i].setAttribute("y", bars[i + 1].getAttribute("y"));
        bars[i].setAttribute("class", bars[i + 1].getAttribute("class") || "");
      }
      const last = bars[bars.length - 1];
      if (!last) return;
      const height = Math.max(2, Math.min(32, level * 90));
      last.setAttribute("height", height);
      last.setAttribute("y", 17 - height / 2);
      last.setAttribute("class", "on");
    }
    function listen() {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      audio = new Context();
      const meter = audio.createAnalyser();
      meter.fftSize = 512;
      audio.createMediaStreamSource(stream).connect(meter);
      const samples = new Uint8Array(meter.fftSize);
      audio.level = () => {
        meter.getByteTimeDomainData(samples);
        let sum = 0;
        samples.forEach((sample) => (sum += Math.pow((sample - 128) / 128, 2)));
        return Math.sqrt(sum / samples.length);
      };
    }
    function quiet() {
      clearInterval(clock);
      if (mayRest) mayRest();
      if (stream) stream.getTracks().forEach((track) => track.stop());
      if (audio) audio.close();
      audio = stream = null;
    }
    async function start() {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      } catch (error) {
        return show("denied", error.name === "NotFoundError" ? "nomic" : "denied");
      }
      full = false;
      await forget(key).catch(() => { full = true; });
      writing = Promise.resolve();
      const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
      recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 24000 } : {});
      const heard = [];
      recorder.ondataavailable = (event) => {
        if (!event.data.size) return;
        heard.push(event.data);
        writing = writing.then(() => full || keep(key, event.data).catch(nospace));
      };
      recorder.onstop = async () => {
        quiet();
        await writing;
        ready(new Blob(heard, { type: recorder.mimeType }), full ? "readyfull" : "ready", (Date.now() - beganAt) / 1000);
      };
      try { listen(); } catch (error) { audio = null; }
      recorder.start(1000);
      beganAt = Date.now();
      mayRest = House.stayAwake();
      show("recording", full ? "full" : "recording");
      part("stop").focus();
      tick();
      clock = setInterval(tick, 200);
    }
    /* The device is full: what it has already stays, the rest is in memory, and the page says so. Nothing is written behind a gap. */
    function nospace() {
      full = true;
      if (recorder && recorder.state === "recording") show("recording", "full");
    }
    function tick() {
      const seconds = (Date.now() - beganAt) / 1000;
      const text = House.clock(seconds) + " / " + House.clock(most);
      if (part("clock").textContent !== text) part("clock").textContent = text;
      if (audio && audio.level) draw(audio.level());
      if (seconds >= most) stop();
    }
    function stop() {
      clearInterval(clock);
      if (recorder && recorder.state !== "inactive") recorder.stop();
    }
    function ready(blob, text, seconds) {
      if (url) URL.revokeObjectURL(url);
      whole = blob;
      url = URL.createObjectURL(blob);
      part("play").src = url;
      show("ready", text, { time: House.clock(seconds) });
      if (text !== "kept") part("send").focus();
    }
    async function again() {
      await forget(key).catch(() => {});
      if (sending) sending.drop();
      whole = sending = null;
      show("idle", "idle");
      bars.forEach((bar) => bar.setAttribute("class", ""));
      part("start").focus();
    }
    function send() {
      if (!whole || (sending && sending.now !== "failed")) return;
      if (sending) return sending.again();
      const ending = /mp4/.test(whole.type) ? "m4a" : /ogg/.test(whole.type) ? "ogg" : "webm";
      const file = new File([whole], (box.dataset.name || "recording") + "." + ending, { type: whole.type.split(";")[0], lastModified: 0 });
      sending = House.upload(form, file, file.name, () => {
        forget(key).catch(() => {});
        full = false;
        show("sent", "sent");
      }, "recorder");
    }
    part("start").addEventListener("click", start);
    part("stop").addEventListener("click", stop);
    part("again").addEventListener("click", again);
    part("send").addEventListener("click", send);
    window.addEventListener("pagehide", () => recorder && recorder.state === "recording" && recorder.requestData());
    window.addEventListener("beforeunload", (event) => {
      if (!full || !(whole || (recorder && recorder.state === "recording"))) return;
      event.preventDefault();
      event.returnValue = "";
    });
    show("idle", "idle");
    /* Tried with as much as some minutes take: what browsers say of their space is not true. */
    keep("probe", new Blob([new Uint8Array(4e6)])).catch(() => part("start").hidden || show("idle", "nospace")).then(() => forget("probe"));
    read(key).then((pieces) => {
      if (!pieces || !pieces.length) return;
      ready(new Blob(pieces.map((piece) => piece.blob), { type: pieces[0].type }), "kept", pieces.length);
    }).catch(() => {});
  });
})();
