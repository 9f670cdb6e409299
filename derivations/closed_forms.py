"""Closed forms of HEALPix entries in N_side, T4: exact, for every N_side from a stated one on.

(N/4pi) E[a_lm conj(a_l'm')] = (1/(12 N_side^2)) sum over rings of n e^(i k phi0) g(z), k = m' - m, with
g = 4 pi lambda_lm lambda_l'm' a polynomial in z. For k = 0 that is a sum of powers of the ring index:
Faulhaber's formula. For k = 4 j != 0 only polar rings i that divide j take part, both caps, with the
sign (-1)^(j/i), once N_side > |j|. Everything is a polynomial in 1/N_side^2, times a square root.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import factorial

from flint import fmpq, fmpq_poly, fmpz
from sympy import Add, Expr, Integer, Mul, Rational, pi, sqrt

from derivations.checks import LARGEST, integer
from derivations.faulhaber import belt_sum, cap_sum
from derivations.symbols import N_side

Coefficients = tuple[Fraction, ...]
Key = tuple[int, int, int, int]


@dataclass(frozen=True)
class Form:
    """(N/4pi) C = sqrt(radicand) sum_p coefficients[p] N_side^(-2 p) for N_side >= valid_from.

    Attributes
    ----------
    radicand : square-free integer >= 1
    coefficients : of the powers 0, 1, ... of 1/N_side^2; empty for a zero entry
    valid_from : smallest N_side for which the form is stated
    """

    radicand: int
    coefficients: Coefficients
    valid_from: int

    def at(self, nside: int) -> Expr:
        """Return C itself, 4 pi/N included, as an exact number."""
        value = sum(
            (c / Fraction(nside) ** (2 * p) for p, c in enumerate(self.coefficients)),
            Fraction(0),
        )
        return pi * sqrt(Integer(self.radicand)) * Rational(value / (3 * nside**2))

    @cached_property
    def expression(self) -> Expr:
        """C itself, 4 pi/N included, in N_side."""
        if not self.coefficients:
            return Integer(0)
        return Mul(pi, sqrt(Integer(self.radicand)), self.polynomial, 1 / (3 * N_side**2))

    @property
    def polynomial(self) -> Expr:
        """The polynomial in 1/N_side^2 that multiplies the square root in (N/4pi) C."""
        terms = (Rational(c) * N_side ** (-2 * p) for p, c in enumerate(self.coefficients))
        return Add(*terms)


def closed_form(l: int, m: int, l2: int, m2: int) -> Expr:
    """Return E[a_lm conj(a_l2m2)] per unit pixel variance with weights 4 pi/N on HEALPix, in N_side.

    Parameters
    ----------
    l, m, l2, m2 : degrees >= 0 and signed orders

    Returns
    -------
    SymPy expression in `derivations.symbols.N_side`, for N_side >= valid_from(m, m2); 0 where the
    selection rules say so.

    Raises
    ------
    ValueError
        for a negative degree or |order| > degree.

    Source: our derivation (healpix-closed-form, healpix-coupling).

    >>> closed_form(2, 0, 0, 0)
    sqrt(5)*pi*(-5/(108*N_side**2) - 1/(108*N_side**4))/(3*N_side**2)
    """
    return form(l, m, l2, m2).expression


def closed_relation(l: int, m: int, l2: int, m2: int) -> Expr:
    """Return E[a_lm a_l2m2], the relation (pseudo-covariance), for N_side >= valid_from(m, -m2).

    P_(lm, l2m2) = (-1)^m2 C_(lm, l2 -m2); arguments and errors as in `closed_form`.
    """
    return (-1) ** (m2 % 2) * closed_form(l, m, l2, -m2)


def closed_form_at(l: int, m: int, l2: int, m2: int, nside: int) -> Expr:
    """Return the value of `closed_form` at an N_side, exactly.

    Raises
    ------
    ValueError
        for bad degrees or orders, and for an N_side at which the form is not valid.

    >>> closed_form_at(1, 1, 1, 1, 1)
    19*pi/54
    """
    found, resolution = form(l, m, l2, m2), integer("nside", nside, 1)
    if resolution < found.valid_from:
        raise ValueError(
            f"the closed form of ({l}, {m}) with ({l2}, {m2}) holds for integers nside >= {found.valid_from},"
            f" got {resolution}; below take exact_covariance(Healpix(nside), lmax)"
        )
    return found.at(resolution)


def closed_relation_at(l: int, m: int, l2: int, m2: int, nside: int) -> Expr:
    """Return the value of `closed_relation` at an N_side, exactly; errors as in `closed_form_at`."""
    return (-1) ** (m2 % 2) * closed_form_at(l, m, l2, -m2, nside)


def valid_from(m: int, m2: int) -> int:
    """Return the smallest N_side at which the closed forms of orders m, m2 are stated.

    |m2 - m|/4 + 1 where 4 divides m2 - m != 0: at N_side = |m2 - m|/4 the belt's rings alias too, and
    below, rings i >= N_side that divide (m2 - m)/4 do not exist. 1 for equal orders, and where 4 does
    not divide m2 - m (both sides are zero). Sharp for every pair of orders, though not for every pair
    of degrees: at |m2 - m| = 4, N_side = 1 the belt adds the equator alone, which odd degrees l - m
    do not see.

    >>> valid_from(0, 0), valid_from(-2, 2), valid_from(1, 9)
    (1, 2, 3)
    """
    steps, rest = divmod(abs(integer("m2", m2, -LARGEST) - integer("m", m, -LARGEST)), 4)
    return 1 if rest else steps + 1


def form(l: int, m: int, l2: int, m2: int) -> Form:
    """Return the closed form as numbers; arguments and errors as in `closed_form`."""
    l, l2 = integer("l", l, 0), integer("l2", l2, 0)
    m, m2 = integer("m", m, -l, l), integer("m2", m2, -l2, l2)
    if (m2 - m) % 4 or (l + m + l2 + m2) % 2:
        return Form(1, (), valid_from(m, m2))
    return _form(*representative(l, m, l2, m2))


def representative(l: int, m: int, l2: int, m2: int) -> Key:
    """Return the key that stands for an entry: |m| <= m2, and l <= l2 where |m| = m2.

    C(l2,m2; l,m) = C(l,m; l2,m2) = C(l,-m; l2,-m2), C being real and m + m2 even where it is not zero.
    """
    if (abs(m2), l2) < (abs(m), l):
        l, m, l2, m2 = l2, m2, l, m
    return (l, -m, l2, -m2) if m2 < 0 else (l, m, l2, m2)


def independent_keys(lmax: int) -> list[Key]:
    """Return the representatives of all entries that are not zero, lmax inclusive."""
    return [
        (l, m, l2, m2)
        for m2 in range(lmax + 1)
        for m in range(-m2, m2 + 1)
        if (m2 - m) % 4 == 0
        for l in range(abs(m), lmax + 1)
        for l2 in range(l if abs(m) == m2 else m2, lmax + 1)
        if (l + l2) % 2 == 0
    ]


@lru_cache(maxsize=65536)
def _form(l: int, m: int, l2: int, m2: int) -> Form:
    """Return the form of a representative."""
    inside, outside = root(l, abs(m), l2, m2)
    steps = (m2 - m) // 4
    degrees_orders = (l, abs(m), l2, m2)
    sums = alias_sum(*degrees_orders, steps) if steps else ring_sum(*degrees_orders)
    outside *= (-1) ** max(-m, 0)  # lambda_(l,-m) = (-1)^m lambda_lm
    return Form(inside, tuple(outside * _fraction(c) for c in sums.coeffs()), steps + 1)


def ring_sum(l: int, m: int, l2: int, m2: int) -> fmpq_poly:
    """Return (1/(12 N^2)) sum_r n_r g(z_r) over all rings as a polynomial in x = 1/N_side^2.

    The caps are 2 sum_{i<N} 4 i g(1 - i^2/(3 N^2)), the belt is sum_{|j|<=N} 4 N g(2 j/(3 N)).
    """
    total = fmpq_poly([0])
    for power, value in enumerate(cap_polynomial(l, m, l2, m2).coeffs()):
        total += 8 * value * _reversed(cap_sum(power), 2 * power + 2)
    belt = zonal_polynomial(l, m, l2, m2)
    for power, value in enumerate(belt.coeffs()[::2]):
        total += 4 * value * fmpq(4, 9) ** power * _reversed(belt_sum(power), 2 * power + 1)
    coefficients = total.coeffs()
    if any(coefficients[1::2]):
        raise ArithmeticError("odd powers of 1/N_side are left: caps and belt do not share the joint ring")
    return fmpq_poly(coefficients[::2]) / 12


def alias_sum(l: int, m: int, l2: int, m2: int, steps: int) -> fmpq_poly:
    """Return the sum over the polar rings that divide steps, as a polynomial in x = 1/N_side^2.

    (1/(12 N^2)) 2 sum_{i | steps} 4 i (-1)^(steps/i) g(1 - i^2 x/3)
    """
    caps = cap_polynomial(l, m, l2, m2).coeffs()
    return fmpq_poly(
        [0, *(fmpq(8, 12) * value * divisor_sum(steps, 2 * power + 1) for power, value in enumerate(caps))]
    )


def divisor_sum(steps: int, power: int) -> int:
    """Return sum_{i | steps} (-1)^(steps/i) i^power."""
    return sum((-1) ** (steps // i) * i**power for i in range(1, steps + 1) if steps % i == 0)


@lru_cache(maxsize=4096)
def zonal_polynomial(l: int, m: int, l2: int, m2: int) -> fmpq_poly:
    """Return (1-z^2)^((m+m2)/2) D_lm D_l2m2 as a polynomial in z, D_lm = d^m P_l/dz^m, m + m2 even."""
    return fmpq_poly([1, 0, -1]) ** ((m + m2) // 2) * _derivative(l, m) * _derivative(l2, m2)


def cap_polynomial(l: int, m: int, l2: int, m2: int) -> fmpq_poly:
    """Return the same as a polynomial in u, z = 1 - u/3: on polar rings u = i^2/N_side^2."""
    sine_squared = fmpq_poly([0, fmpq(2, 3), fmpq(-1, 9)])
    return sine_squared ** ((m + m2) // 2) * _cap_derivative(l, m) * _cap_derivative(l2, m2)


@lru_cache(maxsize=4096)
def _derivative(l: int, m: int) -> fmpq_poly:
    return _derivative(l, m - 1).derivative() if m else fmpq_poly.legendre_p(l)


@lru_cache(maxsize=4096)
def _cap_derivative(l: int, m: int) -> fmpq_poly:
    return _derivative(l, m)(fmpq_poly([1, fmpq(-1, 3)]))


def _reversed(polynomial: fmpq_poly, power: int) -> fmpq_poly:
    """Return polynomial(N)/N^power as a polynomial in 1/N."""
    coefficients = polynomial.coeffs()
    return fmpq_poly([*([0] * (power + 1 - len(coefficients))), *reversed(coefficients)])


def root(l: int, m: int, l2: int, m2: int) -> tuple[int, Fraction]:
    """Return the norms' sqrt((2l+1)(2l2+1)(l-m)!(l2-m2)!/((l+m)!(l2+m2)!)) as (square-free q, r): r sqrt(q).

    Its sign (-1)^(m+m2) is +1 wherever an entry is not zero.
    """
    square = Fraction((2 * l + 1) * (2 * l2 + 1) * factorial(l - m) * factorial(l2 - m2))
    square /= factorial(l + m) * factorial(l2 + m2)
    inside, outside = 1, Fraction(1, square.denominator)
    for prime, times in fmpz(square.numerator * square.denominator).factor():
        outside *= int(prime) ** (int(times) // 2)
        inside *= int(prime) ** (int(times) % 2)
    return inside, outside


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))
