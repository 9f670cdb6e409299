"""The covariance against estimating it, and against others who compute something like it."""

from functools import partial
from importlib.util import find_spec

import ducc0
import numpy as np

from sphspec._generated import legendre
from sphspec.analysis import Quadrature
from sphspec.bench.compare import Comparison, Work
from sphspec.covariance import noise_covariance
from sphspec.grids import GaussLegendre, Healpix
from sphspec.simulate import DirectWitness, brute_covariance

DRAWS = 20_000  # for the variances at m = 0 to one percent: 2 / 0.01^2


def peer_comparisons() -> list[Comparison]:
    """Return the comparisons; those with libraries that are not installed are left out."""
    found = []
    for nside, timed in ((8, 400), (64, 8)):
        name = f"exact variances, HEALPix nside={nside}, lmax={2 * nside}"
        for library, prepare in (("ducc0", _against_ducc), ("healpy", _against_healpy)):
            if find_spec(library):
                reference = f"Monte Carlo to 1 % with {library}"
                work = partial(prepare, nside, timed)
                found.append(Comparison(name, reference, work, 1e-3, timed / DRAWS))
    found.append(
        Comparison("every entry, HEALPix nside=8, lmax=16", "brute force", _against_brute_force, None)
    )
    if find_spec("pymaster"):
        name = "all blocks, Gauss-Legendre, lmax=512"
        found.append(Comparison(name, "NaMaster's coupling matrix (l alone)", _against_namaster, 1.0))
    name = "generated recurrence step, 1000 rings"
    return [*found, Comparison(name, "the same in NumPy by hand", _against_handwritten, 1.1)]


def _variances(nside: int) -> Work:
    operator = Quadrature(Healpix(nside), 2 * nside)
    return lambda: noise_covariance(operator).diagonal()


def _against_ducc(nside: int, timed: int) -> tuple[Work, Work]:
    grid, rng = Healpix(nside), np.random.default_rng(0)
    geometry = {
        "theta": grid.ring_theta, "nphi": grid.nphi.astype(np.uint64), "phi0": grid.phi0,
        "ringstart": grid.ring_start.astype(np.uint64), "lmax": 2 * nside, "spin": 0,
    }  # fmt: skip

    def draw() -> None:
        total = 0.0
        for _ in range(timed):
            maps = rng.standard_normal((1, grid.npix))
            alm = ducc0.sht.adjoint_synthesis(map=maps, nthreads=1, **geometry)
            total = total + alm.real**2 + alm.imag**2

    return _variances(nside), draw


def _against_healpy(nside: int, timed: int) -> tuple[Work, Work]:
    import healpy

    rng, npix = np.random.default_rng(0), 12 * nside**2

    def draw() -> None:
        total = 0.0
        for _ in range(timed):
            alm = healpy.map2alm(rng.standard_normal(npix), lmax=2 * nside, iter=0)
            total = total + alm.real**2 + alm.imag**2

    return _variances(nside), draw


def _against_brute_force() -> tuple[Work, Work]:
    grid, lmax = Healpix(8), 16
    variance = np.ones(grid.npix)
    return (
        lambda: noise_covariance(Quadrature(grid, lmax)).dense(),
        lambda: brute_covariance(DirectWitness(grid, lmax, "quadrature"), variance),
    )


def _against_namaster() -> tuple[Work, Work]:
    import pymaster

    from sphspec.bench.blocks import rings_of
    from sphspec.engine import order_blocks

    lmax = 512
    rings, bins = rings_of(GaussLegendre(lmax + 1, 2 * lmax + 1)), pymaster.NmtBin.from_lmax_linear(lmax, 1)
    mask = np.ones(12 * 256**2)
    field = pymaster.NmtField(mask, None, spin=0, lmax=lmax)
    return (
        lambda: order_blocks(rings, lmax),
        lambda: pymaster.NmtWorkspace().compute_coupling_matrix(field, field, bins),
    )


def _against_handwritten() -> tuple[Work, Work]:
    rng = np.random.default_rng(0)
    z, current, previous = rng.standard_normal((3, 1000))
    out, scratch = np.empty(1000), np.empty(1000)

    def generated() -> None:
        for _ in range(2000):
            legendre.step(z, current, previous, 1.7, 0.9, out, scratch)

    def handwritten() -> None:
        for _ in range(2000):
            np.multiply(z, current, out=out)
            np.multiply(out, 1.7, out=out)
            np.multiply(previous, 0.9, out=scratch)
            np.subtract(out, scratch, out=out)

    return generated, handwritten
