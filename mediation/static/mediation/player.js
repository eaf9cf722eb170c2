/* Sound and text together in [data-player]: a time or a doubtful word (data-at, seconds) takes the sound there; the part
   being heard is marked; on a doubtful word Tab goes to the next one; [data-rate] changes the speed. */
(function () {
  "use strict";
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
      play.addEventListener("click", () => (audio.paused ? to(audio.currentTime) : audio.pause()));
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
    if (rate) {
      const speeds = [1, 1.25, 1.5, 0.75];
      rate.addEventListener("click", () => {
        audio.playbackRate = speeds[(speeds.indexOf(audio.playbackRate) + 1) % speeds.length];
        rate.textContent = audio.playbackRate.toFixed(2).replace(/0$/, "") + "×";
      });
    }
    if (seek) {
      seek.addEventListener("click", (event) => {
        const frame = seek.getBoundingClientRect();
        if (length()) to(((event.clientX - frame.left) / frame.width) * length());
      });
    }
    audio.addEventListener("timeupdate", look);
    audio.addEventListener("loadedmetadata", look);
    look();

    const doubts = () => Array.from(box.querySelectorAll(".doubt"));
    box.addEventListener("click", (event) => {
      const spot = event.target.closest("[data-at]");
      if (spot) to(Number(spot.dataset.at) - (spot.classList.contains("doubt") ? 0.5 : 0));
      if (event.target.closest("[data-next-doubt]") && doubts()[0]) doubts()[0].focus();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" || !event.target.classList.contains("doubt")) return;
      const all = doubts();
      const next = all[all.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
      if (next) { next.focus(); event.preventDefault(); }
    });
  });
})();
