"""A witness for the demo, on this machine. It shows how a witness works, and is independent of nobody."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

from evidence.log.policy import current_policy, policy_path
from evidence.log.signing import log_signer, policy_log_lines, sm2_signer
from evidence.witness.keys import FILE, WitnessKey

NAME = "demo"  # in the policy
KEY_NAME = "witness.local/demo"
PORT = 8190
INTRODUCTION = """# 信任策略：哪些检查点算数（c2sp.org/tlog-policy）。演示用：只有一个本机的见证人。
# For the demo: one witness, on the same machine. For a real site see docs/operate.md.
"""


def make_policy() -> None:
    """Write the first policy of a demo: our keys, and the demo witness must have seen every checkpoint. A policy that
    is there stays as it is.
    """
    if policy_path().exists():
        return
    log_signer()
    sm2_signer()
    vkey = WitnessKey.make(folder(), KEY_NAME).vkey
    lines = [*policy_log_lines(), f"witness {NAME} {vkey}", f"quorum {NAME}"]
    _put(policy_path(), INTRODUCTION + "".join(f"{line}\n" for line in lines), only_new=True)


def is_wanted() -> bool:
    """Whether the policy names a demo witness and its key lies here. Raises PolicyRefused."""
    return (folder() / FILE).exists() and NAME in current_policy().witnesses


def arguments(port: int) -> list[str]:
    """How the witness is started, as words after `python -m`."""
    own = ["--dir", str(folder()), "--policy", str(policy_path()), "--host", "127.0.0.1", "--port", str(port)]
    return ["evidence.witness", *own]


def tell_address(port: int) -> None:
    """Write where the witness is reached into the file of addresses; lines about others stay."""
    path = settings.WITNESSES
    if not isinstance(path, Path):
        return  # the operator says it, in WITNESSES
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    others = [line for line in lines if line.replace("=", " ").split()[:1] != [NAME]]
    _put(path, "".join(f"{line}\n" for line in (*others, f"{NAME} http://127.0.0.1:{port}")))


def folder() -> Path:
    """Where key and memory of the demo witness lie."""
    return Path(settings.VAR_DIR) / "witness"


def _put(path: Path, content: str, *, only_new: bool = False) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    draft = Path(written)
    draft.chmod(0o644)
    try:
        if only_new:
            os.link(draft, path)
        else:
            draft.replace(path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
