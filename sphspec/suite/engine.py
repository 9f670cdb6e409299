"""Who computes the blocks of a Monte Carlo run; the same blocks, in the same order, whoever does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sphspec.suite.draws import Draws
from sphspec.verify.moments import Sums, merge, sums_of
from sphspec.verify.streams import stream

BLOCK = 1000  # paths a block
CHUNK = 2.0**25  # bytes of maps that are drawn at once


@dataclass(frozen=True, eq=False)
class Task:
    """One stage of a run: what is drawn, how many paths, from which streams."""

    draws: Draws
    seed: int
    stage: str
    paths: int

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.paths // BLOCK)

    def block(self, number: int) -> Sums:
        """Return the sums of one block: its stream depends on the content, the stage and the number alone."""
        rng = stream(self.seed, self.draws.content, self.stage, number)
        values = self.draws.values(rng, min(BLOCK, self.paths - number * BLOCK))
        white, outside = self.draws.cov.whiten(values)
        return sums_of(white, outside)


class Engine(Protocol):
    """Computes blocks."""

    def sums(self, task: Task, tick: Callable[[], None]) -> Sums:
        """Return the merged sums of all blocks; `tick` is called once a block."""


class Inline:
    """One block after the other, in this process."""

    def sums(self, task: Task, tick: Callable[[], None]) -> Sums:
        """Return the merged sums of all blocks."""
        blocks = []
        for number in range(task.blocks):
            blocks.append(task.block(number))
            tick()
        return merge(blocks)
