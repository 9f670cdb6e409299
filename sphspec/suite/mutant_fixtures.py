"""The grids on which mutants are planted, with a pixel variance that breaks every symmetry.

A symmetric fixture hides errors: with isotropic noise seven of the first twenty mutants equal the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ducc0
import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_legendre

from sphspec.analysis import Quadrature
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.covariance.entries import Entries
from sphspec.gram import SectorMatrix
from sphspec.grids import GaussLegendre, Healpix, RingGrid
from sphspec.simulate import harmonic_matrix
from sphspec.suite.witnesses import direct_witness, healpy_witness
from sphspec.verify.fixture import Fixture, Simulator, simulator

Floats = NDArray[np.float64]
LMAX = 6
TIMES = (0.2, 0.7)


class Remembered:
    """A simulator whose draws are kept by the state of their stream: all claims are judged by the same."""

    def __init__(self, right: Simulator) -> None:
        self._right = right
        self._kept: dict[tuple[str, tuple[int, ...]], tuple[Floats, Mapping[str, Any]]] = {}

    def values(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
        """Return the draws (K, T, n) that follow in a stream, and move the stream on."""
        key = repr(rng.bit_generator.state), shape
        if key not in self._kept:
            values = self._right.values(rng, shape)
            self._kept[key] = values, rng.bit_generator.state
        values, rng.bit_generator.state = self._kept[key]
        return values


@dataclass(frozen=True, eq=False)
class Ground:
    """Both sides of a fixture: the package's, and the independent one that simulates and checks.

    Attributes
    ----------
    cov : the covariance under test
    ours : arrays of the package's operator, from which wrong claims are made
    theirs : the same with the witness's analysis, from which draws are made
    truth : those draws
    """

    cov: NoiseCovariance
    ours: Fixture
    theirs: Fixture
    truth: Remembered


@dataclass(frozen=True, eq=False)
class Given(Entries):
    """Entries that are given, right or wrong."""

    matrix: Floats

    def compute(self) -> SectorMatrix:
        """Return the given matrix as one sector."""
        return SectorMatrix(self.operator.n, (np.arange(self.operator.n),), (self.matrix,))


def claimed(cov: NoiseCovariance, matrix: Floats) -> NoiseCovariance:
    """Return the covariance object of a claim (n, n) about the same operator and noise."""
    return NoiseCovariance(cov.operator, cov.variance, Given(cov.operator, cov.variance, matrix))


def grounds() -> dict[str, Ground]:
    """Return the fixtures by the names of their grids."""
    nodes, nside = LMAX + 1, 4
    square = GaussLegendre(nodes, 2 * LMAX + 1)
    healpix = Healpix(nside)
    transposed = np.arange(square.npix).reshape(nodes, -1).T.ravel()
    nested = ducc0.healpix.Healpix_Base(nside, "RING").ring2nest(np.arange(healpix.npix))
    return {
        "gauss-legendre": _ground(square, transposed),
        "healpix": _ground(healpix, np.asarray(nested)),
    }


def lopsided(theta: Floats, phi: Floats) -> Floats:
    """Return a smooth pixel variance without axis, mirror, parity or period, (npix,)."""
    along = 0.5 * np.cos(theta) - 0.4 * np.cos(2 * theta + 0.3)
    across = 0.6 * np.sin(theta) * np.cos(phi - 0.7) + 0.4 * np.sin(theta) ** 2 * np.sin(2 * phi + 1.1)
    mixed = 0.3 * np.sin(2 * theta) * np.cos(phi + 2.0) + 0.2 * np.sin(theta) ** 3 * np.cos(3 * phi + 0.5)
    return np.exp(along + across + mixed)


def _ground(grid: RingGrid, order: NDArray[np.int64]) -> Ground:
    operator, variance = Quadrature(grid, LMAX), lopsided(grid.theta, grid.phi)
    degrees, orders = degrees_orders(LMAX)
    ours = Fixture(
        name=grid.name,
        harmonics=harmonic_matrix(grid.theta, grid.phi, LMAX),
        matrix=operator.dense(),
        weights=grid.weights,
        variance=variance,
        degrees=degrees,
        orders=orders,
        theta=grid.theta,
        ring=np.repeat(np.arange(grid.nphi.size), grid.nphi),
        start=np.repeat(grid.phi0, grid.nphi),
        order=order,
        window=_round_window(grid.npix, degrees),
        times=np.array(TIMES),
    )
    witness = healpy_witness(operator) or direct_witness(operator)
    theirs = replace(ours, matrix=witness.matrix)
    return Ground(noise_covariance(operator, variance), ours, theirs, Remembered(simulator(theirs)))


def _round_window(npix: int, degrees: NDArray[np.int64]) -> Floats:
    """Return the window of a round pixel of the mean area: the mean of P_l over its cap, z >= c.

    W_l = (P_(l-1)(c) - P_(l+1)(c)) / ((2 l + 1)(1 - c)), W_0 = 1.
    """
    edge = 1 - 2 / npix
    below, above = eval_legendre(np.maximum(degrees - 1, 0), edge), eval_legendre(degrees + 1, edge)
    mean = (below - above) / ((2 * degrees + 1) * (1 - edge))
    return np.where(degrees == 0, 1.0, mean)
