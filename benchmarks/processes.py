"""What other processes of this machine have spent."""

import contextlib
from pathlib import Path


def children_of(parent: int) -> list[int]:
    """The processes that this one has started; none where there is no /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def cpu_s_of(process: int) -> float:
    """CPU seconds of a process so far, by Linux's scheduler; 0 where that is not told."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
