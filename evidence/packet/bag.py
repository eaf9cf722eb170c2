"""A BagIt bag in a ZIP with one spelling (RFC 8493; docs/evidence-format.md §8).

Every byte of the archive is fixed by the names and the contents: members stored without compression in the order of
their names, one date, one set of attributes. So a verifier can account for each of them.
"""

import hashlib
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased, PacketRefused
from evidence.models import Deposit
from evidence.tlog import sm3

AGENT = "mediation-packet/1"
LARGEST_BYTES = 2_000_000_000  # beyond these two a ZIP would need its 64-bit form
MOST_MEMBERS = 65_000
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PIECE = 1 << 20
DATE = (1980, 1, 1, 0, 0, 0)
ATTRIBUTES = 0o100644 << 16
UNIX = 3
LONGEST_PART = 200  # bytes
_PART = re.compile(r"[^\x00-\x1f\x7f\\/:*?\"<>|\ud800-\udfff]{1,120}")


@dataclass(frozen=True)
class Member:
    """One file of the archive: a small one as bytes, a deposit as the row to read from."""

    path: str
    content: bytes | Deposit

    @property
    def size(self) -> int:
        """Bytes."""
        return self.content.size if isinstance(self.content, Deposit) else len(self.content)

    @cached_property
    def sha256(self) -> str:
        """Hex."""
        deposit = self.content
        return deposit.sha256 if isinstance(deposit, Deposit) else hashlib.sha256(deposit).hexdigest()

    @cached_property
    def sm3(self) -> str:
        """Hex."""
        deposit = self.content
        return deposit.sm3 if isinstance(deposit, Deposit) else sm3.digest(deposit).hex()


def pack(target: BinaryIO | Path, *, case: str, payload: Sequence[Member], tags: Iterable[Member]) -> str:
    """Write the bag of one case to `target` and return its fingerprint, the SHA-256 of its tag manifest.

    `payload` are the members below data/, `tags` what else is for the reader. `target` is a path, which appears
    whole or not at all, or a seekable empty file. Raises PacketRefused in plain words for a bag that is too large,
    for two equal names, and for a deposit that is not what it was taken in as.
    """
    _refuse_clashes(payload)
    total = sum(member.size for member in payload)
    if total > LARGEST_BYTES or len(payload) > MOST_MEMBERS:
        raise PacketRefused(_("The packet would be larger than 2 GB. Please choose fewer files."))
    info = f"External-Identifier: {case}\nPayload-Oxum: {total}.{len(payload)}\nBag-Software-Agent: {AGENT}\n"
    listed = [
        *tags,
        Member("bagit.txt", BAGIT),
        Member("bag-info.txt", info.encode()),
        Member("manifest-sha256.txt", _manifest((m.sha256, m.path) for m in payload)),
        Member("manifest-sm3.txt", _manifest((m.sm3, m.path) for m in payload)),
    ]
    tagmanifest = Member("tagmanifest-sha256.txt", _manifest((m.sha256, m.path) for m in listed))
    _write(target, sorted([*payload, *listed, tagmanifest], key=lambda member: member.path.encode()))
    return tagmanifest.sha256


def safe_name(path: str) -> str:
    """The path in normal form C, if every system can unpack it.

    Otherwise a ValueError: the program chose the name, so it is the program's mistake.
    """
    path = unicodedata.normalize("NFC", path)
    for part in path.split("/"):
        if (
            not _PART.fullmatch(part)
            or part != part.strip(" ").rstrip(".")
            or len(part.encode()) > LONGEST_PART
        ):
            raise ValueError(f"{path!r} is no name for a file in a packet")
    return path


def _refuse_clashes(members: Iterable[Member]) -> None:
    seen: set[str] = set()
    for member in members:
        if (folded := member.path.casefold()) in seen:
            raise PacketRefused(_("Two files have the name “%(name)s”.") % {"name": member.path})
        seen.add(folded)


def _manifest(rows: Iterable[tuple[str, str]]) -> bytes:
    ordered = sorted(rows, key=lambda row: row[1].encode())
    written = (f"{digest}  {path.replace('%', '%25')}\n" for digest, path in ordered)
    return "".join(written).encode()


def _write(target: BinaryIO | Path, members: Sequence[Member]) -> None:
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


def _write_archive(file: Any, members: Sequence[Member]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.path, DATE)
            info.create_system, info.external_attr, info.file_size = UNIX, ATTRIBUTES, member.size
            with archive.open(info, "w") as into:
                if isinstance(member.content, bytes):
                    into.write(member.content)
                else:
                    _copy(member.content, into, member.path)


def _copy(deposit: Deposit, into: Any, path: str) -> None:
    sha256, by_sm3 = hashlib.sha256(), sm3.new()
    try:
        with open_deposit(deposit) as source:
            while piece := source.read(PIECE):
                sha256.update(piece)
                by_sm3.update(piece)
                into.write(piece)
    except (CannotUnseal, Erased, FileNotFoundError):
        sha256 = hashlib.sha256(b"unreadable")
    if (sha256.hexdigest(), by_sm3.hexdigest()) != (deposit.sha256, deposit.sm3):
        raise PacketRefused(
            _(
                "The stored file “%(name)s” does not match the hash it was taken in with. Please tell the operator."
            )
            % {"name": path}
        )
