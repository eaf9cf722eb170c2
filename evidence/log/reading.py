"""The published log as anybody may read it (tlog-tiles): checkpoint, tiles of hashes, bundles of entries.

Nothing beyond the newest published checkpoint is shown: what lies there could still be dropped, if it were not for the
witnesses.
"""

from evidence.log import trees
from evidence.log.policy import policy_bytes
from evidence.models import CheckpointRow, Leaf, LogState
from evidence.tlog.merkle import LENGTH
from evidence.tlog.tiles import ENTRIES, WIDTH, pack, parse_tile_path, width_at

__all__ = ["checkpoint", "entries", "newest_published", "policy_bytes", "published_size", "resource", "tile"]


def newest_published() -> CheckpointRow | None:
    """The newest checkpoint that the policy accepted."""
    return CheckpointRow.objects.filter(published_at__isnull=False).order_by("-size").first()


def published_size() -> int:
    """How many leaves the log has, as anybody may know it; 0 before the first checkpoint."""
    return LogState.objects.values_list("published_size", flat=True).first() or 0


def checkpoint() -> str | None:
    """The newest published checkpoint with its cosignatures, as a signed note."""
    row = newest_published()
    return row.cosigned if row else None


def tile(tree: str, level: int, n: int, width: int = WIDTH) -> bytes | None:
    """The first `width` hashes of a tile of "sha256" or "sm3"; None where the published log does not need it.

    The SM3 tree that a checkpoint of size n vouches for has n − 2 leaves.
    """
    size = published_size()
    if tree == "sm3":
        size = max(0, size - 2)
    if not 1 <= width <= width_at(level, n, size):
        return None
    try:
        return trees.read_tile(tree)(level, n)[: width * LENGTH]
    except KeyError:
        return None


def entries(n: int, width: int = WIDTH) -> bytes | None:
    """The bundle of the first `width` leaves from 256 × n on; None where the published log has none."""
    if not 1 <= width <= width_at(ENTRIES, n, published_size()):
        return None
    return pack(leaves(n * WIDTH, n * WIDTH + width))


def resource(path: str) -> bytes | None:
    """What stands below the address of the log at `tile/…`; None for what no published checkpoint needs."""
    try:
        level, n, width = parse_tile_path(path)
    except ValueError:
        return None
    if level == ENTRIES:
        return entries(n, width)
    return tile("sha256", level, n, width)


def leaves(start: int, end: int) -> list[bytes]:
    """The bytes of the leaves from `start` to below `end`."""
    rows = Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index")
    return [
        (envelope if data is None else data).encode()
        for data, envelope in rows.values_list("data", "entry__envelope")
    ]
