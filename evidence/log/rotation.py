"""A new key for the log (换密钥): the old and the new one sign that the new one goes on (section 3.2 of the format).

Either can be replaced: the Ed25519 key under the checkpoints, and the SM2 key under the SM3 tree. The log then holds a
`key` record; the checkpoint that covers it, and all later ones, are signed with the new key. In the policy each key
counts for its own sizes alone, so an old key that is stolen later signs nothing that counts.
"""

import base64
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from evidence.canonical import NotCanonical, canonical, parse
from evidence.envelopes import VERSION
from evidence.log import integrator, state
from evidence.log.policy import policy_bytes, policy_path
from evidence.log.signing import (
    ED25519,
    SM3_SUFFIX,
    Signer,
    key_rows,
    log_signer,
    make_key,
    policy_log_lines,
    signer_of,
    sm2_signer,
)
from evidence.models import Leaf, LogKey
from evidence.tlog import ed25519, notes, sm2
from evidence.tlog.notes import NoteRefused, VerifierKey
from evidence.tlog.policies import Policy

SIGNED = b"mediation-evidence/1 key\n"
SIGNATURES = ("sig_new", "sig_old")


@dataclass(frozen=True, slots=True)
class Rotation:
    """What happened: from `from_size` on, checkpoints (or, for an SM2 key, SM3 trees) are signed with `new`."""

    old: VerifierKey
    new: VerifierKey
    from_size: int


def prepared_key(kind: str = ED25519) -> VerifierKey | None:
    """The key that the next rotation will put in use, where one was prepared."""
    row = LogKey.objects.filter(kind=kind, from_size=None).first()
    return VerifierKey.parse(row.vkey) if row else None


def prepare_rotation(kind: str = ED25519) -> VerifierKey:
    """Make the next key, or find the one that was made, so that the witnesses can learn it before it signs (they look
    at the Ed25519 key alone).
    """
    return prepared_key(kind) or VerifierKey.parse(
        make_key(kind, _signer(kind).vkey.name, from_size=None).vkey
    )


def rotate(kind: str = ED25519) -> Rotation:
    """Put the prepared key (or a fresh one) of this kind in use. The log, its keys and the checkpoint change together
    or not at all; `update_policy` comes after.

    Raises what the keeper of the keys raises.
    """
    old = _signer(kind)
    prepare_rotation(kind)
    with transaction.atomic(durable=True):
        held = state.lock_state()
        new = signer_of(LogKey.objects.select_for_update().get(kind=kind, from_size=None))
        record = {
            "log": held.origin,
            "new": str(new.vkey),
            "old": str(old.vkey),
            "typ": "key",
            "v": VERSION,
        }
        message = SIGNED + canonical(record)
        record |= {
            name: base64.b64encode(signer.sign(message)).decode("ascii")
            for name, signer in zip(SIGNATURES, (new, old), strict=True)
        }
        from_size = held.size + 1  # the SM3 tree, smaller by two, grows past it with the record itself
        LogKey.objects.filter(pk=old.row.pk).update(to_size=from_size)
        LogKey.objects.filter(pk=new.row.pk).update(from_size=from_size)
        lease = state.take_over(held, integrator.name_of_this_process())
        integrator.integrate(lease=lease, own=[canonical(record)])
    state.release(lease)
    return Rotation(old.vkey, new.vkey, from_size)


def key_records(size: int) -> list[tuple[int, bytes]]:
    """Every `key` record in the log of this size, with its index, oldest first."""
    found = []
    for row in LogKey.objects.filter(from_size__gt=0, from_size__lt=size):
        own = Leaf.objects.filter(entry=None, index__gte=(row.from_size or 1) - 1, index__lt=size - 2)
        named = own.filter(data__contains=f'"new":"{row.vkey}"').order_by("index")
        found += [(leaf.index, (leaf.data or "").encode()) for leaf in named[:1]]
    return sorted(found)


def read_rotation(record: bytes, origin: str) -> tuple[VerifierKey, VerifierKey] | None:
    """The old and the new key that a `key` record of the log names; None unless it is canonical and signed by both."""
    try:
        told = parse(record)
        signatures = [base64.b64decode(told.pop(name), validate=True) for name in SIGNATURES]
        new, old = (VerifierKey.parse(told[name]) for name in ("new", "old"))
        message = SIGNED + canonical(told)
    except (NotCanonical, NoteRefused, KeyError, TypeError, ValueError):
        return None
    holds = {notes.ED25519: ed25519.verify, notes.SM2: sm2.verify}.get(new.kind)
    if holds is None or set(told) != {"log", "new", "old", "typ", "v"}:
        return None
    name = origin + (SM3_SUFFIX if new.kind == notes.SM2 else "")
    said = (told["log"], told["typ"], told["v"], new.kind, new.name, old.name)
    is_right = said == (origin, "key", VERSION, old.kind, name, name)
    is_signed = all(holds(key.public, message, one) for key, one in zip((new, old), signatures, strict=True))
    return (old, new) if is_right and is_signed and old != new else None


def update_policy() -> bool:
    """Write the `log` lines of our keys anew into the policy, each with its sizes; every other line stays.

    Returns whether the file changed. Raises OSError when it cannot be written, PolicyRefused when it would not be
    well formed; then the file stays as it was.
    """
    before = policy_bytes()
    after = with_our_keys(before)
    if after == before:
        return False
    Policy.parse(after)
    _replace(policy_path(), after)
    return True


def with_our_keys(policy: bytes) -> bytes:
    """The policy with our `log` lines as they are now, where the first of them stood."""
    ours = {row.vkey.encode() for row in key_rows()}
    kept, place = list[bytes](), None
    for line in policy.splitlines(keepends=True):
        words = line.split()
        if words[:1] == [b"log"] and words[1:2] and words[1] in ours:
            place = len(kept) if place is None else place
        else:
            kept.append(line)
    place = 0 if place is None else place
    return b"".join([*kept[:place], *(f"{line}\n".encode() for line in policy_log_lines()), *kept[place:]])


def _signer(kind: str) -> Signer:
    return log_signer() if kind == ED25519 else sm2_signer()


def _replace(path: Path, content: bytes) -> None:
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(written).chmod(path.stat().st_mode & 0o777)
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise
