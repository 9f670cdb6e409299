"""Coefficients as numbers: moments of complex ones, the azimuthal Nyquist column, units of power."""

from sympy import Eq, I, Integer, Matrix, Symbol, conjugate, expand, im, pi, re, solve, symbols

from derivations.chart import c_im, c_re, p_im, p_re, x, x2, y, y2
from derivations.derivation import Derivation, Kernel, Step
from derivations.harmonics import HARMONIC_SUM, normalised_legendre
from derivations.symbols import MEANING, l

xx, xy, yx, yy = symbols("xx xy yx yy", real=True)
power = Symbol("c_l", nonnegative=True)

MOMENTS = Eq(Matrix([c_re, c_im, p_re, p_im]), Matrix([xx + yy, yx - xy, xx - yy, yx + xy]))
NYQUIST = Eq(Symbol("b"), 2 * x)
POWER = Eq(Matrix([Symbol("S_l"), Symbol("S_lm")]), Matrix([HARMONIC_SUM, 1 / (4 * pi)]) * power)


def real_moments() -> Matrix:
    """Return E[x x'], E[x y'], E[y x'], E[y y'] from C and P: the inverse of MOMENTS."""
    (solution,) = solve(list(MOMENTS.lhs - MOMENTS.rhs), [xx, xy, yx, yy], dict=True)
    return Matrix([solution[name] for name in (xx, xy, yx, yy)])


def _prove_moments() -> tuple[Step, ...]:
    first, second = x + I * y, x2 + I * y2
    covariance, relation = expand(first * conjugate(second)), expand(first * second)
    product = {xx: x * x2, xy: x * y2, yx: y * x2, yy: y * y2}
    defined = Matrix([re(covariance), im(covariance), re(relation), im(relation)])
    back = dict(zip((c_re, c_im, p_re, p_im), MOMENTS.rhs, strict=True))
    return (
        Step("C = E[a conj(a')] and P = E[a a']", MOMENTS.rhs.subs(product) - defined),
        Step("the real moments come back", real_moments().subs(back) - Matrix([xx, xy, yx, yy])),
    )


def _prove_nyquist() -> tuple[Step, ...]:
    # n points phi_j = 2 pi j / n, m = n/2: exp(i m phi_j) = (-1)^j, and the sine is zero there
    a = x + I * y
    even, odd = ((a * value + conjugate(a) * conjugate(value)) for value in (Integer(1), Integer(-1)))
    return (
        Step("the two terms +-n/2 at even points are one, b", expand(even) - NYQUIST.rhs),
        Step("and -b at odd points", expand(odd) + NYQUIST.rhs),
    )


def _prove_power() -> tuple[Step, ...]:
    # the variance of the field at a point: sum_m C_l |Y_lm|^2, by the addition theorem
    azimuthal = sum(normalised_legendre(2, abs(order)) ** 2 for order in range(-2, 3))
    return (
        Step("total over one degree, at l=2", expand(azimuthal * power) - POWER.rhs[0].subs(l, 2)),
        Step("one coefficient is its (2l+1)-th part", POWER.rhs[0] / (2 * l + 1) - POWER.rhs[1]),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    degree = (l, MEANING[l])
    moments = ((xx, "E[x x']"), (xy, "E[x y']"), (yx, "E[y x']"), (yy, "E[y y']"))
    relations = ((c_re, "Re C"), (c_im, "Im C"), (p_re, "Re P"), (p_im, "Im P"))
    return (
        Derivation(
            name="complex-moments",
            title="C and P from the moments of real and imaginary parts",
            statement="a = x + i y: C = E[a a'^*] = E[xx'] + E[yy'] + i (E[yx'] - E[xy']), "
            "P = E[a a'] = E[xx'] - E[yy'] + i (E[yx'] + E[xy']).",
            expression=MOMENTS,
            proof=_prove_moments,
            scope="all pairs (symbolic)",
            reference="our derivation",
            kernels=(
                Kernel(
                    "conventions",
                    "complex_moments",
                    moments,
                    Matrix(MOMENTS.rhs),
                    "Re C, Im C, Re P and Im P",
                ),
                Kernel(
                    "conventions", "real_moments", relations, real_moments(), "E[xx'], E[xy'], E[yx'], E[yy']"
                ),
            ),
        ),
        Derivation(
            name="azimuthal-nyquist",
            title="The azimuthal Nyquist column",
            statement="On n equispaced longitudes the orders n/2 and -n/2 are one column: a real FFT has "
            "b = 2 Re a there, and Im a is lost.",
            expression=NYQUIST,
            proof=_prove_nyquist,
            scope="all even n, first longitude 0 (symbolic)",
            reference="our derivation",
            kernels=(Kernel("conventions", "nyquist", ((x, "Re a"),), NYQUIST.rhs, "b"),),
        ),
        Derivation(
            name="power-units",
            title="Units of power",
            statement="With E|a_lm|^2 = C_l the mean square of the field has (2l+1) C_l/(4 pi) from degree l "
            "(per_l) and C_l/(4 pi) from each of its coefficients (per_lm).",
            expression=POWER,
            proof=_prove_power,
            scope="all l by the addition theorem; put to the test at l=2",
            reference="our derivation",
            kernels=(
                Kernel(
                    "conventions",
                    "power_units",
                    (degree, (power, "C_l")),
                    Matrix(POWER.rhs),
                    "power per degree and per coefficient",
                ),
            ),
        ),
    )
