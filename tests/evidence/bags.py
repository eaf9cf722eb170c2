"""Honest packets, made from docs/evidence-format.md alone and always the same for one seed.

`make(Shape(seed=7))` plays a small log with its witnesses and time authority, and packs one of its cases;
`make(Shape.by_chance(7))` varies everything that may vary. The result keeps the world it was made in, with all
keys, so that a test can forge what only an insider could.
"""

import base64
import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.evidence.bagparts import canonical, note, sha256, zip_of
from tests.evidence.worlds import Entry, World

NAMES = [
    "借条.jpg",
    "还款记录 12个月.pdf",
    "通话录音.m4a",
    "a.txt",
    "利率24%的合同.pdf",
    "ünïcode.png",
    "证据 目录.txt",
]
SAID = ["最多让到八千。", "我每月能还 800 元", "同意", "line\nbreak\ttab", 'quote " and \\', "\u0001", "𠮷野"]


@dataclass(frozen=True)
class Shape:
    """What a packet is to look like. `witnesses` is k of n; `others` how many entries other cases have."""

    seed: int = 0
    records: int = 8
    files: int = 2
    file_bytes: int = 400
    cases: int = 3
    others: int = 12
    witnesses: tuple[int, int] = (2, 3)
    withheld: int = 1
    erasures: int = 0
    exports: int = 0
    milestones: int = 2
    rotated: bool = False
    sm3_rotated: bool = False
    extras: bool = True

    @classmethod
    def by_chance(cls, seed: int) -> "Shape":
        chance = random.Random(f"shape {seed}")
        records = chance.choice([1, 2, 3, 5, 8, 13, 20])
        n = chance.randint(0, 5)
        return cls(
            seed=seed,
            records=records,
            files=chance.randint(0, min(4, records)),
            file_bytes=chance.choice([0, 1, 63, 64, 65, 1000, 20_000]),
            cases=chance.choice([1, 1, 2, 3, 9]),
            others=chance.choice([0, 1, 5, 30, 120]),
            witnesses=(chance.randint(0, n), n),
            withheld=chance.randint(0, records),
            erasures=chance.randint(0, 2),
            exports=chance.randint(0, 2),
            milestones=chance.randint(0, 4),
            rotated=chance.random() < 0.3,
            extras=chance.random() < 0.5,
            sm3_rotated=chance.random() < 0.3,
        )


@dataclass(frozen=True)
class Bag:
    """A packet with everything that made it."""

    shape: Shape
    world: World
    case: str
    members: dict[str, bytes]
    policy: bytes

    @cached_property
    def packet(self) -> bytes:
        return zip_of(self.members)

    @property
    def policy_fingerprint(self) -> str:
        return sha256(self.policy).hex()

    @property
    def tsa(self) -> str:
        return self.world.authority.fingerprint


def make(shape: Shape) -> Bag:
    """Play the world of this shape and pack its first case."""
    world = World(shape.seed, shape.witnesses[1])
    tags = [world.chance.randbytes(16).hex() for _ in range(shape.cases)]
    plan = [tags[0]] * shape.records + [
        world.chance.choice(tags[1:]) for _ in range(shape.others) if tags[1:]
    ]
    world.chance.shuffle(plan)
    acts = _acts(world, shape)
    pauses = set(world.chance.sample(range(1, len(plan) + 1), min(len(plan), shape.milestones + 2)))
    for done, tag in enumerate(plan, start=1):
        if tag == tags[0]:
            _act(world, tag, acts.pop(), shape.file_bytes)
        else:
            world.append(tag, "case.note", {"text": world.chance.choice(SAID)}, role="officer")
        if done in pauses:
            size, root = world.close(
                stamp=len(world.tokens) < shape.milestones and world.chance.random() < 0.8
            )
            world.seen = (size, root)
            if shape.rotated and world.rotated_at is None:
                world.rotate()
            if shape.sm3_rotated and world.sm3_rotated_at is None:
                world.rotate_sm3()
    world.close(stamp=len(world.tokens) < shape.milestones)
    policy = world.policy(shape.witnesses[0])
    return Bag(shape, world, tags[0], members_of(world, tags[0], shape, policy), policy)


def _acts(world: World, shape: Shape) -> list[str]:
    acts = ["file"] * shape.files + ["export"] * shape.exports + ["erasure"] * shape.erasures
    acts = (acts + ["record"] * shape.records)[: shape.records]
    world.chance.shuffle(acts)
    return acts


def _act(world: World, case: str, act: str, size: int) -> None:
    chance, done = world.chance, len(world.entries.get(case, ()))
    if act == "file":
        world.take_in(case, f"{done + 1} {chance.choice(NAMES)}", chance.randbytes(size))
    elif act == "export":
        world.append(case, "packet.export", {"manifest": chance.randbytes(32).hex()}, typ="export")
    elif act == "erasure" and done:
        record = {"by": "centre", "deposits": [], "reason": "期限届满", "up_to": chance.randint(0, done)}
        world.append(case, "case.erase", record, typ="erasure")
    else:
        record = {
            "text": chance.choice(SAID),
            "fen": chance.randint(-5, 2**53 - 1),
            "ok": None,
            "list": [True, {}],
        }
        world.append(case, "agreement.sign", record, role=chance.choice(["citizen", "mediator", ""]))


def members_of(world: World, case: str, shape: Shape, policy: bytes) -> dict[str, bytes]:
    """Every member of the packet of this case at the last checkpoint, lists included."""
    chain = world.entries[case]
    size, root = world.checkpoints[-1]
    indices = [entry.index for entry in chain]
    members = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "policy.txt": policy,
        "verify.py": b"# the court's own copy counts\n",
        "verify.html": b"<!doctype html>\n",
        "说明.txt": "先读这个。\n".encode(),
        "data/chain.jsonl": b"".join(entry.envelope + b"\n" for entry in chain),
        "data/proof/checkpoint": world.checkpoint_note(shape.witnesses[0]),
        "data/proof/closing.jsonl": b"".join(leaf + b"\n" for leaf in world.leaves[size - 2 : size]),
        "data/proof/heads.json": canonical({"path": world.heads().path(case)}),
        "data/proof/sm3/checkpoint": note(world.sm3_text(), [world.sm3_key.line(world.sm3_text())]),
        **multiproofs(world, indices),
    }
    if world.handovers:
        members["data/proof/keys.json"] = keys_json(world, world.handovers)
    members["data/packet.json"] = canonical(
        {
            "case": case,
            "checkpoint": {"root": root.hex(), "size": size},
            "count": len(chain),
            "head": chain[-1].link.hex(),
            "indices": indices,
            "log": world.origin,
            "made_at": world.wait(),
            "v": "mediation-packet/1",
        }
    )
    members |= _milestones(world, size) | _bodies_and_files(world, chain, shape)
    if shape.extras:
        members["data/record-sheet.pdf"] = b"%PDF-1.7 for people\n"
        members["data/environment.json"] = canonical({"python": "3.11", "辅助": "无"})
        members["data/clocks.json"] = canonical({"clocks": []})
        members["data/prov/case-uco.jsonld"] = canonical({"@context": {}})
    return with_lists(members)


def multiproofs(world: World, indices: Sequence[int]) -> dict[str, bytes]:
    """The members that prove the entries at these places, and the key records, under the last checkpoint."""
    size, shown = world.checkpoints[-1][0], sorted([*indices, *world.handovers])
    return {
        "data/proof/multiproof": world.sha_tree.multiproof([*shown, size - 2, size - 1], size),
        "data/proof/sm3/multiproof": world.sm3_tree.multiproof(shown, size - 2),
    }


def keys_json(world: World, places: Sequence[int]) -> bytes:
    """The member that shows the key records at these places."""
    rows = [{"index": at, "record": json.loads(world.leaves[at])} for at in places]
    return canonical({"keys": rows})


def _milestones(world: World, size: int) -> dict[str, bytes]:
    found, members = [], {}
    for at, (m, token) in enumerate(sorted(world.tokens.items()), start=1):
        name = f"data/proof/times/{at:03d}.tsr"
        path = [part.hex() for part in world.sha_tree.consistency(m, size)]
        found.append({"path": path, "root": world.sha_tree.root(m).hex(), "size": m, "token": name})
        members[name] = token
    members["data/proof/milestones.json"] = canonical({"milestones": found})
    return members


def _bodies_and_files(world: World, chain: Sequence[Entry], shape: Shape) -> dict[str, bytes]:

    erased_to = max((json.loads(e.body)["record"]["up_to"] for e in chain if e.typ == "erasure"), default=0)
    kept = [e for e in chain if e.typ == "erasure" or e.seq > erased_to]
    free = [e.seq for e in kept if e.typ != "erasure"]
    withheld = set(world.chance.sample(free, min(shape.withheld, len(free))))
    members, listed = {}, []
    for entry in kept:
        if entry.seq in withheld:
            continue
        members[f"data/bodies/{entry.seq:06d}.json"] = entry.body
        if entry.content is not None:
            record = json.loads(entry.body)["record"]
            path = f"data/files/{entry.seq:06d}-{record['name']}"
            members[path] = entry.content
            stated = {key: record[key] for key in ("media_type", "sha256", "size", "sm3")}
            listed.append({**stated, "path": path, "seq": entry.seq})
    members["data/files.json"] = canonical({"files": listed})
    return members


def receipt_of(bag: Bag, entry: Entry) -> bytes:
    """A tlog-proof of one entry at the last checkpoint (section 10)."""
    world = bag.world
    size, _ = world.checkpoints[-1]
    path = world.sha_tree.inclusion(entry.index, size)
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {base64.b64encode(entry.envelope).decode()}",
        f"index {entry.index}",
    ]
    lines += [base64.b64encode(part).decode() for part in path]
    return ("\n".join(lines) + "\n\n").encode() + bag.members["data/proof/checkpoint"]


LISTS = ("bag-info.txt", "manifest-sha256.txt", "manifest-sm3.txt", "tagmanifest-sha256.txt")


def with_lists(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members with the bag's lists made anew: what anybody can do who changes a packet."""

    made = {name: data for name, data in members.items() if name not in LISTS}
    payload = {name: data for name, data in made.items() if name.startswith("data/")}
    try:
        case = json.loads(made["data/packet.json"])["case"]
    except (KeyError, ValueError, TypeError, RecursionError):
        case = "0" * 32
    made["bag-info.txt"] = (
        f"External-Identifier: {case}\n"
        f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n"
        "Bag-Software-Agent: mediation-packet/1\n"
    ).encode()
    made["manifest-sha256.txt"] = _list("sha256", payload)
    made["manifest-sm3.txt"] = _list("sm3", payload)
    tags = {name: data for name, data in made.items() if not name.startswith("data/")}
    made["tagmanifest-sha256.txt"] = _list("sha256", tags)
    return made


def _list(algorithm: str, members: Mapping[str, bytes]) -> bytes:
    """The lines `hex  name`; RFC 8493 writes a percent sign in a name as %25."""
    lines = (
        f"{hashlib.new(algorithm, members[name]).hexdigest()}  {name.replace('%', '%25')}\n"
        for name in sorted(members, key=str.encode)
    )
    return "".join(lines).encode()
