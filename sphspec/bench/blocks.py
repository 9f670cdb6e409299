"""Blocks of all orders against the matrix products that give the same, and against touching the memory."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from sphspec.bench.compare import Comparison, Work
from sphspec.engine import Fold, each_order, fold, order_blocks, packed_sizes, usual_threads
from sphspec.gram import ring_sums
from sphspec.grids import GaussLegendre, Healpix
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
SYRK = "DSYRK of the same blocks: tables ready, buffers warm"
TOUCH = "first touch of the same memory by {} thread{}"
GOALS = {512: (1 / 2, 3.0), 1024: (1 / 4, 2.0), 2048: (1 / 6, 2.0)}  # lmax: of DSYRK, of the first touch


def block_comparisons(largest: int) -> list[Comparison]:
    """Return the comparisons up to a band limit."""
    found = []
    for lmax, (products, touch) in GOALS.items():
        if lmax <= largest:
            name = f"all blocks, Gauss-Legendre, lmax={lmax}"
            found.append(Comparison(name, SYRK, partial(_all_and_syrk, lmax), products))
            for threads in sorted({1, usual_threads(lmax)}):
                reference = TOUCH.format(threads, "s" * (threads > 1))
                work = partial(_all_and_touch, lmax, threads)
                found.append(Comparison(name, reference, work, touch if threads == 1 else None))
    lmax = min(1024, largest)
    name = f"block after block in one buffer, lmax={lmax}"
    found.append(Comparison(name, SYRK, partial(_reused_and_syrk, lmax), 1 / 6))
    name = "blocks m = m', HEALPix nside=256, lmax=512"
    return [*found, Comparison(name, SYRK, _healpix_and_syrk, 1.0)]


def rings_of(grid: RingGrid) -> Fold:
    """Return the rings of uniform unit noise under quadrature."""
    return fold(grid, ring_sums(grid, grid.weights**2))


def _gauss_legendre(lmax: int) -> Fold:
    return rings_of(GaussLegendre(lmax + 1, 2 * lmax + 1))


def _all_and_syrk(lmax: int) -> tuple[Work, Work]:
    rings, warm = _gauss_legendre(lmax), np.zeros(_numbers(lmax))
    ours = partial(order_blocks, rings, lmax, out=warm)
    return ours, partial(syrk, lmax, _table(lmax, rings.z.size))


def _all_and_touch(lmax: int, threads: int) -> tuple[Work, Work]:
    return partial(order_blocks, _gauss_legendre(lmax), lmax), partial(first_touch, _numbers(lmax), threads)


def _numbers(lmax: int) -> int:
    return int(packed_sizes(lmax, np.arange(lmax + 1), mirrored=True).sum())


def _reused_and_syrk(lmax: int) -> tuple[Work, Work]:
    rings = _gauss_legendre(lmax)

    def consume() -> None:
        for _ in each_order(rings, lmax):
            pass

    return consume, partial(syrk, lmax, _table(lmax, rings.z.size))


def _healpix_and_syrk() -> tuple[Work, Work]:
    rings, lmax = rings_of(Healpix(256)), 512
    ours = partial(order_blocks, rings, lmax, out=np.zeros(_numbers(lmax)))
    return ours, partial(syrk, lmax, _table(lmax, rings.z.size))


def _table(lmax: int, rings: int) -> Floats:
    return np.asfortranarray(np.random.default_rng(0).standard_normal(((lmax + 2) // 2, rings)))


def syrk(lmax: int, table: Floats) -> None:
    """Multiply the tables of every order and parity, threads over the orders."""

    def order(m: int) -> None:
        for size in ((lmax - m + 2) // 2, (lmax - m + 1) // 2):
            if size:
                scipy.linalg.blas.dsyrk(1.0, table[:size])

    with threadpool_limits(1), ThreadPoolExecutor(usual_threads(lmax)) as pool:
        list(pool.map(order, range(lmax + 1)))


def first_touch(numbers: int, threads: int) -> None:
    """Write zeros into fresh memory."""
    values = np.empty(numbers)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: part.fill(0.0), np.array_split(values, threads)))
