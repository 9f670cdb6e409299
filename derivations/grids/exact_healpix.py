"""Exact ring sums on HEALPix: ring cosines are rational, so everything is integer arithmetic.

With z = a/b, b = 3 N_side^2, the integers F_l = (l-m)! b^(l-m) d^m P_l/dz^m follow the recurrence
F_(l+1) = (2l+1) a F_l - (l+m)(l-m) b^2 F_(l-1).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import factorial, isfinite, lcm
from typing import ClassVar

from flint import fmpz_mat
from sympy import Expr, Integer, pi

from derivations.checks import integer
from derivations.exact.grid import COVARIANCE, Sums


@dataclass(frozen=True)
class Healpix:
    """HEALPix of any N_side >= 1 as exact numbers, with weights 4 pi/N times those of the rings.

    `ring_weights` are of the 2 N_side rings from the north pole to the equator, mirrored in the south; 1 each
    where none are given. Finite floats are taken as exact.
    """

    nside: int
    ring_weights: tuple[Fraction, ...] = ()
    sources: ClassVar[tuple[str, ...]] = ("healpix-rings", "healpix-selection")

    def __post_init__(self) -> None:
        integer("nside", self.nside, 1)
        weights = tuple(_exact(value) for value in self.ring_weights)
        object.__setattr__(self, "ring_weights", weights)
        if weights and len(weights) != 2 * self.nside:
            raise ValueError(
                f"ring_weights must have {2 * self.nside} entries, from the north pole to the equator, got "
                f"{len(self.ring_weights)}"
            )

    def prefactor(self, power: int) -> Expr:
        """Return (4 pi/N)^power of the weights over 4 pi of the harmonics."""
        return (4 * pi / Integer(12 * self.nside**2)) ** power / (4 * pi)

    def couples(self, k: int) -> bool:
        """Tell whether a ring's points divide k."""
        return any(k % n == 0 for _, n, _ in self.rings)

    @property
    def symmetric(self) -> bool:
        """Whether the rings are symmetric about the equator: they are."""
        return True

    @cached_property
    def rings(self) -> tuple[tuple[int, int, int], ...]:
        """(a, n, s) of every ring: cosine a/b, points, and s of phi0 = s pi/n (0 or 1)."""
        n = self.nside
        caps = [(3 * n * n - i * i, 4 * i, 1) for i in range(1, n)]
        belt = [(4 * n * n - 2 * i * n, 4 * n, (i - n + 1) % 2) for i in range(n, 3 * n + 1)]
        return (*caps, *belt, *((-a, count, shift) for a, count, shift in reversed(caps)))

    def ring_sums(self, lmax: int, m: int, m2: int, k: int, power: int = COVARIANCE) -> Sums:
        """Return {(l, l2): sum} of v^power n e^(i k phi0) (1-z^2)^((m+m2)/2) D_lm D_l2m2.

        The sum is over the rings whose n divides k; v is the ring's weight relative to 4 pi/N.
        """
        if k % 4:
            return {}
        base = 3 * self.nside**2
        weights, common = self._integer_weights
        rings = [
            (a, n * w**power * (-1 if shift and (k // n) % 2 else 1))
            for (a, n, shift), w in zip(self.rings, weights, strict=True)
            if k % n == 0
        ]
        if not rings:
            return {}
        half = (m + m2) // 2
        left = self._table(lmax, m, tuple(a for a, _ in rings))
        right = left if m == m2 else self._table(lmax, m2, tuple(a for a, _ in rings))
        scale = [n * (base * base - a * a) ** half for a, n in rings]
        weighted = fmpz_mat([[x * s for x, s in zip(row, scale, strict=True)] for row in left])
        product = weighted * fmpz_mat(right).transpose()
        found: Sums = {}
        for row, l in enumerate(range(m, lmax + 1)):
            for column, l2 in enumerate(range(m2, lmax + 1)):
                value = int(product[row, column])
                if value:
                    below = base ** (m + m2 + row + column) * factorial(row) * factorial(column)
                    found[l, l2] = Fraction(value, below * common**power)
        return found

    @cached_property
    def _integer_weights(self) -> tuple[tuple[int, ...], int]:
        """Integers w and d with relative weight w/d of every ring."""
        north = self.ring_weights or (Fraction(1),) * (2 * self.nside)
        common = lcm(*(value.denominator for value in north))
        integers = [int(value * common) for value in north]
        return (*integers, *reversed(integers[:-1])), common

    def _table(self, lmax: int, m: int, cosines: tuple[int, ...]) -> list[list[int]]:
        """Return the integers F_l for l = m .. lmax on rings of cosine a/b."""
        square = (3 * self.nside**2) ** 2
        first = 1
        for odd in range(1, 2 * m, 2):
            first *= odd
        here, below = [first] * len(cosines), [0] * len(cosines)
        table = []
        for l in range(m, lmax + 1):
            table.append(here)
            down = (l + m) * (l - m) * square
            step = zip(cosines, here, below, strict=True)
            here, below = [(2 * l + 1) * a * x - down * y for a, x, y in step], here
        return table


def _exact(value: object) -> Fraction:
    if isinstance(value, int | float | Fraction) and (not isinstance(value, float) or isfinite(value)):
        return Fraction(value)
    raise ValueError(f"ring_weights must be finite numbers, got {value!r}")
