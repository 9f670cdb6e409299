"""Blocks on a Dask cluster that is named by its scheduler; this process keeps the files and merges."""

import re
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any, TypeVar

from sphspec.suite.engine import ATTEMPTS, Blockwise, Work, WorkersDiedError, pinned_block
from sphspec.suite.identity import code_digest
from sphspec.suite.store import Store

PATIENCE = 10.0  # seconds to wait for a scheduler
T = TypeVar("T")
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
        self._client = connected(scheduler, code_digest)

    def _compute(self, task: Work, numbers: list[int]) -> Iterator[tuple[int, Any]]:
        yield from each_result(self._client, pinned_block, task, numbers)

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()


def connected(scheduler: str, identity: Callable[[], str]) -> Any:
    """Return a client of a cluster whose workers all have this process's identity: their bytes agree.

    Raises
    ------
    ValueError
        as for `Cluster`.
    """
    if not ADDRESS.fullmatch(scheduler):
        raise ValueError(f"a scheduler's address looks like tcp://host:8786, got {scheduler!r}")
    if find_spec("distributed") is None:
        raise ValueError("a Dask cluster needs dask.distributed: pip install 'sphspec[dask]'")
    client = _connect(scheduler)
    try:
        found = client.run(identity)
        if not found:
            raise ValueError(f"the scheduler {scheduler} has no workers; start some: dask worker ADDRESS")
        other = sorted(worker for worker, digest in found.items() if digest != identity())
        if other:
            raise ValueError(f"worker {other[0]} runs another version of sphspec or of its libraries")
    except BaseException:
        client.close()
        raise
    return client


def each_result(
    client: Any, function: Callable[[Any, T], Any], shared: Any, items: Sequence[T]
) -> Iterator[tuple[T, Any]]:
    """Yield (item, function(shared, item)) as the cluster finishes them; `shared` is sent once.

    Raises
    ------
    WorkersDiedError
        where workers died again and again.
    """
    from distributed import KilledWorker, as_completed

    if not items:
        return
    held = client.scatter(shared, hash=False)
    jobs = {client.submit(function, held, item, pure=False, retries=ATTEMPTS): item for item in items}
    try:
        for job in as_completed(list(jobs), loop=client.loop):  # type: ignore[no-untyped-call]
            yield jobs[job], job.result()
    except KilledWorker as error:
        address = client.scheduler.address
        raise WorkersDiedError(f"workers of {address} died again and again: {error}") from None


def _connect(scheduler: str) -> Any:
    from distributed import Client

    try:
        return Client(scheduler, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {scheduler!r} ({error or type(error).__name__}); "
            f"its address looks like tcp://host:8786"
        ) from None
