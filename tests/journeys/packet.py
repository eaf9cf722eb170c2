"""The packet in a stranger's hands: Python alone, another process, no network needed."""

import contextlib
import random
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import TimeoutError as Late

from tests.journeys.visitor import Visitor

CHANGES = 50
SEALED_WITHIN_TRIES = 6
MAKING_MS = 40_000


def hold(content: bytes, policy: bytes, folder: Path) -> None:
    """The packet holds; each of fifty copies with one changed byte does not, and what differs is named."""
    whole = folder / "packet.zip"
    whole.write_bytes(content)
    (folder / "policy.txt").write_bytes(policy)
    with zipfile.ZipFile(whole) as archive:
        (folder / "verify.py").write_bytes(archive.read("verify.py"))
    done = check(whole)
    assert done.returncode == 0, done.stdout + done.stderr
    chance = random.Random(20250307)
    for place in chance.sample(range(len(content)), CHANGES):
        mutant = bytearray(content)
        mutant[place] ^= 1 << chance.randrange(8)
        changed = folder / "changed.zip"
        changed.write_bytes(mutant)
        done = check(changed)
        assert done.returncode in {1, 2}, f"byte {place}: {done.stdout}"
        named = [line for line in done.stdout.splitlines() if "第一处" in line]
        assert named, f"byte {place}: {done.stdout}"
        assert named[0].split("：", 1)[-1].strip(), f"byte {place}: {done.stdout}"


def saved_by(mediator: Visitor, docket: str, folder: Path) -> zipfile.ZipFile:
    """The packet that the mediator saves from the page, once the record is sealed; it holds for a stranger."""
    path = folder / "saved.zip"
    for _try in range(SEALED_WITHIN_TRIES):
        mediator.open(f"/desk/cases/{docket}/evidence/")
        button = mediator.page.locator("form[action$='/packet/'] button[type=submit]").first
        with contextlib.suppress(Late), mediator.page.expect_download(timeout=MAKING_MS) as coming:
            button.click()
        if coming.is_done():
            coming.value.save_as(path)
            break
    (folder / "policy.txt").write_bytes(mediator.download("/log/policy.txt"))
    archive = zipfile.ZipFile(path)
    (folder / "verify.py").write_bytes(archive.read("verify.py"))
    done = check(path)
    assert done.returncode == 0, done.stdout + done.stderr
    return archive


def check(packet: Path) -> "subprocess.CompletedProcess[str]":
    """What `python -I -S verify.py PACKET --policy policy.txt` says, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", str(packet), "--policy", "policy.txt"], cwd=packet.parent,
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
