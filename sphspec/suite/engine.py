"""Who computes the blocks of a Monte Carlo run; the same blocks, merged in the same order, whoever does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

import numpy as np

from sphspec.suite.draws import Draws
from sphspec.suite.identity import code_digest
from sphspec.suite.store import Store
from sphspec.suite.threads import one_thread
from sphspec.verify.moments import Sums, merge, sums_of
from sphspec.verify.streams import stream

BLOCK = 1000  # paths a block
CHUNK = 2.0**22  # bytes of normals that are drawn at once: they stay in the cache, and pages are used again
ATTEMPTS = 3  # how often workers may die without finishing a block


class WorkersDiedError(OSError):
    """Workers died again and again: not a verdict on anything."""


@dataclass(frozen=True, eq=False)
class Task:
    """One stage of a run: what is drawn, how many paths, from which streams."""

    draws: Draws
    seed: int
    stage: str
    paths: int

    @property
    def label(self) -> str:
        """Of the draws."""
        return self.draws.label

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.paths // BLOCK)

    @cached_property
    def key(self) -> str:
        """A name for everything that decides the sums, code and libraries included."""
        return work_key(self.draws.content, self.seed, self.stage, self.paths, BLOCK, CHUNK)

    def block(self, number: int) -> Sums:
        """Return the sums of one block: its stream depends on the content, the stage and the number alone."""
        rng = stream(self.seed, self.draws.content, self.stage, number)
        paths = min(BLOCK, self.paths - number * BLOCK)
        chunk = max(1, int(CHUNK / 8 / self.draws.normals))
        parts = [self._white(rng, min(chunk, paths - first)) for first in range(0, paths, chunk)]
        white = np.concatenate([part for part, _ in parts])
        return sums_of(white, max(outside for _, outside in parts))

    def _white(self, rng: np.random.Generator, paths: int) -> tuple[np.ndarray, float]:
        return self.draws.cov.whiten(self.draws.values(rng, paths))


class Work(Protocol):
    """What engines compute: blocks of sums, each from a stream of its own."""

    @property
    def label(self) -> str:
        """In words."""

    @property
    def key(self) -> str:
        """A name for everything that decides the sums, code and libraries included."""

    @property
    def blocks(self) -> int:
        """Number of blocks."""

    def block(self, number: int) -> Any:
        """Return the sums of one block."""


def work_key(*parts: object) -> str:
    """Return a name for all parts, and for the code and the libraries."""
    return sha256("\n".join(map(str, (*parts, code_digest()))).encode()).hexdigest()[:32]


def pinned_block(task: Work, number: int) -> Any:
    """Return the sums of one block with one thread a library: more would change the last bits."""
    with one_thread():
        return task.block(number)


class Engine(Protocol):
    """Computes blocks."""

    def sums(self, task: Work, tick: Callable[[], None]) -> Any:
        """Return the merged sums of all blocks; `tick` is called once a block."""

    def finish(self) -> None:
        """Forget the blocks kept on disk: the verdict is there."""


class Blockwise:
    """Finished blocks are kept in a store, where there is one; the others are computed.

    Subclasses say how: `_compute` yields (number, sums) in any order.
    """

    def __init__(self, store: Store | None = None) -> None:
        self.store, self._keys = store, set[str]()

    def sums(self, task: Work, tick: Callable[[], None] = lambda: None) -> Any:
        """Return the merged sums of all blocks; `tick` is called once a block."""
        found: dict[int, Any] = {}
        if self.store is not None:
            self._keys.add(task.key)
            found = self.store.begin(task.key, task.blocks)
        for _ in found:
            tick()
        for number, sums in self._compute(task, [n for n in range(task.blocks) if n not in found]):
            if self.store is not None:
                self.store.keep(task.key, number, sums)
            found[number] = sums
            tick()
        return merge([found[number] for number in range(task.blocks)])

    @property
    def keys(self) -> frozenset[str]:
        """Names of the blocks that this engine kept."""
        return frozenset(self._keys)

    def adopt(self, keys: frozenset[str]) -> None:
        """Take over blocks that another engine kept in the same store."""
        self._keys |= keys

    def finish(self) -> None:
        """Forget the blocks kept on disk: the verdict is there."""
        for key in self._keys:
            if self.store is not None:
                self.store.remove(key)

    def close(self) -> None:
        """Let go of workers, whatever happened."""

    def _compute(self, task: Work, numbers: list[int]) -> Iterator[tuple[int, Any]]:
        raise NotImplementedError


class Inline(Blockwise):
    """One block after the other, in this process."""

    def _compute(self, task: Work, numbers: list[int]) -> Iterator[tuple[int, Any]]:
        for number in numbers:
            yield number, pinned_block(task, number)
