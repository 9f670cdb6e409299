"""What `sphspec cov` does: the covariance of one case of a study into a Zarr store."""

import json
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from sphspec import _validate as check
from sphspec.console import progress_bar
from sphspec.store import Part, Source, Writer, source_of
from sphspec.store.identity import fingerprint
from sphspec.store.root import require_zarr
from sphspec.store.writer import seen_key, write_part
from sphspec.study import Case, Study
from sphspec.suite.cluster import connected, each_result
from sphspec.suite.progress import Progress


def write_covariance(
    study: Study,
    setting: int | None,
    folder: Path,
    workers: int,
    scheduler: str | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Write the store, and say before and after how much it is."""
    require_zarr()
    if scheduler is not None and workers != 1:
        raise ValueError("--workers is for this machine and --scheduler for a cluster: give one of them")
    begun, errors = time.perf_counter(), Console(stderr=True, soft_wrap=True)
    source = _source(study, setting)
    writer = Writer(source, folder.resolve())
    with _cluster(scheduler) as client:
        errors.print(_announcement(writer, folder, workers), highlight=False, markup=False)
        if source.coupled:
            errors.print(f"note: {source.metadata['couplings']}", highlight=False, markup=False)
        with progress_bar() as progress:
            wanted = _written(writer, folder, client, workers, resume, progress)
    _report(writer, folder, wanted, time.perf_counter() - begun, as_json)


def _written(
    writer: Writer, folder: Path, client: Any, workers: int, resume: bool, progress: Progress
) -> int:
    """Write what is missing; return how many blocks that was."""
    total = writer.source.layout.lmax + 1
    progress("blocks", total=total)
    parts = writer.begin(
        resume=resume, workers=workers, tick=lambda whole: progress("reading blocks", advance=whole)
    )
    wanted = left = sum(len(part.wanted) for part in parts)
    progress("writing blocks")
    finished = writer.on_threads(parts, workers) if client is None else _on_cluster(client, writer, parts)
    try:
        with closing(finished):
            for count in finished:
                left -= count
                progress("writing blocks", advance=count)
        writer.tidy()
    except (OSError, KeyboardInterrupt) as error:
        kept = f"at least {total - left} of {total} blocks are kept in {folder}"
        if isinstance(error, OSError):
            raise OSError(f"{error}; {kept}: add --resume to go on") from None
        Console(stderr=True, soft_wrap=True).print(
            f"{kept}: add --resume to go on", highlight=False, markup=False
        )
        raise
    return wanted


def _source(study: Study, setting: int | None) -> Source:
    """Return what a case of a study is computed from; the grid's points are let go of."""
    chosen = _chosen(study, setting)
    return source_of(chosen.operator, chosen.variance)


def _chosen(study: Study, setting: int | None) -> Case:
    count = sum(len(each.lmax) * len(each.operators) for each in study.settings)
    if setting is None and count > 1:
        listed = "; ".join(f"{number}: {case.label}" for number, case in enumerate(study.cases(), 1))
        raise ValueError(f"study {study.name!r} has {count} cases: name one with --setting ({listed})")
    place = check.integer("--setting", 1 if setting is None else setting, 1, count)
    return next(islice(study.cases(), place - 1, None))


@contextmanager
def _cluster(scheduler: str | None) -> Iterator[Any]:
    """Yield a client of the cluster, or None for this machine."""
    if scheduler is None:
        yield None
        return
    client = connected(scheduler, fingerprint)
    try:
        yield client
    finally:
        client.close()


def _on_cluster(client: Any, writer: Writer, parts: Sequence[Part]) -> Generator[int, None, None]:
    """Write parts on the workers of a cluster; yield how many blocks each was, as they are finished."""
    seen = client.run(seen_key, str(writer.folder))
    blind = sorted(worker for worker, key in seen.items() if key != writer.source.key)
    if blind:
        raise ValueError(
            f"worker {blind[0]} does not see the store at {writer.folder}; put it on a disk that all share"
        )
    for _, count in each_result(client, write_part, writer, parts):
        yield count


def _announcement(writer: Writer, folder: Path, workers: int) -> str:
    said, layout = writer.source.metadata, writer.source.layout
    return (
        f"{said['operator']} on {said['grid']}, lmax={said['lmax']}: {layout.lmax + 1} blocks, "
        f"{_size(layout.total)} in {folder}; at most {_size(writer.peak(workers))} of memory for "
        f"{workers} worker{'s' * (workers > 1)}"
    )


def _report(writer: Writer, folder: Path, written: int, seconds: float, as_json: bool) -> None:
    said, layout = writer.source.metadata, writer.source.layout
    total = layout.lmax + 1
    if as_json:
        summary = {
            "store": str(folder), "grid": said["grid"], "operator": said["operator"], "lmax": said["lmax"],
            "variance": said["variance"], "coupled": said["coupled"], "key": said["key"], "blocks": total,
            "written": written, "kept": total - written, "bytes": int(layout.total), "seconds": seconds,
        }  # fmt: skip
        print(json.dumps(summary, indent=2))
        return
    Console(soft_wrap=True).print(
        f"written: {folder}, {written} blocks written, {total - written} kept, {_size(layout.total)} "
        f'in {seconds:.1f} s; sphspec.open_covariance("{folder}") reads it',
        highlight=False, markup=False,
    )  # fmt: skip


def _size(count: float) -> str:
    """Return a number of bytes in words.

    >>> _size(46e9)
    '46 GB'
    """
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
