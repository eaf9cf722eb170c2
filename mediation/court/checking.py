"""Checking a packet 核验: the verifier in a process of its own, under this site's policy, and its answer as values.

The verdict and everything beside it is the verifier's (docs/evidence-format.md §9.1). Only what the signature entries
say is read here, from bodies that the verifier has found to hold.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from evidence.errors import CannotUnseal
from mediation.court.models import JointApplication
from mediation.court.packet import read_packet

VERIFIER = Path(settings.BASE_DIR) / "evidence" / "verify" / "verify.py"
HOLDS, DIFFERS, UNCLEAR = "holds", "differs", "unclear"
LONGEST_S = 120
KEPT_S = 24 * 3600
LARGEST_BODY = 1 << 20
SIGN, EFFECT, TAKE_IN = "agreement.sign", "case.take_effect", "deposit.take_in"
NO_ANSWER = "核验程序没有给出结果，请再试一次"
NOT_OPENED = "平台存放的证据包打不开，请联系调解组织"
NOT_AS_SENT = "与送交法院时登记的指纹对不上"


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the chain. `event` and `role` are empty where its body is withheld or erased.

    `at` is the claim of the platform's clock; `not_before` and `not_after` are proven, empty where nothing is.
    """

    seq: int
    index: int
    at: str
    typ: str  # record, erasure or export
    body: str  # shown, withheld or erased
    event: str
    role: str
    not_before: str
    not_after: str
    holds: bool

    @property
    def is_open(self) -> bool:
        """Whether its body is in the packet."""
        return self.body == "shown"


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file: what its entry recorded, and what lies in the packet now (empty and 0: nothing)."""

    path: str
    seq: int
    role: str
    at: str
    sha256: str
    size: int
    now_sha256: str
    now_size: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One of the verifier's checks: `state` is holds, differs or not_checked, `good` of `of` things held."""

    name: str
    state: str
    good: int
    of: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Who cosigned the checkpoint, and when by its own clock; or a time stamp: `name` is then its certificate."""

    name: str
    at: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """A signature entry under the agreement in force, and whether it names the hash of a file in the packet."""

    role: str
    name: str
    at: str
    sha256: str
    holds: bool


@dataclass(slots=True)
class Finding:
    """All that a check found. `item` and `why` name the first thing that differs; instants are RFC 3339, hashes hex."""

    verdict: str
    checked_at: str
    item: str = ""
    why: str = ""
    case: str = ""
    log: str = ""
    head: str = ""
    fingerprint: str = ""
    made_at: str = ""
    count: int = 0
    policy: str = ""  # the fingerprint of the one that was used
    is_trusted: bool = False
    size: int = 0  # of the checkpoint
    root: str = ""
    steps: dict[str, Step] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    files: list[FileFound] = field(default_factory=list)
    witnesses: list[Seen] = field(default_factory=list)
    times: list[Seen] = field(default_factory=list)
    signatures: list[SignatureFound] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    proves: list[str] = field(default_factory=list)
    does_not_prove: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything holds."""
        return self.verdict == HOLDS

    @property
    def is_clear(self) -> bool:
        """Whether the check came to a result at all."""
        return self.verdict != UNCLEAR

    @property
    def broken_at(self) -> int:
        """The first entry that does not hold; 0: none."""
        return next((record.seq for record in self.records if not record.holds), 0)


def check_application(application: JointApplication, *, anew: bool = False) -> Finding:
    """Check the packet that was sent to the court. Kept for a day under its hash; `anew` checks it again."""
    key = f"packet-check:2:{application.packet_sha256}"
    if not anew and (kept := _recalled(key)) is not None:
        return kept
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        try:
            digest = hashlib.sha256()
            for piece in read_packet(application):
                digest.update(piece)
                file.write(piece)
            file.flush()
        except (OSError, CannotUnseal, ValueError):
            return Finding(UNCLEAR, _now(), why=NOT_OPENED)
        found = check_packet(Path(file.name))
    if digest.hexdigest() != application.packet_sha256:
        found.verdict, found.item, found.why = DIFFERS, "证据包", NOT_AS_SENT
    if found.is_clear:
        _remember(key, found)
    return found


def check_packet(path: Path) -> Finding:
    """Check a packet file under the site's policy, changing nothing. Never raises for what lies in the file."""
    told = _ask(path)
    found = _understood(told)
    if _holds(found, "archive") and _holds(found, "bodies"):
        found.signatures = _signatures(path, found)
    return found


def _recalled(key: str) -> Finding | None:
    """What was found before. Without a cache nothing was."""
    try:
        return cast("Finding | None", cache.get(key))
    except (RedisError, OSError):
        return None


def _remember(key: str, found: Finding) -> None:
    with suppress(RedisError, OSError):
        cache.set(key, found, KEPT_S)


def answer_of(path: Path) -> dict[str, Any]:
    """The verifier's own answer, word for word (docs/evidence-format.md §9.1)."""
    return _ask(path)


def _now() -> str:
    return timezone.localtime().isoformat(timespec="seconds")


def _ask(path: Path) -> dict[str, Any]:
    """What the verifier says, run alone: no site packages, no environment, no code of ours around it."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(path), "--json"]
    policy = Path(settings.EVIDENCE_POLICY)
    if policy.is_file():
        command += ["--policy", str(policy)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=LONGEST_S)  # noqa: S603 - our own file
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"verdict": UNCLEAR, "why": NO_ANSWER}
    return told


def _understood(told: Mapping[str, Any]) -> Finding:
    policy, checkpoint = told.get("policy") or {}, told.get("checkpoint") or {}
    records = [_record(row) for row in told.get("records") or []]
    by_seq = {record.seq: record for record in records}
    return Finding(
        verdict=told["verdict"],
        checked_at=_now(),
        item=told.get("item") or "",
        why=told.get("why") or "",
        case=told.get("case") or "",
        log=told.get("log") or "",
        head=told.get("head") or "",
        fingerprint=told.get("fingerprint") or "",
        made_at=told.get("made_at") or "",
        count=told.get("count") or 0,
        policy=policy.get("fingerprint") or "",
        is_trusted=bool(policy.get("trusted")),
        size=checkpoint.get("size") or 0,
        root=checkpoint.get("root") or "",
        steps={row["name"]: Step(**row) for row in told.get("checks") or []},
        records=records,
        files=[_file(row, by_seq) for row in told.get("files") or []],
        witnesses=[Seen(row["name"], row["at"] or "") for row in checkpoint.get("witnesses") or []],
        times=[
            Seen(row["certificate"] or "", row["at"] or "", row["size"]) for row in told.get("times") or []
        ],
        warnings=told.get("warnings") or [],
        proves=told.get("proves") or [],
        does_not_prove=told.get("does_not_prove") or [],
    )


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        seq=row["seq"],
        index=row["index"] or 0,
        at=row["at"] or "",
        typ=row["typ"] or "",
        body=row["body"],
        event=row.get("event") or "",
        role=row.get("role") or "",
        not_before=row.get("not_before") or "",
        not_after=row.get("not_after") or "",
        holds=row["holds"],
    )


def _file(row: Mapping[str, Any], records: Mapping[int, Record]) -> FileFound:
    record = records.get(row["seq"])
    return FileFound(
        path=row["path"],
        seq=row["seq"],
        role=record.role if record else "",
        at=record.at if record else "",
        sha256=row.get("sha256") or "",
        size=row.get("size") or 0,
        now_sha256=row.get("now_sha256") or "",
        now_size=row.get("now_size") or 0,
        holds=row["holds"],
    )


def _holds(found: Finding, name: str) -> bool:
    step = found.steps.get(name)
    return step is not None and step.state == HOLDS


def _signatures(path: Path, found: Finding) -> list[SignatureFound]:
    """The signatures under the agreement that last took effect, out of bodies that hold."""
    wanted = [record for record in found.records if record.is_open and record.event in {SIGN, EFFECT}]
    with zipfile.ZipFile(path) as archive:
        bodies = {record.seq: _body(archive, record.seq) for record in wanted}
    effects = [bodies[record.seq].get("number") for record in wanted if record.event == EFFECT]
    whole = {file.sha256 for file in found.files if file.holds}
    return [
        SignatureFound(
            role=record.role,
            name=str(bodies[record.seq].get("name", "")),
            at=record.at,
            sha256=str(bodies[record.seq].get("sha256", "")),
            holds=bodies[record.seq].get("sha256") in whole,
        )
        for record in wanted
        if record.event == SIGN and effects and bodies[record.seq].get("number") == effects[-1]
    ]


def _body(archive: zipfile.ZipFile, seq: int) -> dict[str, Any]:
    info = archive.getinfo(f"data/bodies/{seq:06d}.json")
    record = json.loads(archive.read(info))["record"] if info.file_size < LARGEST_BODY else {}
    return record if isinstance(record, dict) else {}
