"""Changes to entries, bodies and files."""

import json
import random
from typing import Any

from tests.evidence.bagparts import canonical, sha256, sm3
from tests.evidence.bags import Bag, multiproofs
from tests.evidence.mutations_of_archives import flip

Members = dict[str, bytes]
CHAIN, PACKET, FILES = "data/chain.jsonl", "data/packet.json", "data/files.json"


def lines_of(members: Members) -> list[bytes]:
    return members[CHAIN].splitlines()


def edit(members: Members, name: str, **changes: Any) -> None:
    members[name] = canonical({**json.loads(members[name]), **changes})


def rechain(members: Members, envelopes: list[dict[str, Any]]) -> None:
    """Write these entries with links that fit, and a packet.json that fits them."""
    link, lines = "0" * 64, []
    for envelope in envelopes:
        envelope["prev"] = link
        lines.append(canonical(envelope))
        link = sha256(b"mediation-evidence/1 link\n" + lines[-1]).hex()
    members[CHAIN] = b"".join(line + b"\n" for line in lines)
    edit(members, PACKET, head=link, count=len(lines))


def _shown(members: Members) -> list[int]:
    return [int(name[12:18]) for name in members if name.startswith("data/bodies/")]


def _body(seq: int) -> str:
    return f"data/bodies/{seq:06d}.json"


def commit(envelope: dict[str, Any], body: bytes) -> None:
    whole = b"mediation-evidence/1 body\n" + body
    envelope.update(c256=sha256(whole).hex(), csm3=sm3(whole).hex())


def envelope_field(chance: random.Random, bag: Bag, members: Members) -> None:
    """One field of an entry; the links, and packet.json, follow."""
    envelopes = [json.loads(line) for line in lines_of(members)]
    envelope = chance.choice(envelopes)
    key = chance.choice(["at", "c256", "case", "csm3", "log", "seen", "seq", "typ", "v", "role"])
    old = envelope.get(key)
    envelope[key] = {
        "at": "2020-01-01T00:00:00.000Z",
        "log": "elsewhere.example/log",
        "seen": {"root": sha256(b"").hex(), "size": 0},
        "seq": envelope["seq"] + 1,
        "typ": chance.choice([t for t in ("record", "export", "erasure", "note") if t != old]),
        "v": "mediation-evidence/2",
        "role": "court",
    }.get(key, "ab" * (len(old) // 2 if isinstance(old, str) else 1))
    if envelope[key] == old:
        raise KeyError(key)
    rechain(members, envelopes)


def envelope_form(chance: random.Random, bag: Bag, members: Members) -> None:
    """A field too few or too many, another type, or a value that is none."""
    envelopes = [json.loads(line) for line in lines_of(members)]
    envelope = chance.choice(envelopes)
    key = chance.choice([*envelope])
    if chance.random() < 0.3:
        del envelope[key]
    else:
        envelope[key] = chance.choice([None, True, [], {}, "", "x" * 900, -1, 2**53, 10**400])
    link, lines = "0" * 64, []
    for each in envelopes:
        if each is not envelope or key != "prev":
            each["prev"] = link
        lines.append(canonical(each))
        link = sha256(b"mediation-evidence/1 link\n" + lines[-1]).hex()
    members[CHAIN] = b"".join(line + b"\n" for line in lines)
    edit(members, PACKET, head=link)


def body_rewritten(chance: random.Random, bag: Bag, members: Members) -> None:
    """Other words, with commitments and links that fit them."""
    seq = chance.choice(_shown(members))
    body = json.loads(members[_body(seq)])
    body["record"]["text"] = "一分钱也不欠。"
    members[_body(seq)] = canonical(body)
    envelopes = [json.loads(line) for line in lines_of(members)]
    commit(envelopes[seq - 1], members[_body(seq)])
    rechain(members, envelopes)


def body_alone(chance: random.Random, bag: Bag, members: Members) -> None:
    """Other words, or a turned bit, without more."""
    seq = chance.choice(_shown(members))
    body = json.loads(members[_body(seq)])
    body["role"] = body["role"] + "x"
    members[_body(seq)] = chance.choice(
        [canonical(body), flip(chance, members[_body(seq)]), b"", b"{}", b"null"]
    )


def bodies_swapped(chance: random.Random, bag: Bag, members: Members) -> None:
    one, two = chance.sample(_shown(members), 2) if len(_shown(members)) > 1 else ([][0], 0)
    members[_body(one)], members[_body(two)] = members[_body(two)], members[_body(one)]


def erasure_hidden(chance: random.Random, bag: Bag, members: Members) -> None:
    erasures = [json.loads(line)["seq"] for line in lines_of(members) if b'"typ":"erasure"' in line]
    del members[_body(chance.choice(erasures))]


def tail_cut(chance: random.Random, bag: Bag, members: Members) -> None:
    """The last records gone and everything made to fit, proofs and all; only the log's heads map knows."""
    chain = bag.world.entries[bag.case]
    left = chain[: chance.randrange(1, len(chain))]
    indices = [entry.index for entry in left]
    members[CHAIN] = b"".join(entry.envelope + b"\n" for entry in left)
    edit(members, PACKET, count=len(left), head=left[-1].link.hex(), indices=indices)
    members.update(multiproofs(bag.world, indices))
    gone = {entry.seq for entry in chain} - {entry.seq for entry in left}
    for seq in gone:
        members.pop(_body(seq), None)
    listed = [row for row in json.loads(members[FILES])["files"] if row["seq"] not in gone]
    members[FILES] = canonical({"files": listed})
    keep = {row["path"] for row in listed}
    for name in [n for n in members if n.startswith("data/files/") and n not in keep]:
        del members[name]


def record_left_out(chance: random.Random, bag: Bag, members: Members) -> None:
    """One record gone from the middle, with or without new links."""
    lines = lines_of(members)
    at = chance.randrange(len(lines) - 1)
    indices = json.loads(members[PACKET])["indices"]
    del lines[at], indices[at]
    envelopes = [json.loads(line) for line in lines]
    if chance.random() < 0.5:
        for seq, envelope in enumerate(envelopes, start=1):
            envelope["seq"] = seq
        rechain(members, envelopes)
    else:
        members[CHAIN] = b"".join(line + b"\n" for line in lines)
        edit(members, PACKET, count=len(lines))
    edit(members, PACKET, indices=indices)


def records_swapped(chance: random.Random, bag: Bag, members: Members) -> None:
    lines = lines_of(members)
    one, two = chance.sample(range(len(lines)), 2)
    if chance.random() < 0.5:
        lines[one], lines[two] = lines[two], lines[one]
        members[CHAIN] = b"".join(line + b"\n" for line in lines)
        return
    envelopes = [json.loads(line) for line in lines]
    for key in ("at", "c256", "csm3", "typ"):
        envelopes[one][key], envelopes[two][key] = envelopes[two][key], envelopes[one][key]
    rechain(members, envelopes)


def record_twice(chance: random.Random, bag: Bag, members: Members) -> None:
    lines = lines_of(members)
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])
    members[CHAIN] = b"".join(line + b"\n" for line in lines)
    indices = json.loads(members[PACKET])["indices"]
    edit(members, PACKET, count=len(lines), indices=sorted([*indices, indices[at]]))


def other_case(chance: random.Random, bag: Bag, members: Members) -> None:
    """Entries of a second case mixed in, with true places in the log and a true multiproof."""
    others = [entries for case, entries in bag.world.entries.items() if case != bag.case]
    stranger = chance.choice(chance.choice(others))
    chain = sorted([*bag.world.entries[bag.case], stranger], key=lambda entry: entry.index)
    if chance.random() < 0.3:
        chain.remove(chance.choice(bag.world.entries[bag.case]))
    indices = [entry.index for entry in chain]
    members[CHAIN] = b"".join(entry.envelope + b"\n" for entry in chain)
    edit(members, PACKET, count=len(chain), indices=indices, head=chain[-1].link.hex())
    members.update(multiproofs(bag.world, indices))


def packet_field(chance: random.Random, bag: Bag, members: Members) -> None:
    """A field of packet.json that means something, another or of another type."""
    packet = json.loads(members[PACKET])
    key = chance.choice(["case", "checkpoint", "count", "head", "indices", "log", "v", "more", "made_at"])
    wrong: list[object] = [None, True, 0, -1, "", [], {}, "0" * 64, "x", 2**53 - 1]
    if key in ("case", "head"):
        wrong.append("0" * 32)
    packet[key] = chance.choice([value for value in wrong if value != packet.get(key)])
    members[PACKET] = canonical(packet)


def file_changed(chance: random.Random, bag: Bag, members: Members) -> None:
    """Another content; files.json, and perhaps the entry's body, are made to fit."""
    listed = json.loads(members[FILES])["files"]
    row = chance.choice(listed)
    data = chance.choice([members[row["path"]] + b"!", flip(chance, members[row["path"]]), b"other"])
    members[row["path"]] = data
    how = chance.randrange(3)
    if how:
        row.update(sha256=sha256(data).hex(), sm3=sm3(data).hex(), size=len(data))
        members[FILES] = canonical({"files": listed})
    if how == 2:
        body = json.loads(members[_body(row["seq"])])
        body["record"].update(sha256=row["sha256"], sm3=row["sm3"], size=row["size"])
        members[_body(row["seq"])] = canonical(body)


def file_list(chance: random.Random, bag: Bag, members: Members) -> None:
    """A row of files.json: twice, of another record, of another file, with other words."""
    listed = json.loads(members[FILES])["files"]
    row = chance.choice(listed)
    how = chance.randrange(6)
    if how == 0:
        listed.append(row)
    elif how == 1:
        row["seq"] = row["seq"] % len(lines_of(members)) + 1
    elif how == 2:
        row["media_type"] = "text/html"
    elif how == 3:
        row["path"] = chance.choice(["data/files/none", "policy.txt", "../x", PACKET])
    elif how == 4:
        key = chance.choice(["sha256", "sm3", "size", "seq"])
        row[key] = chance.choice([None, True, -1, 1.5, "0" * 64, "A" * 64, [row[key]]])
        if isinstance(row[key], float):
            row[key] = str(row[key])
    else:
        listed.remove(row)
    members[FILES] = canonical({"files": listed})


def files_swapped(chance: random.Random, bag: Bag, members: Members) -> None:
    """Each of two files under the name of the other."""
    one, two = chance.sample(json.loads(members[FILES])["files"], 2)
    if members[one["path"]] == members[two["path"]]:
        raise KeyError
    members[one["path"]], members[two["path"]] = members[two["path"]], members[one["path"]]


DEEP = {
    "a field of an entry, linked anew": envelope_field,
    "the form of an entry": envelope_form,
    "a body rewritten, committed and linked anew": body_rewritten,
    "a body alone": body_alone,
    "two bodies swapped": bodies_swapped,
    "an erasure hidden": erasure_hidden,
    "the tail cut off, all made to fit": tail_cut,
    "a record left out": record_left_out,
    "two records swapped": records_swapped,
    "a record twice": record_twice,
    "another case mixed in": other_case,
    "a field of packet.json": packet_field,
    "a file changed": file_changed,
    "a row of the files": file_list,
    "two files swapped": files_swapped,
}
