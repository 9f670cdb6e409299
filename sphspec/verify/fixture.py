"""What a mutant is: a fixture of arrays with a true law, and a wrong claim or a wrong simulator of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ALGEBRA, PROBE, PATH, MONTE_CARLO = TIERS = ("0 algebra", "1 probe", "2 path", "3 Monte Carlo")


@dataclass(frozen=True, eq=False)
class Fixture:
    """A grid, an analysis and a pixel noise, as arrays: v_t = A w_t with E[w_t w_t^T] = t diag(variance).

    Attributes
    ----------
    name : of the grid
    harmonics : (npix, n) the real harmonics Phi on the points
    matrix : (n, npix) the analysis A = Phi^T W
    weights : (npix,) of the quadrature, steradians
    variance : (npix,) of the pixels, per unit time; without any symmetry
    degrees, orders : (n,) of the coefficients, chart R1
    theta : (npix,) colatitudes, radians
    ring, start : (npix,) number of each point's ring, azimuth of that ring's first point in radians
    order : (npix,) the points in the other order that people use: places of their values in this one
    window : (n,) the pixel's window function, by degree
    times : (T,) increasing times of a path; the last is the time t of the claim
    """

    name: str
    harmonics: Floats
    matrix: Floats
    weights: Floats
    variance: Floats
    degrees: Integers
    orders: Integers
    theta: Floats
    ring: Integers
    start: Floats
    order: Integers
    window: Floats
    times: Floats

    @property
    def time(self) -> float:
        """The time t of the claim."""
        return float(self.times[-1])

    @property
    def law(self) -> Floats:
        """The covariance of v_t, t A diag(variance) A^T, (n, n)."""
        return self.time * (self.matrix * self.variance) @ self.matrix.T

    def changed(self, **arrays: Floats) -> Floats:
        """Return the law of the fixture with other arrays."""
        return replace(self, **arrays).law  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Simulator:
    """A simulated path, its noise source apart from what is done with it.

    Attributes
    ----------
    source : (rng, (K, T, npix)) -> standard normals
    push : those normals -> (K, T, n) increments of v over sqrt(dt): N(0, A D A^T) if right
    """

    source: Callable[[np.random.Generator, tuple[int, ...]], Floats]
    push: Callable[[Floats], Floats]

    def values(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
        """Return the draws that the source's normals (K, T, npix) give, (K, T, n)."""
        return self.push(self.source(rng, shape))


def simulator(
    fixture: Fixture,
    source: Callable[[np.random.Generator, tuple[int, ...]], Floats] | None = None,
    increments: Callable[[Floats, Floats], Floats] | None = None,
) -> Simulator:
    """Return the right simulator of a fixture, or one with another noise source or other increments.

    Parameters
    ----------
    source : in place of standard normals
    increments : (normals (K, T, npix), dt (T, 1)) -> increments of w, in place of sqrt(dt s^2) normals
    """
    steps = np.diff(fixture.times, prepend=0.0)[:, None]

    def right(normals: Floats, dt: Floats) -> Floats:
        return normals * np.sqrt(dt * fixture.variance)

    def push(normals: Floats) -> Floats:
        return np.asarray((increments or right)(normals, steps) @ fixture.matrix.T / np.sqrt(steps))

    return Simulator(source or standard_normals, push)


def standard_normals(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return independent standard normals."""
    return rng.standard_normal(shape)


@dataclass(frozen=True)
class Mutant:
    """One error that somebody could make, and who must find it.

    Attributes
    ----------
    name : short, unique
    what : the error in words
    grid : the fixture that it is planted on, "gauss-legendre" or "healpix"
    tiers : every tier that must find it
    build : fixture -> a wrong covariance of v_t, (n, n), or a wrong simulator
    """

    name: str
    what: str
    tiers: tuple[str, ...]
    build: Callable[[Fixture], Floats | Simulator]
    grid: str = "gauss-legendre"
