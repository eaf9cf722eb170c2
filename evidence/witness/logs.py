"""Which logs a witness knows: those named at the start, and the `log` lines of a policy file, read again when it
changes.
"""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from evidence.tlog.notes import ED25519, NoteRefused, VerifierKey
from evidence.tlog.policies import Log, Policy, PolicyRefused

logger = logging.getLogger(__name__)


class LogsRefused(ValueError):
    """A log key or a policy file that cannot be used; the message says why."""


class KnownLogs:
    """The keys of the logs. A policy file that breaks while the witness runs changes nothing until it is mended."""

    def __init__(self, vkeys: Sequence[str] = (), policy: Path | None = None) -> None:
        self._named = [Log(_log_key(vkey)) for vkey in vkeys]
        self._policy, self._stamp = policy, (0, 0)
        self._from_policy: list[Log] = []
        self._lock = threading.Lock()
        if policy is not None:
            self._stamp, self._from_policy = _stamp(policy), _read(policy)
        if not self._named and not self._from_policy:
            raise LogsRefused("Name at least one log: --log VKEY or --policy FILE.")

    def of(self, origin: str) -> list[Log]:
        """The keys of the log with this origin, also those that no longer or not yet count; none when unknown."""
        return [log for log in self.all() if log.key.name == origin]

    def all(self) -> list[Log]:
        """Every key that it knows, no public key twice."""
        self._look_again()
        found = {log.key.public: log for log in (*self._named, *self._from_policy)}
        return list(found.values())

    def _look_again(self) -> None:
        if self._policy is None:
            return
        with self._lock:
            stamp = _stamp(self._policy)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            try:
                self._from_policy = _read(self._policy)
            except LogsRefused as error:
                logger.error("The logs stay as they were. %s", error)  # noqa: TRY400 — the words say it all


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _read(path: Path) -> list[Log]:
    try:
        logs = Policy.parse(path.read_bytes()).logs
    except (OSError, PolicyRefused) as error:
        raise LogsRefused(f"The policy {path} cannot be used: {error}") from error
    return [log for log in logs if log.key.kind == ED25519]


def _log_key(vkey: str) -> VerifierKey:
    try:
        key = VerifierKey.parse(vkey)
    except NoteRefused as error:
        raise LogsRefused(f"This is no key of a log: {vkey} ({error})") from error
    if key.kind != ED25519:
        raise LogsRefused(f"This key does not sign checkpoints: {vkey}")
    return key
