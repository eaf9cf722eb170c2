"""The policy by which this log is judged, and where its witnesses are reached.

Both are files (or settings) that an operator writes: nothing in the database can lower what is asked for.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from evidence.log.signing import log_signer, policy_log_lines, sm2_signer
from evidence.tlog.policies import Policy, PolicyRefused

BEGINNING = """# Which checkpoints of our log count (c2sp.org/tlog-policy). Made at the first start: no witnesses yet.
# Name them, and how many must have seen a checkpoint, in the place of the last line; see docs/operate.md.
"""


def policy_path() -> Path:
    """Where the policy stands: settings.EVIDENCE_POLICY."""
    return Path(settings.EVIDENCE_POLICY)


def policy_bytes() -> bytes:
    """The policy as it is now. Without a file: makes one that asks for the log's own keys alone."""
    path = policy_path()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        _write_once(path, _first_policy())
        return path.read_bytes()


def current_policy() -> Policy:
    """The policy, read anew whenever it is asked for. Raises PolicyRefused when the file is not well formed."""
    return _parsed(policy_bytes())


def witness_urls() -> dict[str, str]:
    """Where the witnesses of the policy are reached, by the names that it gives them: settings.WITNESSES, or the
    file that it names with lines `name url`, or the URL that the policy itself gives.

    Raises PolicyRefused when the policy is not well formed.
    """
    named = _named_urls(settings.WITNESSES)
    urls = {name: named.get(name, one.url) for name, one in current_policy().witnesses.items()}
    return {name: url.rstrip("/") for name, url in urls.items() if url.startswith(("http://", "https://"))}


def why_not_accepted(error: PolicyRefused) -> str:
    """The reason in words for the staff page."""
    return str(error)[:300]


def _named_urls(where: "dict[str, str] | str | Path") -> dict[str, str]:
    if isinstance(where, dict):
        return where
    try:
        lines = Path(where).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = [line.replace("=", " ", 1).split() for line in lines if line.strip() and not line.startswith("#")]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _first_policy() -> str:
    log_signer()
    sm2_signer()
    return BEGINNING + "\n".join([*policy_log_lines(), "quorum none", ""])


def _write_once(path: Path, content: str) -> None:
    """Make the file whole or not at all; who comes second takes the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
        Path(written).chmod(0o644)
        os.link(written, path)
    except FileExistsError:
        pass
    finally:
        Path(written).unlink()


@lru_cache(maxsize=8)
def _parsed(data: bytes) -> Policy:
    return Policy.parse(data)
