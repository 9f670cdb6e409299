"""Which entries are zero, and why: by the rings' lengths, by the mirror of the equator, or by accident."""

from dataclasses import dataclass

from derivations.checks import integer
from derivations.exact.grid import ExactGrid
from derivations.exact.sums import exact_sums


@dataclass(frozen=True)
class Zeros:
    """How many of the n^2 entries of C, n = (lmax+1)^2, are zero and why.

    Attributes
    ----------
    entries : n^2
    nonzero : computed and not zero
    orders : zero because no ring's points divide m' - m (derivation ring-sum)
    parity : zero because l + m + l' + m' is odd, of those that the orders leave (mirror of the equator)
    accidental : neither rule forbids them, yet the sum is exactly zero
    """

    entries: int
    nonzero: int
    orders: int
    parity: int
    accidental: int


def zero_entries(grid: ExactGrid, lmax: int) -> Zeros:
    """Count the zeros of C by the rule that proves them.

    >>> from derivations.grids import Healpix
    >>> zero_entries(Healpix(1), 2)
    Zeros(entries=81, nonzero=13, orders=60, parity=8, accidental=0)

    Raises
    ------
    ArithmeticError
        where an entry that a rule forbids is not zero: the rule or the sums would be wrong.
    """
    integer("lmax", lmax, 0)
    n = (lmax + 1) ** 2
    allowed = orders = parity = 0
    for m in range(-lmax, lmax + 1):
        for m2 in range(-lmax, lmax + 1):
            degrees, degrees2 = range(abs(m), lmax + 1), range(abs(m2), lmax + 1)
            pairs = len(degrees) * len(degrees2)
            if not grid.couples(m2 - m):
                orders += pairs
                continue
            even = sum((l + m + l2 + m2) % 2 == 0 for l in degrees for l2 in degrees2)
            even = even if grid.symmetric else pairs
            parity += pairs - even
            allowed += even
    nonzero = 0
    for (l, m, l2, m2), _ in exact_sums(grid, lmax):
        if not grid.couples(m2 - m):
            raise ArithmeticError(f"({l}, {m}; {l2}, {m2}) is not zero: no ring couples these orders")
        if grid.symmetric and (l + m + l2 + m2) % 2:
            raise ArithmeticError(f"({l}, {m}; {l2}, {m2}) is not zero: the parity is odd")
        nonzero += 1
    return Zeros(n * n, nonzero, orders, parity, allowed - nonzero)
