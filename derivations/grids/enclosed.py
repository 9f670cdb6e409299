"""Grids whose entries are no roots of rationals: rings as rigorous enclosures (python-flint's arb).

Reduced Gaussian grids have Legendre roots with a number of points that differs from ring to ring; scattered
points have arbitrary positions. Every quantity is a ball that contains the true value, at any precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Protocol, runtime_checkable

from flint import arb, fmpq

from derivations.checks import integer


@dataclass(frozen=True)
class Ring:
    """One ring: cosine and sine of the colatitude, points, first azimuth over pi, and weight of a point.

    `turn` is the first azimuth over pi: exact as a Fraction where it is rational, else a ball.
    """

    cosine: arb
    sine: arb
    points: int
    turn: Fraction | arb
    weight: arb


@runtime_checkable
class EnclosedGrid(Protocol):
    """A grid known to any precision."""

    @property
    def symmetric(self) -> bool:
        """Whether the points are symmetric about the equator, ring by ring."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the derivations that state its geometry."""

    def enclosed_rings(self) -> Sequence[Ring]:
        """Return the rings in balls of the working precision (flint.ctx.prec)."""


@dataclass(frozen=True)
class ReducedGaussian:
    """Gauss-Legendre rings, counts[i] points from longitude 0 on the i-th ring from either pole."""

    counts: tuple[int, ...]
    sources: ClassVar[tuple[str, ...]] = ("gauss-legendre-rings",)

    def __post_init__(self) -> None:
        if not self.counts:
            raise ValueError("counts is empty: a grid needs at least one ring a hemisphere")
        for value in self.counts:
            integer("counts", value, 1)

    @property
    def symmetric(self) -> bool:
        """True."""
        return True

    def enclosed_rings(self) -> Sequence[Ring]:
        """Return 2 len(counts) rings, north to south."""
        nlat = 2 * len(self.counts)
        found = []
        for place, points in enumerate((*self.counts, *reversed(self.counts))):
            cosine, weight = arb.legendre_p_root(nlat, place, weight=True)
            sine = (1 - cosine * cosine).sqrt()
            found.append(Ring(cosine, sine, points, Fraction(0), weight * 2 * arb.pi() / points))
        return found


@dataclass(frozen=True)
class Fibonacci:
    """The Fibonacci lattice: cos(theta_i) = 1 - (2i+1)/npix, phi_i = i pi (3 - sqrt5), equal weights."""

    npix: int
    sources: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        integer("npix", self.npix, 1)

    @property
    def symmetric(self) -> bool:
        """False: the lattice has no mirror."""
        return False

    def enclosed_rings(self) -> Sequence[Ring]:
        """Return npix rings of one point."""
        golden = 3 - arb(5).sqrt()
        found = []
        for place in range(self.npix):
            cosine = arb(fmpq(self.npix - 2 * place - 1, self.npix))
            sine = arb(fmpq(self.npix**2 - (self.npix - 2 * place - 1) ** 2, self.npix**2)).sqrt()
            found.append(Ring(cosine, sine, 1, golden * place, 4 * arb.pi() / self.npix))
        return found


@dataclass(frozen=True)
class Icosahedron:
    """The icosahedron's 12 vertices: the poles and two rings of 5 at tan(theta) = +-2, equal weights."""

    sources: ClassVar[tuple[str, ...]] = ()

    @property
    def symmetric(self) -> bool:
        """False: the southern ring is turned by pi/5."""
        return False

    def enclosed_rings(self) -> Sequence[Ring]:
        """Return 4 rings."""
        weight, fifth = arb.pi() / 3, 1 / arb(5).sqrt()
        zero, one = arb(0), arb(1)
        return (
            Ring(one, zero, 1, Fraction(0), weight),
            Ring(fifth, 2 * fifth, 5, Fraction(0), weight),
            Ring(-fifth, 2 * fifth, 5, Fraction(1, 5), weight),
            Ring(-one, zero, 1, Fraction(0), weight),
        )


@dataclass(frozen=True)
class Rings:
    """The user's own rings (or points: rings of one) in radians and steradians, floats taken as exact."""

    theta: tuple[float, ...]
    points: tuple[int, ...]
    azimuth: tuple[float, ...]
    weights: tuple[float, ...]
    sources: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        sizes = {len(part) for part in (self.theta, self.points, self.azimuth, self.weights)}
        if len(sizes) != 1 or sizes == {0}:
            raise ValueError(
                f"theta, points, azimuth and weights must have one entry a ring, got {len(self.theta)}, "
                f"{len(self.points)}, {len(self.azimuth)}, {len(self.weights)}"
            )
        for value in self.points:
            integer("points", value, 1)

    @property
    def symmetric(self) -> bool:
        """False: floats are symmetric only to rounding."""
        return False

    def enclosed_rings(self) -> Sequence[Ring]:
        """Return the rings."""
        parts = zip(self.theta, self.points, self.azimuth, self.weights, strict=True)
        return [
            Ring(
                arb(theta).cos(), arb(theta).sin(), count,
                Fraction(0) if azimuth == 0 else arb(azimuth) / arb.pi(), arb(weight),
            )
            for theta, count, azimuth, weight in parts
        ]  # fmt: skip
