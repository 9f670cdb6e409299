"""All pairs of orders against the first touch of the same bytes and against matrix products, in turn.

python -m pytest -m benchmark -n 0 tests/benchmarks/test_pair_blocks.py -s
"""

import os
import statistics
import time

import numpy as np
import pytest

from sphspec import GaussLegendre
from sphspec.engine.pair_blocks import dense_ring_form, each, pair_blocks
from sphspec.gram import partition, quadratic_form
from sphspec.harmonics import LegendreTable
from sphspec.suite.threads import one_thread

ROUNDS = 5
THREADS = len(os.sched_getaffinity(0))


def timed(work):
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def touched(size):
    """Write every number of fresh memory, in threads."""
    memory = np.empty(size)
    each(lambda part: np.array_split(memory, THREADS)[part].fill(1.0), range(THREADS), THREADS)


def interleaved(name, works):
    """Print and return the medians of what takes turns, and of its ratios to the first."""
    rounds = [[timed(work)[0] for work in works.values()] for _ in range(ROUNDS)]
    seconds = dict(zip(works, map(statistics.median, zip(*rounds, strict=True)), strict=True))
    ratios = {
        key: statistics.median(times[place] / times[0] for times in rounds) for place, key in enumerate(works)
    }
    words = (f"{key} {seconds[key] * 1e3:.4g} ms ({ratios[key]:.3g})" for key in works)
    print(f"\n{name}: {', '.join(words)}; medians of {ROUNDS}")
    return seconds, ratios


def problem(lmax):
    grid = GaussLegendre(lmax + 1, 2 * lmax + 2)
    return grid, np.random.default_rng(5).standard_normal(grid.npix)


@pytest.mark.benchmark
@pytest.mark.parametrize(("lmax", "seconds"), [(64, None), (128, 0.4)])
def test_complex_blocks_against_the_first_touch(lmax, seconds, benchmark):
    grid, u = problem(lmax)
    with one_thread():
        held = pair_blocks(grid, u, lmax).packed.size
        works = {"ours": lambda: pair_blocks(grid, u, lmax), "first touch": lambda: touched(held)}
        medians, ratios = interleaved(f"C of all pairs, lmax={lmax}, {held * 8e-9:.3g} GB", works)
        benchmark.pedantic(works["ours"], rounds=1)
    benchmark.extra_info["first touches"] = 1 / ratios["first touch"]
    assert seconds is None or medians["ours"] <= seconds


@pytest.mark.benchmark
@pytest.mark.parametrize("lmax", [4, 8, 16, 32, 64])
def test_dense_matrix_against_matrix_products(lmax, benchmark):
    grid, u = problem(lmax)
    sectors = partition(grid, [u], lmax)

    def products():
        return quadratic_form(
            grid, u, lmax, sectors, lambda rings: LegendreTable.on(grid, lmax, rings)
        ).dense()

    with one_thread():
        matrix = dense_ring_form(grid, u, lmax)
        np.testing.assert_allclose(matrix, products(), atol=1e-12 * np.abs(matrix).max())
        works = {
            "ours": lambda: dense_ring_form(grid, u, lmax),
            "one thread": lambda: dense_ring_form(grid, u, lmax, 1),
            "matrix products": products,
            "first touch": lambda: touched(matrix.size),
        }
        _, ratios = interleaved(f"dense matrix, lmax={lmax}", works)
        benchmark.pedantic(works["ours"], rounds=1)
    benchmark.extra_info["matrix products"] = ratios["matrix products"]
