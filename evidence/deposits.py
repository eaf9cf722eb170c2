"""Take a file in (存证): hash it, look at what it is, note where it came from, seal it, and link it into its
chain.

The bytes are kept as they came; nothing is re-encoded.
"""

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from evidence import ledger
from evidence.canonical import normalised
from evidence.errors import CannotUnseal, DepositRefused, Erased
from evidence.filekinds import media_type_of, recognise
from evidence.keys import chain_key
from evidence.models import Deposit
from evidence.vault import SealedReader, seal_stream

TAKE_IN = "deposit.take_in"
IN_MEMORY_BYTES = 4 * 1024 * 1024
READ_BYTES = 256 * 1024
LONGEST_NAME = 120


def take_in(
    *,
    chain: str,
    file: "BinaryIO | File[bytes]",
    name: str,
    captured: Mapping[str, Any],
    media_type: str = "",
    role: str = "",
) -> Deposit:
    """Take one file in, inside the caller's transaction, and append `deposit.take_in` with its hash to the
    chain.

    `captured` tells how, where, by whom, with what and when the file came about. `media_type` is what the
    sender says of it; the bytes decide. At most settings.MAX_UPLOAD_BYTES bytes. Raises DepositRefused in
    plain words for what cannot be taken in, and OutsideTransaction outside `atomic`.
    """
    ledger.require_transaction()
    name = _plain_name(name)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as spool:
        plain = cast("BinaryIO", spool)
        size, sha256 = _receive(file, plain)
        kind = recognise(plain, name=name, hint=media_type)
        deposit = Deposit(
            id=uuid.uuid4(),
            chain=chain,
            name=name,
            media_type=media_type_of(kind, media_type),
            size=size,
            sha256=sha256,
            stored=_store(plain, chain),
            captured=normalised(captured),
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


def matches(deposit: Deposit) -> bool:
    """Whether the stored file still gives the hash and the size that the deposit was taken in with."""
    digest, size = hashlib.sha256(), 0
    try:
        with open_deposit(deposit) as stream:
            while piece := stream.read(READ_BYTES):
                digest.update(piece)
                size += len(piece)
    except (CannotUnseal, FileNotFoundError):
        return False
    return (digest.hexdigest(), size) == (deposit.sha256, deposit.size)


def _receive(file: "BinaryIO | File[bytes]", spool: BinaryIO) -> tuple[int, str]:
    """Copy the upload, counting and hashing on the way."""
    digest, size = hashlib.sha256(), 0
    if file.seekable():
        file.seek(0)
    while piece := file.read(READ_BYTES):
        size += len(piece)
        if size > settings.MAX_UPLOAD_BYTES:
            raise DepositRefused(
                _("The file is larger than %(limit)d MB. Please send it in parts, or a shorter recording.")
                % {"limit": settings.MAX_UPLOAD_BYTES // 1024**2}
            )
        digest.update(piece)
        spool.write(piece)
    if size == 0:
        raise DepositRefused(_("The file is empty. Please choose it again."))
    return size, digest.hexdigest()


def _store(plain: BinaryIO, chain: str) -> str:
    """Seal the file into the storage, under the hash of its sealed bytes; return its path there."""
    plain.seek(0)
    with tempfile.TemporaryFile() as sealed:
        digest = seal_stream(plain, sealed, key=chain_key(chain))
        sealed.seek(0)
        path = default_storage.save(f"{digest[:2]}/{digest[2:4]}/{digest}", File(sealed))
    _settle(path)
    return path


def _settle(path: str) -> None:
    """Wait until the file is on the disk, where the storage is a disk: the entry must not outlive its
    file.
    """
    try:
        handle = os.open(default_storage.path(path), os.O_RDONLY)
    except NotImplementedError:
        return  # a remote storage answers for itself
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _as_record(deposit: Deposit) -> dict[str, Any]:
    return {
        "deposit": str(deposit.pk),
        "name": deposit.name,
        "media_type": deposit.media_type,
        "size": deposit.size,
        "sha256": deposit.sha256,
        "captured": deposit.captured,
    }


def _plain_name(name: str) -> str:
    """The last part of the name, without folders, control characters and marks that turn the writing
    around.
    """
    name = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    name = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", name).strip()
    ending = PurePosixPath(name).suffix[:12]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending
