"""A small log played in memory: its keys, its witnesses, its time authority, and what is written into it."""

import base64
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.evidence.bagparts import Authority, Heads, Key, Tree, canonical, checkpoint_text, note, sha256, sm3

V = "mediation-evidence/1"


@dataclass(frozen=True)
class Entry:
    case: str
    seq: int
    index: int
    typ: str
    envelope: bytes
    body: bytes
    content: bytes | None = None

    @property
    def link(self) -> bytes:
        return sha256(b"mediation-evidence/1 link\n" + self.envelope)


def key_record(origin: str, old: Key, new: Key, **more: Any) -> bytes:
    """The record by which `old` hands the log over to `new`; `more` is said, and signed, as well."""
    record = {"log": origin, "new": new.vkey, "old": old.vkey, "typ": "key", "v": V, **more}
    text = "mediation-evidence/1 key\n" + canonical(record).decode()
    signed = {
        f"sig_{n}": base64.b64encode(key.sign(text)).decode() for n, key in (("new", new), ("old", old))
    }
    return canonical({**record, **signed})


@dataclass
class World:
    """A log, its keys, witnesses and time authority, and what has been written so far."""

    seed: int
    witness_count: int = 3
    leaves: list[bytes] = field(default_factory=list)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    checkpoints: list[tuple[int, bytes]] = field(default_factory=list)
    tokens: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"world {self.seed}")
        self.origin = f"log{self.chance.randint(1, 99)}.example.org/mediation"
        self.log_keys = [Key(self.origin, b"\1", self.chance.randbytes(32)) for _ in range(2)]
        self.log_key = self.log_keys[0]
        self.sm3_key = Key(f"{self.origin}/sm3", b"\xffSM2-SM3", self.chance.randbytes(31))
        self.sm3_keys = [self.sm3_key, replace(self.sm3_key, secret=sha256(self.sm3_key.secret)[:31])]
        self.stranger = Key("stranger.example", b"\4", self.chance.randbytes(32))
        self.witnesses = [
            Key(f"witness{i}.example/{self.seed}", b"\4", self.chance.randbytes(32))
            for i in range(self.witness_count)
        ]
        self.authority = Authority(self.chance.choice(["rsa", "ec"]))
        self.digest = self.chance.choice(["sha256", "sha384", "sha512"])
        self.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
        self.seen = (0, sha256(b""))
        self.rotated_at: int | None = None
        self.sm3_rotated_at: int | None = None
        self.handovers: list[int] = []  # the places of the key records
        self.sha_tree = Tree(sha256, self.leaves)
        self.sm3_tree = Tree(sm3, self.leaves)

    def wait(self) -> str:
        """Let some time pass and say what the clock shows."""
        self.now += timedelta(milliseconds=self.chance.randint(1, 90_000))
        return f"{self.now:%Y-%m-%dT%H:%M:%S}.{self.now.microsecond // 1000:03d}Z"

    def append(
        self, case: str, event: str, record: Mapping[str, Any], *, role: str = "", **more: Any
    ) -> Entry:
        """Write one entry of a case: `typ` (default record) and `content` (the file taken in) may be given."""
        typ = more.get("typ", "record")
        chain = self.entries.setdefault(case, [])
        salt = self.chance.randbytes(32).hex()
        body = canonical({"event": event, "record": record, "role": role, "salt": salt})
        envelope = canonical(
            {
                "at": self.wait(),
                "c256": sha256(b"mediation-evidence/1 body\n" + body).hex(),
                "case": case,
                "csm3": sm3(b"mediation-evidence/1 body\n" + body).hex(),
                "log": self.origin,
                "prev": chain[-1].link.hex() if chain else "0" * 64,
                "seen": {"root": self.seen[1].hex(), "size": self.seen[0]},
                "seq": len(chain) + 1,
                "typ": typ,
                "v": V,
            }
        )
        entry = Entry(case, len(chain) + 1, len(self.leaves), typ, envelope, body, more.get("content"))
        chain.append(entry)
        self.leaves.append(envelope)
        return entry

    def take_in(self, case: str, name: str, content: bytes) -> Entry:
        record = {
            "captured": {"by": "claimant", "how": "upload", "where": "portal", "with": "browser"},
            "media_type": "application/octet-stream",
            "name": name,
            "sha256": sha256(content).hex(),
            "size": len(content),
            "sm3": sm3(content).hex(),
        }
        return self.append(case, "deposit.take_in", record, role="citizen", content=content)

    def own(self, typ: str, **record: Any) -> bytes:
        leaf = canonical({"log": self.origin, "typ": typ, "v": V, **record})
        self.leaves.append(leaf)
        return leaf

    def heads(self) -> Heads:
        return Heads({case: (len(chain), chain[-1].link) for case, chain in self.entries.items()})

    def close(self, *, stamp: bool = False) -> tuple[int, bytes]:
        """Write the two closing records and make a checkpoint; with `stamp` the authority says when."""
        size = len(self.leaves)
        self.own("sm3-root", root=self.sm3_tree.root(size).hex(), size=size)
        self.own("heads", cases=len(self.entries), root=self.heads().root().hex())
        size = len(self.leaves)
        self.checkpoints.append((size, self.sha_tree.root(size)))
        if stamp:
            self.wait()
            self.tokens[size] = self.authority.token(self.text().encode(), self.whole_now, digest=self.digest)
        self.wait()
        return self.checkpoints[-1]

    @property
    def whole_now(self) -> datetime:
        self.now = self.now.replace(microsecond=0) + timedelta(seconds=1)
        return self.now

    def rotate(self) -> None:
        """Sign with the second key from the next checkpoint on."""
        self._hand_over(*self.log_keys)
        self.log_key, self.rotated_at = self.log_keys[1], len(self.leaves)

    def rotate_sm3(self) -> None:
        """The same for the SM3 tree."""
        self._hand_over(*self.sm3_keys)
        self.sm3_key, self.sm3_rotated_at = self.sm3_keys[1], len(self.leaves)

    def _hand_over(self, old: Key, new: Key) -> None:
        self.handovers.append(len(self.leaves))
        self.leaves.append(key_record(self.origin, old, new))

    def text(self, at: int = -1) -> str:
        return checkpoint_text(self.origin, *self.checkpoints[at])

    def sm3_text(self, at: int = -1) -> str:
        size = self.checkpoints[at][0] - 2
        return checkpoint_text(f"{self.origin}/sm3", size, self.sm3_tree.root(size))

    def old_policy(self, k: int) -> bytes:
        """The policy of a reader who has not heard of any new key."""
        after = self.rotated_at, self.log_key, self.sm3_rotated_at, self.sm3_key
        self.rotated_at, self.log_key = None, self.log_keys[0]
        self.sm3_rotated_at, self.sm3_key = None, self.sm3_keys[0]
        try:
            return self.policy(k)
        finally:
            self.rotated_at, self.log_key, self.sm3_rotated_at, self.sm3_key = after

    def policy(self, k: int) -> bytes:
        """The policy k of n, in one of the shapes that the text allows."""
        lines = ["# who may sign, and who watches"]
        if self.rotated_at is None:
            lines.append(f"log {self.log_key.vkey}  https://{self.origin}")
        else:
            old, new = self.log_keys
            lines += [f"log {old.vkey} sizes:-{self.rotated_at}", f"log {new.vkey} sizes:{self.rotated_at}-"]
        if self.sm3_rotated_at is None:
            lines.append(f"\tlog {self.sm3_key.vkey}")
        else:
            old, new = self.sm3_keys
            at = self.sm3_rotated_at
            lines += [f"log {old.vkey} sizes:-{at}", f"log {new.vkey} sizes:{at}-"]
        names = [f"w{i}" for i in range(len(self.witnesses))]
        lines += ["", *(f"witness {n} {w.vkey}" for n, w in zip(names, self.witnesses, strict=True))]
        if k == 0:
            lines.append("quorum none")
        elif len(names) == 1:
            lines.append("quorum w0")
        else:
            k_word = {1: "any", len(names): "all"}.get(k, str(k))
            lines += [f"group inner {k_word} {' '.join(names)}", "group 外 all inner", "quorum 外"]
        return ("\n".join(lines) + "\n").encode()

    def checkpoint_note(self, k: int) -> bytes:
        """The last checkpoint, signed by the log, by k or more witnesses, and perhaps by somebody unknown."""
        text = self.text()
        chosen = self.chance.sample(self.witnesses, self.chance.randint(k, len(self.witnesses)))
        if self.chance.random() < 0.5:
            chosen = [*chosen, self.stranger]
        second = int(self.now.timestamp())
        return note(
            text, [self.log_key.line(text), *(w.line(text, second + i) for i, w in enumerate(chosen))]
        )
