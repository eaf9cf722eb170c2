"""Reading the whole log again, leaf by leaf, against its tiles, its checkpoints and who signed them."""

from collections.abc import Iterator, Sequence

from evidence.canonical import canonical
from evidence.envelopes import VERSION
from evidence.log.chains import ENVELOPE, Chains, Flaw, flaws_of_form
from evidence.log.policy import current_policy
from evidence.log.rotation import read_rotation
from evidence.log.signing import key_rows
from evidence.log.trees import LEVELS, TREES, read_tile
from evidence.models import CheckpointRow, Leaf, LogState
from evidence.tlog import notes
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.heads import HeadsTree
from evidence.tlog.merkle import LENGTH, SHA256, SM3, Frontier, Grown
from evidence.tlog.notes import NoteRefused, SignedNote, VerifierKey
from evidence.tlog.policies import PolicyRefused
from evidence.tlog.tiles import WIDTH

BATCH = 4_096  # leaves at a time


def reread_log() -> Iterator[Flaw]:
    """What does not hold in the log, in the order of its leaves. Stops at the first thing that makes all that follows
    unlike the trees: its index is the first bad one.
    """
    state = LogState.objects.first()
    if state is None:
        return
    reading = _Reading(state.origin, newest=state.published_size)
    for row in CheckpointRow.objects.order_by("size").iterator(chunk_size=200):
        flaws = list(reading.read_to(row))
        yield from flaws
        if flaws:
            return
    yield from reading.flaws_of_end(state)


class _Reading:
    """How far the log was read, and what must stand there."""

    def __init__(self, origin: str, *, newest: int) -> None:
        self.origin = origin
        self.newest = newest  # the size of the newest published checkpoint
        self.size = 0
        self.begun = 0  # where the checkpoint that is being read begins
        self.chains = Chains(origin)
        self.counts: dict[str, int] = {}
        self.heads = HeadsTree()
        self.signs: dict[bytes, VerifierKey] = {}  # whose turn it is, by the kind of key
        self.trees = {name: _TreeRead(name) for name in TREES}
        self.published = 0

    def read_to(self, row: CheckpointRow) -> Iterator[Flaw]:
        """Read on to a checkpoint, and hold it to what was read."""
        self.begun, closing = self.size, row.size - 2
        if closing < self.begun:
            yield Flaw(row.size - 1, f"checkpoint {row.size} is not closed by two records")
            return
        while self.size < closing:
            if flaws := self._read_leaves(min(self.size + BATCH, closing)):
                yield from flaws
                return
        sm3_root = self.trees["sm3"].frontier.root().hex()
        heads_root, cases = self.heads.root().hex(), len(self.heads)
        wanted = [
            self._own(typ="sm3-root", root=sm3_root, size=closing),
            self._own(typ="heads", root=heads_root, cases=cases),
        ]
        if flaws := self._read_leaves(row.size, wanted):
            yield from flaws
            return
        root = self.trees["sha256"].frontier.root()
        if (row.root, row.sm3_root, row.heads_root, row.cases) != (root.hex(), sm3_root, heads_root, cases):
            yield Flaw(self.begun, f"from here on the leaves are not those of checkpoint {row.size}")
            return
        if reason := self._flaw_of_notes(
            row, Checkpoint(self.origin, row.size, root), bytes.fromhex(sm3_root)
        ):
            yield Flaw(row.size - 1, f"checkpoint {row.size}: {reason}")

    def flaws_of_end(self, state: LogState) -> Iterator[Flaw]:
        """Whether the log ends where its state says, and nothing stands beyond."""
        if state.size != self.size or Leaf.objects.filter(index__gte=self.size).exists():
            yield Flaw(self.size, "the log does not end where its last checkpoint says")
        if state.published_size != self.published:
            yield Flaw(self.published, "the newest published checkpoint is not the one that the log names")

    def _read_leaves(self, end: int, wanted: Sequence[bytes] | None = None) -> list[Flaw]:
        """Read the leaves up to `end`: entries that follow one another, or the two wanted records."""
        first, leaves = self.size, _leaves(self.size, end)
        if len(leaves) != end - first:
            return [Flaw(first + len(leaves), "this leaf, or its entry, is missing")]
        flaws = [flaw for tree in self.trees.values() if (flaw := tree.extend(leaves)) is not None]
        self.size = end
        if wanted is None:
            flaws += self._flaws_of_entries(leaves, first)
            if not flaws:
                self._note_heads(leaves)
        elif not flaws and leaves != wanted:
            flaws = [
                Flaw(self.begun, f"from here on the leaves are not those that the record at {end - 2} states")
            ]
        return sorted(flaws)[:1]

    def _flaws_of_entries(self, leaves: Sequence[bytes], first: int) -> list[Flaw]:
        broken = self.chains.follow(leaves)
        return [
            *(Flaw(first + place, "it does not follow the last entry of its case") for place in broken),
            *flaws_of_form(self.origin, leaves, counts=self.counts, first=first),
            *self._flaws_of_own(leaves, first),
        ]

    def _note_heads(self, leaves: Sequence[bytes]) -> None:
        for case in {data[115:147] for data in leaves if data.startswith(ENVELOPE)}:
            tag = case.decode()
            self.heads.put(tag, self.counts[tag], bytes.fromhex(self.chains.ends[case].decode()))

    def _flaws_of_own(self, leaves: Sequence[bytes], first: int) -> list[Flaw]:
        """Records of the log among the entries: only changes of key, good ones, each from the key in use."""
        found = []
        for place, data in enumerate(leaves):
            if data.startswith(ENVELOPE):
                continue
            if (keys := read_rotation(data, self.origin)) is None:
                found.append(
                    Flaw(first + place, "it is neither an entry nor a change of key that both keys signed")
                )
                continue
            old, new = keys
            if self.signs.get(old.kind, old) != old:
                found.append(Flaw(first + place, "it replaces a key that was not in use"))
            self.signs[old.kind] = new
        return found

    def _own(self, **said: str | int) -> bytes:
        return canonical({"log": self.origin, "v": VERSION, **said})

    def _flaw_of_notes(self, row: CheckpointRow, checkpoint: Checkpoint, sm3_root: bytes) -> str:
        """What is wrong with the signatures under a checkpoint."""
        sm3_tree = Checkpoint(f"{self.origin}/sm3", row.size - 2, sm3_root)
        try:
            if reason := self._flaw_of_signer(row.note, checkpoint, "ed25519") or self._flaw_of_signer(
                row.sm3_note, sm3_tree, "sm2"
            ):
                return reason
            if row.published_at is None:
                return ""
            self.published = row.size
            note = SignedNote.parse(row.cosigned)
            if note.text != checkpoint.text():
                return "it was published with another text"
            if (
                row.size == self.newest
            ):  # it vouches for the older ones; those were judged by the policy of their day
                current_policy().accept(note, self.origin)
        except NoteRefused as error:
            return str(error)
        except PolicyRefused as error:
            return f"the policy does not accept it: {error}"
        return ""

    def _flaw_of_signer(self, note: str, tree: Checkpoint, kind: str) -> str:
        """Whether the key whose turn it is has signed."""
        signers = _signers(note, tree, kind)
        if not signers:
            return "the log has not signed it"
        turn = self.signs.setdefault(signers[0].kind, signers[0])
        return "" if turn in signers else "no record hands the log over to the key that signed it"


class _TreeRead:
    """One tree, grown again beside its tiles."""

    def __init__(self, name: str) -> None:
        self.frontier = Frontier(TREES[name])
        self._read = read_tile(name)
        self._name = name

    def extend(self, leaves: Sequence[bytes]) -> Flaw | None:
        """Grow; the first place where a tile says something else."""
        hash_ = SHA256 if self._name == "sha256" else SM3
        flaws = [self._compare(grown) for grown in self.frontier.extend(hash_.leaves(leaves))]
        return min((flaw for flaw in flaws if flaw is not None), default=None)

    def _compare(self, grown: Grown) -> Flaw | None:
        if grown.level % LEVELS:
            return None
        level, at = grown.level // LEVELS, grown.first
        wide = 1 << grown.level
        for hashes in _by_tile(at, grown.hashes):
            n, offset = divmod(at, WIDTH)
            try:
                tile = self._read(level, n)
            except KeyError:
                tile = b""
            for place, one in enumerate(hashes):
                start = (offset + place) * LENGTH
                if tile[start : start + LENGTH] != one:
                    return Flaw(
                        (at + place) * wide, f"the bytes are not those that the {self._name} tree holds"
                    )
            at += len(hashes)
        return None


def _by_tile(first: int, hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut where one tile ends and the next begins."""
    at = 0
    while at < len(hashes):
        width = WIDTH - (first + at) % WIDTH
        yield hashes[at : at + width]
        at += width


def _leaves(start: int, end: int) -> list[bytes]:
    """The bytes of the leaves from `start` on, up to the first that is not there as it must be."""
    rows = Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index")
    found: list[bytes] = []
    for index, data, entry, envelope in rows.values_list(
        "index", "data", "entry_id", "entry__envelope"
    ).iterator():
        text = envelope if data is None else data
        if index != start + len(found) or text is None or (data is None) == (entry is None):
            break
        found.append(text.encode("utf-8", "surrogatepass"))
    return found


def _signers(text: str, tree: Checkpoint, kind: str) -> list[VerifierKey]:
    """The keys of ours, good for this size, that have signed the note; none where it states another tree."""
    note = SignedNote.parse(text)
    rows = [row for row in key_rows(kind) if row.from_size is not None and row.from_size <= tree.size]
    keys = [VerifierKey.parse(row.vkey) for row in rows if row.to_size is None or tree.size < row.to_size]
    return [key for key in keys if note.text == tree.text() and notes.verify(note, key)]
