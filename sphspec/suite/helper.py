"""A second process that takes cases of a study from the end, while this one takes them from the front.

What a case gives does not depend on who computes it, nor do its bits: one thread a library in either.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

CORES = 2  # without so many nobody helps


@dataclass(frozen=True, eq=False)
class Helper:
    """Work that was handed out: what has not been begun can be taken back.

    Attributes
    ----------
    pool : of one process
    """

    pool: ProcessPoolExecutor

    def offer(self, work: Callable[..., Any], *arguments: Any) -> "Offer":
        """Hand out work; `work` is a function of a module, arguments and result can be pickled."""
        return Offer(self.pool.submit(work, *arguments), work, arguments)


@dataclass(frozen=True, eq=False)
class Offer:
    """One piece of work, done by the helper or here."""

    future: "Future[Any]"
    work: Callable[..., Any]
    arguments: tuple[Any, ...]

    def taken(self) -> bool:
        """Whether the helper has begun or done it; else it is taken back."""
        return not self.future.cancel()

    def result(self) -> Any:
        """Return what the helper found; it is done here where the helper died."""
        try:
            return self.future.result()
        except BrokenProcessPool:
            return self.work(*self.arguments)


@contextmanager
def helping() -> Iterator[Helper | None]:
    """Start a helper where there is a core for it."""
    if len(os.sched_getaffinity(0)) < CORES:
        yield None
        return
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        yield Helper(pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
