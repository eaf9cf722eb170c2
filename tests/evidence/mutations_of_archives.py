"""Changes to the archive and to the bag's lists."""

import hashlib
import random
import struct
import unicodedata
from collections.abc import Sequence

from tests.evidence.bagparts import zip_in_order, zip_of
from tests.evidence.bags import LISTS, Bag, with_lists

Members = dict[str, bytes]


def flip(chance: random.Random, data: bytes, start: int = 0, end: int | None = None) -> bytes:
    """The data with one bit turned, somewhere in [start, end)."""
    at = chance.randrange(start, len(data) if end is None else end)
    changed = bytearray(data)
    changed[at] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _in_order(members: Members) -> list[tuple[str, bytes]]:
    return sorted(members.items(), key=lambda item: item[0].encode())


def any_bit(chance: random.Random, bag: Bag, members: Members) -> bytes:
    return flip(chance, bag.packet)


def zip_field(chance: random.Random, bag: Bag, members: Members) -> bytes:
    """Another value in one field of a header of the archive."""
    packet = bytearray(bag.packet)
    size, start = struct.unpack("<II", packet[-10:-2])
    starts = [start]
    while starts[-1] < start + size:
        name, extra, comment = struct.unpack("<HHH", packet[starts[-1] + 28 : starts[-1] + 34])
        starts.append(starts[-1] + 46 + name + extra + comment)
    here = chance.choice(starts[:-1])
    local = struct.unpack("<I", packet[here + 42 : here + 46])[0]
    fields = [(here, offset, 2) for offset in (4, 6, 8, 10, 12, 14, 28, 30, 32, 34, 36)]
    fields += [(here, offset, 4) for offset in (16, 20, 24, 38, 42)]
    fields += [(local, offset, 2) for offset in (4, 6, 8, 10, 12, 26, 28)]
    fields += [(local, offset, 4) for offset in (0, 14, 18, 22)]
    fields += [(len(packet) - 22, offset, 2) for offset in (4, 6, 8, 10, 20)]
    fields += [(len(packet) - 22, offset, 4) for offset in (0, 12, 16)]
    base, offset, width = chance.choice(fields)
    old = packet[base + offset : base + offset + width]
    new = chance.choice(
        [b"\0" * width, b"\xff" * width, bytes([old[0] ^ 1]) + old[1:], chance.randbytes(width)]
    )
    packet[base + offset : base + offset + width] = new
    return bytes(packet)


def bytes_around(chance: random.Random, bag: Bag, members: Members) -> bytes:
    """Something before, after or between."""
    extra = chance.choice([b"\0", b"\n", b"PK\5\6", chance.randbytes(22), bag.packet])
    at = chance.choice([0, len(bag.packet), len(bag.packet) - 22, chance.randrange(len(bag.packet))])
    return bag.packet[:at] + extra + bag.packet[at:]


def cut_short(chance: random.Random, bag: Bag, members: Members) -> bytes:
    start = chance.choice([0, 0, 1, 4, chance.randrange(len(bag.packet))])
    return bag.packet[start : chance.randrange(start, len(bag.packet))] if start == 0 else bag.packet[start:]


def other_order(chance: random.Random, bag: Bag, members: Members) -> bytes:
    order = _in_order(members)
    at = chance.randrange(len(order) - 1)
    order[at], order[at + 1] = order[at + 1], order[at]
    return zip_in_order(order)


def member_twice(chance: random.Random, bag: Bag, members: Members) -> bytes:
    order = _in_order(members)
    at = chance.randrange(len(order))
    name, data = order[at]
    order.insert(chance.choice([at, at + 1]), (name, chance.choice([data, data + b" ", b""])))
    return zip_in_order(order)


def bad_name(chance: random.Random, bag: Bag, members: Members) -> bytes:
    """A member under a name that the page forbids; the lists name it rightly."""
    name = chance.choice([n for n in members if n.startswith("data/files/")])
    folder, base = name.rsplit("/", 1)
    names: Sequence[str] = (
        f"{folder}/../{base}",
        f"{folder}/./{base}",
        f"{folder}//{base}",
        f"/{name}",
        f"{folder}\\{base}",
        f"{name}.",
        f"{name} ",
        f"{folder}/ {base}",
        f"{folder}/C:{base}",
        f"{folder}/{base}?",
        f"{folder}/{base}\n",
        f"{folder}/\x7f{base}",
        f"{folder}/{'长' * 121}",
        f"{folder}/{'长' * 70}",
        f"{folder}/" + unicodedata.normalize("NFD", f"é{base}"),
    )
    members[chance.choice(names)] = members.pop(name)
    return zip_of(with_lists(members))


def same_when_folded(chance: random.Random, bag: Bag, members: Members) -> bytes:
    """Two members whose names differ in case alone."""
    name = chance.choice(["data/record-sheet.pdf", "data/environment.json", "policy.txt", "verify.py"])
    changed = name.replace("r", "R", 1) if "r" in name else name.upper()
    members[changed if changed != name else name.upper()] = members[name]
    return zip_of(with_lists(members))


def member_bit(chance: random.Random, bag: Bag, members: Members) -> None:
    name = chance.choice([n for n in members if members[n]])
    members[name] = flip(chance, members[name])


def member_dropped(chance: random.Random, bag: Bag, members: Members) -> None:
    del members[chance.choice([*members])]


def member_added(chance: random.Random, bag: Bag, members: Members) -> None:
    name = chance.choice(
        ["data/x", "x.txt", "data/files/x.jpg", "data/bodies/000999.json", "fetch.txt", "a/b"]
    )
    members[name] = chance.randbytes(chance.randrange(20))


def member_renamed(chance: random.Random, bag: Bag, members: Members) -> None:
    name = chance.choice([*members])
    members[chance.choice([name + "x", name.upper() + "1", "data/" + name])] = members.pop(name)


def list_line(chance: random.Random, bag: Bag, members: Members) -> None:
    """Another spelling of one of the lists; the list of lists fits it again unless it is itself changed."""
    name = chance.choice(LISTS)
    lines = members[name].decode().splitlines(keepends=True)
    at = chance.randrange(len(lines))
    line = lines[at]
    lines[at] = chance.choice(
        [
            line.upper(),
            line.replace("  ", " "),
            line.replace("  ", "\t"),
            line.replace("  ", " *"),
            line.replace("\n", "\r\n"),
            line.rstrip("\n"),
            line * 2,
            line + "\n",
            "",
            " " + line,
            line.replace("\n", " \n"),
            line.replace("a", "b", 1),
            "\ufeff" + line,
        ]
    )
    if chance.random() < 0.2:
        chance.shuffle(lines)
    _keep(members, {name: "".join(lines).encode()})


def _keep(members: Members, changed: Members) -> None:
    """Put these lists in, and make the list of lists fit where it is not among them."""
    fresh = with_lists({**members, **changed})["tagmanifest-sha256.txt"]
    members |= changed
    if "tagmanifest-sha256.txt" not in changed:
        for name in changed:
            old = hashlib.sha256(with_lists(members)[name]).hexdigest()
            fresh = fresh.replace(old.encode(), hashlib.sha256(changed[name]).hexdigest().encode())
        members["tagmanifest-sha256.txt"] = fresh


def line_ends(chance: random.Random, bag: Bag, members: Members) -> None:
    """CRLF, or a byte order mark, or a line more, in a member of lines."""
    name = chance.choice(
        [
            "bagit.txt",
            "data/chain.jsonl",
            "data/proof/checkpoint",
            "data/proof/closing.jsonl",
            "data/proof/sm3/checkpoint",
        ]
    )
    data = members[name]
    members[name] = chance.choice(
        [
            data.replace(b"\n", b"\r\n"),
            b"\xef\xbb\xbf" + data,
            data + b"\n",
            data[:-1],
            b"\n" + data,
            data + b" ",
        ]
    )


def stray_member(chance: random.Random, bag: Bag, members: Members) -> None:
    """A member that has no place in a packet, with lists that name it."""
    name = chance.choice(
        [
            "data/notes.txt",
            "data/files/新证据.jpg",
            "data/bodies/000999.json",
            "data/bodies/1.json",
            "data/bodies/0000001.json",
            "data/proof/times/099.tsr",
            "data/proof/extra",
            "fetch.txt",
            "data/environment.json/x",
        ]
    )
    members[name] = chance.randbytes(12)


def required_missing(chance: random.Random, bag: Bag, members: Members) -> None:
    """A member that must be there is not; the lists agree."""
    free = ("data/files/", "data/bodies/", "data/record", "data/env", "data/clocks", "data/prov/", *LISTS)
    del members[chance.choice([name for name in members if not name.startswith(free)])]


RAW = {
    "any bit of the archive": any_bit,
    "a field of the ZIP": zip_field,
    "bytes around": bytes_around,
    "cut short": cut_short,
    "members in another order": other_order,
    "a member twice": member_twice,
    "a forbidden name": bad_name,
    "names equal when folded": same_when_folded,
    "a bit of a member": member_bit,
    "a member dropped": member_dropped,
    "a member added": member_added,
    "a member renamed": member_renamed,
    "a line of a list": list_line,
}
DEEP = {"line ends": line_ends, "a stray member": stray_member, "a required member missing": required_missing}
