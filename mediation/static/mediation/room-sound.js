/* This person's microphone as a stream of its own: House.recordSound({stream, row, kept, url, worklet, on}) -> {stop()}.
   Written to the device first, then sent (room-sending.js). Opus where the browser can (WebCodecs), else PCM.
   on: level(0 … 1), have, wait, refused, sealed, rest, slipped() when the clock of the sound has slipped (a locked phone). */
(function () {
  "use strict";
  const House = window.House;
  const RATE = 16000;
  const OPUS = { codec: "opus", sampleRate: RATE, numberOfChannels: 1, bitrate: 32000 };
  const SLIPPED_MS = 3000;
  const SLIPPED_FOR_MS = 10000; // a busy phone is late for a moment and catches up; a locked one is not
  let opus = null;

  /* Whether this browser makes Opus packets of known length; tried once, with real sound. */
  function canOpus() {
    if (opus) return opus;
    opus = (async () => {
      if (!window.AudioEncoder || !window.AudioData) return false;
      const answer = await AudioEncoder.isConfigSupported(OPUS);
      if (!answer.supported) return false;
      let samples = 0;
      const encoder = new AudioEncoder({ output: (chunk) => (samples += Math.round((chunk.duration || 0) * RATE / 1e6)), error: () => (samples = -1e9) });
      encoder.configure(OPUS);
      for (let i = 0; i < 3; i++) encoder.encode(sound(new Int16Array(3200), i * 3200));
      await encoder.flush();
      encoder.close();
      return samples >= 9600 && samples <= 9600 + 960;
    })().catch(() => false);
    return opus;
  }
  function sound(pcm, at) {
    return new AudioData({
      format: "s16", sampleRate: RATE, numberOfFrames: pcm.length, numberOfChannels: 1, timestamp: Math.round(at * 1e6 / RATE), data: pcm,
    });
  }

  class Recording {
    constructor(options) {
      Object.assign(this, options);
      this.at = 0;
      this.parts = [];
      this.writing = Promise.resolve();
    }
    async start() {
      const Context = window.AudioContext || window.webkitAudioContext;
      this.context = new Context();
      await this.context.audioWorklet.addModule(this.worklet);
      if (this.context.state === "suspended") await this.context.resume();
      this.row.format = (await canOpus()) ? "opus" : "pcm16";
      if (this.over) return this.context.close();
      this.node = new AudioWorkletNode(this.context, "house-microphone", { numberOfInputs: 1, numberOfOutputs: 1 });
      this.source = this.context.createMediaStreamSource(this.stream);
      if (this.row.format === "opus") this.encode();
      this.row.began = Date.now();
      await this.kept.putStream(this.row);
      this.sending = House.sendSound(this.row, this.kept, this.url, this.on);
      this.heard = 0;
      this.node.port.onmessage = (event) => this.take(event.data);
      this.source.connect(this.node);
      this.node.connect(this.context.destination);
    }
    encode() {
      this.encoder = new AudioEncoder({
        output: (chunk) => {
          const bytes = new ArrayBuffer(chunk.byteLength);
          chunk.copyTo(bytes);
          this.part(Math.round(chunk.duration * RATE / 1e6), bytes);
        },
        error: () => this.on.slipped(),
      });
      this.encoder.configure(OPUS);
    }
    take(piece) {
      if (piece.done) return this.ended && this.ended();
      this.heard += piece.pcm.length;
      this.on.level(piece.level);
      if (this.encoder) this.encoder.encode(sound(piece.pcm, this.heard - piece.pcm.length));
      else this.part(piece.pcm.length, piece.pcm.buffer);
      const late = Date.now() - this.row.began - this.heard * 1000 / RATE;
      if (late < SLIPPED_MS) this.lateSince = 0;
      else this.lateSince = this.lateSince || Date.now();
      if (this.lateSince && Date.now() - this.lateSince > SLIPPED_FOR_MS && !this.over) this.on.slipped();
    }
    part(samples, bytes) {
      this.parts.push({ at: this.at, samples, bytes });
      this.at += samples;
      if (this.at - this.parts[0].at >= 3200) this.keep();
    }
    keep() {
      if (!this.parts.length) return;
      const parts = this.parts;
      this.parts = [];
      const samples = this.at - parts[0].at;
      const piece = { stream: this.row.id, at: parts[0].at, samples, parts };
      this.writing = this.writing.then(() => this.kept.add(piece)).then(() => this.sending.more());
    }
    /* No more is recorded from this moment on; what was recorded is still brought in. */
    async stop() {
      if (this.over) return;
      this.over = true;
      if (!this.node) return;
      this.source.disconnect();
      await Promise.race([new Promise((then) => { this.ended = then; this.node.port.postMessage("end"); }), new Promise((then) => setTimeout(then, 500))]);
      this.node.port.onmessage = null;
      this.node.disconnect();
      if (this.encoder) {
        await this.encoder.flush().catch(() => {});
        this.encoder.close();
      }
      this.keep();
      this.context.close().catch(() => {});
      await this.writing;
      await this.sending.finish();
    }
    /* Nothing more is recorded, and nothing more is sent. */
    async halt() {
      const sending = this.sending;
      if (sending) sending.stop();
      await this.stop();
    }
  }
  House.recordSound = (options) => new Recording(options);
  House.canRecordSound = () => !!(window.AudioWorkletNode && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
})();
