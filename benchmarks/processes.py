"""What other processes of this machine have spent."""

import contextlib
import os
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


def whole_cpu_s_of(process: int) -> float:
    """CPU seconds of a process so far with all its threads, to the hundredth; 0 where that is not told."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def named(token: str) -> int:
    """The process that has this among its arguments, and whose parent has not. Raises LookupError."""
    found = set()
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if token.encode() in told.read_bytes().split(b"\0"):
                found.add(int(told.parent.name))
    below = {child for process in found for child in children_of(process)}
    for process in found - below:
        return process
    raise LookupError(token)
