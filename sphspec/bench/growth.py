"""How cost grows with the band limit: seconds of us, of the matrix products, and of one transform pair."""

from collections.abc import Callable
from functools import partial

import ducc0
import numpy as np

from sphspec.bench.blocks import rings_of, syrk
from sphspec.bench.compare import Comparison, Work, compared
from sphspec.engine import order_blocks, usual_threads
from sphspec.grids import GaussLegendre

BAND_LIMITS = (32, 64, 128, 256, 512, 1024, 2048)


def growth(
    largest: int, rounds: int, progress: Callable[[str], None] = lambda _: None
) -> dict[str, list[int] | list[float]]:
    """Return columns lmax, blocks, products, transforms: medians in seconds on Gauss-Legendre grids.

    blocks : C_(lm,l'm) of all orders, by recurrence
    products : DSYRK of the same blocks, tables ready and buffers warm
    transforms : one synthesis and its adjoint with ducc0, by as many threads
    """
    lmaxes = [lmax for lmax in BAND_LIMITS if lmax <= largest]
    columns: dict[str, list[float]] = {"blocks": [], "products": [], "transforms": []}
    for lmax in lmaxes:
        progress(f"lmax={lmax}")
        pair = compared(Comparison("blocks", "products", partial(_pair, lmax), np.inf), rounds)
        one = compared(Comparison("transforms", "nothing", partial(_transforms, lmax), np.inf), rounds)
        for name, seconds in zip(columns, (pair.ours, pair.theirs, one.ours), strict=True):
            columns[name].append(float(f"{seconds:.3g}"))
    return {"lmax": lmaxes, **columns}


def as_toml(machine: str, columns: dict[str, list[int] | list[float]]) -> str:
    """Return the [cost] table of a study file."""
    lines = [f"{name} = {values}" for name, values in columns.items()]
    return "\n".join(
        ["[cost]  # medians in seconds, by sphspec bench --growth", f'machine = "{machine}"', *lines]
    )


def _pair(lmax: int) -> tuple[Work, Work]:
    rings = rings_of(GaussLegendre(lmax + 1, 2 * lmax + 1))
    table = np.random.default_rng(0).standard_normal(((lmax + 2) // 2, rings.z.size))
    return lambda: order_blocks(rings, lmax), lambda: syrk(lmax, np.asfortranarray(table))


def _transforms(lmax: int) -> tuple[Work, Work]:
    grid = GaussLegendre(lmax + 1, 2 * lmax + 1)
    alm = np.random.default_rng(0).standard_normal((1, (lmax + 1) * (lmax + 2) // 2)).astype(np.complex128)
    geometry = {
        "theta": grid.ring_theta, "nphi": grid.nphi.astype(np.uint64), "phi0": grid.phi0, "spin": 0,
        "ringstart": grid.ring_start.astype(np.uint64), "lmax": lmax, "nthreads": usual_threads(lmax),
    }  # fmt: skip

    def both() -> None:
        ducc0.sht.adjoint_synthesis(map=ducc0.sht.synthesis(alm=alm, **geometry), **geometry)

    return both, int
