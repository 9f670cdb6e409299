"""Factors between the coefficients of different conventions: norms and phases of their bases.

A basis B_lm = kappa_lm Y_lm has the coefficients b_lm = a_lm / kappa_lm. "Mean square 1" (4 pi), "mean
square 1/(2l+1)" (Schmidt) and "the classical P_l^m cos(m phi)" (unnormalised) each fix kappa_lm.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    I,
    Integer,
    Matrix,
    Rational,
    Symbol,
    conjugate,
    diff,
    expand,
    gamma,
    gammasimp,
    integrate,
    legendre,
    pi,
    sqrt,
    symbols,
)

from derivations.chart import harmonic_at, parity, scale
from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.harmonics import normalised_legendre
from derivations.symbols import MEANING, l, m, z

above = Symbol("kappa_above", positive=True)
CASES = ((0, 0), (1, 0), (1, 1), (2, 1), (3, 2), (4, 4))
FINITE = "; again for " + ", ".join(f"(l, m) = ({degree}, {order})" for degree, order in CASES)

NORMS = Eq(
    Matrix([Symbol("kappa_4pi"), Symbol("kappa_S")]),
    Matrix([sqrt(4 * pi), sqrt(4 * pi / (2 * l + 1))]),
)
kappa = Function("kappa")
CLASSICAL = Eq(kappa(m) / kappa(m - 1), sqrt((l + m) * (l - m + 1)))
PLAIN = Eq(Function("N")(-m), (-1) ** m * conjugate(Function("N")(m)))


def classical_legendre(degree: int, order: int) -> Expr:
    """Return P_l^m(z), m >= 0, without the Condon-Shortley phase, by Rodrigues' formula."""
    derivative = diff(legendre(degree, z), z, order) if order else legendre(degree, z)
    return (1 - z**2) ** Rational(order, 2) * derivative


def classical_start() -> Expr:
    """Return kappa_l0 of the classical basis: P_l over Y_l0, the Schmidt factor."""
    return NORMS.rhs[1]


def _prove_norms() -> tuple[Step, ...]:
    mean_square = NORMS.rhs.applyfunc(lambda factor: factor**2) / (4 * pi)  # of kappa Y: int |Y|^2 = 1
    steps = [
        Step("mean square 1", mean_square[0] - 1),
        Step("mean square 1/(2l+1)", mean_square[1] - 1 / (2 * l + 1)),
    ]
    for degree, order in CASES:
        basis = NORMS.rhs.subs(l, degree) * normalised_legendre(degree, order)
        squares = basis.applyfunc(lambda value: integrate(expand(value**2), (z, -1, 1)) / 2)
        expected = Matrix([1, Rational(1, 2 * degree + 1)])
        steps.append(Step(f"by integration at l={degree}, m={order}", squares - expected))
    return tuple(steps)


def _prove_classical() -> tuple[Step, ...]:
    # lambda_lm = (-1)^m N_lm P_l^m, kappa_lm = 1 / N_lm; N_lm^2 = (2l+1)/(4 pi) (l-m)!/(l+m)!
    squared = 4 * pi / (2 * l + 1) * gamma(l + m + 1) / gamma(l - m + 1)
    ratio = gammasimp(squared / squared.subs(m, m - 1))
    steps = [
        Step("the ratio of two orders, squared", CLASSICAL.rhs**2 - ratio),
        Step("the start at m=0", classical_start() ** 2 - squared.subs(m, 0)),
        Step("the statement at l=3, m=2", instance(CLASSICAL, {l: 3, m: 2}, kappa=_kappa_of_three)),
    ]
    for degree, order in CASES:
        factor = classical_start().subs(l, degree)
        for step in range(1, order + 1):
            factor *= CLASSICAL.rhs.subs({l: degree, m: step})
        harmonic = parity(Integer(order)) * factor * normalised_legendre(degree, order)
        steps.append(
            Step(
                f"P_l^m from lambda_lm at l={degree}, m={order}", harmonic - classical_legendre(degree, order)
            )
        )
    # real basis: sqrt2 Re Y_lm = scale N P cos(m phi), so that P cos(m phi) = (kappa / scale) phi_lm
    norm, azimuthal = symbols("N u", positive=True)
    basis = scale * norm * azimuthal
    steps.append(Step("the real basis", classical_real().subs(above, 1 / norm) * basis - azimuthal))
    return tuple(steps)


def _kappa_of_three(order: Expr) -> Expr:
    return classical_legendre(3, int(order)) / (parity(order) * normalised_legendre(3, int(order)))


def classical_real() -> Expr:
    """Return P cos(m phi) over the real orthonormal basis, from P exp(i m phi) over the complex one."""
    return above / scale


def _prove_phase() -> tuple[Step, ...]:
    steps = [
        Step(
            f"positive sectoral part at l=m={order}",
            parity(Integer(order)) * normalised_legendre(order, order).subs(z, 0)
            - abs(normalised_legendre(order, order).subs(z, 0)),
        )
        for order in range(4)
    ]
    lam, cosine, sine = symbols("lambda cosine sine", real=True)
    sign = Symbol("epsilon", real=True)
    plain, mirrored = sign * lam * (cosine + I * sine), sign * sign * lam * (cosine - I * sine)
    steps.append(
        Step(
            "N_(l,-m) = (-1)^m conj(N_lm) without the phase too",
            expand(mirrored - sign * conjugate(plain)).subs(sign**2, 1),
        )
    )
    stated = (
        Step(f"the statement at l=2, m={order}", instance(PLAIN, {m: order}, N=_plain_harmonic))
        for order in (1, 2)
    )
    return (*steps, *stated)


def _plain_harmonic(order: Expr) -> Expr:
    """Return (-1)^m Y_2m at cos(theta) = 1/3, phi = 1/2."""
    return parity(order) * harmonic_at(Integer(2), order)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    degree, order = (l, MEANING[l]), (m, MEANING[m])
    return (
        Derivation(
            name="basis-norms",
            title="Norms of bases",
            statement="A basis of mean square 1 over the sphere (4 pi) is kappa Y with kappa = sqrt(4 pi); "
            "one of mean square 1/(2l+1) (Schmidt) has kappa = sqrt(4 pi/(2l+1)). Coefficients are divided "
            "by kappa.",
            expression=NORMS,
            proof=_prove_norms,
            scope="all l (symbolic)" + FINITE,
            reference="our derivation",
            kernels=(
                Kernel("conventions", "unit_norm", (degree,), NORMS.rhs[0], "kappa of mean square 1"),
                Kernel(
                    "conventions", "schmidt_norm", (degree,), NORMS.rhs[1], "kappa of mean square 1/(2l+1)"
                ),
            ),
        ),
        Derivation(
            name="classical-norm",
            title="The classical basis",
            statement="P_l^m exp(i m phi) without norm and phase is kappa_m (-1)^m Y_lm, kappa_0 = "
            "sqrt(4 pi/(2l+1)), and kappa grows from order to order by sqrt((l+m)(l-m+1)). The real basis "
            "P_l^m cos(m phi) has kappa over the chart factor of m.",
            expression=CLASSICAL,
            proof=_prove_classical,
            scope="all l >= m >= 1 (symbolic)" + FINITE,
            reference="DLMF 14.30.1; our derivation",
            kernels=(
                Kernel("conventions", "classical_start", (degree,), classical_start(), "kappa at m = 0"),
                Kernel(
                    "conventions",
                    "classical_step",
                    (degree, (m, MEANING[m] + ", m >= 1")),
                    CLASSICAL.rhs,
                    "kappa_m / kappa_(m-1)",
                ),
                Kernel(
                    "conventions",
                    "classical_real",
                    ((above, "kappa of the complex basis"), (scale, "chart factor of m")),
                    classical_real(),
                    "kappa of the real basis",
                ),
            ),
        ),
        Derivation(
            name="no-phase",
            title="Without the Condon-Shortley phase",
            statement="N_lm = (-1)^m Y_lm has a positive sectoral part and obeys the same reflection, "
            "N_(l,-m) = (-1)^m conj(N_lm).",
            expression=PLAIN,
            proof=_prove_phase,
            scope="all m (symbolic); the sign for l = m <= 3; the statement at l=2, m=1, 2",
            reference="our derivation",
            kernels=(Kernel("conventions", "phase", (order,), parity(m), "N_lm / Y_lm"),),
        ),
    )
