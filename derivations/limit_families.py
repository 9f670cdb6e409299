"""The symbol of each family of grids and its distribution under the uniform measure, in closed form."""

from sympy import (
    Derivative,
    Eq,
    Expr,
    Function,
    Sum,
    Symbol,
    acos,
    cos,
    diff,
    expand,
    integrate,
    limit,
    oo,
    pi,
    simplify,
    sin,
    sqrt,
    symbols,
    tan,
)

from derivations.derivation import Derivation, Kernel, Step
from derivations.grids import healpix
from derivations.limit_law import SYMBOL
from derivations.symbols import N_pix, N_side, ring
from derivations.symbols import variance as s2
from derivations.symbols import weight as w

level = Symbol("s", positive=True)  # a value of the symbol
probability = Symbol("p", positive=True)
colatitude = Symbol("theta", positive=True)  # of the northern hemisphere
index = Symbol("r", positive=True)  # ring number as a continuous variable
points = Symbol("n_r", positive=True)
rings = Symbol("n", positive=True)
slope = Derivative(Function("z")(index), index)
RING_SYMBOL = Eq(Function("u")(index), -N_pix * slope / (2 * points))
LAW = Function("F")

LATITUDE = pi / 2 * sin(colatitude)
LATITUDE_CDF = Eq(LAW(level), 1 - sqrt(1 - (2 * level / pi) ** 2))
LATITUDE_QUANTILE = pi / 2 * sqrt(1 - (1 - probability) ** 2)
OCTAHEDRAL_COUNT = 4 * index + 16  # points of ring r = 1 .. n from the pole
OCTAHEDRAL = pi**2 / 8 * sin(colatitude) / colatitude
OCTAHEDRAL_CDF = Eq(LAW(OCTAHEDRAL), cos(colatitude))


def density(law: Expr, symbol: Expr) -> Expr:
    """Return dF/du along the colatitude, where F and u are both given as functions of it."""
    return simplify(diff(law, colatitude) / diff(symbol, colatitude))


def _prove_ring_symbol() -> tuple[Step, ...]:
    # a ring's strip, -2 pi z'(r), is shared by its n_r points
    rate = Symbol("rate")
    stated = RING_SYMBOL.rhs.subs(slope, rate)
    shared = SYMBOL.subs(s2, 1).subs(w, -2 * pi * rate / points)
    columns, i = Symbol("columns", positive=True), ring
    at_angle = {index: rings * colatitude / pi}  # asymptotic colatitude pi r/nlat of Gauss-Legendre rings
    even = stated.subs({rate: diff(cos(pi * index / rings), index), points: columns, N_pix: rings * columns})
    cap, belt = (
        stated.subs({rate: diff(cosine(i), i), points: number, N_pix: 12 * N_side**2})
        for cosine, number in ((healpix.polar_cosine, 4 * i), (healpix.belt_cosine, 4 * N_side))
    )
    total = 2 * Sum(OCTAHEDRAL_COUNT, (index, 1, rings)).doit()
    reduced = stated.subs({rate: diff(cos(pi * index / (2 * rings)), index), points: OCTAHEDRAL_COUNT})
    reduced = reduced.subs(N_pix, expand(total)).subs(index, 2 * rings * colatitude / pi)
    reduced = limit(simplify(reduced), rings, oo)
    return (
        Step("area of a point, 4 pi/N for one", shared - stated),
        Step(
            "rings pi/nlat apart with equal numbers of points: (pi/2) sin(theta)",
            even.subs(at_angle) - LATITUDE,
        ),
        Step("HEALPix, polar caps: 1", cap - 1),
        Step("HEALPix, belt: 1", belt - 1),
        Step("octahedral: N = 4 n (n + 9)", expand(total - 4 * rings * (rings + 9))),
        Step("octahedral: (pi^2/8) sin(theta)/theta", reduced - OCTAHEDRAL),
    )


def _prove_latitude() -> tuple[Step, ...]:
    top = symbols("top", positive=True)
    # u <= s on two caps, where sin(theta) <= 2 s/pi: their share of the sphere, 1 - cos(theta_s)
    share = integrate(sin(colatitude), (colatitude, 0, top))
    sine = 2 * level / pi
    at_cap = share.subs(cos(top), sqrt(1 - sine**2))
    parametric = density(1 - cos(colatitude), LATITUDE).subs(tan(colatitude), sine / sqrt(1 - sine**2))
    tail = symbols("tail", positive=True)  # 1 - p
    at_quantile = LATITUDE_CDF.rhs.subs(level, LATITUDE_QUANTILE.subs(probability, 1 - tail))
    return (
        Step("share of the two caps", at_cap - LATITUDE_CDF.rhs),
        Step("sin of that colatitude", sine.subs(level, LATITUDE) - sin(colatitude)),
        Step("all values lie below pi/2", LATITUDE_CDF.rhs.subs(level, pi / 2) - 1),
        Step("density is the derivative", simplify(diff(LATITUDE_CDF.rhs, level) - parametric)),
        Step("quantile inverts it", simplify(at_quantile) - (1 - tail)),
        Step("mean pi^2/8", integrate(LATITUDE * sin(colatitude), (colatitude, 0, pi / 2)) - pi**2 / 8),
    )


OCTAHEDRAL_DENSITY = density(OCTAHEDRAL_CDF.rhs, OCTAHEDRAL)


def _prove_octahedral() -> tuple[Step, ...]:
    # u falls with theta on (0, pi/2], so u <= s is the strip beyond theta_s: its share is cos(theta_s)
    bottom = symbols("bottom", positive=True)
    share = integrate(sin(colatitude), (colatitude, bottom, pi / 2)).subs(bottom, colatitude)
    falling = sin(colatitude) - colatitude * cos(colatitude)  # -theta^2 u' / (pi^2/8): 0 at 0, then rising
    return (
        Step("share beyond theta", share - OCTAHEDRAL_CDF.rhs),
        Step("u' < 0", simplify(diff(OCTAHEDRAL, colatitude) * 8 * colatitude**2 / pi**2 + falling)),
        Step("since this rises from zero", diff(falling, colatitude) - colatitude * sin(colatitude)),
        Step("and is zero at zero", falling.subs(colatitude, 0)),
        Step("least value pi/4 at the equator", OCTAHEDRAL.subs(colatitude, pi / 2) - pi / 4),
        Step("largest value pi^2/8 at the poles", limit(OCTAHEDRAL, colatitude, 0) - pi**2 / 8),
        Step(
            "density times -u' is the density sin(theta) of the colatitude",
            simplify(-OCTAHEDRAL_DENSITY * diff(OCTAHEDRAL, colatitude) - sin(colatitude)),
        ),
        Step("density at the poles", limit(OCTAHEDRAL_DENSITY, colatitude, 0) - 24 / pi**2),
        Step(
            "quantile: cos(theta) = p", OCTAHEDRAL_CDF.rhs.subs(colatitude, acos(probability)) - probability
        ),
    )


def _latitude() -> Derivation:
    value = ((level, "value of the symbol, 0 <= s < pi/2"),)
    return Derivation(
        name="latitude-limit-law",
        title="Limit law of latitude-longitude grids",
        statement="Rings of equal numbers of points, asymptotically pi/nlat apart (Gauss-Legendre and "
        "all equiangular rules), have u = (pi/2) sin(theta). Eigenvalues reach from 0 to "
        "pi/2: the condition number grows without bound.",
        expression=LATITUDE_CDF,
        proof=_prove_latitude,
        scope="all s (symbolic)",
        reference="our derivation",
        kernels=(
            Kernel("limit_law", "latitude_cdf", value, LATITUDE_CDF.rhs, "the share of eigenvalues up to s"),
            Kernel(
                "limit_law",
                "latitude_pdf",
                value,
                simplify(diff(LATITUDE_CDF.rhs, level)),
                "the density at s",
            ),
            Kernel(
                "limit_law",
                "latitude_quantile",
                ((probability, "probability"),),
                LATITUDE_QUANTILE,
                "the value up to which the share p lies",
            ),
        ),
    )


def _octahedral() -> Derivation:
    angle = ((colatitude, "colatitude in radians, 0 < theta <= pi/2"),)
    return Derivation(
        name="octahedral-limit-law",
        title="Limit law of octahedral reduced Gaussian grids",
        statement="The 2n Gauss-Legendre rings with 4 r + 16 points on ring r from the pole have u = "
        "(pi^2/8) sin(theta)/theta up to the equator, which reaches from pi/4 to pi^2/8; F(u(theta)) = "
        "cos(theta) gives the law. It is the law of the bulk: on the rings nearest to a pole 16 is not "
        "small against 4 r, and a few eigenvalues stay below pi/4 at every n.",
        expression=OCTAHEDRAL_CDF,
        proof=_prove_octahedral,
        scope="all theta in (0, pi/2] (symbolic). The grid is exact up to an error that falls "
        "exponentially, not exactly: see the measured Gram matrix",
        reference="our derivation; grid: ECMWF",
        kernels=(
            Kernel(
                "limit_law",
                "octahedral_count",
                ((index, "ring from the pole, from 1"),),
                OCTAHEDRAL_COUNT,
                "the number of points of the ring",
            ),
            Kernel("limit_law", "octahedral_symbol", angle, OCTAHEDRAL, "u"),
            Kernel(
                "limit_law",
                "octahedral_cdf",
                angle,
                OCTAHEDRAL_CDF.rhs,
                "the share of eigenvalues up to u(theta)",
            ),
            Kernel("limit_law", "octahedral_pdf", angle, OCTAHEDRAL_DENSITY, "the density at u(theta)"),
            Kernel(
                "limit_law",
                "octahedral_angle",
                ((probability, "probability"),),
                acos(probability),
                "the colatitude where the share p is reached",
            ),
        ),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="ring-symbol",
            title="The symbol from the density of points",
            statement="A ring shares its strip of the sphere among n_r points: u = -N z'(r)/(2 n_r), r "
            "the ring's number. It is 1 on HEALPix (a point mass, as lmax/N_side tends to zero; "
            "at a fixed ratio the quadrature is not exact and the eigenvalues keep a spread).",
            expression=RING_SYMBOL,
            proof=_prove_ring_symbol,
            scope="symbolic; Gauss-Legendre rings taken at their asymptotic colatitudes",
            reference="our derivation",
        ),
        _latitude(),
        _octahedral(),
    )
