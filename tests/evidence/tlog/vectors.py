"""Public test vectors, read from the folder beside the project; tests without it are skipped with a message."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
VECTORS = Path(os.environ.get("SHARED_VECTORS", ROOT.parent / "shared/vectors"))


def load(path: str) -> Any:
    """One file of vectors. Skips the test where there are none."""
    if not VECTORS.is_dir():
        pytest.skip(f"no public vectors at {VECTORS} (SHARED_VECTORS)")
    return json.loads((VECTORS / path).read_text(encoding="utf-8"))


def names(folder: str) -> list[Any]:
    """The files of a folder of vectors as parameters; one skipped parameter where the folder is absent."""
    found = sorted(str(path.relative_to(VECTORS)) for path in (VECTORS / folder).rglob("*.json"))
    reason = f"no public vectors at {VECTORS} (SHARED_VECTORS)"
    return found or [pytest.param("", marks=pytest.mark.skip(reason=reason))]


def from_base64(text: str | None) -> bytes:
    """The bytes of a field; absent ones are empty."""
    return base64.b64decode(text or "")
