/* Before going in: House.roomCheck(box, {trouble(text)}) -> {mic(), inside(withMic)}. Tries the microphone, the loudspeaker, the network and the space
   on the device, and tells the mediator how this person speaks. mic() is the open microphone, or null, with the reason on the page; inside()
   ends the trying out, and closes the microphone of who goes in without it. */
(function () {
  "use strict";
  const House = window.House;
  const MIC = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
  const WHY = { NotFoundError: "micnone", OverconstrainedError: "micnone", NotReadableError: "micbusy", AbortError: "micbusy" };
  const LOUD = 0.01;
  const QUIET_MS = 6000; // of trying out, until nothing heard is worth a word

  House.roomCheck = (box, on) => {
    const part = (name) => box.querySelector("[data-" + name + "]");
    const say = (key, values) => House.text(box, key, values);
    const write = (el, text) => { if (el.textContent !== text) el.textContent = text; };
    let open = null, isInside = false;

    function told(key, isWarm) {
      part("mic-said").classList.toggle("warm", isWarm);
      write(part("mic-said"), say(key));
    }
    async function mic() {
      if (open && open.getAudioTracks().some((track) => track.readyState === "live")) return open;
      if (!House.canRecordSound()) {
        told("micold", true);
        return null;
      }
      try {
        open = await navigator.mediaDevices.getUserMedia(MIC);
      } catch (error) {
        open = null;
        told(WHY[error.name] || "micdenied", true);
        return null;
      }
      told("micok", false);
      if (!isInside) meter();
      return open;
    }
    /* The bar moves while something is heard; a microphone that is open and hears nothing is told, too. */
    function meter() {
      const Context = window.AudioContext || window.webkitAudioContext;
      const bar = part("meter"), context = new Context(), ear = context.createAnalyser(), samples = new Uint8Array(512), from = Date.now();
      let loudest = 0;
      ear.fftSize = 512;
      context.createMediaStreamSource(open).connect(ear);
      bar.hidden = false;
      const clock = setInterval(() => {
        ear.getByteTimeDomainData(samples);
        const loud = Math.sqrt(samples.reduce((sum, one) => sum + Math.pow((one - 128) / 128, 2), 0) / samples.length);
        loudest = Math.max(loudest, loud);
        bar.value = Math.min(1, loud * 4);
        if (loudest > LOUD) told("micheard", false);
        else if (Date.now() - from > QUIET_MS) told("micquiet", true);
        if (isInside) { clearInterval(clock); context.close(); }
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
    async function space() {
      const isFull = !(await (await House.keptSound).fits());
      part("space-said").classList.toggle("warm", isFull);
      write(part("space-said"), House.text(part("space-said"), isFull ? "full" : "enough"));
    }

    const dialect = part("dialect"), interpreter = part("ask-interpreter");
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
      on.trouble(isKept ? "" : say("refused"));
    }

    part("try-mic").addEventListener("click", mic);
    part("try-sound").addEventListener("click", tone);
    dialect.addEventListener("change", () => { warn(); tellHowISpeak(!!interpreter && interpreter.hidden); });
    if (interpreter) interpreter.addEventListener("click", () => tellHowISpeak(true));
    warn();
    network();
    space();
    return {
      mic,
      inside(withMic) {
        isInside = true;
        if (!withMic && open) open.getTracks().forEach((track) => track.stop());
      },
    };
  };
})();
