"""The court packet 证据包: what the court needs about one case, and nothing that was said in confidence."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import override

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services.reckoning import clocks_as_json
from evidence import ledger
from evidence import packet as packets
from evidence.keys import chain_key
from evidence.models import Entry
from evidence.packet import PacketSummary, Plan, record_export
from evidence.safe.vault import SealedReader
from mediation.adapters import adapter
from mediation.agreements.models import Agreement
from mediation.court.models import JointApplication
from mediation.court.sheet import record_sheet
from mediation.documents.characters import covered
from mediation.documents.render import render
from mediation.documents.seal import DocumentSeal
from mediation.hearings.showing import OF_A_HEARING, OF_A_SOUND, Shown, shown_to_court

# Concessions may not be used against anybody (在线调解规则 Art 18, 特邀调解规定 Art 22): what was proposed, answered,
# suggested or said in the talks stays closed. A court reads the agreement, what both sides confirmed as undisputed, and
# a transcript only where both agree to show it (hearings.showing).
OPEN_EVENTS = {
    "case.file",
    "case.accept",
    "case.assign",
    "case.take_on",
    "case.take_effect",
    "mediator.accept",
    "hearing.call",
    "hearing.join",
    "hearing.check_identity",
    "hearing.agree_recording",
    "hearing.refuse_recording",
    "facts.confirm",
    "facts.issue",
    "agreement.draft",
    "agreement.sign",
    "court.consent",
    "party.complete",
}
OPEN_EXHIBITS = {
    Exhibit.Kind.CONTRACT,
    Exhibit.Kind.SCHEDULE,
    Exhibit.Kind.STATEMENT,
    Exhibit.Kind.IDENTITY,
}
OF_AN_AGREEMENT = {"agreement.draft", "agreement.sign"}
SHEET, CLOCKS = "record-sheet.pdf", "clocks.json"
# The limits of the office and the court. Others may tell what was said: a debt acknowledged, a complaint.
OPEN_CLOCKS = {
    "assignment",
    "choice",
    "appointment",
    "acceptance",
    "contact",
    "supplement",
    "mediation",
    "confirmation_window",
    "court_acceptance",
    "court_decision",
    "objection",
}
REASON = "存证记录单"
LONGEST_NAME = 180  # bytes, without the ending


def exhibits_for_court(case: Case, shown: Shown | None = None) -> list[Exhibit]:
    """The papers of the case that a court may see: contract papers, the agreement, the joint application.

    Statements from the talks, chats, recordings, private papers and withdrawn ones stay out; a transcript, unless both
    sides agree to show it (`shown`, where the caller has looked already).
    """
    open_papers = {
        pk for agreement in _in_force(case) for pk in (agreement.draft_id, agreement.final_id) if pk
    }
    open_papers |= set(case.applications.exclude(paper=None).values_list("paper_id", flat=True))
    open_papers |= set(case.fact_sheets.exclude(paper=None).values_list("paper_id", flat=True))
    open_papers |= (shown or shown_to_court(case)).papers
    seen = case.exhibits.filter(withdrawn_at__isnull=True, is_private=False).select_related("deposit")
    return [exhibit for exhibit in seen if exhibit.kind in OPEN_EXHIBITS or exhibit.pk in open_papers]


def _in_force(case: Case) -> QuerySet[Agreement]:
    return case.agreements.filter(effective_at__isnull=False, set_aside_at__isnull=True)


def make_packet(case: Case, target: BinaryIO | Path, *, within_s: float | None = None) -> PacketSummary:
    """Write the packet of a case to a path or an empty seekable file, and remember it in the chain.

    Waits for the log, at most `within_s` seconds (None: settings.EVIDENCE_WAIT_S); call it outside a transaction.
    Raises TryLater while an act of the case is not covered yet, or while no time stamp can be had for the seal; then
    there is no packet. Raises Refusal where the case has nothing yet that a court may see.
    """
    summary = write_packet(case, target, within_s=within_s)
    with transaction.atomic():
        record_export(summary, role=Role.SYSTEM)
    return summary


def write_packet(case: Case, target: BinaryIO | Path, *, within_s: float | None = None) -> PacketSummary:
    """As `make_packet`, for a caller who appends `packet.export` in a transaction of its own."""
    shown = shown_to_court(case)
    exhibits = exhibits_for_court(case, shown)
    open_entries = {exhibit.deposit.seq for exhibit in exhibits}
    open_entries |= {
        exhibit.told_seq for exhibit in exhibits if exhibit.told_seq
    }  # where it comes from, as said later

    in_force = set(_in_force(case).values_list("number", flat=True))
    open_entries |= shown.entries

    def may_be_read(entry: Entry) -> bool:
        if entry.event in OF_AN_AGREEMENT and (ledger.read(entry) or {}).get("number") not in in_force:
            return False  # a text that was given up is part of the talks
        if entry.event in OF_A_HEARING | OF_A_SOUND:
            return bool(shown.numbers) and shown.covers(entry.event, ledger.read(entry) or {})
        return entry.event in OPEN_EVENTS or entry.seq in open_entries

    def sheet(plan: Plan, files: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
        seal: DocumentSeal = adapter("document_seal")
        pairs = list(zip(exhibits, files, strict=True))
        paper = render("record_sheet", record_sheet(case, plan, pairs, seal))
        return {SHEET: seal.seal(paper, reason=REASON), CLOCKS: clocks_for_court(case)}

    return packets.write_packet(
        chain=case.chain,
        target=target,
        include_body=may_be_read,
        deposits=[(exhibit.deposit, name_in_packet(exhibit)) for exhibit in exhibits],
        extra=sheet,
        within_s=within_s,
    )


def clocks_for_court(case: Case) -> bytes:
    """Which limits ran and how each day was counted, as JSON: kinds, articles and days, nothing that people wrote."""
    with override("zh-hans"):
        clocks = [one for one in clocks_as_json(case, reasons=False) if one["limit"] in OPEN_CLOCKS]
    return json.dumps({"clocks": clocks}, ensure_ascii=False, indent=1, default=str).encode()


def name_in_packet(exhibit: Exhibit) -> str:
    """A file name that every system can unpack and our fonts can print: number, title, and the name it came with."""
    came = Path(exhibit.deposit.name or "")
    ending = "".join(letter for letter in came.suffix[:8] if letter.isascii() and letter.isalnum())
    title, stem = _plain(str(exhibit.title))[:40], _plain(came.stem)[:60]
    name = f"{exhibit.number:02d}-{title or 'file'}"
    if stem and stem not in title:
        name = f"{name}-{stem}"
    while len(name.encode()) > LONGEST_NAME:
        name = name[:-1]
    return f"{name.rstrip(' .')}.{ending or 'bin'}"


def _plain(words: str) -> str:
    letters = [letter for letter in words if letter.isalnum() or letter in "-_（）()"]
    return "".join(letter for letter in letters if letter in covered())


def read_packet(application: JointApplication) -> Iterator[bytes]:
    """The bytes of the packet that was sent to the court, piece by piece."""
    with default_storage.open(application.packet_stored) as stored:
        reader = SealedReader(cast("BinaryIO", stored), key=chain_key(application.case.chain))
        while piece := reader.read(1 << 18):
            yield piece
