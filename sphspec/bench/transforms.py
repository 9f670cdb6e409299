"""Products and draws through the transforms, against the transforms alone."""

from functools import partial
from typing import Any

import ducc0
import numpy as np

from sphspec.analysis import Quadrature
from sphspec.bench.compare import Comparison, Work
from sphspec.engine import usual_threads
from sphspec.grids import GaussLegendre, Healpix
from sphspec.grids.ring import RingGrid
from sphspec.implicit import ImplicitCovariance


def transform_comparisons(largest: int) -> list[Comparison]:
    """Return products and draws on both kinds of grid up to a band limit."""
    found = []
    for lmax in (1024, 2048):
        if lmax > largest:
            continue
        for name, grid in (("Gauss-Legendre", _gauss_legendre), ("HEALPix", _healpix)):
            product, draw = partial(_product, grid, lmax), partial(_draw, grid, lmax)
            found.append(
                Comparison(f"Sigma v, {name}, lmax={lmax}", "ducc0: synthesis and adjoint", product, 1.08)
            )
            found.append(
                Comparison(f"a draw, {name}, lmax={lmax}", "ducc0's adjoint and random numbers", draw, 1.10)
            )
    return found


def _gauss_legendre(lmax: int) -> RingGrid:
    return GaussLegendre(lmax + 1, 2 * lmax + 1)


def _healpix(lmax: int) -> RingGrid:
    return Healpix(lmax // 2)


def _geometry(grid: RingGrid, lmax: int) -> dict[str, Any]:
    return {
        "theta": grid.ring_theta, "nphi": grid.nphi.astype(np.uint64), "phi0": grid.phi0, "spin": 0,
        "ringstart": grid.ring_start.astype(np.uint64), "lmax": lmax, "nthreads": usual_threads(lmax),
    }  # fmt: skip


def _product(make: Any, lmax: int) -> tuple[Work, Work]:
    grid = make(lmax)
    implicit, geometry = ImplicitCovariance(Quadrature(grid, lmax)), _geometry(grid, lmax)
    v = np.random.default_rng(0).standard_normal(implicit.n)
    alm = np.ones((1, (lmax + 1) * (lmax + 2) // 2), dtype=np.complex128)

    def transforms() -> None:
        ducc0.sht.adjoint_synthesis(map=ducc0.sht.synthesis(alm=alm, **geometry), **geometry)

    return lambda: implicit.apply(v), transforms


def _draw(make: Any, lmax: int) -> tuple[Work, Work]:
    grid = make(lmax)
    implicit, geometry = ImplicitCovariance(Quadrature(grid, lmax)), _geometry(grid, lmax)
    rng = np.random.default_rng(0)

    def adjoint() -> None:
        ducc0.sht.adjoint_synthesis(map=rng.standard_normal((1, grid.npix)), **geometry)

    return lambda: implicit.sample(rng), adjoint
