/* Sound and text together in [data-player]: a time, a doubtful word (data-at, seconds) or any word of a line (data-times
   of its paragraph, where the engine said when each was said) takes the sound there; the part being heard is marked; [data-rate] changes the speed.
   Space plays and stops, the arrows go back and on, [ and ] change the speed; while typing, Ctrl+Space plays and stops.
   On a doubtful place (a dashed word; the time of a line that is doubtful as a whole) Tab goes to the next one, Enter plays it, E opens the
   correction of its line with the word chosen, Y says that the line was heard and is right. Escape leaves a correction. */
(function () {
  "use strict";
  const LEAD = 0.3; // seconds before a word whose time is an estimate
  const SHORT_LEAD = 0.1; // before one whose time is known
  const STEP = 3;
  let keys = null; // of the player that was used last

  const leadOf = (node) => (node.closest("[data-times]") ? SHORT_LEAD : LEAD);

  /* The second at which the character at this place was said, of "place second place second …". */
  function timeOf(times, place) {
    let second = null;
    for (let i = 0; i < times.length && times[i] <= place; i += 2) second = times[i + 1];
    return second;
  }
  /* The second of the character under a click; where no times are given, people speak evenly enough. */
  function secondOf(event) {
    const words = event.target.closest(".said > p, .seg > p"), seg = words && words.closest("[data-start]");
    if (!seg) return null;
    let node, offset;
    if (document.caretPositionFromPoint) {
      const caret = document.caretPositionFromPoint(event.clientX, event.clientY);
      if (caret) [node, offset] = [caret.offsetNode, caret.offset];
    } else if (document.caretRangeFromPoint) {
      const range = document.caretRangeFromPoint(event.clientX, event.clientY);
      if (range) [node, offset] = [range.startContainer, range.startOffset];
    }
    if (!node || !words.contains(node)) return null;
    const before = document.createRange();
    before.setStart(words, 0);
    before.setEnd(node, offset);
    const said = before.cloneContents();
    said.querySelectorAll("small,[data-unsaid]").forEach((note) => note.remove());
    const edge = document.createRange();
    edge.setStart(node, offset);
    const isLeft = event.clientX < edge.getBoundingClientRect().left; // the click was on the sign before the caret
    const place = Math.max(0, said.textContent.length - (isLeft ? 1 : 0));
    if (words.dataset.times) return timeOf(words.dataset.times.split(" ").map(Number), place);
    const start = Number(seg.dataset.start), end = Number(seg.dataset.end);
    return start + ((end - start) * place) / (words.textContent.length || 1);
  }
  const isDoubtful = (spot) => spot.classList.contains("doubt") || (spot.matches(".seg.todo .at") && !spot.closest(".seg").querySelector(".doubt"));
  const press = (button) => button && button.click();
  /* The correction of the line of this word, its field in focus and the word chosen in it. */
  function correct(spot) {
    const line = spot.closest(".seg"), fix = line.querySelector(".fix");
    if (!fix) return;
    fix.open = true;
    const field = fix.querySelector("textarea"), before = document.createRange();
    before.setStart(line.querySelector(".said > p"), 0);
    before.setEndBefore(spot);
    const said = before.cloneContents();
    said.querySelectorAll("small,[data-unsaid]").forEach((note) => note.remove());
    const at = spot.classList.contains("doubt") ? said.textContent.length : 0;
    field.focus();
    field.setSelectionRange(at, at + (spot.classList.contains("doubt") ? spot.textContent.length : 0));
  }
  document.querySelectorAll("[data-player]").forEach((box) => {
    const audio = box.querySelector("audio");
    if (!audio) return;
    const part = (name) => box.querySelector("[data-" + name + "]");
    const segments = Array.from(box.querySelectorAll("[data-start]"));
    const seek = part("seek"), play = part("play"), time = part("time"), rate = part("rate");
    const strokes = seek ? Array.from(seek.querySelectorAll(".w")) : [];
    const pin = seek && seek.querySelector(".pin");
    const length = () => (isFinite(audio.duration) && audio.duration) || Number(box.dataset.length) || 0;
    const clock = (seconds) => window.House.clock(seconds);

    function to(seconds) {
      audio.currentTime = Math.max(0, seconds);
      const playing = audio.play();
      if (playing) playing.catch(() => {});
    }
    function look() {
      const now = audio.currentTime, all = length();
      if (time) time.textContent = clock(now) + (all ? " / " + clock(all) : "");
      strokes.forEach((stroke, i) => stroke.classList.toggle("on", !!all && i / strokes.length < now / all));
      if (pin && all) {
        const x = (now / all) * seek.viewBox.baseVal.width;
        pin.setAttribute("d", "M" + x + " 0v44");
        pin.setAttribute("visibility", "visible");
      }
      segments.forEach((segment) => {
        const on = now >= Number(segment.dataset.start) && now < Number(segment.dataset.end);
        segment.classList.toggle("on", on);
        if (on) segment.setAttribute("aria-current", "true");
        else segment.removeAttribute("aria-current");
      });
    }
    if (play) {
      audio.controls = false;
      part("bar").hidden = false;
      play.addEventListener("click", () => toggle());
      const show = () => {
        play.setAttribute("aria-label", audio.paused ? play.dataset.tPlay : play.dataset.tPause);
        play.querySelectorAll("[data-when]").forEach((icon) => {
          icon.hidden = (icon.dataset.when === "paused") !== audio.paused;
        });
      };
      audio.addEventListener("play", show);
      audio.addEventListener("pause", show);
      show();
    }
    const speeds = [0.75, 1, 1.25, 1.5, 2];
    function turn(speed) {
      if (!speed) return;
      audio.playbackRate = speed;
      if (rate) rate.textContent = speed.toFixed(2).replace(/0$/, "") + "×";
    }
    if (rate) rate.addEventListener("click", () => turn(speeds[(speeds.indexOf(audio.playbackRate) + 1) % speeds.length]));
    const toggle = () => (audio.paused ? to(audio.currentTime) : audio.pause());
    const mine = {
      " ": toggle,
      ArrowLeft: () => to(audio.currentTime - STEP),
      ArrowRight: () => to(audio.currentTime + STEP),
      "[": () => turn(speeds[speeds.indexOf(audio.playbackRate) - 1]),
      "]": () => turn(speeds[speeds.indexOf(audio.playbackRate) + 1]),
    };
    keys = keys || mine;
    box.addEventListener("focusin", () => (keys = mine));
    audio.addEventListener("play", () => (keys = mine));
    if (seek) {
      seek.addEventListener("click", (event) => {
        const frame = seek.getBoundingClientRect();
        if (length()) to(((event.clientX - frame.left) / frame.width) * length());
      });
    }
    audio.addEventListener("timeupdate", look);
    audio.addEventListener("loadedmetadata", look);
    look();

    const doubts = () => Array.from(box.querySelectorAll(".doubt, .seg.todo .at")).filter((spot) => isDoubtful(spot));
    box.addEventListener("click", (event) => {
      const spot = event.target.closest("[data-at]");
      const second = spot ? Number(spot.dataset.at) : secondOf(event);
      const isWord = !spot || spot.classList.contains("doubt");
      if (second !== null && (spot || String(window.getSelection()) === "")) to(second - (isWord ? leadOf(event.target) : 0));
      if (event.target.closest("[data-next-doubt]") && doubts()[0]) doubts()[0].focus();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target.closest(".fix[open]")) {
        const line = event.target.closest(".seg");
        line.querySelector(".fix form").reset();
        line.querySelector(".fix").open = false;
        return (line.querySelector(".doubt") || line.querySelector(".fix summary")).focus();
      }
      if (!isDoubtful(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "e" || event.key === "y") {
        event.preventDefault();
        return event.key === "e" ? correct(event.target) : press(event.target.closest(".seg").querySelector("[data-right]"));
      }
      if (event.key !== "Tab") return;
      const all = doubts();
      const next = all[all.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
      if (next) { next.focus(); event.preventDefault(); }
    });
  });
  document.addEventListener("keydown", (event) => {
    if (!keys || event.altKey || event.metaKey) return;
    const busy = event.target.closest("input,textarea,select,button,a,summary,audio,[contenteditable]");
    const free = !busy || (event.key !== " " && isDoubtful(event.target));
    const act = event.ctrlKey ? event.key === " " && keys[" "] : free && keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
