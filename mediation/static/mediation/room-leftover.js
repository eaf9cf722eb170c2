/* [data-leftover]: sound of an earlier visit to this hearing which the server does not have yet is brought in now. */
(function () {
  "use strict";
  const House = window.House;
  const box = document.querySelector("[data-leftover]");
  if (!box || !House.keptSound) return;
  const part = (name) => box.querySelector("[data-" + name + "]");
  const url = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + box.dataset.url;
  const left = new Map();
  let all = 0, kept = null;

  function show(why) {
    if (!all) return;
    const under = Array.from(left.values()).filter((one) => one.refused || one.whole > one.have);
    const samples = under.reduce((sum, one) => sum + one.whole - one.have, 0);
    box.hidden = false;
    box.classList.toggle("warning", under.length > 0);
    box.classList.toggle("success", !under.length);
    const words = under.length ? House.text(box, "left", { seconds: Math.ceil(samples / 16000) }) : House.text(box, "arrived");
    if (part("words").textContent !== words) part("words").textContent = words;
    part("detail").textContent = why || (under.length ? House.text(box, "wait") : "");
    part("choice").hidden = !under.some((one) => one.refused);
  }
  async function bring(row) {
    const whole = await kept.end(row.id);
    const one = { row, whole, have: 0 };
    left.set(row.id, one);
    if (whole) all += 1;
    row.ended = row.leftover = true;
    await kept.putStream(row);
    one.sending = House.sendSound(row, kept, url, {
      have(samples) { one.have = samples; show(); },
      wait: show,
      refused(why) { one.refused = true; show(why); },
      sealed() { left.delete(row.id); show(); },
      rest(rest) { left.delete(row.id); bring(rest); },
    });
    show();
  }
  part("again").addEventListener("click", () => {
    const refused = Array.from(left.values()).filter((one) => one.refused);
    refused.forEach((one) => { left.delete(one.row.id); bring(one.row); });
  });
  part("drop").addEventListener("click", async () => {
    for (const one of Array.from(left.values()).filter((each) => each.refused)) {
      await kept.forget(one.row.id);
      left.delete(one.row.id);
    }
    box.hidden = left.size === 0;
  });
  House.leftover = House.keptSound.then(async (found) => {
    kept = found;
    const mine = (row) => String(row.hearing) === box.dataset.hearing && String(row.person) === box.dataset.person;
    for (const row of (await kept.streams()).filter(mine)) await bring(row);
  }).catch(() => {});
  House.bringLeftover = bring;
})();
