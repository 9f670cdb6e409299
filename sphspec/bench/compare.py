"""A comparison: two pieces of work, timed in turn, and the median of their ratios."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]
SHORT = 0.01  # seconds, in which a clock's and a cache's first steps are lost
MOST = 100  # times
SLOW = 10.0  # seconds, after which nobody waits for a second first time


@dataclass(frozen=True)
class Comparison:
    """Our work beside a reference's.

    Attributes
    ----------
    name : what we do, with its size
    reference : what the reference does
    prepare : returns our work and the reference's, their data ready
    goal : the largest ratio of our time to the reference's that we want, None where it is only told
    share : the part of the reference's work that is timed; its time is divided by it
    """

    name: str
    reference: str
    prepare: Callable[[], tuple[Work, Work]]
    goal: float | None
    share: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """Medians of a comparison: our seconds, the reference's, and the ratio of the two in each round."""

    name: str
    reference: str
    ours: float
    theirs: float
    ratio: float
    goal: float | None
    rounds: int

    @property
    def ok(self) -> bool:
        """Whether the ratio is what we want."""
        return self.goal is None or self.ratio <= self.goal


def compared(comparison: Comparison, rounds: int = 5) -> Outcome:
    """Return the medians over rounds; each does our work, then the reference's.

    A first round is not counted. Work that is done in less than SHORT is done several times in a row.
    """
    works = comparison.prepare()
    times = [_times(work) for work in works]
    pairs = []
    for _ in range(rounds):
        mine, theirs = (_seconds(work, count) for work, count in zip(works, times, strict=True))
        pairs.append((mine, theirs / comparison.share))
    return Outcome(
        comparison.name, comparison.reference,
        statistics.median(mine for mine, _ in pairs), statistics.median(theirs for _, theirs in pairs),
        statistics.median(mine / theirs for mine, theirs in pairs), comparison.goal, rounds,
    )  # fmt: skip


def _times(work: Work) -> int:
    if _seconds(work, 1) > SLOW:  # what it loads or compiles, it does once
        return 1
    return max(1, min(MOST, int(SHORT / max(_seconds(work, 1), SHORT / MOST))))


def _seconds(work: Work, count: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - begun) / count
