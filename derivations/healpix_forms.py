"""T4 as statements: HEALPix in closed form, the alias sums, and the order at which orders couple."""

from functools import lru_cache

from sympy import (
    Abs,
    Eq,
    Expr,
    Function,
    I,
    IndexedBase,
    Integer,
    Matrix,
    Mod,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    exp,
    expand,
    factorial,
    integrate,
    oo,
    pi,
    simplify,
    sqrt,
    symbols,
)

from derivations import closed_forms as forms
from derivations.derivation import Derivation, Kernel, Step, instance
from derivations.exact import exact_covariance
from derivations.faulhaber import as_expr
from derivations.grids import Healpix, healpix
from derivations.harmonics import lambda_at
from derivations.healpix_tables import LMAX, dimensionless, examples, table
from derivations.symbols import MEANING, N_pix, N_side, l, l2, m, m2, z

PROVED = 4  # band limit of the proof by interpolation
NSIDES = range(1, 2 * PROVED + 2)  # 2 PROVED + 1 values: more than the degree in 1/N_side^2
KEYS = ((1, 1, 1, 1), (2, 0, 0, 0), (1, 0, 1, 0), (3, 1, 1, 1))
COUPLED = ((2, -2, 2, 2), (3, -2, 5, 2), (4, -4, 4, 4), (5, -3, 5, 5))

COVARIANCE, LEADING_COEFFICIENT = IndexedBase("C"), IndexedBase("c")
i, j = symbols("i j", integer=True, positive=True)
k = Symbol("k", integer=True)
a, b, h = symbols("a b h", integer=True, nonnegative=True)  # |m|, |m'| and half their sum
power = Symbol("s", positive=True)
nside, radicand, polynomial = (Symbol(name, positive=True) for name in ("nside", "radicand", "polynomial"))
F = Function("F")

SCALED = N_pix / (4 * pi) * COVARIANCE[l, m, l2, m2]
RINGS = Eq(
    SCALED.subs(m2, m),
    8 * pi / (3 * N_side**2) * Sum(i * F(1 - i**2 / (3 * N_side**2)), (i, 1, N_side - 1))
    + 4 * pi / (3 * N_side) * Sum(F(2 * k / (3 * N_side)), (k, -N_side, N_side)),
)
ALIASES = Eq(
    SCALED,
    8
    * pi
    / (3 * N_side**2)
    * Sum(
        Piecewise(((-1) ** (j / i) * i * F(1 - i**2 / (3 * N_side**2)), Eq(Mod(j, i), 0)), (0, True)),
        (i, 1, j),
    ),
)
DIVISOR_SUM = Sum(Piecewise(((-1) ** (j / i) * i ** (2 * h + 1), Eq(Mod(j, i), 0)), (0, True)), (i, 1, j))
LEADING = Eq(
    LEADING_COEFFICIENT[l, m, l2, m2],
    Rational(2, 3)
    * (-1) ** (h - (m + m2) / 2)
    / (6**h * factorial(a) * factorial(b))
    * sqrt(
        (2 * l + 1)
        * (2 * l2 + 1)
        * (factorial(l + a) * factorial(l2 + b) / (factorial(l - a) * factorial(l2 - b)))
    )
    * DIVISOR_SUM,
)
TAIL = (power + 1) / ((power - 1) * 2**power)  # bounds sum_{d >= 2} d^-s


def _prove_rings() -> tuple[Step, ...]:
    caps, belt, _ = healpix.ring_count(i).args
    ring = 2 * N_side + k
    checked = (
        ((1, 1, 1, 1), 1 + 5 / (108 * N_side**2) + 1 / (108 * N_side**4)),
        ((2, 0, 0, 0), -sqrt(5) * (5 * N_side**2 + 1) / (108 * N_side**4)),
        ((1, 0, 1, 0), 1 - 5 / (54 * N_side**2) - 1 / (54 * N_side**4)),
    )
    return (
        Step("caps: cosine of ring i", healpix.polar_cosine(i) - (1 - i**2 / (3 * N_side**2))),
        Step("caps: 4 i points", caps[0] - 4 * i),
        Step("belt: cosine of ring 2 N_side + k, F even", healpix.belt_cosine(ring) + 2 * k / (3 * N_side)),
        Step("belt: 4 N_side points", belt[0] - 4 * N_side),
        *(Step(f"caps in u = i^2/N_side^2: {key}", _cap_residual(*key)) for key in (*KEYS, *COUPLED)),
        *(Step(f"the statement at {key}, N_side = 3", _stated(RINGS, key, 3)) for key in KEYS),
        *(Step(f"closed form of {key}", dimensionless(key) - value) for key, value in checked),
        *(
            Step(f"every entry m = m' to lmax {PROVED} at N_side = {nside}", _residuals(nside, coupled=False))
            for nside in NSIDES
        ),
    )


def _prove_aliases() -> tuple[Step, ...]:
    (cap_count, _), (belt_count, _), _ = healpix.ring_count(i).args
    (cap_azimuth, _), *_ = healpix.ring_azimuth(i).args
    whole = Symbol("q", integer=True, positive=True)  # j = q i
    return (
        Step("polar ring i divides 4 j where i divides j = q i", 4 * whole * i / cap_count - whole),
        Step("belt rings divide 4 j only where N_side divides j", 4 * j / belt_count - j / N_side),
        Step("the phase is (-1)^(j/i)", exp(I * 4 * whole * i * cap_azimuth) - (-1) ** whole),
        *(
            Step(f"the statement at {key}, N_side = {nside}", _stated(ALIASES, key, nside))
            for key in COUPLED
            for nside in (3, 4)
        ),
        *(
            Step(f"every entry m != m' to lmax {PROVED} at N_side = {nside}", _residuals(nside, coupled=True))
            for nside in NSIDES
        ),
    )


def _prove_leading() -> tuple[Step, ...]:
    x = Symbol("x", positive=True)
    tail = Symbol("s", integer=True, positive=True) + 2
    return (
        Step(
            "1 - z^2 = (2/3) (i/N_side)^2 to leading order",
            expand(1 - healpix.polar_cosine(i) ** 2) * N_side**2
            - Rational(2, 3) * i**2
            + i**4 / (9 * N_side**2),
        ),
        Step(
            "sum_{d>=2} d^-s <= 2^-s + int_2^oo x^-s dx",
            simplify(integrate(x**-tail, (x, 2, oo)) + 2**-tail - TAIL.subs(power, tail)),
        ),
        Step("which is 3/64 < 1 at s = 1 + |m| + |m'| = 5", TAIL.subs(power, 5) - Rational(3, 64)),
        Step(
            "and more than halves with each s: factor 1/2 - 1/(s (s + 1))",
            simplify(TAIL.subs(power, power + 1) / TAIL - Rational(1, 2) + 1 / (power * (power + 1))),
        ),
        *(Step(f"leading coefficient of {key}", _leading_residual(key)) for key in coupled_keys(LMAX)),
        *(Step(f"nothing below it in {key}", _below(key)) for key in coupled_keys(LMAX)),
    )


def coupled_keys(lmax: int) -> tuple[forms.Key, ...]:
    """Return the independent keys with m != m2."""
    return tuple(key for key in forms.independent_keys(lmax) if key[1] != key[3])


def _cap_residual(l_: int, m_: int, l2_: int, m2_: int) -> Expr:
    orders = (l_, abs(m_), l2_, abs(m2_))
    direct = as_expr(forms.zonal_polynomial(*orders), z).subs(z, 1 - Symbol("v") / 3)
    return as_expr(forms.cap_polynomial(*orders), Symbol("v")) - direct


def _stated(statement: Eq, key: forms.Key, nside: int) -> Expr:
    """Return the residual of a stated ring sum, C from the closed form and F from Rodrigues' formula."""
    l_, m_, l2_, m2_ = key
    values = {l: l_, m: m_, l2: l2_, m2: m2_, N_side: nside, N_pix: 12 * nside**2, j: abs(m2_ - m_) // 4}
    stated = instance(
        statement,
        {**values, COVARIANCE[l_, m_, l2_, m2_]: forms.closed_form_at(*key, nside)},
        F=lambda cosine: lambda_at(l_, m_, cosine) * lambda_at(l2_, m2_, cosine),
    )
    return stated.subs(COVARIANCE[l_, m_, l2_, m2_], forms.closed_form_at(*key, nside))


@lru_cache(maxsize=16)
def _exact(nside: int) -> dict[forms.Key, Expr]:
    return exact_covariance(Healpix(nside), PROVED)


def _residuals(nside: int, *, coupled: bool) -> Matrix:
    """Return closed forms minus exact entries at an N_side, all those that are valid there."""
    return Matrix(
        [
            forms.closed_form_at(*key, nside) - _exact(nside).get(key, Integer(0))
            for key in signed_keys(PROVED)
            if (key[1] != key[3]) == coupled and nside >= forms.valid_from(key[1], key[3])
        ]
    )


def signed_keys(lmax: int) -> list[forms.Key]:
    """Return all (l, m, l2, m2) to a band limit."""
    pairs = [(degree, order) for degree in range(lmax + 1) for order in range(-degree, degree + 1)]
    return [(*left, *right) for left in pairs for right in pairs]


def lowest_power(m_: int, m2_: int) -> int:
    """Return the power of 1/N_side^2 at which orders m != m2 begin to couple."""
    return 1 + (abs(m_) + abs(m2_)) // 2


def _leading_residual(key: forms.Key) -> Expr:
    l_, m_, l2_, m2_ = key
    values = {l: l_, m: m_, l2: l2_, m2: m2_, a: abs(m_), b: abs(m2_)}
    values |= {h: (abs(m_) + abs(m2_)) // 2, j: abs(m2_ - m_) // 4}
    found = forms.form(*key)
    value = sqrt(Integer(found.radicand)) * Rational(found.coefficients[lowest_power(m_, m2_)])
    return instance(LEADING, values).subs(LEADING_COEFFICIENT[key], value)


def _below(key: forms.Key) -> Expr:
    return sum(
        (Abs(Rational(c)) for c in forms.form(*key).coefficients[: lowest_power(key[1], key[3])]), Integer(0)
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="healpix-closed-form",
            title="HEALPix in closed form (T4)",
            statement="With F = lambda_lm lambda_(l',m), a polynomial in z, the ring sum of HEALPix for "
            "m = m' is a sum of powers of the ring index, so by Faulhaber's formula every "
            "(N/4 pi) C_(l,m,l',m) is a polynomial in 1/N_side^2 of degree at most l + l', with rational "
            "coefficients, times a square root.",
            expression=RINGS,
            proof=_prove_rings,
            scope="all N_side >= 1 (geometry and Faulhaber symbolic); every pair m = m' to lmax "
            f"{PROVED} once more by interpolation: exact at {len(NSIDES)} N_side, degree <= {2 * PROVED}",
            reference="our derivation",
            kernels=(
                Kernel(
                    "closed_form",
                    "entry",
                    (
                        (nside, MEANING[N_side]),
                        (radicand, "integer under the root"),
                        (polynomial, "the form's polynomial in 1/N_side^2, evaluated"),
                    ),
                    4 * pi / (12 * nside**2) * sqrt(radicand) * polynomial,
                    "E[a_lm conj(a_l'm')] for weights 4 pi/N and unit pixel variance",
                ),
            ),
            tables=(table(),),
            examples=examples(),
        ),
        Derivation(
            name="healpix-coupling",
            title="Coupled orders on HEALPix (T4)",
            statement="For |m' - m| = 4 j, j >= 1 and N_side > j only the polar rings i that divide j take "
            "part, on both caps, with the sign (-1)^(j/i); F = lambda_lm lambda_l'm'. At N_side = j the "
            "belt's rings take part too.",
            expression=ALIASES,
            proof=_prove_aliases,
            scope="all N_side > j, all orders (symbolic); every pair m != m' to lmax "
            f"{PROVED} once more by interpolation at N_side <= {NSIDES[-1]}",
            reference="our derivation",
        ),
        Derivation(
            name="healpix-coupling-order",
            title="The order at which orders couple on HEALPix",
            statement="Orders m and m' = m + 4 j, j not 0, couple at N_side^(-2h-2) exactly, h = (a + b)/2, "
            "a = |m|, b = |m'|, hence not before N_side^-6: (N/4 pi) C = c N_side^(-2h-2) + "
            "O(N_side^(-2h-4)), with |j| for j. It never vanishes: i = j outweighs the other "
            "divisors, whose sum is below 3/64 of it.",
            expression=LEADING,
            proof=_prove_leading,
            scope="1 - z^2 and the bound for all orders (symbolic); the coefficient for every coupled "
            f"entry to lmax {LMAX}",
            reference="our derivation",
        ),
    )
