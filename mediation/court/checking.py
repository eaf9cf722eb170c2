"""Checking a packet 核验: the verdict of the verifier in a process of its own, and how far each single thing holds.

The verdict is the verifier's alone. What stands beside it (which file, which entry, how many of how many) is read here,
so that a court sees what is left when one thing does not hold.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.core.cache import cache
from django.utils import timezone

from evidence import verifier
from evidence.errors import CannotUnseal
from mediation.court.models import JointApplication
from mediation.court.packet import read_packet

HOLDS, DIFFERS, UNCLEAR = "一致", "对不上", "无法核验"
LONGEST_S = 120
KEPT_S = 24 * 3600
MOST_KEPT_BYTES = 64 * 1024 * 1024  # of all members but the deposited files
NUMBER = re.compile(r"第 (\d+) 条")
SIGN, EFFECT, TAKE_IN = "agreement.sign", "case.take_effect", "deposit.take_in"


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the chain as its envelope tells it; `is_open` where its body is in the packet."""

    seq: int
    event: str
    role: str
    at: str
    is_open: bool
    holds: bool


@dataclass(frozen=True, slots=True)
class FileFound:
    """A deposited file: what its entry recorded, and what lies in the packet now (empty and 0: nothing)."""

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
class SignatureFound:
    """A signature entry under the agreement in force, and whether it names the hash of a file in the packet."""

    role: str
    name: str
    at: str
    sha256: str
    holds: bool


@dataclass(slots=True)
class Finding:
    """All that a check found. `verdict`: 一致, 对不上 or 无法核验; `item` and `why` name the first thing that differs.

    `archive_holds` is about every byte of the archive, `lists_hold` about its lists; `broken_at` is the first entry
    that does not hold (0: none). Instants are RFC 3339 text, hashes hex.
    """

    verdict: str
    checked_at: str
    item: str = ""
    why: str = ""
    chain: str = ""
    head: str = ""
    fingerprint: str = ""
    made_at: str = ""
    members: int = 0
    archive_holds: bool = False
    lists_hold: bool = False
    head_holds: bool = False
    broken_at: int = 0
    bodies: int = 0
    bad_bodies: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    files: list[FileFound] = field(default_factory=list)
    signatures: list[SignatureFound] = field(default_factory=list)
    anchors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything holds."""
        return self.verdict == HOLDS

    @property
    def is_clear(self) -> bool:
        """Whether the check came to a result at all."""
        return self.verdict != UNCLEAR

    def as_dict(self) -> dict[str, Any]:
        """For the programming interface."""
        return asdict(self)


def check_application(application: JointApplication, *, anew: bool = False) -> Finding:
    """Check the packet that was sent to the court. Kept for a day under its hash; `anew` checks it again."""
    key = f"packet-check:{application.packet_sha256}"
    if not anew and (kept := cache.get(key)) is not None:
        return kept  # type: ignore[no-any-return]
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        try:
            digest = hashlib.sha256()
            for piece in read_packet(application):
                digest.update(piece)
                file.write(piece)
            file.flush()
        except (OSError, CannotUnseal, ValueError):
            return Finding(UNCLEAR, _now(), why="平台存放的证据包打不开，请联系调解组织")
        found = check_packet(Path(file.name))
    if digest.hexdigest() != application.packet_sha256:
        found.verdict, found.item, found.why = DIFFERS, "证据包", "与送交法院时登记的指纹对不上"
    cache.set(key, found, KEPT_S)
    return found


def check_packet(path: Path) -> Finding:
    """Check a packet file, changing nothing. Never raises for what lies in the file."""
    told = _verdict(path)
    found = Finding(told["verdict"], _now(), item=told.get("item", ""), why=told.get("why", ""))
    if found.is_clear:
        with path.open("rb") as file:
            _survey(file, found)
    return found


def _now() -> str:
    return timezone.localtime().isoformat(timespec="seconds")


def _verdict(path: Path) -> dict[str, Any]:
    """What the verifier says, run alone: no site packages, no environment, no code of ours around it."""
    command = [sys.executable, "-I", "-S", str(verifier.__file__), str(path), "--json"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=LONGEST_S)  # noqa: S603 - our own file
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"verdict": UNCLEAR, "why": "核验程序没有给出结果，请再试一次"}
    return told


def _survey(file: BinaryIO, found: Finding) -> None:
    """Fill in how far each single thing holds."""
    packet, found.archive_holds = _read(file)
    found.members = len(packet.hashes)
    found.fingerprint = packet.hashes.get("tagmanifest-sha256.txt", "")
    found.lists_hold = _passes(verifier.check_lists, packet)
    envelopes = _envelopes(packet)
    found.chain = str(envelopes[0]["chain"]) if envelopes else ""
    found.broken_at = _first_break(packet, len(envelopes))
    records = _records(packet, envelopes, found)
    found.links = [
        Link(
            number,
            str(told["typ"]),
            str(told["role"]),
            str(told["at"]),
            number in records,
            not found.broken_at or number < found.broken_at,
        )
        for number, told in enumerate(envelopes, 1)
    ]
    found.files = _files(packet, envelopes, records)
    found.signatures = _signatures(envelopes, records, found.files)
    _head(packet, found)


def _passes(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except (verifier.DoesNotHold, KeyError, ValueError, TypeError, AttributeError):
        return False
    return True


def _read(file: BinaryIO) -> tuple[verifier.Packet, bool]:
    """The members, and whether every byte of the archive is as it must be; where it is not, as many as can be read."""
    try:
        return verifier.read_archive(file), True
    except verifier.DoesNotHold:
        file.seek(0)
    packet = verifier.Packet()
    left = MOST_KEPT_BYTES
    while len(header := file.read(30)) == 30 and header[:4] == b"PK\x03\x04" and header[8:10] == b"\0\0":
        size, name_size, more = (
            int.from_bytes(header[a:b], "little") for a, b in ((18, 22), (26, 28), (28, 30))
        )
        name = file.read(name_size).decode("utf-8", "replace")
        file.read(more)
        digest, pieces, rest = hashlib.sha256(), [], size
        while rest and (piece := file.read(min(rest, verifier.PIECE))):
            digest.update(piece)
            rest -= len(piece)
            if not name.startswith("data/files/") and left > 0:
                pieces.append(piece)
                left -= len(piece)
        packet.hashes[name], packet.sizes[name] = digest.hexdigest(), size - rest
        packet.kept[name] = b"".join(pieces)
    return packet, False


def _envelopes(packet: verifier.Packet) -> list[dict[str, Any]]:
    """The entries as far as they can be read at all."""
    envelopes = []
    for line in packet.kept.get("data/chain.jsonl", b"").split(b"\n"):
        told = _json(line)
        if not set(told) >= verifier.ENVELOPE:
            break
        envelopes.append(told)
    return envelopes


def _json(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _first_break(packet: verifier.Packet, readable: int) -> int:
    try:
        verifier.check_chain(packet)
    except verifier.DoesNotHold as error:
        number = NUMBER.search(error.item)
        return int(number[1]) if number else readable + 1
    except KeyError:
        return 1
    return 0


def _records(
    packet: verifier.Packet, envelopes: list[dict[str, Any]], found: Finding
) -> dict[int, dict[str, Any]]:
    """The bodies that match what their envelopes committed to, by entry."""
    records = {}
    for name, data in packet.kept.items():
        number = verifier.BODY.fullmatch(name)
        if not number:
            continue
        found.bodies += 1
        seq = int(number[1])
        commitment = hashlib.sha256(b"mediation-evidence/1 body\n" + data).hexdigest()
        if not 1 <= seq <= len(envelopes) or commitment != envelopes[seq - 1]["c256"]:
            found.bad_bodies.append(seq)
            continue
        record = _json(data).get("record")
        records[seq] = record if isinstance(record, dict) else {}
    return records


def _files(
    packet: verifier.Packet, envelopes: list[dict[str, Any]], records: dict[int, dict[str, Any]]
) -> list[FileFound]:
    listed = _json(packet.kept.get("data/files.json", b"")).get("files")
    files = []
    for told in listed if isinstance(listed, list) else []:
        path, seq = (told.get("path"), told.get("seq")) if isinstance(told, dict) else (None, None)
        if not isinstance(path, str) or type(seq) is not int or not 1 <= seq <= len(envelopes):
            continue
        record, envelope = records.get(seq, {}), envelopes[seq - 1]
        then = (str(record.get("sha256", "")), _whole(record.get("size")))
        now = (packet.hashes.get(path, ""), packet.sizes.get(path, 0))
        holds = then == now and envelope["typ"] == TAKE_IN
        files.append(FileFound(path, seq, str(envelope["role"]), str(envelope["at"]), *then, *now, holds))
    return files


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def _signatures(
    envelopes: list[dict[str, Any]], records: dict[int, dict[str, Any]], files: list[FileFound]
) -> list[SignatureFound]:
    """The signatures under the agreement that last took effect."""
    effects = [
        records[n].get("number") for n, e in enumerate(envelopes, 1) if e["typ"] == EFFECT and n in records
    ]
    whole = {file.sha256 for file in files if file.holds}
    return [
        SignatureFound(
            str(envelope["role"]),
            str(records[number].get("name", "")),
            str(envelope["at"]),
            str(records[number].get("sha256", "")),
            records[number].get("sha256") in whole,
        )
        for number, envelope in enumerate(envelopes, 1)
        if envelope["typ"] == SIGN
        and number in records
        and effects
        and records[number].get("number") == effects[-1]
    ]


def _head(packet: verifier.Packet, found: Finding) -> None:
    head = _json(packet.kept.get("data/head.json", b""))
    found.head, found.made_at = str(head.get("head", "")), str(head.get("made_at", ""))
    try:
        envelopes, hashes = verifier.check_chain(packet)
        found.anchors = [
            {"seq": anchor["seq"], "at": anchor["at"], "authority": anchor["authority"]}
            for anchor in verifier.check_head(packet, envelopes, hashes)
        ]
    except (verifier.DoesNotHold, KeyError, ValueError, TypeError):
        return
    found.head_holds = True
