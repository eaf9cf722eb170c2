"""Changes to proofs, milestones and tokens, and to the spelling of the JSON."""

import json
import random
from datetime import timedelta
from typing import Any

from tests.evidence.bagparts import Authority, canonical
from tests.evidence.bags import Bag
from tests.evidence.mutations_of_archives import flip
from tests.evidence.mutations_of_chains import PACKET, edit

Members = dict[str, bytes]
HEADS, STONES = "data/proof/heads.json", "data/proof/milestones.json"
PROOFS = ("data/proof/multiproof", "data/proof/sm3/multiproof")


def index_shift(chance: random.Random, bag: Bag, members: Members) -> None:
    """Other places in the log: moved, falling, doubled, beyond the end, or the multiproof of others."""
    indices = json.loads(members[PACKET])["indices"]
    at, size = chance.randrange(len(indices)), bag.world.checkpoints[-1][0]
    how = chance.randrange(5)
    if how == 0:
        indices[at] += chance.choice([-1, 1])
    elif how == 1:
        indices.reverse()
    elif how == 2:
        indices[at] = indices[at - 1]
    elif how == 3:
        indices[-1] = chance.choice([size - 2, size - 1, size, 2**53 - 1])
    else:
        indices.append(indices[-1] + 1) if chance.random() < 0.5 else indices.pop()
    edit(members, PACKET, indices=indices)
    if (
        chance.random() < 0.3
        and sorted(set(indices)) == indices
        and indices[0] >= 0
        and indices[-1] < size - 2
    ):
        shown = sorted({*indices, *bag.world.handovers})
        members[PROOFS[0]] = bag.world.sha_tree.multiproof([*shown, size - 2, size - 1], size)


def multiproof(chance: random.Random, bag: Bag, members: Members) -> None:
    """A hash less, more, moved or changed; a byte less or more."""
    name = chance.choice([n for n in PROOFS if members[n]])
    data = members[name]
    hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
    at = chance.randrange(len(hashes))
    how = chance.randrange(7)
    if how == 0:
        del hashes[at]
    elif how == 1:
        hashes.insert(at, chance.choice([hashes[at], bytes(32), chance.randbytes(32)]))
    elif how == 2:
        hashes.append(b"")
        hashes[at], hashes[-1] = hashes[-1], hashes[at]
    elif how == 3:
        hashes[at] = flip(chance, hashes[at])
    elif how == 4:
        hashes[-1] = hashes[-1][:-1]
    elif how == 5:
        hashes.append(chance.choice([b"\0", bytes(32)]))
    else:
        hashes = []
    members[name] = b"".join(hashes)


def heads_path(chance: random.Random, bag: Bag, members: Members) -> None:
    """Steps gone, added, swapped or changed in the proof of the end."""
    path = json.loads(members[HEADS])["path"]
    how = chance.randrange(7)
    at = chance.randrange(len(path))
    if how == 0:
        del path[at]
    elif how == 1:
        path.insert(at, [chance.randrange(256), chance.randbytes(32).hex()])
    elif how == 2:
        path.append(path[at])
    elif how == 3:
        path[at][0] = chance.choice([path[at][0] + 1, 256, -1, 300, None, "0", True])
    elif how == 4:
        path[at][1] = chance.choice(
            [flip(chance, bytes.fromhex(path[at][1])).hex(), path[at][1].upper() + "A", ""]
        )
    elif how == 5:
        path[at] = chance.choice([[], [path[at][0]], [*path[at], 0], None, {}])
    else:
        members[HEADS] = canonical({"path": path, "more": 1})
        return
    members[HEADS] = canonical({"path": path})


def heads_of_another(chance: random.Random, bag: Bag, members: Members) -> None:
    """The proof of another case, or of an earlier end of this one."""
    others = [case for case in bag.world.entries if case != bag.case]
    members[HEADS] = canonical({"path": bag.world.heads().path(chance.choice(others))})


def milestone(chance: random.Random, bag: Bag, members: Members) -> None:
    """A milestone of another size or root or path, out of order, or of another form."""
    stones: list[dict[str, Any]] = json.loads(members[STONES])["milestones"]
    stone = chance.choice(stones)
    key = chance.choice([*stone])
    path = stone["path"]
    changes: list[dict[str, Any]] = [
        {"size": stone["size"] + chance.choice([-1, 1, 1000])},
        {"root": flip(chance, bytes.fromhex(stone["root"])).hex()},
        {"path": path[:-1] if path else ["00" * 32]},
        {"path": [*path, "00" * 32]},
        {"path": [stone["root"]] * len(path) if path else ["ab" * 32]},
        {key: chance.choice([None, True, {}, "", -1, 0, "A" * 64])},
        {"more": 1},
    ]
    if len({s["size"] for s in stones}) > 1 and chance.random() < 0.1:
        stones.reverse()
    else:
        stone.update(chance.choice(changes))
    members[STONES] = canonical({"milestones": stones})


def token_named(chance: random.Random, bag: Bag, members: Members) -> None:
    """Tokens swapped, named twice, missing, unnamed."""
    stones: list[dict[str, Any]] = json.loads(members[STONES])["milestones"]
    how = chance.randrange(4)
    if how == 0:
        one, two = chance.sample(stones, 2)
        one["token"], two["token"] = two["token"], one["token"]
    elif how == 1:
        one, two = chance.sample(stones, 2)
        one["token"] = two["token"]
    elif how == 2:
        chance.choice(stones)["token"] = chance.choice(["data/proof/times/777.tsr", "policy.txt", "", PACKET])
    else:
        members["data/proof/times/777.tsr"] = members[chance.choice(stones)["token"]]
    members[STONES] = canonical({"milestones": stones})


def token_of_another(chance: random.Random, bag: Bag, members: Members) -> None:
    """A token over another text, or by another authority, or for another time with the same signature."""
    stone = chance.choice(json.loads(members[STONES])["milestones"])
    world, name = bag.world, stone["token"]
    at = next(i for i, (size, _) in enumerate(world.checkpoints) if size == stone["size"])
    how = chance.randrange(3)
    if how == 0:
        members[name] = world.authority.token(b"another text", world.now)
    elif how == 1:
        other = Authority(chance.choice(["rsa", "ec"]), "Somebody Else")
        members[name] = other.token(world.text(at).encode(), world.now - timedelta(days=300))
    else:
        old = members[name]
        i = old.index(b"2026")
        members[name] = old[:i] + b"2025" + old[i + 4 :]


def token_bit(chance: random.Random, bag: Bag, members: Members) -> None:
    name = chance.choice(json.loads(members[STONES])["milestones"])["token"]
    data = members[name]
    members[name] = chance.choice([flip(chance, data)] * 8 + [data[:-1], data + b"\0", b"", data[:40]])


def proof_bit(chance: random.Random, bag: Bag, members: Members) -> None:
    """One bit anywhere in what is evidence; lists made anew."""
    names = ["data/chain.jsonl", "data/files.json", HEADS, STONES, *PROOFS, "data/proof/closing.jsonl"]
    names += ["data/proof/sm3/checkpoint"]
    names += [name for name in members if name.startswith(("data/bodies/", "data/files/"))]
    name = chance.choice([name for name in names if members[name]])
    members[name] = flip(chance, members[name])


def json_spelling(chance: random.Random, bag: Bag, members: Members) -> None:
    """The same value written in another way."""
    names = [PACKET, "data/files.json", HEADS, STONES, "data/chain.jsonl", "data/proof/closing.jsonl"]
    names += [name for name in members if name.startswith("data/bodies/")]
    name = chance.choice(names)
    text = members[name].decode()
    value = json.loads(text.splitlines()[0])
    first, rest = text[: len(text.splitlines()[0])], text[len(text.splitlines()[0]) :]
    spelled = [
        json.dumps(value, sort_keys=True, ensure_ascii=False),
        json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False),
        first.replace("a", "\\u0061", 1),
        first.replace("/", "\\/", 1),
        first.replace(":", ": ", 1),
        first.replace("{", "{ ", 1),
        first + " ",
        "\ufeff" + first,
        first[:-1] + "," + first[1:],
        first[:-1] + ',"zz":1.0}',
        first[:-1] + ',"zz":1e3}',
        first[:-1] + ',"zz":-0}',
        first[:-1] + ',"zz":NaN}',
        first[:-1] + ',"zz":9007199254740992}',
        first[:-1] + ',"\u00e9":1}',
        first[:-1] + ',"zz":"\\ud800"}',
        first[:-1] + ',"zz":"e\u0301"}',
        first[:-1] + "," + "[" * 3000 + "]" * 3000 + "}",
        "[" * 100_000,
        "",
        "null",
        "[]",
    ]
    members[name] = (chance.choice(spelled) + rest).encode("utf-8", "surrogatepass")


DEEP = {
    "indices": index_shift,
    "a multiproof": multiproof,
    "the path of the heads": heads_path,
    "the heads of another case": heads_of_another,
    "a milestone": milestone,
    "the names of tokens": token_named,
    "a token of another": token_of_another,
    "a bit of a token": token_bit,
    "a bit of what is evidence": proof_bit,
    "another spelling of JSON": json_spelling,
}
