"""Our Monte Carlo loop against ducc0's transform with the same random numbers, in turn in one process.

python -m pytest -m benchmark -n 0 tests/benchmarks -s
"""

import statistics
import time

import ducc0
import numpy as np
import pytest

from sphspec import Healpix, Quadrature, noise_covariance
from sphspec.suite.large import MapsTask
from sphspec.suite.threads import one_thread
from sphspec.suite.witnesses import ducc_witness

ROUNDS = 9
SIZES = {64: (128, 100), 256: (512, 8)}  # nside: lmax, maps a round


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def prepared(nside):
    lmax, maps = SIZES[nside]
    cov = noise_covariance(Quadrature(Healpix(nside), lmax))
    witness = ducc_witness(cov.operator)
    task = MapsTask("bench", witness, np.sqrt(cov.variance), np.ones(cov.n), 1, "screen", maps)
    return task, cov.operator.grid, lmax, maps


@pytest.mark.benchmark
@pytest.mark.parametrize("nside", SIZES)
def test_throughput_against_transform_and_random_numbers(nside, benchmark):
    task, grid, lmax, maps = prepared(nside)
    geometry = {
        "theta": grid.ring_theta, "nphi": grid.nphi.astype(np.uint64), "phi0": grid.phi0,
        "ringstart": grid.ring_start.astype(np.uint64), "lmax": lmax, "spin": 0,
    }  # fmt: skip

    def reference():
        rng = np.random.Generator(np.random.Philox(1))
        for _ in range(maps):
            ducc0.sht.adjoint_synthesis(map=rng.standard_normal((1, grid.npix)), nthreads=1, **geometry)

    def ours():
        task.accumulate(np.random.Generator(np.random.Philox(1)), maps)

    with one_thread():
        pairs = [(timed(reference), timed(ours)) for _ in range(ROUNDS)]
        benchmark.pedantic(ours, rounds=1)
    ratio = statistics.median(theirs / mine for theirs, mine in pairs)
    benchmark.extra_info["throughput"] = ratio
    print(f"\nnside={nside}: {ratio:.3f} of (transform + random numbers), median of {ROUNDS}")


@pytest.mark.benchmark
@pytest.mark.parametrize("nside", SIZES)
def test_share_of_the_accumulation(nside, benchmark):
    task, _, lmax, maps = prepared(nside)
    size = (lmax + 1) * (lmax + 2) // 2
    alm = np.ones(size, dtype=np.complex128)
    total, squares = np.zeros(size, dtype=np.complex128), np.zeros(2 * size)

    def accumulation():
        for _ in range(maps):
            np.add(total, alm, out=total)
            parts = alm.view(np.float64)
            np.multiply(parts, parts, out=parts)
            np.add(squares, parts, out=squares)

    def loop():
        task.accumulate(np.random.Generator(np.random.Philox(1)), maps)

    with one_thread():
        pairs = [(timed(accumulation), timed(loop)) for _ in range(ROUNDS)]
        benchmark.pedantic(accumulation, rounds=1)
    share = statistics.median(part / whole for part, whole in pairs)
    benchmark.extra_info["share"] = share
    print(f"\nnside={nside}: {share:.1%} of the loop, median of {ROUNDS}")
