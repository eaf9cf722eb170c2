"""Changes to the records by which the log changed its keys, also before a reader who holds the policy of before."""

import base64
import json
import random
from typing import Any

from tests.evidence.bagparts import Key, Tree, canonical, note, sha256, sm3
from tests.evidence.bags import Bag
from tests.evidence.mutations_of_archives import flip
from tests.evidence.mutations_of_chains import PACKET, edit
from tests.evidence.worlds import World, key_record

Members = dict[str, bytes]
KEYS, CHECKPOINT = "data/proof/keys.json", "data/proof/checkpoint"
SM3_NOTE = "data/proof/sm3/checkpoint"


def _rows(members: Members) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(members[KEYS])["keys"]
    return found


def _write(members: Members, rows: list[dict[str, Any]]) -> None:
    members[KEYS] = canonical({"keys": rows})


def record_changed(chance: random.Random, bag: Bag, members: Members) -> None:
    """A field another, of another type, gone or one too many; another place in the log; an order that falls."""
    rows = _rows(members)
    row = chance.choice(rows)
    record, name = row["record"], chance.choice([*row["record"]])
    how = chance.randrange(7)
    if how == 0:
        record[name] = chance.choice([None, 1, "", record[name] + "A", record[name][:-1], [record[name]]])
    elif how == 1:
        del record[name]
    elif how == 2:
        record["more"] = 1
    elif how == 3:
        row["index"] = chance.choice([row["index"] + 1, row["index"] - 1, -1, 2**53 - 1, None, "0"])
    elif how == 4:
        rows.append(rows[0])
    elif how == 5:
        other = chance.choice(["old", "new"])
        record[other], record["sig_" + other] = (
            record["new" if other == "old" else "old"],
            record["sig_new" if other == "old" else "sig_old"],
        )
    else:
        rows.clear()
    _write(members, rows)


def record_gone(chance: random.Random, bag: Bag, members: Members) -> None:
    """No record, while the proofs still count it."""
    del members[KEYS]


def record_bit(chance: random.Random, bag: Bag, members: Members) -> None:
    members[KEYS] = flip(chance, members[KEYS])


def record_at_an_entry(chance: random.Random, bag: Bag, members: Members) -> None:
    """The record claims the place of an entry of this case."""
    rows, indices = _rows(members), json.loads(members[PACKET])["indices"]
    rows[0]["index"] = chance.choice(indices)
    _write(members, sorted(rows, key=lambda row: row["index"]))


def _world_again(world: World, record: bytes, at: int) -> tuple[Tree, Tree]:
    """The trees of the same log with another record at this place."""
    leaves = [*world.leaves[:at], record, *world.leaves[at + 1 :]]
    return Tree(sha256, leaves), Tree(sm3, leaves)


def handed_to_a_thief(chance: random.Random, bag: Bag, members: Members) -> None:
    """A record that gives the log to a stranger's key, with proofs and signatures of the stranger's that fit it."""
    world = bag.world
    which = chance.randrange(len(world.handovers))
    at, size = world.handovers[which], world.checkpoints[-1][0]
    told = json.loads(world.leaves[at])
    pair = next(keys for keys in (world.log_keys, world.sm3_keys) if keys[0].vkey == told["old"])
    secret = chance.randbytes(31 if pair[0].kind != b"\1" else 32)
    thief = Key(pair[0].name, pair[0].kind, secret)
    how = chance.randrange(3)
    old = pair[0] if how else Key(pair[0].name, pair[0].kind, chance.randbytes(len(secret)))
    record = json.loads(key_record(world.origin, old, thief))
    if how == 1:  # the thief cannot sign for the old key
        record["sig_old"] = record["sig_new"]
    elif how == 2:  # … but has what the old key once signed
        record["sig_old"] = told["sig_old"]
    trees = _world_again(world, canonical(record), at)
    rows = _rows(members)
    rows[which]["record"] = record
    _write(members, rows)
    indices = json.loads(members[PACKET])["indices"]
    shown = sorted([*indices, *world.handovers])
    members["data/proof/multiproof"] = trees[0].multiproof([*shown, size - 2, size - 1], size)
    members["data/proof/sm3/multiproof"] = trees[1].multiproof(shown, size - 2)
    root = trees[0].root(size)
    edit(members, PACKET, checkpoint={"root": root.hex(), "size": size})
    text = f"{world.origin}\n{size}\n" + _base64(root) + "\n"
    signer = thief if thief.kind == b"\1" else world.log_key
    second = int(world.now.timestamp())
    members[CHECKPOINT] = note(text, [signer.line(text), *(w.line(text, second) for w in world.witnesses)])
    if thief.kind != b"\1":
        sm3_text = f"{world.origin}/sm3\n{size - 2}\n" + _base64(trees[1].root(size - 2)) + "\n"
        members[SM3_NOTE] = note(sm3_text, [thief.line(sm3_text)])


def signed_by_the_one_before(chance: random.Random, bag: Bag, members: Members) -> None:
    """The key that handed the log over signs on, as if it had not."""
    world = bag.world
    if world.rotated_at is not None and (world.sm3_rotated_at is None or chance.random() < 0.5):
        text, second = world.text(), int(world.now.timestamp())
        lines = [world.log_keys[0].line(text), *(w.line(text, second) for w in world.witnesses)]
        members[CHECKPOINT] = note(text, lines)
    elif world.sm3_rotated_at is not None:
        text = world.sm3_text()
        members[SM3_NOTE] = note(text, [world.sm3_keys[0].line(text)])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


CHANGES = {
    "a key record": record_changed,
    "a key record gone": record_gone,
    "a bit of a key record": record_bit,
    "a key record at the place of an entry": record_at_an_entry,
    "the log handed to a thief": handed_to_a_thief,
    "signed by the key of before": signed_by_the_one_before,
}
OLD = {f"{name}, before the policy of before": change for name, change in CHANGES.items()}
DEEP = {**CHANGES, **OLD}
