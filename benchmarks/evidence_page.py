"""How long verify.html takes, opened from the disk in a headless Chromium."""

import shutil
import statistics
from pathlib import Path

from evidence import verify

PAGE = Path(verify.__file__).with_name("verify.html")
FLAGS = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--no-first-run"]
INPUTS = """() => {
  for (const id of ["packet", "policy"]) {
    const input = document.createElement("input");
    input.type = "file"; input.id = id; document.body.append(input);
  }
}"""
RUN = """async () => {
  const file = document.getElementById("packet").files[0];
  const policy = new Uint8Array(await document.getElementById("policy").files[0].arrayBuffer());
  const since = performance.now();
  const answer = await verifyPacket(file, {policy, policyFingerprint: null, tsaFingerprints: []}, () => true);
  return [answer.verdict, performance.now() - since];
}"""


class NoBrowser(RuntimeError):
    """There is no Chromium on this machine, or nothing to drive it with."""


def page_seconds(packet: Path, policy: Path, times: int) -> tuple[float, float]:
    """Medians of seconds on the clock, and of seconds that the page's own thread worked. Each time in a page of its
    own. Raises NoBrowser.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoBrowser("playwright is not installed") from error
    if chromium is None:
        raise NoBrowser("there is no Chromium on this machine")
    clock, work = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for _ in range(times):
            page = browser.new_page()
            page.goto(PAGE.as_uri())
            page.evaluate(INPUTS)
            page.set_input_files("#packet", packet)
            page.set_input_files("#policy", policy)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})

            def worked(session=session) -> float:  # type: ignore[no-untyped-def]
                metrics = session.send("Performance.getMetrics")["metrics"]
                return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

            before = worked()
            verdict, milliseconds = page.evaluate(RUN)
            work.append(worked() - before)
            clock.append(milliseconds / 1000)
            if verdict != "holds":
                raise SystemExit(f"the page says {verdict}")
            page.close()
        browser.close()
    return round(statistics.median(clock), 3), round(statistics.median(work), 3)
