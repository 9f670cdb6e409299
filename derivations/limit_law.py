"""The limit law of the eigenvalues (T7): where quadrature is exact they go over into the symbol's values.

The symbol is u(x) = (N/4pi) w(x) s^2(x), the noise that falls on the area of a point. With exact
quadrature T = (N/4pi) Sigma = Phi^T W diag(u) Phi compresses the multiplication by u onto the band
limit, and (1/n) tr f(T) tends to the mean of f(u) over the sphere.
"""

from sympy import (
    Eq,
    Expr,
    IndexedBase,
    Matrix,
    MatrixSymbol,
    Sum,
    Symbol,
    diag,
    expand,
    pi,
    simplify,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, explicit
from derivations.reproducing_kernel import SPREAD, lmax
from derivations.symbols import MEANING, N_pix
from derivations.symbols import variance as s2
from derivations.symbols import weight as w

SYMBOL = N_pix * w * s2 / (4 * pi)
npix = Symbol("npix", positive=True)  # N_pix as an argument
lipschitz = Symbol("Lambda", nonnegative=True)
DEFICIT = lipschitz**2 / (lmax + 1)

PHI, W, U, T = (MatrixSymbol(name, N_pix, N_pix) for name in ("Phi", "W", "U", "T"))
COMPRESSION = Eq(T, PHI.T * W * U * PHI)
first, second = symbols("p q", integer=True)
EACH, EVERY = (first, 1, N_pix), (second, 1, N_pix)
weights, values, kernel = IndexedBase("w"), IndexedBase("u"), IndexedBase("k")
mu_1, mu_2 = Symbol("mu_1"), Symbol("mu_2")
FIRST_MOMENT = Eq(mu_1, Sum(weights[first] * values[first], EACH) / (4 * pi))
SECOND_MOMENT = Eq(
    Sum(weights[first] * values[first] ** 2, EACH) / (4 * pi) - mu_2,
    Sum(
        weights[first] * weights[second] * kernel[first, second] ** 2 * (values[first] - values[second]) ** 2,
        EACH,
        EVERY,
    )
    / (2 * (lmax + 1) ** 2),
)

POINTS = range(3)  # of the instances, with two harmonics and arbitrary entries
AREAS, LEVELS, ROWS = symbols("w_1:4"), symbols("u_1:4"), Matrix(3, 2, symbols("f:6"))


def _operator() -> Matrix:
    """Return T for three points and two harmonics, from the stated compression."""
    return explicit(COMPRESSION.rhs, N_pix, 3, Phi=ROWS, W=diag(*AREAS), U=diag(*LEVELS))


def _stated(side: Expr) -> Expr:
    """Return a side of a stated moment for the three points."""
    product = ROWS * ROWS.T
    numbers = {weights[a + 1]: AREAS[a] for a in POINTS} | {values[a + 1]: LEVELS[a] for a in POINTS}
    numbers |= {kernel[a + 1, b + 1]: product[a, b] for a in POINTS for b in POINTS}
    return side.subs(N_pix, 3).doit().subs(numbers)


def _prove_compression() -> tuple[Step, ...]:
    noise = symbols("d_1:4")
    strengths = diag(*(a**2 * d for a, d in zip(AREAS, noise, strict=True)))
    levels = {u: SYMBOL.subs({w: a, s2: d}) for u, a, d in zip(LEVELS, AREAS, noise, strict=True)}
    scaled = N_pix / (4 * pi) * ROWS.T * strengths * ROWS
    # exact: Q = W^(1/2) Phi has orthonormal columns, and x^T T x = sum over points of u (Q x)^2
    a, b = symbols("a b")
    x = Matrix([a, b])
    form = (x.T * _operator() * x)[0]
    squares = sum(AREAS[i] * (ROWS[i, :] * x)[0] ** 2 * LEVELS[i] for i in POINTS)
    return (
        Step(
            "T = (N/4pi) Phi^T diag(w^2 s^2) Phi, entry by entry",
            (scaled - _operator().subs(levels)).expand(),
        ),
        Step("x^T T x is a mean of u with the weights (Q x)_p^2, which sum to x^T x", expand(form - squares)),
    )


def _prove_first() -> tuple[Step, ...]:
    # k_pp = n/(4 pi) at every point (reproducing-kernel), n = (L+1)^2
    trace = _operator().trace()
    product, n = ROWS * ROWS.T, (lmax + 1) ** 2
    at_points = sum(AREAS[i] * LEVELS[i] * product[i, i] for i in POINTS)
    constant = sum(AREAS[i] * LEVELS[i] * n / (4 * pi) for i in POINTS)
    return (
        Step("tr T = sum of w u k_pp", expand(trace - at_points)),
        Step("the statement: k_pp = n/(4 pi)", expand(constant / n - _stated(FIRST_MOMENT.rhs))),
    )


def _prove_second() -> tuple[Step, ...]:
    # exact up to degree 2L: the sum over q of w_q k_pq^2 is k_pp = n/(4 pi), so 1/(4 pi) is that sum over n
    product, n = ROWS * ROWS.T, (lmax + 1) ** 2
    square = (
        sum(AREAS[a] * LEVELS[a] ** 2 * AREAS[b] * product[a, b] ** 2 for a in POINTS for b in POINTS) / n
    )
    plain = sum(AREAS[a] * LEVELS[a] ** 2 for a in POINTS)
    trace = (_operator() * _operator()).trace() / n
    # exact up to 2L + 1: |u_p - u_q|^2 <= Lambda^2 |x - y|^2 = 2 Lambda^2 (1 - cos gamma), summed by SPREAD
    bound = lipschitz**2 / (2 * n) * 4 * pi * 2 * SPREAD
    return (
        Step("the left side's mean of u^2", expand(4 * pi * (_stated(SECOND_MOMENT.lhs) + mu_2) - plain)),
        Step("the statement", expand(square - trace - _stated(SECOND_MOMENT.rhs))),
        Step("at most Lambda^2/(L+1)", simplify(bound - DEFICIT)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="symbol-compression",
            title="The symbol of the covariance (T7)",
            statement="T = (N/4pi) Sigma is Phi^T W U Phi with U = diag(u), u = (N/4pi) w s^2. Where the "
            "quadrature is exact, with w >= 0, T compresses the multiplication by u: its eigenvalues lie "
            "between the least and the largest u.",
            expression=COMPRESSION,
            proof=_prove_compression,
            scope="3 points and 2 harmonics with arbitrary entries; entrywise sums over points, so "
            "this shows every kind of term. The bounds need Phi^T W Phi = 1 and w >= 0",
            reference="our derivation",
            kernels=(
                Kernel(
                    "limit_law",
                    "symbol",
                    ((w, MEANING[w]), (s2, MEANING[s2]), (npix, "number of points")),
                    SYMBOL.subs(N_pix, npix),
                    "the symbol u",
                ),
            ),
        ),
        Derivation(
            name="symbol-first-moment",
            title="The mean eigenvalue is the symbol's mean",
            statement="mu_1 = (1/n) tr T is the quadrature of the symbol at every band limit, exact or "
            "not: the sum rule.",
            expression=FIRST_MOMENT,
            proof=_prove_first,
            scope="any grid and band limit; the trace for 3 points and 2 harmonics with arbitrary entries",
            reference="our derivation",
        ),
        Derivation(
            name="limit-law",
            title="Second moment, and the limit law",
            statement="Where the quadrature is exact up to degree 2L, mu_2 = (1/n) tr T^2 falls short of "
            "the mean of u^2 by a sum over pairs of points. If it is exact up to 2L+1, w >= 0, "
            "and |u_p - u_q| <= Lambda |x_p - x_q|, that is at most Lambda^2/(L+1). It is "
            "|(1-P) u P|^2/n in the Frobenius norm with the projection P onto the band limit, "
            "and tr (P u P)^k differs from tr P u^k P by at most k^2 max|u|^(k-2) times as "
            "much: with Lambda bounded as the grids grow, all moments of the eigenvalues tend to those of "
            "u, which is the limit law.",
            expression=SECOND_MOMENT,
            proof=_prove_second,
            scope="identity: 3 points, 2 harmonics, arbitrary entries; bound: all L (symbolic, by "
            "reproducing-kernel). Higher moments: by the argument in the statement "
            "(telescoping), not by machine",
            reference="after Szegő and Widom; our derivation",
        ),
    )
