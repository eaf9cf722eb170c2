"""Everything a court needs about one chain, as one archive (证据包): a BagIt bag in a ZIP that has only one
spelling.

Every byte of the archive is fixed by the names and the contents: members stored without compression in the
order of their names, one date, one set of attributes. So the verifier can write it again and compare.
"""

import base64
import hashlib
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evidence import ledger
from evidence.canonical import canonical
from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased, PacketRefused
from evidence.models import Anchor, Deposit, Entry

EXPORT = "packet.export"
VERSION = "mediation-packet/1"
LARGEST_BYTES = 2_000_000_000  # beyond these two a ZIP would need its 64-bit form
MOST_MEMBERS = 65_000
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
README = "说明.txt"
_HERE = Path(__file__).parent
_PART = re.compile(r"[^\x00-\x1f\x7f\\/:*?\"<>|\ud800-\udfff]{1,120}")


@dataclass(frozen=True, slots=True)
class PacketSummary:
    """What went into a packet. `fingerprint` is the hash of its tag manifest, and through it of every
    byte.
    """

    chain: str
    count: int  # entries in the chain
    head: str
    withheld: tuple[int, ...]  # entries whose body is not in the packet
    files: int
    fingerprint: str
    export: Entry  # the packet.export entry, appended after the packet was closed

    def as_record(self) -> dict[str, Any]:
        """The summary as a record for another chain or a letter to the court."""
        return {"count": self.count, "head": self.head, "files": self.files, "fingerprint": self.fingerprint}


@dataclass(frozen=True, slots=True)
class _Member:
    """One file of the archive: small ones as bytes, deposits as the row to read from."""

    path: str
    size: int
    content: bytes | Deposit

    @property
    def sha256(self) -> str:
        if isinstance(self.content, Deposit):
            return self.content.sha256
        return hashlib.sha256(self.content).hexdigest()


@transaction.atomic
def build_packet(
    *,
    chain: str,
    target: BinaryIO | Path,
    include_body: Callable[[Entry], bool],
    deposits: Iterable[tuple[Deposit, str]] = (),
    extra: Mapping[str, bytes] | None = None,
    role: str = "",
) -> PacketSummary:
    """Write the packet of one chain to `target` and append `packet.export` with its fingerprint to the
    chain.

    Every envelope goes in, so the chain is whole; a record goes in only where `include_body(entry)` is
    true (what was said in confidence stays out). `deposits` are (deposit, file name below data/files/);
    the bodies of their entries must go in too. `extra` are finished files by their path below data/.
    `target` is a path, or a seekable empty file. The chain is locked meanwhile. Raises PacketRefused in
    plain words; then nothing is appended.
    """
    ledger.lock_head(chain)
    entries = list(Entry.objects.of(chain).order_by("seq"))
    if not entries:
        raise PacketRefused(_("There is nothing in this record yet, so there is no packet to make."))
    bodies = {e.seq: body for e in entries if include_body(e) and (body := ledger.read_body(e)) is not None}
    files = [(deposit, f"data/files/{_safe(name)}") for deposit, name in deposits]
    for deposit, path in files:
        _check_deposit(deposit, path, chain, bodies)
    payload = [
        _bytes("data/chain.jsonl", b"".join(e.envelope.encode() + b"\n" for e in entries)),
        _bytes("data/head.json", canonical(_head(chain, entries))),
        _bytes("data/files.json", canonical({"files": [_told(d, path) for d, path in files]})),
        *(_bytes(f"data/bodies/{seq:06d}.json", body) for seq, body in bodies.items()),
        *(_Member(path, deposit.size, deposit) for deposit, path in files),
        *(_bytes(f"data/{_safe(path)}", content) for path, content in (extra or {}).items()),
    ]
    members, fingerprint = _with_tags(payload, chain)
    _write(target, members)
    withheld = tuple(entry.seq for entry in entries if entry.seq not in bodies)
    record = {
        "count": len(entries),
        "head": entries[-1].hash,
        "files": len(files),
        "fingerprint": fingerprint,
    }
    export = ledger.append(
        chain=chain, event=EXPORT, record={**record, "withheld": list(withheld)}, role=role
    )
    return PacketSummary(chain, len(entries), entries[-1].hash, withheld, len(files), fingerprint, export)


def _check_deposit(deposit: Deposit, path: str, chain: str, bodies: Mapping[int, bytes]) -> None:
    if deposit.chain != chain:
        raise PacketRefused(_("The file “%(name)s” belongs to another record.") % {"name": path})
    if deposit.is_erased:
        raise PacketRefused(_("The file “%(name)s” has been erased. Please leave it out.") % {"name": path})
    if deposit.seq not in bodies:
        raise PacketRefused(
            _("The file “%(name)s” can go in only together with its own entry.") % {"name": path}
        )


def _head(chain: str, entries: list[Entry]) -> dict[str, Any]:
    anchors = [
        {
            "seq": anchor.seq,
            "head": anchor.head,
            "at": ledger.rfc3339(anchor.at),
            "authority": anchor.authority,
            "token": base64.b64encode(bytes(anchor.token)).decode(),
        }
        for anchor in Anchor.objects.of(chain)
    ]
    return {
        "v": VERSION,
        "chain": chain,
        "count": len(entries),
        "head": entries[-1].hash,
        "made_at": ledger.rfc3339(timezone.now()),
        "anchors": anchors,
    }


def _told(deposit: Deposit, path: str) -> dict[str, Any]:
    return {
        "path": path,
        "seq": deposit.seq,
        "sha256": deposit.sha256,
        "size": deposit.size,
        "media_type": deposit.media_type,
    }


def _with_tags(payload: list[_Member], chain: str) -> tuple[list[_Member], str]:
    """The payload with the tag files of the bag, in the order of their names; and the fingerprint."""
    _refuse_clashes(payload)
    total = sum(member.size for member in payload)
    if total > LARGEST_BYTES or len(payload) > MOST_MEMBERS:
        raise PacketRefused(_("The packet would be larger than 2 GB. Please choose fewer files."))
    info = (
        f"External-Identifier: {chain}\nPayload-Oxum: {total}.{len(payload)}\nBag-Software-Agent: {VERSION}\n"
    )
    tags = [
        _bytes("bagit.txt", BAGIT),
        _bytes("bag-info.txt", info.encode()),
        _bytes("manifest-sha256.txt", _manifest(payload)),
        _bytes("verify.py", (_HERE / "verifier.py").read_bytes()),
        _bytes(README, (_HERE / "packet_readme.txt").read_bytes()),
    ]
    tagmanifest = _bytes("tagmanifest-sha256.txt", _manifest(tags))
    return sorted([*payload, *tags, tagmanifest], key=_by_bytes), tagmanifest.sha256


def _refuse_clashes(members: list[_Member]) -> None:
    seen: set[str] = set()
    for member in members:
        if (folded := member.path.casefold()) in seen:
            raise PacketRefused(_("Two files have the name “%(name)s”.") % {"name": member.path})
        seen.add(folded)


def _manifest(members: list[_Member]) -> bytes:
    return "".join(f"{m.sha256}  {m.path}\n" for m in sorted(members, key=_by_bytes)).encode()


def _by_bytes(member: _Member) -> bytes:
    return member.path.encode()


def _bytes(path: str, content: bytes) -> _Member:
    return _Member(path, len(content), content)


def _safe(path: str) -> str:
    """The path, if every system can unpack it; otherwise a ValueError, since the program chose the name."""
    parts = unicodedata.normalize("NFC", path).split("/")
    for part in parts:
        if not _PART.fullmatch(part) or part != part.strip(" .") or len(part.encode()) > 200:
            raise ValueError(f"{path!r} is no name for a file in a packet")
    return "/".join(parts)


def _write(target: BinaryIO | Path, members: list[_Member]) -> None:
    if not isinstance(target, Path):
        _write_archive(target, members)
        return
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        half = Path(file.name)
        try:
            _write_archive(file.file, members)
        except BaseException:
            half.unlink()
            raise
    half.replace(target)


def _write_archive(file: Any, members: list[_Member]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.path, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.file_size = 3, 0o100644 << 16, member.size
            with archive.open(info, "w") as into:
                if isinstance(member.content, bytes):
                    into.write(member.content)
                else:
                    _copy(member.content, into, member.path)


def _copy(deposit: Deposit, into: Any, path: str) -> None:
    digest = hashlib.sha256()
    try:
        with open_deposit(deposit) as source:
            while piece := source.read(1024 * 1024):
                digest.update(piece)
                into.write(piece)
    except (CannotUnseal, Erased, FileNotFoundError):
        digest = hashlib.sha256(b"unreadable")
    if digest.hexdigest() != deposit.sha256:
        raise PacketRefused(
            _(
                "The stored file “%(name)s” does not match the hash it was taken in with. Please tell the operator."
            )
            % {"name": path}
        )
