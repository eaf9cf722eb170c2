"""How the tests ask verify.py: through its one function, and as anybody runs it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evidence.verify.verify import verify
from tests.evidence.bags import Bag

VERIFY_PY = Path(__file__).resolve().parents[3] / "evidence" / "verify" / "verify.py"


def ask(bag: Bag, packet: bytes | None = None) -> dict[str, Any]:
    """The answer to a reader who holds the true policy and the time authority's fingerprint."""
    return verify(bag.packet if packet is None else packet, bag.policy, None, [bag.tsa])


def state_of(answer: dict[str, Any], name: str) -> str:
    return next(check["state"] for check in answer["checks"] if check["name"] == name)


def run(*words: str | Path, prefix: Sequence[str] = ()) -> "subprocess.CompletedProcess[str]":
    """Start verify.py alone: no site packages, no environment."""
    command = [*prefix, sys.executable, "-I", "-S", str(VERIFY_PY), *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)


def answered(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found
