"""Everything a court needs about one chain, as one archive (证据包; docs/evidence-format.md §8)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from evidence import ledger
from evidence.canonical import canonical
from evidence.envelopes import PACKET_EXPORT
from evidence.errors import PacketRefused
from evidence.models import Deposit, Entry
from evidence.packet.bag import AGENT, Member, pack, safe_name
from evidence.packet.environment import environment
from evidence.packet.plan import Chosen, Plan, settle
from evidence.packet.proofs import proof_members
from evidence.packet.provenance import as_case_uco

README = "说明.txt"
VERIFY = Path(__file__).resolve().parents[1] / "verify"
FOR_THE_READER = {"verify.py": "verify.py", "verify.html": "verify.html", README: "packet_readme.txt"}
Deposits = Iterable[tuple[Deposit, str]]
Extra = Callable[[Plan, Sequence[Mapping[str, Any]]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class PacketSummary:
    """What went into a packet. `fingerprint` is the hash of its tag manifest, and through it of every byte."""

    chain: str
    case: str
    count: int  # entries
    head: str
    size: int  # of the log, in the checkpoint
    withheld: tuple[int, ...]  # entries whose body is not in the packet
    files: int
    fingerprint: str

    def as_record(self) -> dict[str, Any]:
        """The summary as a record for a chain or a letter to the court."""
        return {
            "count": self.count,
            "head": self.head,
            "size": self.size,
            "files": self.files,
            "fingerprint": self.fingerprint,
        }


def build_packet(
    *,
    chain: str,
    target: BinaryIO | Path,
    include_body: Chosen,
    deposits: Deposits = (),
    extra: Extra | None = None,
    role: str = "",
    within_s: float | None = None,
) -> PacketSummary:
    """Write the packet of one chain to `target` and append `packet.export` with its fingerprint to the chain.

    Every envelope goes in, so the chain is whole; a body goes in only where `include_body(entry)` is true (what was
    said in confidence stays out). `deposits` are (deposit, file name below data/files/); the bodies of their entries
    must go in too. `extra` gives finished files by their path below data/, once the plan and the list of files
    stand. `target` is a path, or a seekable empty file. Waits for the log, at most `within_s` seconds; call it
    outside a transaction.

    Raises NotCovered (a TryLater) while an entry is not covered by an accepted checkpoint, and PacketRefused in plain
    words; then nothing is appended.
    """
    summary = write_packet(
        chain=chain,
        target=target,
        include_body=include_body,
        deposits=deposits,
        extra=extra,
        within_s=within_s,
    )
    with transaction.atomic():
        record_export(summary, role=role)
    return summary


def write_packet(
    *,
    chain: str,
    target: BinaryIO | Path,
    include_body: Chosen,
    deposits: Deposits = (),
    extra: Extra | None = None,
    within_s: float | None = None,
) -> PacketSummary:
    """As `build_packet`, for a caller who appends `packet.export` in a transaction of its own (`record_export`)."""
    plan = settle(chain, may_be_read=include_body, within_s=within_s)
    bodies = plan.bodies
    files = [Member(f"data/files/{safe_name(name)}", deposit) for deposit, name in deposits]
    for member in files:
        _check_deposit(member, chain, bodies)
    told = [_told(member) for member in files]
    at = {planned.entry.seq: planned.envelope.at for planned in plan.entries}
    payload = [
        Member("data/packet.json", canonical(_packet(plan))),
        Member("data/chain.jsonl", b"".join(p.entry.envelope.encode() + b"\n" for p in plan.entries)),
        Member("data/files.json", canonical({"files": told})),
        Member("data/environment.json", canonical(environment())),
        Member("data/prov/case-uco.jsonld", canonical(as_case_uco(plan.case, told, at))),
        *(Member(f"data/bodies/{seq:06d}.json", body) for seq, body in bodies.items()),
        *files,
        *proof_members(plan),
    ]
    if extra:
        payload += [Member(f"data/{safe_name(path)}", content) for path, content in extra(plan, told).items()]
    tags = [Member("policy.txt", plan.policy)]
    tags += [Member(name, (VERIFY / source).read_bytes()) for name, source in FOR_THE_READER.items()]
    return PacketSummary(
        chain=chain,
        case=plan.case,
        count=len(plan.entries),
        head=plan.head,
        size=plan.checkpoint.size,
        withheld=plan.withheld,
        files=len(files),
        fingerprint=pack(target, case=plan.case, payload=payload, tags=tags),
    )


def record_export(summary: PacketSummary, *, role: str = "") -> Entry:
    """Append to the chain that this packet was handed out, inside the caller's transaction: so packing anew shows."""
    record = {**summary.as_record(), "withheld": list(summary.withheld)}
    return ledger.append(chain=summary.chain, event=PACKET_EXPORT, record=record, role=role)


def _packet(plan: Plan) -> dict[str, Any]:
    return {
        "v": AGENT,
        "case": plan.case,
        "log": plan.log,
        "checkpoint": {"root": plan.checkpoint.root, "size": plan.checkpoint.size},
        "count": len(plan.entries),
        "head": plan.head,
        "indices": plan.indices,
        "made_at": ledger.rfc3339(plan.made_at),
    }


def _check_deposit(member: Member, chain: str, bodies: Mapping[int, bytes]) -> None:
    deposit, name = member.content, {"name": member.path}
    if not isinstance(deposit, Deposit) or deposit.chain != chain:
        raise PacketRefused(_("The file “%(name)s” belongs to another record.") % name)
    if deposit.is_erased:
        raise PacketRefused(_("The file “%(name)s” has been erased. Please leave it out.") % name)
    if deposit.seq not in bodies:
        raise PacketRefused(_("The file “%(name)s” can go in only together with its own entry.") % name)


def _told(member: Member) -> dict[str, Any]:
    """A row of data/files.json."""
    deposit = member.content
    return {
        "path": member.path,
        "seq": deposit.seq,  # type: ignore[union-attr]  # files are deposits
        "sha256": member.sha256,
        "sm3": member.sm3,
        "size": member.size,
        "media_type": deposit.media_type,  # type: ignore[union-attr]
    }
