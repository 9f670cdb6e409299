"""The rational parts of all entries: ring sums with the signs of negative orders; norms of harmonics."""

from collections.abc import Iterator
from fractions import Fraction

from derivations.checks import integer
from derivations.exact.grid import COVARIANCE, ExactGrid, Key


def exact_sums(grid: ExactGrid, lmax: int, power: int = COVARIANCE) -> Iterator[tuple[Key, Fraction]]:
    """Yield the non-zero ring sums of the weights to a power, (l, m, l2, m2) with signed orders.

    Raises
    ------
    ValueError
        for a negative lmax.
    """
    if not isinstance(grid, ExactGrid):
        raise ValueError(f"grid must be one of derivations.grids, e.g. Healpix(4), got {grid!r}")
    integer("lmax", lmax, 0)
    for m in range(lmax + 1):
        for m2 in range(lmax + 1):
            for sign in (1, -1) if m2 else (1,):
                sums = grid.ring_sums(lmax, m, m2, sign * m2 - m, power)
                parity = m2 if sign < 0 else 0  # lambda_(l,-m) = (-1)^m lambda_lm
                for (l, l2), value in sums.items():
                    signed = -value if parity % 2 else value
                    yield (l, m, l2, sign * m2), signed
                    if m:  # C(-m, -m2) = (-1)^(m+m2) conj C(m, m2), real here
                        yield (l, -m, l2, -sign * m2), -signed if (m + m2) % 2 else signed


def norm_squared(l: int, m: int) -> Fraction:
    """Return (2l+1)(l-|m|)!/(l+|m|)!, the square of a harmonic's norm without its 1/(4 pi)."""
    product = 1
    for factor in range(l - abs(m) + 1, l + abs(m) + 1):
        product *= factor
    return Fraction(2 * l + 1, product)
