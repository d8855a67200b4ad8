"""How every bench speaks: progress on one line, a table of figures, a GOAL line each at the end."""

import sys
import time


def progress(done: int, total: int, what: str) -> None:
    if not sys.stderr.isatty() and done < total:
        return  # a log wants the end, not every step
    width = 30
    filled = width * done // max(total, 1)
    sys.stderr.write(f"\r  [{'#' * filled}{'.' * (width - filled)}] {done:,} of {total:,} {what}")
    if done >= total:
        sys.stderr.write("\n")
    sys.stderr.flush()


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the measurements lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed(function, *arguments) -> float:
    """Milliseconds of one call, by the wall clock."""
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1000


class Goals:
    """Collects what was asked and what was measured; `close` prints it last and gives the exit code."""

    def __init__(self):
        self.lines, self.met = [], True

    def most(self, name: str, value: float, goal: float, unit: str = "") -> None:
        self._add(name, value, f"<={goal:g}{unit}", value <= goal, unit)

    def least(self, name: str, value: float, goal: float, unit: str = "") -> None:
        self._add(name, value, f">={goal:g}{unit}", value >= goal, unit)

    def _add(self, name, value, goal, met, unit):
        self.met = self.met and met
        self.lines.append(f"GOAL {name} {value:.4g}{unit} {goal} {'met' if met else 'missed'}")

    def close(self) -> int:
        print("\n".join(self.lines))
        return 0 if self.met else 1
