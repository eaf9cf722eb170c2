"""The heads map at the size of a checkpoint, for proofs. What one proof built, the next of this process takes up."""

import threading
from dataclasses import dataclass

from evidence.log.integrator import OutOfStep, heads_at
from evidence.models import CheckpointRow
from evidence.tlog.heads import HeadsTree


@dataclass(slots=True)
class _Built:
    """A map, for which log and size."""

    origin: str
    size: int
    tree: HeadsTree


_lock = threading.Lock()
_newest: list[_Built] = []  # at most one


def heads_path(case: str, checkpoint: CheckpointRow) -> list[tuple[int, bytes]]:
    """The way from the head of a case (its tag) to the root of the heads map that the checkpoint states.

    Costs what was logged since the last such call in this process; the first one reads the whole log. Raises KeyError
    where the case has no entry below the checkpoint, OutOfStep where the leaves give another root.
    """
    with _lock:
        return _tree_at(checkpoint).path(case)


def _tree_at(checkpoint: CheckpointRow) -> HeadsTree:
    origin = checkpoint.note.partition("\n")[0]
    built = _newest.pop() if _newest else None
    if built is not None and (built.origin, built.size <= checkpoint.size) == (origin, True):
        for head in heads_at(checkpoint.size, start=built.size):
            built.tree.put(*head)
        if _fits(built.tree, checkpoint):
            built.size = checkpoint.size
            _newest.append(built)
            return built.tree
    elif built is not None and built.origin == origin:
        _newest.append(built)  # an older checkpoint is asked for: its map is not worth keeping
    tree = HeadsTree(heads_at(checkpoint.size))
    if not _fits(tree, checkpoint):
        raise OutOfStep(f"the heads map at size {checkpoint.size} has another root")
    if not _newest:
        _newest.append(_Built(origin, checkpoint.size, tree))
    return tree


def _fits(tree: HeadsTree, checkpoint: CheckpointRow) -> bool:
    return tree.root().hex() == checkpoint.heads_root
