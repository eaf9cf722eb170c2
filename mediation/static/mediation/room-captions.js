/* Captions in [data-captions]: House.captions(box) -> {take(word), clear(), behind(seconds), state("on" | "off" | "stopped")}.
   What is still being heard stands in grey and changes; a final is added once, at the end, and is never rewritten. Only finals are read out
   (data-announce), with what their dialect words mean. The size is this person's own and stays on the device. Who scrolls back is not pulled down again. */
(function () {
  "use strict";
  const House = window.House;
  const SIZES = ["1", "1.25", "1.6", "2"];
  const KEY = "caption-size";
  const LATE_S = 15; // said so long before what stands there already: the time is shown, for the order is not that of the talk
  const kept = { get() { try { return localStorage.getItem(KEY); } catch (e) { return null; } }, set(value) { try { localStorage.setItem(KEY, value); } catch (e) { /* private mode */ } } };

  class Captions {
    constructor(box) {
      const part = (name) => box.querySelector("[data-" + name + "]");
      Object.assign(this, { box, list: part("list"), drafts: part("drafts"), pane: part("pane"), announce: part("announce"), down: part("down"), late: part("behind"), empty: part("empty"), none: part("none") });
      this.seen = new Set();
      this.newest = 0;
      this.drawn = new Map();
      this.size = Math.max(0, SIZES.indexOf(kept.get()));
      this.resize(0);
      part("smaller").addEventListener("click", () => this.resize(-1));
      part("larger").addEventListener("click", () => this.resize(1));
      this.down.addEventListener("click", () => this.toEnd());
      this.pane.addEventListener("scroll", () => { this.down.hidden = this.atEnd(); });
    }
    resize(by) {
      this.size = Math.max(0, Math.min(SIZES.length - 1, this.size + by));
      this.pane.dataset.size = this.size;
      this.box.querySelector("[data-smaller]").disabled = this.size === 0;
      this.box.querySelector("[data-larger]").disabled = this.size === SIZES.length - 1;
      if (by) kept.set(SIZES[this.size]);
    }
    atEnd() { return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < 48; }
    toEnd() { this.pane.scrollTop = this.pane.scrollHeight; this.down.hidden = true; }
    row(word) {
      const row = document.createElement("li");
      const name = row.appendChild(document.createElement("b"));
      name.textContent = word.name || word.speaker || "";
      const text = row.appendChild(document.createElement("span"));
      text.lang = "zh-Hans";
      return [row, text];
    }
    add(word, quiet) {
      const key = word.type + "." + (word.stream || "") + "." + word.id;
      if (!word.text || this.seen.has(key)) return;
      this.seen.add(key);
      const stays = this.atEnd();
      const [row, text] = this.row(word);
      text.textContent = word.text;
      if (word.doubtful) {
        text.className = "unsure";
        text.title = House.text(this.box, "doubtful");
      }
      if (word.type === "said") row.className = "written";
      const means = (word.glosses || []).map(([heard, meaning]) => heard + "：" + meaning);
      if (means.length) this.gloss(row, means);
      const start = Number(word.type === "said" ? word.at : word.start) || 0;
      row.dataset.start = start;
      if (start < this.newest - LATE_S) this.earlier(row, start);
      this.newest = Math.max(this.newest, start);
      this.list.appendChild(row);
      this.empty.hidden = true;
      if (!quiet) this.announce.textContent = (word.name || "") + House.text(this.box, "says") + word.text + " " + this.means(means);
      if (stays) this.toEnd();
      else this.down.hidden = false;
    }
    earlier(row, start) {
      const when = row.insertBefore(document.createElement("i"), row.children[1]);
      when.textContent = House.text(this.box, "earlier", { time: House.clock(start) });
    }
    /* What dialect words mean, under what was heard and never instead of it. */
    means(means) { return means.length ? House.text(this.box, "means", { words: means.join("　") }) : ""; }
    gloss(row, means) {
      const under = row.appendChild(document.createElement("small"));
      under.lang = "zh-Hans";
      under.textContent = this.means(means);
    }
    draft(word) {
      const stays = this.atEnd();
      let drawn = this.drawn.get(word.stream);
      if (!drawn) {
        const [row, text] = this.row(word);
        row.className = "draft";
        this.drafts.appendChild(row);
        drawn = { row, text, rev: -1 };
        this.drawn.set(word.stream, drawn);
      }
      if (this.seen.has("caption." + word.stream + "." + word.id) || (drawn.id === word.id && word.rev < drawn.rev)) return;
      Object.assign(drawn, { id: word.id, rev: word.rev });
      drawn.text.textContent = word.text || word.stable || "";
      drawn.row.hidden = !drawn.text.textContent;
      if (stays) this.toEnd();
    }
    take(word) {
      if (word.type === "history") {
        word.lines.slice().sort((a, b) => (a.at || a.start || 0) - (b.at || b.start || 0)).forEach((line) => this.add(line, true));
        return this.toEnd();
      }
      if (word.state === "partial") return this.draft(word);
      const drawn = this.drawn.get(word.stream);
      if (drawn && drawn.id === word.id) {
        drawn.row.remove();
        this.drawn.delete(word.stream);
      }
      this.add(word);
    }
    clear() {
      this.list.textContent = this.drafts.textContent = this.announce.textContent = "";
      this.seen.clear();
      this.newest = 0;
      this.drawn.clear();
      this.empty.hidden = false;
      this.late.hidden = true;
    }
    /* "off": nothing is recorded, so nothing is captioned; "stopped": the sound is kept, but nobody captions it. */
    state(state) {
      const words = state === "on" ? "" : House.text(this.box, state);
      this.none.hidden = !words;
      this.none.querySelector("[data-why]").textContent = words;
      this.empty.hidden = !!words || this.list.childElementCount > 0;
    }
    behind(seconds) {
      clearTimeout(this.timer);
      this.late.hidden = seconds < 3;
      this.late.querySelector("span").textContent = House.text(this.box, "behind", { seconds: Math.round(seconds) });
      this.timer = setTimeout(() => (this.late.hidden = true), 15000);
    }
  }
  House.captions = (box) => new Captions(box);
})();
