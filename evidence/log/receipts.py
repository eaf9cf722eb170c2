"""Receipts 回执: what a party takes home, so that nobody can leave their entry out of the log unnoticed."""

from evidence.log import reading, trees
from evidence.log.coverage import NotCovered, covering_checkpoint
from evidence.log.policy import current_policy
from evidence.models import CheckpointRow, Entry
from evidence.tlog.merkle import SHA256, inclusion_path, root_at
from evidence.tlog.notes import SignedNote
from evidence.tlog.policies import PolicyRefused
from evidence.tlog.proofs import Checked, Receipt

__all__ = ["NotCovered", "make_receipt", "still_holds"]


def make_receipt(entry: Entry) -> str:
    """The receipt of one entry (a tlog-proof with its envelope), against the first published checkpoint that covers it.

    Where the policy has become stricter since, against the newest one, which it accepts. Raises NotCovered (TryLater)
    while the entry is 待固化, and while the present policy accepts none that covers it.
    """
    first = covering_checkpoint(entry)
    for checkpoint in (first, reading.newest_published()) if first else ():
        if checkpoint is not None and _is_accepted(checkpoint):
            path = inclusion_path(SHA256, trees.subtree("sha256"), entry.leaf.index, checkpoint.size)
            note = SignedNote.parse(checkpoint.cosigned)
            return Receipt(entry.leaf.index, tuple(path), note, entry.envelope.encode()).serialise()
    raise NotCovered(f"entry {entry.pk} is not covered yet")


def still_holds(checked: Checked) -> bool:
    """Whether the published log holds today what a good receipt says: this entry at this place, and below the same
    checkpoint. If not, the log was rewritten, and the receipt proves it.
    """
    checkpoint = checked.accepted.checkpoint
    if checkpoint.size > reading.published_size():
        return False
    if reading.leaves(checked.index, checked.index + 1) != [checked.envelope]:
        return False
    return root_at(SHA256, trees.subtree("sha256"), checkpoint.size) == checkpoint.root


def _is_accepted(checkpoint: CheckpointRow) -> bool:
    note = SignedNote.parse(checkpoint.cosigned)
    try:
        current_policy().accept(note, note.text.partition("\n")[0])
    except PolicyRefused:
        return False
    return True
