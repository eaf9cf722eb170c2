"""Making the packet of an application, and nothing by halves: it is made, checked and sealed, or it is still owed."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from cases.models import Case
from cases.roles import Role
from cases.services.steps import lock_case, remember
from evidence.errors import NeverWill, TryLater
from evidence.keys import chain_key
from evidence.log.coverage import wait_until_covered
from evidence.models import Entry
from evidence.packet import PacketSummary, record_export
from evidence.safe.vault import seal_stream
from mediation.court.checking import check_packet
from mediation.court.models import JointApplication
from mediation.court.packet import write_packet

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A packet that lies sealed in the storage; `sha256` and `size` (bytes) are those of the plain archive."""

    summary: PacketSummary
    stored: str
    sha256: str
    size: int


def prepare(application: JointApplication) -> None:
    """See that the application has its packet, and that the log covers the entry that tells of it.

    Call it outside a transaction, as often as it takes. Raises TryLater while something is not covered yet (正在固化)
    or a service does not answer, and NeverWill for a packet that does not hold; the application stays owed.
    """
    if not application.packet_stored:
        _hand_in(application.pk, keep(application.case))
    last = Entry.objects.of(application.case.chain).filter(event="court.send").order_by("-seq").first()
    if last is None or not wait_until_covered(last):
        raise TryLater("the entry of the packet is not covered yet")


def keep(case: Case) -> Kept:
    """Make the packet of a case, check it as a court would, and seal it into the storage. Nothing is remembered yet."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as plain, tempfile.TemporaryFile() as sealed:
        summary = write_packet(case, cast("BinaryIO", plain.file))
        plain.flush()
        found = check_packet(Path(plain.name))
        if not found.holds:
            raise NeverWill(f"the packet of {case.docket} does not hold: {found.item} {found.why}")
        plain.seek(0)
        digest, size = hashlib.sha256(), 0
        while piece := plain.read(PIECE):
            digest.update(piece)
            size += len(piece)
        plain.seek(0)
        seal_stream(cast("BinaryIO", plain.file), sealed, key=chain_key(case.chain))
        sealed.seek(0)
        name = digest.hexdigest()
        stored = default_storage.save(f"packets/{name[:2]}/{name}", File(sealed))
    return Kept(summary, stored, name, size)


@transaction.atomic
def _hand_in(application_id: int, kept: Kept) -> None:
    """Give the packet to the application and remember it in the chain; a second one that was made meanwhile goes."""
    application = JointApplication.objects.select_related("case").get(pk=application_id)
    case = lock_case(application.case_id)
    application.refresh_from_db()
    if application.packet_stored:
        default_storage.delete(kept.stored)
        return
    application.packet_stored = kept.stored
    application.packet_sha256, application.packet_bytes = kept.sha256, kept.size
    application.packet_fingerprint = kept.summary.fingerprint
    application.save(update_fields=["packet_stored", "packet_sha256", "packet_bytes", "packet_fingerprint"])
    record_export(kept.summary, role=Role.SYSTEM)
    remember(case, "court.send", by=None, role=Role.SYSTEM, sha256=kept.sha256, **kept.summary.as_record())
