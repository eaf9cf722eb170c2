"""The verifier's page in a headless browser, opened from the disk as a judge's assistant opens it."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.evidence.verify.csp import PAGE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
OLD_CHROMIUM = os.environ.get("CHROMIUM_88", "")
FLAGS = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--no-first-run", "--lang=zh-CN"]
BYTES = "const bytes = s => s === null ? null : Uint8Array.from(atob(s), c => c.charCodeAt(0));"
CHECK = (
    BYTES + "return verifyPacket(bytes(a.packet), {policy: bytes(a.policy),"
    " policyFingerprint: a.fingerprint, tsaFingerprints: a.tsa});"
)
VERIFY_PY = PAGE.with_name("verify.py")


@dataclass
class Opened:
    """The page, with every address it asked for and every complaint it made."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def by(cls, browser: Browser, **context: Any) -> "Opened":
        opened = cls(browser.new_page(**context))
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.goto(PAGE.as_uri())
        return opened

    def run(self, body: str, **given: Any) -> Any:
        """What this body of an async function answers; `given` is its argument `a`."""
        return self.page.evaluate(f"async a => {{ {body} }}", given)

    def check(
        self, packet: bytes, policy: bytes | None = None, fingerprint: str = "", tsa: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The answer of section 9.1."""
        answer: dict[str, Any] = self.run(
            CHECK, packet=coded(packet), policy=coded(policy), fingerprint=fingerprint or None, tsa=list(tsa)
        )
        return answer

    def choose(self, packet: Path, policy: Path | None = None) -> None:
        """As a person does it: choose the files and press the button."""
        self.page.set_input_files("#fz", packet)
        if policy:
            self.page.set_input_files("#fp", policy)
        self.press("开始核验")

    def verdict(self) -> str:
        """The headline of the result."""
        self.wait("#verdict")
        return self.text("#verdict")

    def wait(self, selector: str) -> None:
        """Until the page has this; at most a minute. (Chromium 88 lacks what Playwright's own ways need.)"""
        wait = "for (let i = 0; i < 1200 && !document.querySelector(a.selector); i++)"
        self.run(wait + " await new Promise(go => setTimeout(go, 50));", selector=selector)

    def press(self, words: str) -> None:
        """Press the button that says this."""
        self.run(
            "[...document.querySelectorAll('button')].find(b => b.textContent === a.words).click()",
            words=words,
        )

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(a.selector).textContent", selector=selector))


def coded(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def ask_verify_py(
    folder: Path, packet: bytes, policy: bytes | None, tsa: Sequence[str] = ()
) -> dict[str, Any]:
    """What verify.py, started as anybody starts it, answers about the same packet."""
    (folder / "packet.zip").write_bytes(packet)
    command = [sys.executable, "-I", "-S", str(VERIFY_PY), str(folder / "packet.zip"), "--json"]
    if policy is not None:
        (folder / "policy.txt").write_bytes(policy)
        command += ["--policy", str(folder / "policy.txt")]
    for fingerprint in tsa:
        command += ["--tsa-fingerprint", fingerprint]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode in {0, 1, 2}, done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
