"""What a person might do to a packet before showing it to a court, and what each must be called.

A forger makes the bag's lists anew after the change, as anybody can; so the lists do not give it away.
"""

import base64
import json
from collections.abc import Callable

from tests.evidence.bagparts import canonical
from tests.evidence.bags import Bag, with_lists

Members = dict[str, bytes]
CHECKPOINT = "data/proof/checkpoint"
CHAIN = "data/chain.jsonl"


def _first(members: Members, start: str) -> str:
    return min(name for name in members if name.startswith(start))


def _edit(members: Members, name: str, **changes: object) -> None:
    members[name] = canonical({**json.loads(members[name]), **changes})


def _flipped(data: bytes, at: int = -1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def change_a_file(members: Members, bag: Bag) -> str:
    name = _first(members, "data/files/")
    members[name] = _flipped(members[name])
    return name


def change_a_file_and_what_is_said_of_it(members: Members, bag: Bag) -> str:
    name = change_a_file(members, bag)
    listed = json.loads(members["data/files.json"])["files"]
    for row in listed:
        if row["path"] == name:
            row["sha256"] = "0" * 64
    members["data/files.json"] = canonical({"files": listed})
    return name


def take_a_file_out(members: Members, bag: Bag) -> str:
    name = _first(members, "data/files/")
    del members[name]
    return name


def slip_a_file_in(members: Members, bag: Bag) -> str:
    members["data/files/新证据.txt"] = "我欠他的钱已经还清。".encode()
    return "data/files/新证据.txt"


def change_a_body(members: Members, bag: Bag) -> str:
    name = _first(members, "data/bodies/")
    body = json.loads(members[name])
    members[name] = canonical({**body, "role": "someone"})
    return f"record {int(name[12:18])}"


def drop_the_last_record(members: Members, bag: Bag) -> str:
    """Everything made to fit, but for the heads map, which an outsider cannot change."""
    chain = bag.world.entries[bag.case][:-1]
    size = bag.world.checkpoints[-1][0]
    indices = [entry.index for entry in chain]
    members[CHAIN] = b"".join(entry.envelope + b"\n" for entry in chain)
    _edit(members, "data/packet.json", count=len(chain), head=chain[-1].link.hex(), indices=indices)
    members["data/proof/multiproof"] = bag.world.sha_tree.multiproof([*indices, size - 2, size - 1], size)
    members["data/proof/sm3/multiproof"] = bag.world.sm3_tree.multiproof(indices, size - 2)
    members.pop(f"data/bodies/{len(chain) + 1:06d}.json", None)
    return "data/proof/heads.json"


def leave_a_record_out(members: Members, bag: Bag) -> str:
    lines = members[CHAIN].splitlines(keepends=True)
    members[CHAIN] = b"".join(lines[:2] + lines[3:])
    return "record 3"


def swap_two_records(members: Members, bag: Bag) -> str:
    lines = members[CHAIN].splitlines(keepends=True)
    members[CHAIN] = b"".join([lines[0], lines[2], lines[1], *lines[3:]])
    return "record 2"


def backdate_a_record(members: Members, bag: Bag) -> str:
    """The next record no longer follows from it."""
    lines = members[CHAIN].splitlines()
    lines[1] = canonical({**json.loads(lines[1]), "at": "2020-01-01T00:00:00.000Z"})
    members[CHAIN] = b"".join(line + b"\n" for line in lines)
    return "record 3"


def change_the_root(members: Members, bag: Bag) -> str:
    text, lines = members[CHECKPOINT].decode().split("\n\n")
    origin, size, _root = text.split("\n")
    root = base64.b64encode(bytes(32)).decode()
    members[CHECKPOINT] = f"{origin}\n{size}\n{root}\n\n{lines}".encode()
    return CHECKPOINT


def forget_the_witnesses(members: Members, bag: Bag) -> str:
    text, lines = members[CHECKPOINT].decode().split("\n\n")
    members[CHECKPOINT] = f"{text}\n\n{lines.splitlines()[0]}\n".encode()
    return CHECKPOINT


def bend_the_proof(members: Members, bag: Bag) -> str:
    members["data/proof/multiproof"] = _flipped(members["data/proof/multiproof"])
    return "data/proof/multiproof"


def bend_the_sm3_signature(members: Members, bag: Bag) -> str:
    name = "data/proof/sm3/checkpoint"
    text, line = members[name].decode().rstrip("\n").rsplit(" ", 1)
    signature = base64.b64encode(_flipped(base64.b64decode(line))).decode()
    members[name] = f"{text} {signature}\n".encode()
    return name


def bend_a_token(members: Members, bag: Bag) -> str:
    name = _first(members, "data/proof/times/")
    members[name] = _flipped(members[name])
    return name


def move_a_milestone(members: Members, bag: Bag) -> str:
    name = "data/proof/milestones.json"
    found = json.loads(members[name])["milestones"]
    found[0]["root"] = "0" * 64
    members[name] = canonical({"milestones": found})
    return name


def write_json_another_way(members: Members, bag: Bag) -> str:
    members["data/packet.json"] += b"\n"
    return "data/packet.json"


def add_a_stray_member(members: Members, bag: Bag) -> str:
    members["data/notes.txt"] = b"read me"
    return "data/notes.txt"


FORGERIES: list[Callable[[Members, Bag], str]] = [
    change_a_file, change_a_file_and_what_is_said_of_it, take_a_file_out, slip_a_file_in, change_a_body,
    drop_the_last_record, leave_a_record_out, swap_two_records, backdate_a_record, change_the_root,
    forget_the_witnesses, bend_the_proof, bend_the_sm3_signature, bend_a_token, move_a_milestone,
    write_json_another_way, add_a_stray_member,
]  # fmt: skip


def forged(forgery: Callable[[Members, Bag], str], bag: Bag) -> tuple[Members, str]:
    """The members after this forgery, lists made anew, and the item that a verifier must name."""
    members = dict(bag.members)
    item = forgery(members, bag)
    return with_lists(members), item
