"""Write a store, group of orders by group: whoever computes a part writes it, in bounded memory."""

import shutil
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.store import blocks
from sphspec.store.root import check_key, create_root, is_empty, read_root
from sphspec.store.source import Source

Floats = NDArray[np.float64]
LIBRARIES = 3.0e8  # bytes of a process with its libraries loaded
METADATA = 2.0**13  # bytes a block takes on disk beside its numbers


@dataclass(frozen=True)
class Part:
    """A group of orders that are computed together, and which of them are still to be written."""

    group: int
    wanted: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Writer:
    """Writes the blocks of a source to a folder.

    Attributes
    ----------
    source : what the blocks are computed from
    folder : the store
    """

    source: Source
    folder: Path

    def memory(self, workers: int) -> float:
        """Return the bytes of blocks that so many workers hold at once."""
        return workers * self.source.layout.largest

    def peak(self, workers: int) -> float:
        """Return the bytes that a process takes at its height: libraries, the grid's weights, blocks."""
        return LIBRARIES + 16.0 * float(self.source.metadata["points"]) + self.memory(workers)

    def begin(
        self, *, resume: bool, workers: int = 1, tick: Callable[[int], None] = lambda _: None
    ) -> list[Part]:
        """Make the store, or look through it; return what is to be written.

        Parameters
        ----------
        resume : whether to go on with blocks that are there and whole
        workers : how many threads look through the blocks
        tick : called for each block that was looked at, with 1 where it is whole, else 0

        Raises
        ------
        ValueError
            where something is there and resume is not given, where it is another study's store, where
            the disk has no room.
        """
        fresh = is_empty(self.folder)
        if not fresh and not resume:
            raise ValueError(f"{self.folder} exists; add --resume to go on with it, or name another store")
        if not fresh:
            check_key(read_root(self.folder), self.source.metadata, self.folder)
        missing = set(range(self.source.layout.lmax + 1))
        if not fresh:
            missing -= self._whole(workers, tick)
        self._require_room(missing)
        if fresh:
            create_root(self.folder, self.source.metadata)
        self.tidy()
        groups = ((group, self.source.layout.orders(group)) for group in range(self.source.layout.groups))
        parts = (Part(group, tuple(int(m) for m in orders if int(m) in missing)) for group, orders in groups)
        return [part for part in parts if part.wanted]

    def write(self, part: Part, buffer: Floats | None = None) -> int:
        """Compute a group and write what is wanted of it; return the number of blocks written."""
        layout, orders = self.source.layout, self.source.layout.orders(part.group)
        offsets = np.concatenate([[0], np.cumsum(layout.sizes[orders])])
        out = np.empty(offsets[-1]) if buffer is None else buffer[: offsets[-1]]
        self.source.fill(orders, out)
        for m, begin, end in zip(orders, offsets[:-1], offsets[1:], strict=True):
            if int(m) in part.wanted:
                blocks.put(self.folder, layout, int(m), out[begin:end], self.source.key)
        return len(part.wanted)

    def on_threads(self, parts: Sequence[Part], workers: int) -> Generator[int, None, None]:
        """Write parts on threads of this process; yield how many blocks each was, as they are finished.

        Raises
        ------
        ValueError
            where the buffers of so many threads do not fit in memory.
        OSError
            where the disk does not take a block; the others are kept.
        """
        cure = "use fewer workers" if workers > 1 else "lower lmax"
        check.fits(self.memory(workers), f"{workers} groups of orders at once", cure)
        buffers: SimpleQueue[Floats] = SimpleQueue()
        for _ in range(min(workers, len(parts))):
            buffers.put(np.empty(int(self.source.layout.largest) // 8))

        def work(part: Part) -> int:
            buffer = buffers.get()
            try:
                return self.write(part, buffer)
            finally:
                buffers.put(buffer)

        with ThreadPoolExecutor(workers) as pool:
            jobs = [pool.submit(work, part) for part in parts]
            try:
                for job in as_completed(jobs):
                    yield job.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def tidy(self) -> None:
        """Remove what processes that were killed left half-written."""
        for path in self.folder.rglob("*.partial"):
            path.unlink(missing_ok=True)

    def _whole(self, workers: int, tick: Callable[[int], None]) -> set[int]:
        """Return the orders whose blocks are there as they were written."""
        orders, found = range(self.source.layout.lmax + 1), set()
        with ThreadPoolExecutor(workers) as pool:
            for m, whole in zip(orders, pool.map(self._is_whole, orders), strict=True):
                if whole:
                    found.add(m)
                tick(int(whole))
        return found

    def _is_whole(self, m: int) -> bool:
        try:
            blocks.get(self.folder, self.source.layout, m, self.source.key)
        except (blocks.MissingError, blocks.DamagedError):
            return False
        return True

    def _require_room(self, missing: set[int]) -> None:
        needed = 8.0 * float(self.source.layout.sizes[sorted(missing)].sum()) + METADATA * len(missing)
        place = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        free = shutil.disk_usage(place).free
        if needed > free:
            raise ValueError(
                f"the blocks take {needed / check.GIB:.1f} GiB, {free / check.GIB:.1f} GiB are free at "
                f"{place}; make room, name another place or lower lmax"
            )


def write_part(writer: Writer, part: Part) -> int:
    """Compute and write a part, wherever this runs."""
    return writer.write(part)


def seen_key(folder: str) -> str | None:
    """Return the key of the store that this process sees in a folder; None where it sees none."""
    try:
        return str(read_root(Path(folder))["key"])
    except ValueError:
        return None
