"""HEALPix against the memory's own speed: blocks, triangles, sectors, products, in turn in one process.

python -m pytest -m benchmark -n 0 tests/benchmarks/test_coupled_blocks.py -s
SPHSPEC_BENCH_NSIDE=256 takes 10 GB, for the triangles of lmax 512.
"""

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sphspec import GaussLegendre, Healpix, Quadrature
from sphspec._generated import covariance
from sphspec.engine import fold, order_blocks
from sphspec.engine.couple import coupled_blocks
from sphspec.gram import partition, quadratic_form

ROUNDS = 7
NSIDE = int(os.environ.get("SPHSPEC_BENCH_NSIDE", "128"))
THREADS = len(os.sched_getaffinity(0))


def timed(work):
    begun = time.perf_counter()
    held = work()
    spent = time.perf_counter() - begun
    del held  # its pages go back outside of the measurement
    return spent


def first_touch(count):
    """Fill so much new memory, a part of it in each thread."""
    values = np.empty(count)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda part: part.fill(1.0), np.array_split(values, THREADS)))
    return values


def in_turn(reference, ours):
    timed(ours)
    pairs = [(timed(reference), timed(ours)) for _ in range(ROUNDS)]
    ratio = statistics.median(theirs / mine for theirs, mine in pairs)
    return ratio, statistics.median(mine for _, mine in pairs)


@pytest.fixture(scope="module")
def coupled():
    grid = Healpix(NSIDE)
    return coupled_blocks(grid, grid.weights**2, 2 * NSIDE, THREADS)


@pytest.mark.benchmark
def test_blocks_of_all_orders():
    grid = Healpix(NSIDE)
    u = grid.weights[grid.ring_start] ** 2
    rings = fold(grid, covariance.ring_fourier(u, grid.nphi, grid.phi0, 0)[0])
    blocks = order_blocks(rings, 2 * NSIDE, THREADS)
    ratio, spent = in_turn(
        lambda: first_touch(blocks.packed.size), lambda: order_blocks(rings, 2 * NSIDE, THREADS)
    )
    print(f"\nnside={NSIDE}: m = m' in {spent:.3f} s, {ratio:.2f} of the speed of first touch")


@pytest.mark.benchmark
def test_blocks_and_factors():
    grid = Healpix(NSIDE)
    spent = statistics.median(
        timed(lambda: coupled_blocks(grid, grid.weights**2, 2 * NSIDE, THREADS)) for _ in range(ROUNDS)
    )
    print(f"\nnside={NSIDE}: blocks and factors in {spent:.3f} s")


@pytest.mark.benchmark
def test_hermitian_triangles_against_first_touch(coupled):
    count = int(coupled.hermitian_bytes / 8)
    ratio, spent = in_turn(lambda: first_touch(count), coupled.hermitian)
    print(f"\nnside={NSIDE}: {8e-9 * count:.2f} GB of triangles in {spent:.3f} s, {ratio:.2f} of first touch")


@pytest.mark.benchmark
def test_largest_sector_against_first_touch(coupled):
    lanes = max(coupled.layout.sectors, key=len)
    count = coupled.layout.total(lanes, 0) ** 2
    if 8.0 * count > 4e9:
        pytest.skip("a sector of more than 4 GB")
    ratio, spent = in_turn(lambda: first_touch(count), lambda: coupled.sector(lanes, 0))
    print(f"\nnside={NSIDE}: {8e-9 * count:.2f} GB of a square in {spent:.3f} s, {ratio:.2f} of first touch")


@pytest.mark.benchmark
def test_product_against_blocks_alone_and_transforms(coupled):
    lmax = 2 * NSIDE
    alpha = np.random.default_rng(1).standard_normal((lmax + 1) ** 2)
    long_rings = GaussLegendre(lmax + 1, 2 * lmax + 1)  # blocks of the same sizes, nothing couples
    alone = coupled_blocks(long_rings, long_rings.weights**2, lmax, THREADS)
    ratio, spent = in_turn(lambda: alone.apply(alpha), lambda: coupled.apply(alpha))
    print(f"\nnside={NSIDE}: a product in {1e3 * spent:.1f} ms, {1 / ratio:.2f} times that of blocks alone")
    operator = Quadrature(Healpix(NSIDE), lmax)
    ratio, _ = in_turn(lambda: operator(operator.adjoint(alpha)), lambda: coupled.apply(alpha))
    print(f"nside={NSIDE}: {ratio:.2f} times as fast as adjoint and analysis by the operator")


@pytest.mark.benchmark
@pytest.mark.parametrize("nside", [4, 8, 16, 32])
def test_sectors_against_a_product_of_matrices_per_pair(nside):
    operator = Quadrature(Healpix(nside), 2 * nside)
    grid, u = operator.grid, operator.weights**2
    sectors = partition(grid, [u], operator.lmax)

    def ours():
        held = coupled_blocks(grid, u, operator.lmax)
        return [held.sector([(lane.order, lane.sign) for lane in s.lanes], s.parity) for s in sectors]

    ratio, spent = in_turn(lambda: quadratic_form(grid, u, operator.lmax, sectors, operator.tables), ours)
    print(f"\nnside={nside}: all sectors in {1e3 * spent:.1f} ms, {ratio:.2f} times as fast as by GEMM")
