"""HEALPix ring geometry in RING order, for any N_side >= 1: cosines, counts, first azimuths."""

from sympy import (
    Eq,
    Expr,
    I,
    Matrix,
    Mod,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    cos,
    exp,
    pi,
    simplify,
    sin,
    symbols,
)

from derivations.derivation import Derivation, Step, instance
from derivations.symbols import N_side, azimuth, count, order, ring

N = N_side
shift = Symbol("s", integer=True)  # n phi0 / pi: 1 in the caps, 0 or 1 in the belt
SELECTION = Eq(exp(I * order * azimuth), (-1) ** (shift * order / count))


def polar_cosine(i: Expr) -> Expr:
    """Return z of ring i <= N_side: 1 - i^2 / (3 N_side^2)."""
    return 1 - i**2 / (3 * N**2)


def belt_cosine(i: Expr) -> Expr:
    """Return z of ring N_side <= i <= 3 N_side: 4/3 - 2 i / (3 N_side)."""
    return Rational(4, 3) - 2 * i / (3 * N)


def ring_cosine(i: Expr) -> Expr:
    """Return z of ring i, 1 <= i <= 4 N_side - 1."""
    return Piecewise((polar_cosine(i), i < N), (belt_cosine(i), i <= 3 * N), (-polar_cosine(4 * N - i), True))


def ring_count(i: Expr) -> Expr:
    """Return the number of points of ring i: 4 i in the caps, 4 N_side in the belt."""
    return Piecewise((4 * i, i < N), (4 * N, i <= 3 * N), (4 * (4 * N - i), True))


def ring_azimuth(i: Expr) -> Expr:
    """Return the first azimuth of ring i: half a spacing in the caps, alternating in the belt."""
    belt = pi / (4 * N) * Mod(i - N + 1, 2)
    return Piecewise((pi / (4 * i), i < N), (belt, i <= 3 * N), (pi / (4 * (4 * N - i)), True))


def _prove_rings() -> tuple[Step, ...]:
    i = ring
    caps = 2 * Sum(ring_count(i).args[0][0], (i, 1, N - 1)).doit()
    belt = Sum(ring_count(i).args[1][0], (i, N, 3 * N)).doit()
    # pixels of equal area 4 pi/(12 N^2): the cap above the boundary between rings i and i+1 in a
    # polar cap holds 2 i (i + 1) pixels; z at the ring lies where i pixels of quarter i are centred
    second_moment = (
        2 * Sum(4 * i * polar_cosine(i) ** 2, (i, 1, N - 1)).doit()
        + Sum(4 * N * belt_cosine(i) ** 2, (i, N, 3 * N)).doit()
    )
    return (
        Step("the counts add to 12 N_side^2", simplify(caps + belt) - 12 * N**2),
        *(
            Step(f"the south mirrors the north: {what}", north.args[0][0] - sign * south.subs(i, 4 * N - i))
            for what, north, south, sign in (
                ("cosine", ring_cosine(i), ring_cosine(i).args[2][0], -1),
                ("count", ring_count(i), ring_count(i).args[2][0], 1),
                ("azimuth", ring_azimuth(i), ring_azimuth(i).args[2][0], 1),
            )
        ),
        Step("caps and belt meet at z = 2/3", polar_cosine(N) - belt_cosine(N)),
        Step("the belt is antisymmetric about the equator", belt_cosine(i) + belt_cosine(4 * N - i)),
        Step(
            "sum of z^2 is N_pix/3 (1 - 5/(54 N^2) - 1/(54 N^4))",
            simplify(second_moment) - 4 * N**2 * (1 - 5 / (54 * N**2) - 1 / (54 * N**4)),
        ),
    )


def _prove_phases() -> tuple[Step, ...]:
    i, j, s = symbols("i j s", integer=True, positive=True)
    (cap_count, _), (belt_count, _), _ = ring_count(i).args
    (cap_azimuth, _), (belt_azimuth, _), _ = ring_azimuth(i).args
    polar = j * cap_count * cap_azimuth  # k phi0 at k = j n_r
    belt = (j * belt_count * belt_azimuth).replace(Mod, lambda *_: s)
    stated = SELECTION.subs({order: j * count, azimuth: shift * pi / count})
    return (
        Step("polar rings: sin(k phi0) = 0 where n_r divides k", sin(polar)),
        Step("belt rings: sin(k phi0) = 0 where n_r divides k", sin(belt)),
        Step("polar rings: cos(k phi0) = (-1)^j", cos(polar) - (-1) ** j),
        Step("belt rings: cos(k phi0) = (-1)^(j s)", cos(belt) - (-1) ** (j * s)),
        Step("mirrored rings cancel where l + m + l' + m' = 2j + 1", 1 + (-1) ** (2 * j + 1)),
        Step("the statement at k = j n, phi0 = s pi/n", instance(stated, {})),
        Step("4 divides every count: caps", Mod(cap_count, 4)),
        Step("4 divides every count: belt", Mod(belt_count, 4)),
    )


def derivations() -> tuple[Derivation, ...]:
    """Return the derivations of this module."""
    return (
        Derivation(
            name="healpix-rings",
            title="HEALPix rings",
            statement="HEALPix has 4 N_side - 1 iso-latitude rings and 12 N_side^2 pixels of equal area, "
            "for any integer N_side in RING order.",
            expression=Eq(
                Matrix([Symbol("z_i"), Symbol("n_i"), Symbol("phi_i")]),
                Matrix([ring_cosine(ring), ring_count(ring), ring_azimuth(ring)]),
            ),
            proof=_prove_rings,
            scope="all N_side >= 1 (symbolic, Faulhaber sums)",
            reference="Górski et al. 2005, eqs. 2-8; sums: our derivation",
        ),
        Derivation(
            name="healpix-selection",
            title="HEALPix selection rule",
            statement="On HEALPix E[a_lm conj(a_l'm')] is zero unless m' = m mod 4 and l + m + l' + m' is "
            "even, and every phase is +1 or -1 (k a multiple of n, phi0 = s pi/n): C and P are "
            "real, cosine and sine parts do not mix.",
            expression=SELECTION,
            proof=_prove_phases,
            scope="all N_side, all rings, all frequencies (symbolic)",
            reference="our derivation",
        ),
    )
