"""What each defence sees of a log, or of a packet, after an attack: one function for each column of the table."""

from collections.abc import Callable, Mapping

from evidence import ledger
from evidence.canonical import commit, commit_sm3, link_hash
from evidence.envelopes import read_envelope
from evidence.log import reading
from evidence.log.audit import findings, known_chains
from evidence.log.policy import current_policy, policy_bytes
from evidence.log.receipts import still_holds
from evidence.log.rereading import reread_log
from evidence.models import CheckpointRow, Entry
from evidence.tlog.merkle import SHA256, root_of_data
from evidence.tlog.notes import SignedNote
from evidence.tlog.policies import PolicyRefused
from evidence.tlog.proofs import Receipt
from evidence.verify.verify import verify
from tests.evidence.attacks.stage import (
    CASES,
    NOBODY,
    ONE,
    TWO_OF_THREE,
    Stage,
    a_round,
    packet_of,
    set_policy,
)

Defence = Callable[[Stage], bool]  # whether it sees that something is wrong


def row_hash(stage: Stage) -> bool:
    """Every row carries its own hash, and its body fits what it commits to."""
    if stage.handed_over:
        return differs(stage, "bodies")
    for entry in Entry.objects.all():
        data, body = entry.envelope.encode(), ledger.read_body(entry) or b""
        told = read_envelope(data)
        if (link_hash(data), commit(body), commit_sm3(body)) != (entry.hash, told.c256, told.csm3):
            return True
    return False


def hash_chain(stage: Stage) -> bool:
    """And each names the hash of the one before: `verify_chain`."""
    if stage.handed_over:
        return row_hash(stage) or differs(stage, "chain")
    return row_hash(stage) or any(ledger.first_break(chain) for chain in known_chains())


def newest_checkpoint(stage: Stage) -> bool:
    """And the newest checkpoint bears the log's signature over the root of all leaves before it."""
    set_policy(stage.outside, NOBODY)
    if stage.handed_over:
        return hash_chain(stage) or differs(stage, "checkpoint", "inclusion")
    row = CheckpointRow.objects.latest("size")
    try:
        accepted = current_policy().accept(SignedNote.parse(row.cosigned), row.note.partition("\n")[0])
    except PolicyRefused:
        return True
    root = root_of_data(SHA256, reading.leaves(0, row.size))
    return accepted.checkpoint.root != root or hash_chain(stage)


def all_checkpoints(stage: Stage) -> bool:
    """And every checkpoint, with both trees and all closing records, is computed anew."""
    if stage.handed_over:
        return newest_checkpoint(stage)
    return newest_checkpoint(stage) or any(reread_log())


def one_witness(stage: Stage) -> bool:
    """And one witness outside must have cosigned, and must go on cosigning."""
    set_policy(stage.outside, ONE)
    if stage.handed_over:
        return differs(stage, "checkpoint", "inclusion", "chain", "bodies")
    return any(reread_log()) or all_checkpoints(stage) or not goes_on(stage, ONE)


def all_of_ours(stage: Stage) -> bool:
    """All that there is, with two witnesses of three."""
    return bool(seen_by(stage))


def seen_by(stage: Stage) -> set[str]:
    """Who of ours sees something: `fsck` (which also hashes every file again), the `witnesses`, the `receipts` in the
    parties' hands, or a check of the `packet` by its name in the format.
    """
    set_policy(stage.outside, TWO_OF_THREE)
    if stage.handed_over:
        return found_in(stage.handed_over)
    found = set()
    if any(not one.text.startswith("the trigger") for one in findings()):
        found.add("fsck")
    if any(is_gone(receipt) for receipt in stage.receipts):
        found.add("receipts")
    if not goes_on(stage, TWO_OF_THREE):
        return found | {"witnesses"}
    return found.union(*(found_in(packet_of(case)) for case in CASES))


DEFENCES: Mapping[str, Defence] = {
    "row hash": row_hash,
    "hash chain": hash_chain,
    "+ signed checkpoint": newest_checkpoint,
    "+ all checkpoints": all_checkpoints,
    "+ one witness": one_witness,
    "all of ours": all_of_ours,
}


def differs(stage: Stage, *checks: str) -> bool:
    """Whether one of these checks of the verifier finds something in the packet."""
    answer = verify(stage.handed_over, policy_bytes())
    return any(one["state"] == "differs" for one in answer["checks"] if one["name"] in checks)


def found_in(packet: bytes) -> set[str]:
    """Which checks of the verifier say that the packet differs; `times` also where a record cannot be as old as it
    says.
    """
    answer = verify(packet, policy_bytes())
    assert answer["verdict"] in {"holds", "differs"}
    late = {"times"} if any("时间范围之外" in warning for warning in answer["warnings"]) else set()
    return late | {one["name"] for one in answer["checks"] if one["state"] == "differs"}


def goes_on(stage: Stage, quorum: str) -> bool:
    """Whether one more act finds its witnesses, after the attack."""
    set_policy(stage.outside, quorum)
    stage.act(CASES[0])
    return a_round()


def is_gone(receipt: str) -> bool:
    """Whether a receipt that a party kept is good, and the log no longer holds what it says."""
    return not still_holds(Receipt.parse(receipt).check(policy_bytes()))
