/* Reviews the terms while they are written: form[data-review] is sent to that address whenever it rests, and the answer goes
   into #review. Nothing is kept by it. Without this script the button “Check the words” does the same. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-review]");
  const box = document.getElementById("review");
  if (!form || !box || !window.fetch) return;
  let timer = 0, asked = 0;

  async function ask() {
    const turn = ++asked;
    try {
      const answer = await fetch(form.dataset.review, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (answer.ok && turn === asked) box.innerHTML = await answer.text();
    } catch (error) { /* it is asked again with the next word */ }
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, 500);
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  ask();
})();
