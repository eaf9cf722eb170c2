"""The keys that sign for the log: made at first use, one of each kind in use, never shown.

settings.ADAPTERS["log_keys"] names who keeps them (port LogKeys): sealed in the database, or inside a security
module. A row of LogKey says which sizes of the log a key signs; `evidence.log.rotation` puts a new one in its place.
"""

import json
import re
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from evidence.envelopes import ORIGIN
from evidence.errors import NeverWill
from evidence.models import LogKey
from evidence.sealing import seal, unseal
from evidence.tlog import notes, sm2
from evidence.tlog.notes import VerifierKey

ED25519, SM2 = LogKey.Kind.ED25519, LogKey.Kind.SM2
SM3_SUFFIX = "/sm3"  # the name of the key that signs the SM3 tree is the origin of the log and this
NOTE_KINDS = {ED25519.value: notes.ED25519, SM2.value: notes.SM2}


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key: what everybody may see of it, and by what its keeper finds it again (never shown)."""

    public: bytes
    handle: bytes


class LogKeys(Protocol):
    """Who keeps the private keys of the log."""

    name: str
    kinds: frozenset[str]  # keys of the other kinds are sealed in the database

    def make(self, kind: str, label: str) -> MadeKey:
        """A new key pair; its public part is 32 bytes of Ed25519, or the 65 bytes of an SM2 point. Raise TryLater if
        it may work later, NeverWill if it cannot.
        """

    def sign(self, kind: str, handle: bytes, message: bytes) -> bytes:
        """64 bytes of signature. Raise TryLater if it may work later, NeverWill if it cannot."""

    def problems(self) -> list[str]:
        """What an operator must mend before it can sign; empty when ready. Changes nothing."""


class SealedKeys:
    """Keys in the database, sealed under settings.PERSONAL_DATA_KEY. Who has both can sign."""

    name = "sealed"
    kinds = frozenset({ED25519.value, SM2.value})

    def make(self, kind: str, label: str) -> MadeKey:
        """A key from the randomness of this machine."""
        if kind == ED25519:
            key = Ed25519PrivateKey.generate()
            return MadeKey(key.public_key().public_bytes_raw(), key.private_bytes_raw())
        private = sm2.generate()
        return MadeKey(sm2.public_of(private), private)

    def sign(self, kind: str, handle: bytes, message: bytes) -> bytes:
        """Sign in this process."""
        if kind == ED25519:
            return Ed25519PrivateKey.from_private_bytes(handle).sign(message)
        return sm2.sign(handle, message)

    def problems(self) -> list[str]:
        """None: it needs nothing but settings.PERSONAL_DATA_KEY."""
        return []


class FailingKeys:
    """A keeper that never answers: for tests."""

    name = "failing"
    kinds = frozenset({ED25519.value, SM2.value})

    def make(self, kind: str, label: str) -> MadeKey:
        """Refused."""
        raise NeverWill("the security module does not answer")

    def sign(self, kind: str, handle: bytes, message: bytes) -> bytes:
        """Refused."""
        raise NeverWill("the security module does not answer")

    def problems(self) -> list[str]:
        """One."""
        return ["The security module does not answer."]


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of the log, ready to sign. `str(signer.vkey)` is its line in a policy."""

    vkey: VerifierKey
    row: LogKey

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message. Raises TryLater or NeverWill, as its keeper does."""
        handle = unseal(bytes(self.row.sealed_handle), about=_about(self.row.vkey))
        return keeper_named(self.row.keeper).sign(self.row.kind, handle, message)


def log_signer() -> Signer:
    """Who signs checkpoints now; `.vkey.name` is the origin of the log. At first use it makes the key, for the
    origin that settings.LOG_ORIGIN says or, without one, for a random one.

    Raises NeverWill when settings.LOG_ORIGIN is no origin, or another than the key says: a log cannot be renamed.
    """
    if wanted_origin() and not re.fullmatch(ORIGIN, wanted_origin()):
        raise NeverWill("LOG_ORIGIN has 1 to 64 of a–z 0–9 . - / and begins and ends with a letter or digit")
    signer = _in_use(ED25519) or _first(ED25519, wanted_origin() or random_origin())
    if wanted_origin() not in {"", signer.vkey.name}:
        raise NeverWill(
            f"LOG_ORIGIN is {wanted_origin()}, but the log of this database is {signer.vkey.name}"
        )
    return signer


def sm2_signer() -> Signer:
    """Who signs the SM3 tree now; its name is the origin and `/sm3`. Made at first use."""
    return _in_use(SM2) or _first(SM2, log_signer().vkey.name + SM3_SUFFIX)


def key_rows(kind: str = "") -> list[LogKey]:
    """All keys that signed, sign or are prepared to, oldest first."""
    rows = LogKey.objects.order_by("kind", "id")
    return list(rows.filter(kind=kind) if kind else rows)


def policy_log_lines() -> list[str]:
    """The `log` lines of a policy: every key that has signed, with the sizes that it is good for
    (`sizes:FROM-TO`), as soon as there was more than one of its kind.
    """
    return [_log_line(row) for row in key_rows() if row.from_size is not None]


def _log_line(row: LogKey) -> str:
    first, last = row.from_size or "", "" if row.to_size is None else row.to_size
    return f"log {row.vkey}" + (f" sizes:{first}-{last}" if first or row.to_size is not None else "")


def make_key(kind: str, name: str, *, from_size: int | None) -> LogKey:
    """A new row with a key by the keeper that the settings name; without `from_size` it is only prepared.

    Raises IntegrityError when a key of this
    kind is in use (or prepared) already.
    """
    keeper = current_keeper()
    if kind not in keeper.kinds:
        keeper = SealedKeys()
    made = keeper.make(kind, name)
    vkey = str(VerifierKey.of(name, NOTE_KINDS[kind], made.public))
    return LogKey.objects.create(
        kind=kind,
        name=name,
        vkey=vkey,
        keeper=keeper.name,
        sealed_handle=seal(made.handle, about=_about(vkey)),
        from_size=from_size,
        created_at=timezone.now(),
    )


def signer_of(row: LogKey) -> Signer:
    """The signer of a row, also of one that is prepared or no longer in use."""
    return Signer(VerifierKey.parse(row.vkey), row)


def current_keeper() -> LogKeys:
    """The keeper that settings.ADAPTERS["log_keys"] names, as (dotted path, keyword arguments)."""
    path, options = settings.ADAPTERS["log_keys"]
    return _keeper(path, json.dumps(options))


def keeper_named(name: str) -> LogKeys:
    """Who keeps a key that was made earlier. Raises NeverWill when the settings no longer name its keeper."""
    keeper = current_keeper()
    if keeper.name == name:
        return keeper
    if name == SealedKeys.name:
        return SealedKeys()
    raise NeverWill(
        f'a key of the log is kept by “{name}”; settings.ADAPTERS["log_keys"] names “{keeper.name}”'
    )


def wanted_origin() -> str:
    """The origin that the settings want, or nothing."""
    return str(getattr(settings, "LOG_ORIGIN", ""))


def random_origin() -> str:
    """A name for a log that nobody named. It says nothing and meets no other."""
    return f"mediation.local/{secrets.token_hex(8)}"


def _in_use(kind: str) -> Signer | None:
    row = LogKey.objects.filter(kind=kind, from_size__isnull=False, to_size=None).first()
    return signer_of(row) if row else None


def _first(kind: str, name: str) -> Signer:
    try:
        with transaction.atomic():
            return signer_of(make_key(kind, name, from_size=0))
    except IntegrityError:  # another process was here first
        return signer_of(LogKey.objects.get(kind=kind, from_size__isnull=False, to_size=None))


def _about(vkey: str) -> str:
    return f"log key {vkey}"


@cache
def _keeper(path: str, options: str) -> LogKeys:
    return cast("LogKeys", import_string(path)(**json.loads(options)))
