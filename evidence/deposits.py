"""Take a file in (存证): hash it, look at what it is, note where it came from, seal it, and link it into its
chain.

The bytes are kept as they came; nothing is re-encoded.
"""

import hashlib
import io
import re
import tempfile
import unicodedata
import uuid
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evidence import ledger
from evidence.canonical import normalised
from evidence.errors import CannotUnseal, DepositRefused, Erased
from evidence.keys import chain_key
from evidence.models import Deposit
from evidence.origin.filekinds import Kind, also_inside, media_type_of, recognise
from evidence.origin.filesays import what_it_says
from evidence.origin.fingerprints import Fingerprint, fingerprint_of
from evidence.origin.provenance import NOT_SENT, SAME, Provenance
from evidence.safe.storage import storage_answers
from evidence.safe.vault import SealedReader, seal_stream

TAKE_IN = "deposit.take_in"
IN_MEMORY_BYTES = 4 * 1024 * 1024
READ_BYTES = 256 * 1024
LONGEST_NAME = 120
SOFTWARE = "mediation 0.1"


def take_in(
    *,
    chain: str,
    file: "BinaryIO | File[bytes]",
    name: str,
    captured: Provenance,
    media_type: str = "",
    role: str = "",
) -> Deposit:
    """Take one file in, inside the caller's transaction, and append `deposit.take_in` with its hash to the
    chain.

    `captured` tells what the caller knows of where it comes from; what the file says of itself and what was
    checked is added here. `media_type` is what the sender says of it; the bytes decide. At most
    settings.MAX_UPLOAD_BYTES bytes. Raises DepositRefused in plain words for what cannot be taken in, for a
    file other than the one whose hash was announced, and when the storage is full or does not answer; then
    nothing of it is left. Raises OutsideTransaction outside `atomic`.
    """
    ledger.require_transaction()
    said, name = name, _plain_name(name)
    with storage_answers(), tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as spool:
        plain = cast("BinaryIO", spool)
        fingerprint = _receive(file, plain)
        _compare(captured.before.sha256, fingerprint.sha256)
        kind = recognise(plain, name=name, hint=media_type)
        deposit = Deposit(
            id=uuid.uuid4(),
            chain=chain,
            name=name,
            media_type=media_type_of(kind, media_type),
            size=fingerprint.size,
            sha256=fingerprint.sha256,
            sm3=fingerprint.sm3,
            stored=_store(plain, chain),
            captured=normalised(_looked_at(plain, kind, captured, name=said).as_record()),
        )
    entry = ledger.append(chain=chain, event=TAKE_IN, record=_as_record(deposit), role=role)
    deposit.seq, deposit.at = entry.seq, entry.at
    deposit.save()
    return deposit


def open_deposit(deposit: Deposit) -> BinaryIO:
    """The original bytes, readable and seekable; close it after use.

    Raises Erased for an erased deposit, FileNotFoundError when the stored file is gone, and CannotUnseal,
    here or while reading, when its bytes do not hold.
    """
    if deposit.is_erased:
        raise Erased(f"deposit {deposit.pk} was erased")
    stored = default_storage.open(deposit.stored)
    return cast(
        "BinaryIO",
        io.BufferedReader(SealedReader(cast("BinaryIO", stored), key=chain_key(deposit.chain)), READ_BYTES),
    )


def check_sent_hash(stream: BinaryIO, announced: str) -> None:
    """Raise DepositRefused unless this (seekable) is the file whose SHA-256 was announced, if one was."""
    if announced:
        digest = hashlib.sha256()
        stream.seek(0)
        while piece := stream.read(READ_BYTES):
            digest.update(piece)
        _compare(announced, digest.hexdigest())


def _compare(announced: str, sha256: str) -> None:
    if announced not in {"", sha256}:
        raise DepositRefused(
            _("What arrived is not the file that was sent from your device. Please choose the file again.")
        )


def matches(deposit: Deposit) -> bool:
    """Whether the stored file still gives both hashes and the size that the deposit was taken in with."""
    try:
        with open_deposit(deposit) as stream:
            found = fingerprint_of(stream)
    except (CannotUnseal, FileNotFoundError):
        return False
    return (found.sha256, found.sm3, found.size) == (deposit.sha256, deposit.sm3, deposit.size)


def _looked_at(plain: BinaryIO, kind: Kind, captured: Provenance, *, name: str) -> Provenance:
    """What the caller knows, what the file says of itself, and what was checked now."""
    checked = replace(
        captured.checked,
        kind=kind.name,
        sent_hash=SAME if captured.before.sha256 else NOT_SENT,
        also=tuple(also_inside(plain, kind)),
        software=SOFTWARE,
    )
    at = timezone.localtime().isoformat(timespec="seconds")
    return captured.finished(name=name, at=at, says=what_it_says(plain, kind), checked=checked)


def _receive(file: "BinaryIO | File[bytes]", spool: BinaryIO) -> Fingerprint:
    """Copy the upload, counting and hashing on the way."""
    found = Fingerprint()
    if file.seekable():
        file.seek(0)
    while piece := file.read(READ_BYTES):
        found.update(piece)
        if found.size > settings.MAX_UPLOAD_BYTES:
            raise DepositRefused(
                _("The file is larger than %(limit)d MB. Please send it in parts, or a shorter recording.")
                % {"limit": settings.MAX_UPLOAD_BYTES // 1024**2}
            )
        spool.write(piece)
    if found.size == 0:
        raise DepositRefused(_("The file is empty. Please choose it again."))
    return found


def _store(plain: BinaryIO, chain: str) -> str:
    """Seal the file into the storage, under the hash of its sealed bytes; return its path there."""
    plain.seek(0)
    with tempfile.TemporaryFile() as sealed:
        digest = seal_stream(plain, sealed, key=chain_key(chain))
        sealed.seek(0)
        return default_storage.save(f"{digest[:2]}/{digest[2:4]}/{digest}", File(sealed))


def _as_record(deposit: Deposit) -> dict[str, Any]:
    return {
        "deposit": str(deposit.pk),
        "name": deposit.name,
        "media_type": deposit.media_type,
        "size": deposit.size,
        "sha256": deposit.sha256,
        "sm3": deposit.sm3,
        "captured": deposit.captured,
    }


def _plain_name(name: str) -> str:
    """The last part of the name, without folders, control characters and marks that turn the writing
    around.
    """
    name = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    name = re.sub(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]", "", name)
    name = name.strip(" .")  # some systems leave such ends away, and then it ends in something else
    ending = PurePosixPath(name).suffix[:12]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending
