"""The members below data/proof/: that the log holds the chain, that nothing of it is cut off, and when it was there."""

from collections.abc import Iterator
from typing import Any

from evidence.canonical import canonical, parse
from evidence.log.casemap import heads_path
from evidence.log.rotation import key_records
from evidence.log.trees import subtree
from evidence.models import Leaf
from evidence.packet.bag import Member
from evidence.packet.plan import Plan
from evidence.tlog.merkle import SHA256, SM3, Subtree, consistency_path, multiproof

CLOSING = 2  # the log's own records at the end of every checkpoint


def proof_members(plan: Plan) -> Iterator[Member]:
    """Every proof of the packet."""
    row, size = plan.checkpoint, plan.checkpoint.size
    roots, sm3_roots = subtree("sha256"), subtree("sm3")
    closing = range(size - CLOSING, size)
    handovers = key_records(size)
    shown = sorted([*plan.indices, *(index for index, _ in handovers)])
    yield Member("data/proof/checkpoint", row.cosigned.encode())
    yield Member("data/proof/closing.jsonl", _closing(closing))
    yield Member("data/proof/multiproof", multiproof(SHA256, roots, [*shown, *closing], size))
    yield Member("data/proof/heads.json", canonical({"path": _heads_path(plan)}))
    yield Member("data/proof/sm3/checkpoint", row.sm3_note.encode())
    yield Member("data/proof/sm3/multiproof", multiproof(SM3, sm3_roots, shown, size - CLOSING))
    if handovers:
        rows = [{"index": index, "record": parse(record)} for index, record in handovers]
        yield Member("data/proof/keys.json", canonical({"keys": rows}))
    yield from _times(plan, roots)


def _closing(indices: range) -> bytes:
    records = dict(Leaf.objects.filter(index__in=indices).values_list("index", "data"))
    return "".join(f"{records[index]}\n" for index in indices).encode()


def _heads_path(plan: Plan) -> list[list[Any]]:
    return [[bit, sibling.hex()] for bit, sibling in heads_path(plan.case, plan.checkpoint)]


def _times(plan: Plan, roots: Subtree) -> Iterator[Member]:
    told = []
    for number, token in enumerate(plan.tokens, 1):
        name, state = f"data/proof/times/{number:03d}.tsr", token.checkpoint
        path = consistency_path(SHA256, roots, state.size, plan.checkpoint.size)
        told.append(
            {
                "path": [one.hex() for one in path],
                "root": state.root,
                "size": state.size,
                "token": name,
            }
        )
        yield Member(name, bytes(token.der))
    yield Member("data/proof/milestones.json", canonical({"milestones": told}))
