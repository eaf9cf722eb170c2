"""A new key for the log (换密钥): the old and the new one sign that the new one goes on (section 3 of the format).

The log then holds a `key` record; the checkpoint that covers it, and all later ones, are signed with the new key. In
the policy each key counts for its own sizes alone, so an old key that is stolen later signs nothing that counts.
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
from evidence.log.signing import ED25519, key_rows, log_signer, make_key, policy_log_lines, signer_of
from evidence.models import LogKey
from evidence.tlog import ed25519
from evidence.tlog.notes import NoteRefused, VerifierKey
from evidence.tlog.policies import Policy

SIGNED = b"mediation-evidence/1 key\n"
SIGNATURES = ("sig_new", "sig_old")


@dataclass(frozen=True, slots=True)
class Rotation:
    """What happened: from `from_size` on, checkpoints are signed with `new`."""

    old: VerifierKey
    new: VerifierKey
    from_size: int


def prepared_key() -> VerifierKey | None:
    """The key that the next rotation will put in use, where one was prepared."""
    row = LogKey.objects.filter(kind=ED25519, from_size=None).first()
    return VerifierKey.parse(row.vkey) if row else None


def prepare_rotation() -> VerifierKey:
    """Make the next key, or find the one that was made, so that the witnesses can learn it before it signs."""
    return prepared_key() or VerifierKey.parse(make_key(ED25519, log_signer().vkey.name, from_size=None).vkey)


def rotate() -> Rotation:
    """Put the prepared key (or a fresh one) in use. The log, its keys and the checkpoint change together or not at
    all; `update_policy` comes after.

    Raises what the keeper of the keys raises.
    """
    old = log_signer()
    prepare_rotation()
    with transaction.atomic(durable=True):
        held = state.lock_state()
        new = signer_of(LogKey.objects.select_for_update().get(kind=ED25519, from_size=None))
        record = {
            "log": old.vkey.name,
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
        from_size = held.size + 1
        LogKey.objects.filter(pk=old.row.pk).update(to_size=from_size)
        LogKey.objects.filter(pk=new.row.pk).update(from_size=from_size)
        lease = state.take_over(held, integrator.name_of_this_process())
        integrator.integrate(lease=lease, own=[canonical(record)])
    state.release(lease)
    return Rotation(old.vkey, new.vkey, from_size)


def is_good_rotation(record: bytes) -> bool:
    """Whether a `key` record of the log is canonical and signed by both keys that it names."""
    try:
        told = parse(record)
        signatures = [base64.b64decode(told.pop(name), validate=True) for name in SIGNATURES]
        keys = [VerifierKey.parse(told[name]) for name in ("new", "old")]
        message = SIGNED + canonical(told)
    except (NotCanonical, NoteRefused, KeyError, TypeError, ValueError):
        return False
    is_complete = set(told) == {"log", "new", "old", "typ", "v"} and (told["typ"], told["v"]) == (
        "key",
        VERSION,
    )
    return is_complete and all(
        key.name == told["log"] and ed25519.verify(key.public, message, signature)
        for key, signature in zip(keys, signatures, strict=True)
    )


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
