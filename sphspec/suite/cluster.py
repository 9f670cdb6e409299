"""Blocks on a Dask cluster that is named by its scheduler; this process keeps the files and merges."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from sphspec.suite.engine import ATTEMPTS, Blockwise, Work, WorkersDiedError, pinned_block
from sphspec.suite.identity import code_digest
from sphspec.suite.store import Store

PATIENCE = 10.0  # seconds to wait for a scheduler
ADDRESS = re.compile(r"[a-z]+://[^\s/]+:\d+")


class Cluster(Blockwise):
    """Blocks on the workers of a Dask cluster; one that dies has its blocks computed by another.

    Parameters
    ----------
    scheduler : its address, e.g. tcp://host:8786
    store : where finished blocks are kept

    Raises
    ------
    ValueError
        where dask.distributed is not installed, the scheduler does not answer, there are no workers, or
        they run other code or other libraries than this process: their bytes would differ.
    """

    def __init__(self, scheduler: str, store: Store | None = None) -> None:
        super().__init__(store)
        if not ADDRESS.fullmatch(scheduler):
            raise ValueError(f"a scheduler's address looks like tcp://host:8786, got {scheduler!r}")
        if find_spec("distributed") is None:
            raise ValueError("a Dask cluster needs dask.distributed: pip install 'sphspec[dask]'")
        self.scheduler = scheduler
        self._client = _connect(scheduler)
        try:
            self._require_same_code()
        except BaseException:
            self._client.close()
            raise

    def _compute(self, task: Work, numbers: list[int]) -> Iterator[tuple[int, Any]]:
        from distributed import KilledWorker, as_completed

        shared = self._client.scatter(task, hash=False) if numbers else None
        jobs = {
            self._client.submit(pinned_block, shared, number, pure=False, retries=ATTEMPTS): number
            for number in numbers
        }
        try:
            for job in as_completed(list(jobs), loop=self._client.loop):  # type: ignore[no-untyped-call]
                yield jobs[job], job.result()
        except KilledWorker as error:
            raise WorkersDiedError(f"workers of {self.scheduler} died again and again: {error}") from None

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()

    def _require_same_code(self) -> None:
        found = self._client.run(code_digest)
        if not found:
            raise ValueError(
                f"the scheduler {self.scheduler} has no workers; start some: dask worker ADDRESS"
            )
        other = sorted(worker for worker, digest in found.items() if digest != code_digest())
        if other:
            raise ValueError(f"worker {other[0]} runs another version of sphspec or of its libraries")


def _connect(scheduler: str) -> Any:
    from distributed import Client

    try:
        return Client(scheduler, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {scheduler!r} ({error or type(error).__name__}); "
            f"its address looks like tcp://host:8786"
        ) from None
