"""What was handed out once can still be checked: packets of every version, as they were (tests/evidence/golden)."""

import json
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evidence import verify

HERE = Path(__file__).parent / "golden"
VERIFIER = Path(verify.__file__).with_name("verify.py")
GOLDEN = sorted(path.name.removesuffix(".zip.xz") for path in HERE.glob("*.zip.xz"))
STAYS = (
    "verdict",
    "case",
    "log",
    "count",
    "head",
    "fingerprint",
    "made_at",
    "policy",
    "checkpoint",
    "records",
)


def ask(packet: Path, policy: Path, verifier: Path = VERIFIER) -> dict[str, Any]:
    command = [sys.executable, "-I", "-S", str(verifier), str(packet), "--policy", str(policy), "--json"]
    done = subprocess.run(command, capture_output=True, cwd="/", check=False, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(params=GOLDEN)
def name(request) -> str:
    return str(request.param)


@pytest.fixture
def packet(name: str, tmp_path: Path) -> Path:
    path = tmp_path / "packet.zip"
    path.write_bytes(lzma.decompress((HERE / f"{name}.zip.xz").read_bytes()))
    return path


def test_there_is_a_golden_packet() -> None:
    assert GOLDEN


def test_an_old_packet_still_holds_and_says_the_same(name: str, packet: Path) -> None:
    now = ask(packet, HERE / f"{name}.policy.txt")
    then = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))

    assert {key: now[key] for key in STAYS} == {key: then[key] for key in STAYS}
    assert now["verdict"] == "holds"
    assert [(file["path"], file["sha256"], file["holds"]) for file in now["files"]] == [
        (file["path"], file["sha256"], True) for file in then["files"]
    ]


def test_under_another_policy_it_does_not(name: str, packet: Path, tmp_path: Path) -> None:
    other = tmp_path / "policy.txt"
    lines = (HERE / f"{name}.policy.txt").read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join(line.replace("group outside 2", "group outside 3") for line in lines) + "\n")
    found = ask(packet, other)
    assert (found["verdict"], found["item"]) == ("differs", "data/proof/checkpoint")


@pytest.mark.browser
def test_the_page_says_the_same_of_an_old_packet(name: str, packet: Path) -> None:
    pages = pytest.importorskip("tests.evidence.verify.pages")
    playwright = pytest.importorskip("playwright.sync_api")
    if pages.CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    policy = HERE / f"{name}.policy.txt"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=pages.CHROMIUM, args=pages.FLAGS)
        found = pages.Opened.by(browser).check(packet.read_bytes(), policy.read_bytes())
        browser.close()
    by_python = ask(packet, policy)
    assert {key: found[key] for key in STAYS} == {key: by_python[key] for key in STAYS}
