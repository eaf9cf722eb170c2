/* The microphone as 16 kHz, 16 bit, one channel, in pieces of 200 ms: posts {pcm: Int16Array, level: 0 … 1}.
   The message "end" posts what is left and stops. Loaded by room-sound.js into an AudioWorklet. */
"use strict";
const RATE = 16000;
const PIECE = 3200;
const REACH = 16;
const PHASES = 64;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.half = Math.ceil(REACH * Math.max(1, this.step));
    this.kernels = Array.from({ length: PHASES }, (none, phase) => this.kernel(phase / PHASES));
    this.kept = new Float32Array(this.half * 2);
    this.at = this.half;
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.sum = 0;
    this.on = true;
    this.port.onmessage = () => { this.on = false; this.post(); this.port.postMessage({ done: true }); };
  }
  /* A windowed sinc below half of the lower rate; `shift` is the part of a sample between two inputs. */
  kernel(shift) {
    const cut = Math.min(1, 1 / this.step) * 0.92;
    const taps = new Float32Array(this.half * 2);
    let total = 0;
    for (let i = 0; i < taps.length; i++) {
      const x = i - this.half + 1 - shift;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cut * x) / (Math.PI * cut * x);
      taps[i] = sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (this.half + 1)));
      total += taps[i];
    }
    return taps.map((tap) => tap / total);
  }
  process(inputs) {
    if (!this.on) return false;
    const channels = inputs[0];
    const length = channels.length ? channels[0].length : 128;
    const sound = new Float32Array(this.kept.length + length);
    sound.set(this.kept);
    for (let i = 0; i < length; i++) {
      let mixed = 0;
      for (const channel of channels) mixed += channel[i];
      sound[this.kept.length + i] = channels.length ? mixed / channels.length : 0;
    }
    while (Math.floor(this.at) + this.half < sound.length) {
      const whole = Math.floor(this.at);
      const taps = this.kernels[Math.floor((this.at - whole) * PHASES)];
      const from = whole - this.half + 1;
      let value = 0;
      for (let i = 0; i < taps.length; i++) value += taps[i] * sound[from + i];
      this.put(Math.max(-1, Math.min(1, value)));
      this.at += this.step;
    }
    const keep = this.kept.length;
    this.at -= sound.length - keep;
    this.kept = sound.slice(sound.length - keep);
    return true;
  }
  put(value) {
    this.sum += value * value;
    this.piece[this.filled++] = Math.round(value * 32767);
    if (this.filled === PIECE) this.post();
  }
  post() {
    if (!this.filled) return;
    const pcm = this.piece.slice(0, this.filled);
    this.port.postMessage({ pcm, level: Math.sqrt(this.sum / this.filled) }, [pcm.buffer]);
    this.filled = this.sum = 0;
  }
}
registerProcessor("house-microphone", Microphone);
