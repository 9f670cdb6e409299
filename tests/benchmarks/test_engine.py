"""Blocks of all orders on Gauss-Legendre, against DSYRK of the same blocks and the first touch of the memory.

python -m pytest -m benchmark -n 0 tests/benchmarks/test_engine.py -s

DSYRK gets tables that are ready and buffers that are warm: it does the products alone. The memory that is
touched first is as much as the packed blocks take. Both run with as many threads as we do.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.linalg
import threadpoolctl

from sphspec import GaussLegendre
from sphspec.engine import each_order, fold, order_blocks
from sphspec.gram import ring_sums

ROUNDS, THREADS = 5, 2
SIZES = (512, 1024)


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


class Syrk:
    """The products of every order and parity, on one table of random numbers of the right shape."""

    def __init__(self, lmax):
        rings = (lmax + 2) // 2
        table = np.asfortranarray(np.random.default_rng(0).standard_normal(((lmax + 2) // 2, rings)))
        self.sizes = [((lmax - m + 2) // 2, (lmax - m + 1) // 2) for m in range(lmax + 1)]
        self.table, self.out = table, np.zeros((table.shape[0],) * 2, order="F")

    def order(self, sizes):
        """Multiply the two parities of one order."""
        for size in sizes:
            if size:
                scipy.linalg.blas.dsyrk(1.0, self.table[:size], c=np.asfortranarray(self.out[:size, :size]))

    def __call__(self):
        """Multiply all orders, each in one thread."""
        with threadpoolctl.threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self.order, self.sizes))


def first_touch(size):
    def part(values):
        values.fill(0.0)

    values = np.empty(size)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(part, np.array_split(values, THREADS)))


@pytest.mark.benchmark
@pytest.mark.parametrize("lmax", SIZES)
def test_all_blocks(lmax, benchmark):
    grid = GaussLegendre(lmax + 1, 2 * lmax + 1)
    rings = fold(grid, ring_sums(grid, grid.weights**2))
    size = order_blocks(rings, lmax).packed.size
    syrk = Syrk(lmax)

    def reused():
        for _ in each_order(rings, lmax):
            pass

    times = [
        (
            timed(lambda: order_blocks(rings, lmax, THREADS)), timed(syrk), timed(lambda: first_touch(size)),
            timed(reused),
        )
        for _ in range(ROUNDS)
    ]  # fmt: skip
    benchmark.pedantic(lambda: order_blocks(rings, lmax, THREADS), rounds=1)
    ratios = {
        "of DSYRK": statistics.median(ours / products for ours, products, _, _ in times),
        "times the first touch": statistics.median(ours / touch for ours, _, touch, _ in times),
        "of DSYRK, in one reused buffer and one thread": statistics.median(
            one / products for _, products, _, one in times
        ),
    }
    benchmark.extra_info.update(ratios)
    seconds = ", ".join(f"{statistics.median(column):.3f}" for column in zip(*times, strict=True))
    said = "; ".join(f"{value:.2f} {what}" for what, value in ratios.items())
    print(f"\nlmax={lmax}, {8 * size / 2**30:.2f} GiB: {said} (s: {seconds})")
