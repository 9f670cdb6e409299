"""The reproducing kernel of the band limit: k(x, y) = sum over l <= L of (2l+1)/(4 pi) P_l(cos gamma).

It is the matrix Phi Phi^T between points, and what the limit law and the noise design rest on.
"""

from sympy import (
    Eq,
    Expr,
    Function,
    Rational,
    Sum,
    Symbol,
    cos,
    expand,
    expand_trig,
    integrate,
    legendre,
    pi,
    sin,
    sqrt,
    symbols,
)

from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.harmonics import HARMONIC_SUM, normalised_legendre
from derivations.symbols import MEANING, l, m, z

lmax = Symbol("L", integer=True, nonnegative=True)
x = Symbol("x", real=True)  # cos(gamma), gamma the angle between two points
z2 = Symbol("z2", real=True)
lag = Symbol("cos_lag", real=True)
P, K = Function("P"), Function("k")

COS_ANGLE = z * z2 + sqrt(1 - z**2) * sqrt(1 - z2**2) * lag
ADDITION = Eq(
    Sum(Function("lambda")(l, m, z) * Function("lambda")(l, m, z2) * Function("c")(m), (m, -l, l)),
    HARMONIC_SUM * P(l, COS_ANGLE),
)
KERNEL = Eq(K(x), Sum(HARMONIC_SUM * P(l, x), (l, 0, lmax)))
CLOSED = Eq((1 - x) * K(x), (lmax + 1) / (4 * pi) * (P(lmax, x) - P(lmax + 1, x)))
SPREAD = (lmax + 1) / (4 * pi)  # the integral over y of k(x, y)^2 (1 - cos gamma)


def kernel_at(band_limit: int, cosine: Expr = x) -> Expr:
    """Return k at a concrete band limit, from its sum."""
    return sum(HARMONIC_SUM.subs(l, degree) * legendre(degree, cosine) for degree in range(band_limit + 1))


def _prove_addition() -> tuple[Step, ...]:
    # F(x, y) = sum_m Y_lm(x) conj Y_lm(y). L_+ = exp(i phi)(d/dtheta + i cot(theta) d/dphi) raises m.
    here, above = symbols("u_here u_above")  # m-fold derivatives of P_l, as in harmonics
    s = symbols("s", positive=True)  # sin(theta)
    up, down = sqrt((l - m) * (l + m + 1)), sqrt((l + m) * (l - m + 1))
    slope = m * s ** (m - 1) * z * here - s ** (m + 1) * above  # d/dtheta of s^m u_m
    raised = -(s ** (m + 1)) * above / up
    below_value = (2 * m * z * here - s**2 * above) / down**2  # Legendre's equation
    lowered = -down * s ** (m - 1) * below_value
    cotangent = m * z / s * s**m * here
    return (
        Step("L_+ raises: lambda' - m cot lambda = c(m) lambda_(m+1)", slope - cotangent - up * raised),
        Step("L_- lowers: lambda' + m cot lambda = -c(m-1) lambda_(m-1)", slope + cotangent + down * lowered),
        Step(
            "(L_+ at x plus L_+ at y) F telescopes: F is invariant under rotations", up - down.subs(m, m + 1)
        ),
        Step(
            "y at the pole: only m = 0 is left",
            normalised_legendre(3, 0).subs(z, 1) ** 2 - HARMONIC_SUM.subs(l, 3),
        ),
        *(Step(f"the statement at l={degree}", _addition_case(degree)) for degree in range(4)),
    )


def _addition_case(degree: int) -> Expr:
    """Return the residual of the stated addition theorem, as a polynomial in sines and cosines."""
    first, second, azimuth = symbols("a b phi", real=True)
    angles = {z: cos(first), z2: cos(second)}
    sines = {sqrt(1 - cos(first) ** 2): sin(first), sqrt(1 - cos(second) ** 2): sin(second)}

    def harmonic(_degree: Expr, order: Expr, cosine: Expr) -> Expr:
        angle = first if cosine == angles[z] else second
        power = abs(int(order))
        rest = normalised_legendre(int(degree), power) / (1 - z**2) ** Rational(power, 2)
        return rest.subs(z, cosine) * sin(angle) ** power

    def multiple(order: Expr) -> Expr:
        return expand_trig(cos(abs(int(order)) * azimuth))

    residual = instance(
        Eq(ADDITION.lhs, ADDITION.rhs.subs(lag, cos(azimuth))),
        {l: degree, **angles},
        **{"lambda": harmonic, "c": multiple, "P": legendre},
    )
    flat = expand(expand(residual.subs(sines)).subs({sin(first): Symbol("s1"), sin(second): Symbol("s2")}))
    flat = flat.subs({sin(azimuth): Symbol("s3"), cos(first): Symbol("c1"), cos(second): Symbol("c2")})
    for place, cosine in (("s1", Symbol("c1")), ("s2", Symbol("c2")), ("s3", cos(azimuth))):
        for power in range(2 * degree, 1, -1):
            flat = flat.subs(
                Symbol(place) ** power, Symbol(place) ** (power % 2) * (1 - cosine**2) ** (power // 2)
            )
    return expand(flat)


def _prove_closed() -> tuple[Step, ...]:
    # induction over L; Bonnet: (L+1) P_(L+1) = (2L+1) x P_L - L P_(L-1)
    here, down = symbols("P_here P_down")
    up = ((2 * lmax + 1) * x * here - lmax * down) / (lmax + 1)
    right = (CLOSED.rhs * 4 * pi).subs({P(lmax, x): here, P(lmax + 1, x): up})
    before = (CLOSED.rhs * 4 * pi).subs(lmax, lmax - 1).subs({P(lmax - 1, x): down, P(lmax, x): here})
    step = right - before - (1 - x) * (4 * pi * HARMONIC_SUM).subs(l, lmax) * here
    square = integrate(expand(kernel_at(4) * CLOSED.rhs.subs(lmax, 4).replace(P, legendre)), (x, -1, 1))
    # by the closed form and orthogonality: 2 pi (L+1)/(4 pi) int k P_L = (L+1)/2 (2L+1)/(4 pi) 2/(2L+1)
    orthogonal = 2 * pi * (lmax + 1) / (4 * pi) * HARMONIC_SUM.subs(l, lmax) * 2 / (2 * lmax + 1)
    return (
        Step("L - 1 to L by Bonnet's recurrence", expand(step)),
        Step("the statement at L=0", _closed_case(0)),
        Step("the statement at L=5", _closed_case(5)),
        Step("integral of k^2 (1 - x) over the sphere", orthogonal - SPREAD),
        Step("again at L=4, integrated", 2 * pi * square - SPREAD.subs(lmax, 4)),
        Step("k(1) = n/(4 pi)", kernel_at(6).subs(x, 1) - 49 / (4 * pi)),
    )


def _closed_case(band_limit: int) -> Expr:
    def kernel(cosine: Expr) -> Expr:
        return instance_of_kernel(band_limit, cosine)

    return expand(instance(CLOSED, {lmax: band_limit}, k=kernel, P=legendre))


def instance_of_kernel(band_limit: int, cosine: Expr) -> Expr:
    """Return the stated sum of k at a concrete band limit."""
    stated = KERNEL.rhs.subs(lmax, band_limit).doit().replace(P, legendre)
    return stated.subs(x, cosine)


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="addition-theorem-between-points",
            title="Addition theorem between two points",
            statement="sum over m of lambda_lm(z) lambda_lm(z') c_m = (2l+1)/(4 pi) P_l(cos gamma) with "
            "c_m = cos(m (phi - phi')): the sum is invariant under rotations of both points.",
            expression=ADDITION.subs(lag, Function("c")(1)),
            proof=_prove_addition,
            scope="all l (symbolic), by rotation invariance; again for l <= 3 from Rodrigues' formula",
            reference="DLMF 14.30.9; our derivation",
            kernels=(
                Kernel(
                    "reproducing_kernel",
                    "cos_angle",
                    ((z, MEANING[z]), (z2, "the same of the other point"), (lag, "cos(phi - phi')")),
                    COS_ANGLE,
                    "the cosine of the angle between two points",
                ),
                Kernel(
                    "reproducing_kernel",
                    "coefficient",
                    ((l, MEANING[l]),),
                    HARMONIC_SUM,
                    "the factor of P_l in k",
                ),
            ),
        ),
        Derivation(
            name="reproducing-kernel",
            title="The reproducing kernel in closed form",
            statement="k = Phi Phi^T between two points is the sum of (2l+1)/(4 pi) P_l up to the band "
            "limit L; (1 - x) k(x) has two terms. Hence k^2 spreads over an area that shrinks: "
            "the integral of k^2 (1 - x) is (L+1)/(4 pi), that of k^2 is (L+1)^2/(4 pi).",
            expression=CLOSED,
            proof=_prove_closed,
            scope="all L (symbolic, by induction from DLMF 18.9); again at L = 0, 4, 5",
            reference="Christoffel-Darboux, DLMF 18.2.12; our derivation",
        ),
    )
