"""What processes cost, from /proc: CPU milliseconds and resident memory."""

import os
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


def children(pid: int) -> list[int]:
    return [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]


def cpu(pid: int) -> float:
    """CPU milliseconds a process has used, kernel time included; 0 once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return (int(fields[11]) + int(fields[12])) * TICK


def resident(pid: int) -> float:
    """Resident megabytes, each shared page counted in equal parts for those who share it (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def descendants(pid: int) -> list[int]:
    """Children and their children: a server's helpers of every generation."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found
