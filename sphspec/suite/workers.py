"""Blocks in other processes of this machine."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from sphspec.suite.engine import ATTEMPTS, Blockwise, Work, WorkersDiedError, pinned_block
from sphspec.suite.store import Store


class Processes(Blockwise):
    """Blocks in other processes of this machine; one that dies is replaced and its blocks computed again."""

    def __init__(self, workers: int, store: Store | None = None) -> None:
        super().__init__(store)
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def _compute(self, task: Work, numbers: list[int]) -> Iterator[tuple[int, Any]]:
        missing, deaths = set(numbers), 0
        while missing:
            pool = self._running()
            jobs = {pool.submit(pinned_block, task, number): number for number in sorted(missing)}
            try:
                for job in as_completed(jobs):
                    yield jobs[job], job.result()
                    missing.remove(jobs[job])
                    deaths = 0
            except BrokenProcessPool:
                self.close()
                deaths += 1
                if deaths >= ATTEMPTS:
                    raise WorkersDiedError(
                        f"{deaths} times a worker died before it finished a block of {task.label}; "
                        f"out of memory? use fewer than {self.workers} workers"
                    ) from None

    def close(self) -> None:
        """Stop the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawned, not forked: threads of the transforms do not survive a fork
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
        return self._pool
