"""Changes to checkpoints, signatures and policies."""

import base64
import json
import random

from tests.evidence.bagparts import Key, canonical, checkpoint_text, note
from tests.evidence.bags import Bag, Shape, make, members_of
from tests.evidence.mutations_of_archives import flip
from tests.evidence.mutations_of_chains import PACKET, edit
from tests.evidence.worlds import World

Members = dict[str, bytes]
CHECKPOINT, SM3 = "data/proof/checkpoint", "data/proof/sm3/checkpoint"


def _split(members: Members, name: str) -> tuple[str, list[str]]:
    text, _, rest = members[name].decode().partition("\n\n")
    return text + "\n", rest.splitlines(keepends=True)


def _known(bag: Bag, lines: list[str]) -> list[int]:
    """Which lines count: those of the log and of witnesses in the policy."""
    return [at for at, line in enumerate(lines) if f" {bag.world.stranger.name} " not in line]


def signed_as_others_do(bag: Bag, text: str, *, by: Key | None = None, witnesses: bool = True) -> bytes:
    """A note over another text, signed by a stranger under the log's name, or truly by everybody."""
    second = int(bag.world.now.timestamp())
    chosen = bag.world.witnesses if witnesses else []
    return note(text, [(by or bag.world.log_key).line(text), *(w.line(text, second) for w in chosen)])


def checkpoint_text_changed(chance: random.Random, bag: Bag, members: Members) -> None:
    """Another origin, size or root, or a line more; packet.json follows."""
    text, lines = _split(members, CHECKPOINT)
    origin, size, root = text.splitlines()
    how = chance.randrange(6)
    if how == 0:
        text = f"{origin}x\n{size}\n{root}\n"
    elif how == 1:
        text = f"{origin}\n{int(size) + chance.choice([-1, 1])}\n{root}\n"
    elif how == 2:
        text = f"{origin}\n{size}\n{base64.b64encode(chance.randbytes(32)).decode()}\n"
    elif how == 3:
        text += "extension\n"
    elif how == 4:
        text = f"{origin}\n0{size}\n{root}\n"
    else:
        text = f"{origin}\n{size}\n"
    parts = [*text.splitlines(), "", ""]
    members[CHECKPOINT] = note(text, lines)
    state = {"root": base64.b64decode(parts[2] or root).hex(), "size": int(parts[1])}
    edit(members, PACKET, checkpoint=state, log=parts[0])


def checkpoint_of_another(chance: random.Random, bag: Bag, members: Members) -> None:
    """A checkpoint rightly signed, but of another state or of another log; packet.json names it."""
    world = bag.world
    if chance.random() < 0.5 and len(world.checkpoints) > 1:
        at = chance.randrange(len(world.checkpoints) - 1)
        size, root = world.checkpoints[at]
        text = world.text(at)
    else:
        other = make(Shape(seed=chance.randrange(50), witnesses=bag.shape.witnesses)).world
        size, root = other.checkpoints[-1]
        text = checkpoint_text(chance.choice([world.origin, other.origin]), size, root)
    stranger = Key(world.origin, b"\1", chance.randbytes(32))
    by = None if text.startswith(world.origin + "\n") and world.checkpoints.count((size, root)) else stranger
    members[CHECKPOINT] = signed_as_others_do(bag, text, by=by)
    if chance.random() < 0.8:
        edit(members, PACKET, checkpoint={"root": root.hex(), "size": size})


def signature_line(chance: random.Random, bag: Bag, members: Members) -> None:
    """A line that counts: gone, by another key, over another text, with a turned bit, or of another time."""
    name = chance.choice([CHECKPOINT, SM3])
    text, lines = _split(members, name)
    at = chance.choice(_known(bag, lines))
    dash, signer, data = lines[at].rstrip("\n").split(" ")
    raw = base64.b64decode(data)
    how = chance.randrange(6)
    if how == 0:
        del lines[at]
        members[name] = note(text, lines)
        return
    if how == 1:
        raw = flip(chance, raw)
    elif how == 2:
        raw = raw[:4] + chance.randbytes(len(raw) - 4)
    elif how == 3:
        raw = raw[: chance.randrange(5, len(raw))]
    elif how == 4:
        raw += b"\0"
    else:
        signer += "x"
    lines[at] = f"{dash} {signer} {base64.b64encode(raw).decode()}\n"
    members[name] = note(text, lines)


def signature_of_another(chance: random.Random, bag: Bag, members: Members) -> None:
    """A line made by the right key over another text, or by another key under the right name."""
    world, (text, lines) = bag.world, _split(members, CHECKPOINT)
    other = checkpoint_text(world.origin, world.checkpoints[-1][0], chance.randbytes(32))
    signers = [world.log_key, *world.witnesses]
    key = chance.choice(signers)
    at = next(i for i, line in enumerate(lines) if line.split(" ")[1] == key.name)
    if chance.random() < 0.5:
        lines[at] = key.line(other, int(world.now.timestamp()))
    else:
        lines[at] = Key(key.name, key.kind, chance.randbytes(32)).line(text, int(world.now.timestamp()))
    members[CHECKPOINT] = note(text, lines)


def bad_line_more(chance: random.Random, bag: Bag, members: Members) -> None:
    """All that is needed, and one line more by a known key that does not hold."""
    text, lines = _split(members, CHECKPOINT)
    key = chance.choice([bag.world.log_key, *bag.world.witnesses])
    lines.insert(chance.randrange(len(lines) + 1), key.line(text + "x", 5))
    members[CHECKPOINT] = note(text, lines)


def note_form(chance: random.Random, bag: Bag, members: Members) -> None:
    """The same lines in another spelling."""
    name = chance.choice([CHECKPOINT, SM3])
    text, lines = _split(members, name)
    at = chance.choice(_known(bag, lines))
    line = lines[at]
    data = line.rstrip("\n").split(" ")[2]
    spelled = [
        line.replace("— ", "- "),
        line.replace("— ", "—  "),
        line.replace("\n", " \n"),
        line.replace("\n", "\r\n"),
        line.replace(data, data.rstrip("=")) if data.endswith("=") else line.replace(data, data + "===="),
        line.replace(data, data[:-1] + "\t" + data[-1:]),
        line.replace(data, data.replace("+", "-").replace("/", "_") if set("+/") & set(data) else data + "-"),
        line.replace(data, data[:8] + " " + data[8:]),
        line.rstrip("\n"),
        "\n" + line,
        line + "\n",
        "\x00" + line,
        line + "more\n",
        line * 20,
    ]
    lines[at] = chance.choice(spelled)
    text = chance.choice([text, text, text, "\n" + text, text + "\n"])
    members[name] = (text + chance.choice(["\n", "\n", "\n", ""]) + "".join(lines)).encode()


def trailing_bits(chance: random.Random, bag: Bag, members: Members) -> None:
    """Base64 whose unused bits are not zero: the same bytes in a second spelling."""
    name = chance.choice([CHECKPOINT, SM3])
    text, lines = _split(members, name)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    def respelled(data: str) -> str:
        bare = data.rstrip("=")
        if bare == data:
            raise KeyError
        last = alphabet.index(bare[-1]) | chance.randrange(1, 4 if data.count("=") == 1 else 16)
        return bare[:-1] + alphabet[last] + data[len(bare) :]

    spots = [at for at in _known(bag, lines) if "=" in lines[at]]
    if spots and chance.random() < 0.5:
        at = chance.choice(spots)
        dash, signer, data = lines[at].rstrip("\n").split(" ")
        lines[at] = f"{dash} {signer} {respelled(data)}\n"
    else:
        origin, size, root = text.splitlines()
        text = f"{origin}\n{size}\n{respelled(root)}\n"
    members[name] = note(text, lines)


def policy_of_a_forger(chance: random.Random, bag: Bag, members: Members) -> Members:
    """A whole world of the forger's own, with his policy inside; the reader holds the true fingerprint."""
    forged = make(Shape(seed=chance.randrange(40), records=5, witnesses=bag.shape.witnesses))
    world: World = forged.world
    world.origin = forged.world.origin
    return members_of(world, forged.case, forged.shape, world.policy(bag.shape.witnesses[0]))


def policy_edited(chance: random.Random, bag: Bag, members: Members) -> None:
    """The policy inside made weaker, or in another spelling; the reader holds the true fingerprint."""
    policy = members["policy.txt"]
    members["policy.txt"] = chance.choice(
        [
            policy + b"# more\n",
            policy.replace(b"quorum ", b"quorum  "),
            b"\n".join([*policy.splitlines()[:-1], b"quorum none", b""]),
            flip(chance, policy),
            policy[:-1],
            policy.replace(b"all", b"any"),
            policy.replace(b"\n", b"\r\n"),
        ]
    )


def sm3_side(chance: random.Random, bag: Bag, members: Members) -> None:
    """The SM3 side alone: signed by another, over another root or size, or with another tree."""
    world = bag.world
    size = world.checkpoints[-1][0] - 2
    right = world.sm3_tree.root(size)
    how = chance.randrange(5)
    root = chance.randbytes(32) if how in (0, 1) else right
    if how == 2:
        size = chance.choice([size + 2, size - 1])
        root = world.sm3_tree.root(size)
    if how == 4:
        members["data/proof/sm3/multiproof"] = members["data/proof/multiproof"]
        return
    key = Key(world.sm3_key.name, b"\xffSM2-SM3", chance.randbytes(31)) if how in (1, 3) else world.sm3_key
    text = checkpoint_text(world.sm3_key.name, size, root)
    members[SM3] = note(text, [key.line(text)])


def history_rewritten(chance: random.Random, bag: Bag, members: Members) -> None:
    """What a thief of neither key can do best: another history, proofs and all, under a log key of his own."""
    forged = make(Shape(seed=bag.shape.seed, records=bag.shape.records, file_bytes=bag.shape.file_bytes + 1))
    members.clear()
    members |= forged.members
    world = forged.world
    state = json.loads(members[PACKET])["checkpoint"]
    text = checkpoint_text(world.origin, state["size"], bytes.fromhex(state["root"]))
    stranger = Key(world.origin, b"\1", chance.randbytes(32))
    thieves = [Key(w.name, b"\4", chance.randbytes(32)) for w in world.witnesses]
    members[CHECKPOINT] = note(text, [stranger.line(text), *(w.line(text, 1_770_000_000) for w in thieves)])


def closing_changed(chance: random.Random, bag: Bag, members: Members) -> None:
    """The closing records: swapped, another root, another size, one of another checkpoint."""
    name = "data/proof/closing.jsonl"
    first, second = (json.loads(line) for line in members[name].splitlines())
    how = chance.randrange(6)
    if how == 0:
        first, second = second, first
    elif how == 1:
        first["size"] += chance.choice([-1, 1, 2])
    elif how == 2:
        chance.choice([first, second])["root"] = chance.randbytes(32).hex()
    elif how == 3:
        second["cases"] += 1
    elif how == 4:
        chance.choice([first, second])[chance.choice(["log", "typ", "v", "more"])] = "other"
    else:
        second = first
    members[name] = canonical(first) + b"\n" + canonical(second) + b"\n"


DEEP = {
    "the text of the checkpoint": checkpoint_text_changed,
    "a checkpoint of another state or log": checkpoint_of_another,
    "a signature line": signature_line,
    "a signature over something else": signature_of_another,
    "a bad line more": bad_line_more,
    "the form of a note": note_form,
    "base64 in a second spelling": trailing_bits,
    "policy of a forger inside": policy_of_a_forger,
    "policy inside edited": policy_edited,
    "the SM3 side alone": sm3_side,
    "another history under other keys": history_rewritten,
    "a closing record": closing_changed,
}
