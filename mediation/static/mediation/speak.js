/* Read-aloud buttons [data-speak="selector of the text"]: plays data-audio when there is a recording, else speaks with
   a voice of the page's language; stays hidden where the phone has neither. */
(function () {
  "use strict";
  const speech = window.speechSynthesis;
  const language = (document.documentElement.lang || "zh").slice(0, 2);
  const buttons = Array.from(document.querySelectorAll("[data-speak]"));
  let current = null, player = null;

  const voice = () => speech && speech.getVoices().find((one) => one.lang.slice(0, 2) === language);
  function show() {
    buttons.forEach((button) => (button.hidden = !button.dataset.audio && !voice()));
  }
  function quiet() {
    if (speech) speech.cancel();
    if (player) player.pause();
    if (current) current.setAttribute("aria-pressed", "false");
    current = player = null;
  }
  function words(button) {
    return Array.from(document.querySelectorAll(button.dataset.speak)).map((el) => said(el).trim()).join("。");
  }
  /* The text as it reads; what explains it without being part of it (data-unsaid) is left out. */
  function said(el) {
    if (!el.querySelector("[data-unsaid]")) return el.innerText;
    const whole = el.cloneNode(true);
    whole.querySelectorAll("[data-unsaid]").forEach((note) => note.remove());
    return whole.textContent;
  }
  buttons.forEach((button) => {
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const same = current === button;
      quiet();
      if (same) return;
      current = button;
      button.setAttribute("aria-pressed", "true");
      if (button.dataset.audio) {
        player = new Audio(button.dataset.audio);
        player.onended = quiet;
        player.play().catch(quiet);
      } else {
        const saying = new SpeechSynthesisUtterance(words(button));
        saying.voice = voice();
        saying.lang = saying.voice.lang;
        saying.rate = 0.9;
        saying.onend = () => current === button && quiet();
        speech.speak(saying);
      }
    });
  });
  if (speech && speech.addEventListener) speech.addEventListener("voiceschanged", show);
  window.addEventListener("pagehide", quiet);
  show();
})();
