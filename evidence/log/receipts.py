"""Receipts 回执: what a party takes home, so that nobody can leave their entry out of the log unnoticed."""

from evidence.log import trees
from evidence.log.coverage import NotCovered, covering_checkpoint
from evidence.models import Entry
from evidence.tlog.merkle import SHA256, inclusion_path
from evidence.tlog.notes import SignedNote
from evidence.tlog.proofs import Receipt

__all__ = ["NotCovered", "make_receipt"]


def make_receipt(entry: Entry) -> str:
    """The receipt of one entry (a tlog-proof with its envelope): always the same text, against the first published
    checkpoint that covers it. Raises NotCovered (TryLater) while the entry is 待固化.
    """
    checkpoint = covering_checkpoint(entry)
    if checkpoint is None:
        raise NotCovered(f"entry {entry.pk} is not covered yet")
    index = entry.leaf.index
    path = inclusion_path(SHA256, trees.subtree("sha256"), index, checkpoint.size)
    note = SignedNote.parse(checkpoint.cosigned)
    return Receipt(index, tuple(path), note, entry.envelope.encode()).serialise()
