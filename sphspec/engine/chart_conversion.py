"""R1 coefficients to m-major complex ones and back, compiled: for transforms that are large."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart
from sphspec.engine.order_blocks import usual_threads

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


def spread(alpha: Floats, lmax: int) -> Complexes:
    """Return the m-major complex coefficients (k, (lmax+1)(lmax+2)/2) of R1 ones (k, n)."""
    alm = np.empty((alpha.shape[0], (lmax + 1) * (lmax + 2) // 2), dtype=np.complex128)
    _convert(0, np.ascontiguousarray(alpha), alm, lmax)
    return alm


def gather(alm: Complexes, lmax: int) -> Floats:
    """Return the R1 coefficients (k, n) of m-major complex ones (k, (lmax+1)(lmax+2)/2)."""
    alpha = np.empty((alm.shape[0], (lmax + 1) ** 2))
    _convert(1, alpha, np.ascontiguousarray(alm), lmax)
    return alpha


def _convert(way: int, alpha: Floats, alm: Complexes, lmax: int) -> None:
    from sphspec.engine.compiled_chart import conversions

    work, threads = conversions()[way], usual_threads(lmax)
    scale = np.asarray(chart.scale(np.arange(lmax + 1)), dtype=np.float64)
    ends = np.round((lmax + 1) * np.sqrt(np.arange(threads + 1) / threads)).astype(int)  # equal areas
    for real, complex_row in zip(alpha, alm, strict=True):
        if threads == 1:
            work(real, complex_row, scale, 0, lmax + 1)
            continue
        with ThreadPoolExecutor(threads) as pool:
            parts = [pool.submit(work, real, complex_row, scale, *pair) for pair in itertools.pairwise(ends)]
            for part in parts:
                part.result()
