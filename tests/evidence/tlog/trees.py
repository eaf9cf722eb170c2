"""Trees as RFC 6962 defines them, word for word and slowly: what the fast ones are held to."""

from collections.abc import Sequence

from evidence.tlog.merkle import TreeHash


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(hash: TreeHash, data: Sequence[bytes]) -> bytes:  # noqa: A002
    """Section 2.1: the Merkle tree hash."""
    if not data:
        return hash.new(b"").digest()
    if len(data) == 1:
        return hash.new(b"\x00" + data[0]).digest()
    k = split(len(data))
    return hash.new(b"\x01" + mth(hash, data[:k]) + mth(hash, data[k:])).digest()


def path(hash: TreeHash, m: int, data: Sequence[bytes]) -> list[bytes]:  # noqa: A002
    """Section 2.1.1: the audit path."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return [*path(hash, m, data[:k]), mth(hash, data[k:])]
    return [*path(hash, m - k, data[k:]), mth(hash, data[:k])]


def proof(hash: TreeHash, m: int, data: Sequence[bytes], known: bool = True) -> list[bytes]:  # noqa: A002
    """Section 2.1.2: the consistency proof."""
    if m == len(data):
        return [] if known else [mth(hash, data)]
    k = split(len(data))
    if m <= k:
        return [*proof(hash, m, data[:k], known), mth(hash, data[k:])]
    return [*proof(hash, m - k, data[k:], False), mth(hash, data[:k])]


def entries(count: int) -> list[bytes]:
    """So many different leaves."""
    return [b"entry %d" % index for index in range(count)]


class Grove:
    """A tree kept whole, that gives the roots of its complete subtrees."""

    def __init__(self, hash: TreeHash, data: Sequence[bytes]) -> None:  # noqa: A002
        self.rows = [hash.leaves(data)]
        while len(self.rows[-1]) > 1:
            self.rows.append(hash.nodes(self.rows[-1]))

    def subtree(self, level: int, index: int) -> bytes:
        try:
            return self.rows[level][index]
        except IndexError:
            raise KeyError((level, index)) from None
