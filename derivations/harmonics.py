"""Normalised Legendre functions lambda_lm: recurrence, sectoral start, parity, addition theorem.

Y_lm = lambda_lm(cos theta) exp(i m phi), orthonormal, with the Condon-Shortley phase:
lambda_lm(z) = (-1)^m sqrt((2l+1)/(4 pi) (l-m)!/(l+m)!) (1-z^2)^(m/2) d^m P_l/dz^m for m >= 0,
and lambda_(l,-m) = (-1)^m lambda_lm.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    Matrix,
    Rational,
    Sum,
    binomial,
    diff,
    factorial,
    gamma,
    gammasimp,
    legendre,
    pi,
    sin,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.symbols import MEANING, l, m, theta, z

CASES = tuple((degree, order) for degree in range(6) for order in range(degree + 1))
FINITE = "0 <= m <= l <= 5 from Rodrigues' formula"

lam = Function("lambda")
HARMONIC_SUM = (2 * l + 1) / (4 * pi)  # the addition theorem: sum over m of lambda_lm^2


def normalised_legendre(degree: int, order: int) -> Expr:
    """Return lambda_lm(z) by Rodrigues' formula for integers 0 <= m <= l: slow and obvious."""
    ratio = factorial(degree - order) / factorial(degree + order)
    norm = sqrt(Rational(2 * degree + 1, 4) / pi * ratio)
    derivative = diff(legendre(degree, z), z, order) if order else legendre(degree, z)
    return (-1) ** order * norm * (1 - z**2) ** Rational(order, 2) * derivative


def displacement_coefficient(degree: Expr, order: Expr) -> Expr:
    """Return A_l of z lambda_l = A_(l+1) lambda_(l+1) + A_l lambda_(l-1)."""
    return sqrt((degree**2 - order**2) / (4 * degree**2 - 1))


RECURRENCE = Eq(
    z * lam(l, m),
    displacement_coefficient(l + 1, m) * lam(l + 1, m) + displacement_coefficient(l, m) * lam(l - 1, m),
)
PARITY = Eq(lam(l, m, -z), (-1) ** (l + m) * lam(l, m, z))
ADDITION = Eq(Sum(lam(l, m, z) ** 2, (m, -l, l)), HARMONIC_SUM)


def lambda_at(degree: Expr, order: Expr, cosine: Expr = z) -> Expr:
    """Return lambda_lm at concrete integers, negative orders too, for instances of a statement."""
    sign = (-1) ** abs(int(order)) if order < 0 else 1
    return sign * normalised_legendre(int(degree), abs(int(order))).subs(z, cosine)


def _norm_squared(degree: Expr, order: Expr) -> Expr:
    return (2 * degree + 1) / (4 * pi) * gamma(degree - order + 1) / gamma(degree + order + 1)


def _prove_recurrence() -> tuple[Step, ...]:
    # d_k = P_k^(m), e_here = P_l^(m-1) (m-fold derivatives in z). Inputs, DLMF 18.9:
    # (l+1) P_(l+1) = (2l+1) z P_l - l P_(l-1)  and  P'_(l+1) - P'_(l-1) = (2l+1) P_l.
    d_up, d_here, d_down, e_here = symbols("d_up d_here d_down e_here")
    bonnet = (l + 1) * d_up - (2 * l + 1) * (z * d_here + m * e_here) + l * d_down
    differentiated = bonnet.subs(e_here, (d_up - d_down) / (2 * l + 1))
    classical = (l - m + 1) * d_up - (2 * l + 1) * z * d_here + (l + m) * d_down
    # squares, since the norms are square roots of positive numbers
    up = ((l - m + 1) / (2 * l + 1)) ** 2 * _norm_squared(l, m) / _norm_squared(l + 1, m)
    down = ((l + m) / (2 * l + 1)) ** 2 * _norm_squared(l, m) / _norm_squared(l - 1, m)
    return (
        Step("m-fold derivative of Bonnet's recurrence", differentiated - classical),
        Step("A_(l+1) from the norms", gammasimp(up) - displacement_coefficient(l + 1, m) ** 2),
        Step("the statement at l=4, m=2", instance(RECURRENCE, {l: 4, m: 2}, **{"lambda": lambda_at})),
        Step("A_l from the norms", gammasimp(down) - displacement_coefficient(l, m) ** 2),
        *(Step(f"l={degree}, m={order}", _recurrence_case(degree, order)) for degree, order in CASES),
    )


def _recurrence_case(degree: int, order: int) -> Expr:
    upper = displacement_coefficient(Rational(degree + 1), Rational(order))
    residual = z * normalised_legendre(degree, order) - upper * normalised_legendre(degree + 1, order)
    if degree > order:
        lower = displacement_coefficient(Rational(degree), Rational(order))
        residual -= lower * normalised_legendre(degree - 1, order)
    return residual


SECTORAL_RATIO = -sqrt((2 * m + 1) / (2 * m)) * sin(theta)
SECTORAL_FACTOR = -sqrt(1 + 1 / (2 * m))  # rounded once: products over m would drift with that of sqrt(2)
SECTORAL = Eq(lam(m, m), SECTORAL_RATIO * lam(m - 1, m - 1))


def _prove_sectoral() -> tuple[Step, ...]:
    # P_m has the leading coefficient binom(2m, m) / 2^m, so d^m P_m/dz^m = m! binom(2m, m) / 2^m
    def magnitude_squared(order: Expr) -> Expr:
        leading = factorial(order) * binomial(2 * order, order) / 2**order
        return _norm_squared(order, order) * leading**2

    ratio = gammasimp((magnitude_squared(m) / magnitude_squared(m - 1)).rewrite(gamma))
    factor = SECTORAL_RATIO / sin(theta)
    cases = tuple(
        Step(
            f"m={order}",
            normalised_legendre(order, order)
            - factor.subs(m, order) * sqrt(1 - z**2) * normalised_legendre(order - 1, order - 1),
        )
        for order in range(1, 6)
    )
    start = Step("lambda_00 = 1/sqrt(4 pi)", normalised_legendre(0, 0) - 1 / sqrt(4 * pi))
    stated = instance(SECTORAL.subs(sin(theta), sqrt(1 - z**2)), {m: 3}, **{"lambda": lambda_at})
    cases += (Step("the statement at m=3", stated),)
    evaluated = Step("the factor as it is evaluated", factor - SECTORAL_FACTOR)
    return (Step("ratio of the norms, symbolic m", ratio - factor**2), evaluated, start, *cases)


def _prove_parity() -> tuple[Step, ...]:
    here, down = symbols("here down")
    sign = (-1) ** (l + m)
    upper, lower = displacement_coefficient(l + 1, m), displacement_coefficient(l, m)
    step = (z * here - lower * down) / upper
    mirrored = (-z * sign * here + lower * sign * down) / upper  # parity holds at l and l - 1
    cases = tuple(
        Step(
            f"l={degree}, m={order}",
            normalised_legendre(degree, order).subs(z, -z)
            - (-1) ** (degree + order) * normalised_legendre(degree, order),
        )
        for degree, order in CASES
    )
    cases += (Step("the statement at l=4, m=1", instance(PARITY, {l: 4, m: 1}, **{"lambda": lambda_at})),)
    return (Step("induction over l by the recurrence", mirrored + sign * step), *cases)


def _prove_addition() -> tuple[Step, ...]:
    # u_k = d^k P_l/dz^k; Legendre's equation differentiated k times links u_(k+2), u_(k+1), u_k
    u = Function("u")(z)
    equation = (1 - z**2) * diff(u, z, 2) - 2 * (m + 1) * z * diff(u, z) + (l - m) * (l + m + 1) * u
    shifted = equation.subs(m, m + 1).subs(u, diff(u, z)).doit()
    # lambda_m = e N_m s^m u_m with s = sin theta, e = (-1)^m; e N_m is divided out below
    here, above, below = symbols("u_here u_above u_below")
    s = symbols("s", positive=True)
    up, down = sqrt((l - m) * (l + m + 1)), sqrt((l + m) * (l - m + 1))
    slope = m * s ** (m - 1) * z * here - s ** (m + 1) * above
    lam_up, lam_down = -(s ** (m + 1)) * above / up, -down * s ** (m - 1) * below
    below_value = (2 * m * z * here - s**2 * above) / down**2  # Legendre's equation at k = m - 1
    ladder = slope - (up * lam_up - down * lam_down).subs(below, below_value) / 2
    norm_up = gammasimp(_norm_squared(l, m + 1) / _norm_squared(l, m)) * up**2 - 1
    # sum over m of 2 lambda_m d lambda_m = sum (up(m) - down(m+1)) lambda_m lambda_(m+1)
    return (
        Step(
            "Legendre's equation at k + 1 is the derivative of that at k",
            diff(equation, z) - shifted,
        ),
        Step("N_(m+1) = N_m / c(m)", norm_up),
        Step("ladder: 2 d lambda_m/d theta = c(m) lambda_(m+1) - c(m-1) lambda_(m-1)", ladder),
        Step("the derivative of the sum telescopes", up - down.subs(m, m + 1)),
        Step("c(l) = c(-l-1) = 0 ends the sum", up.subs(m, l) + down.subs(m, -l)),
        Step("the statement at l=3", instance(ADDITION, {l: 3}, **{"lambda": lambda_at})),
        Step("value at the pole: P_l(1) = 1", _norm_squared(l, 0) - HARMONIC_SUM),
        *(Step(f"sum over m at l={degree}", _addition_case(degree)) for degree in range(6)),
    )


def _addition_case(degree: int) -> Expr:
    zonal = normalised_legendre(degree, 0) ** 2
    rest = sum(2 * normalised_legendre(degree, order) ** 2 for order in range(1, degree + 1))
    return zonal + rest - HARMONIC_SUM.subs(l, degree)


def _recurrence() -> Derivation:
    upper, lower = displacement_coefficient(l + 1, m), displacement_coefficient(l, m)
    arguments = ((l, MEANING[l] + ", l >= m"), (m, MEANING[m] + ", m >= 0"))
    here, down, raised, lowered, inverse, length = symbols("current previous up down inverse length")
    step_arguments = (
        (z, MEANING[z]),
        (here, "lambda_lm(z)"),
        (down, "lambda_(l-1,m)(z)"),
        (raised, "1 / A_(l+1)"),
        (lowered, "A_l / A_(l+1)"),
    )
    return Derivation(
        name="legendre-recurrence",
        title="Three-term recurrence",
        statement="Multiplication by z = cos(theta) is tridiagonal in the degree: z lambda_l = A_(l+1) "
        "lambda_(l+1) + A_l lambda_(l-1), A_l = sqrt((l^2-m^2)/(4l^2-1)).",
        expression=RECURRENCE,
        proof=_prove_recurrence,
        scope=f"all l >= m >= 0 (symbolic), from DLMF 18.9; again for {FINITE}",
        reference="DLMF 14.10.3, normalised; our derivation",
        kernels=(
            Kernel("legendre", "displacement", arguments, lower, "A_l"),
            Kernel(
                "legendre",
                "step_coefficients",
                arguments,
                Matrix([1 / upper, lower / upper]),
                "the pair 1 / A_(l+1), A_l / A_(l+1), hoisted out of the recurrence",
            ),
            Kernel(
                "legendre",
                "step",
                step_arguments,
                raised * z * here - lowered * down,
                "lambda_(l+1,m)(z)",
                in_place=True,
            ),
            Kernel(
                "legendre",
                "next_degree",
                (*step_arguments[:3], (inverse, "1 / A_(l+1)"), (length, "A_l")),
                inverse * (z * here - length * down),
                "lambda_(l+1,m)(z), for compiled loops",
            ),
        ),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        _recurrence(),
        Derivation(
            name="legendre-sectoral",
            title="Sectoral start",
            statement="lambda_mm = -sqrt((2m+1)/(2m)) sin(theta) lambda_(m-1,m-1), lambda_00 = 1/sqrt(4 pi).",
            expression=SECTORAL,
            proof=_prove_sectoral,
            scope="all m >= 1 (symbolic); again for 1 <= m <= 5 from Rodrigues' formula",
            reference="DLMF 14.7.8, normalised; our derivation",
            kernels=(
                Kernel("legendre", "start", (), 1 / sqrt(4 * pi), "lambda_00"),
                Kernel(
                    "legendre",
                    "sectoral_factor",
                    ((m, MEANING[m] + ", m >= 1"),),
                    SECTORAL_FACTOR,
                    "lambda_mm / (sin(theta) lambda_(m-1,m-1))",
                ),
            ),
        ),
        Derivation(
            name="legendre-parity",
            title="Parity",
            statement="lambda_lm(-z) = (-1)^(l+m) lambda_lm(z).",
            expression=PARITY,
            proof=_prove_parity,
            scope=f"all l >= m >= 0 (induction, symbolic); again for {FINITE}",
            reference="DLMF 14.7.17; our derivation",
        ),
        Derivation(
            name="addition-theorem",
            title="Addition theorem on the diagonal",
            statement="sum over m of lambda_lm(z)^2 = (2l+1)/(4 pi) at every z: the sum's derivative in "
            "theta telescopes to zero, so it keeps its value at the pole.",
            expression=ADDITION,
            proof=_prove_addition,
            scope="all l (symbolic); again for l <= 5 from Rodrigues' formula",
            reference="DLMF 14.30.9; our derivation",
        ),
    )
