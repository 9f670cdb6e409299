"""The law on a grid known by enclosures: ring sums in ball arithmetic, rounded only when that is safe.

Sigma = sum over rings of lambda_lm lambda_l'm' K(m, m'), K from F(k) = n w^2 e^(i k phi0) where n divides k
(derivation ring-sum); lambda_lm = N_lm/sqrt(4 pi) sin^m D_lm (derivation exact-entries).
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq
from sympy import lambdify

from derivations import chart
from derivations.checks import integer
from derivations.exact.components import components
from derivations.exact.sums import norm_squared
from derivations.grids.enclosed import EnclosedGrid, Ring
from derivations.ring_sum import d_im, d_re, ring_kernel, s_im, s_re
from derivations.standalone.elimination import ldl
from derivations.standalone.law import Entry, Law, UndecidedError, nearest

DIGITS = 30
PRECISIONS = (256, 640, 1536, 4096)  # bits; zeros by a symmetry are below all doubles from 1536 on
COLUMNS = "i, j, decimal"
MEANING = "The decimals are right to 30 digits, by ball arithmetic"
ENTRY_TYPE = "tuple[int, int, str, float]"
_ARGUMENTS = (chart.scale, chart.scale2, d_re, d_im, s_re, s_im)


def enclosed_law(grid: EnclosedGrid, lmax: int) -> Law:
    """Return Sigma of unit pixel variance and its Cholesky factor.

    Raises
    ------
    ValueError
        for a negative lmax, or a Sigma that is singular or cannot be told from it.
    """
    integer("lmax", lmax, 0)
    before = ctx.prec
    try:
        for bits in PRECISIONS:
            ctx.prec = bits
            try:
                return _law(grid, lmax)
            except (UndecidedError, ArithmeticError):
                continue
    finally:
        ctx.prec = before
    raise ValueError(
        f"{type(grid).__name__}, lmax={lmax}: Sigma is singular, or cannot be told from it in "
        f"{PRECISIONS[-1]} bits: more coefficients than the points can tell apart? lower lmax"
    )


def _law(grid: EnclosedGrid, lmax: int) -> Law:
    size = (lmax + 1) ** 2
    balls = _entries(grid, lmax)
    values = {place: nearest(ball) for place, ball in balls.items()}
    kept = {place: ball for place, ball in balls.items() if values[place]}
    entries = tuple(
        Entry(row, column, f'"{ball.str(DIGITS, radius=False)}"', values[row, column])
        for (row, column), ball in sorted(kept.items(), key=lambda item: item[0])
    )
    factor = []
    for places in components(kept, size):
        block = [[kept.get((min(i, j), max(i, j)), arb(0)) for j in places] for i in places]
        lower, pivots = ldl(block)
        for k, pivot in enumerate(pivots):
            if pivot == 0:
                raise ArithmeticError("a coefficient has no variance")
            root = pivot.sqrt()
            for i in range(k, len(places)):
                value = nearest(lower[i][k] * root)
                if value:
                    factor.append((places[i], places[k], value))
    return Law(lmax, entries, tuple(sorted(factor)), size, COLUMNS, MEANING, ENTRY_TYPE)


def _entries(grid: EnclosedGrid, lmax: int) -> dict[tuple[int, int], arb]:
    """Return the upper triangle of Sigma in balls; entries that a selection rule forbids are left out."""
    rings = grid.enclosed_rings()
    kernel = lambdify(_ARGUMENTS, list(ring_kernel()), modules=[{"sqrt": arb.sqrt}], cse=False)
    tables = [_legendre(rings, lmax, m) for m in range(lmax + 1)]
    scales = [arb(1) if m == 0 else arb(2).sqrt() for m in range(lmax + 1)]
    found: dict[tuple[int, int], arb] = {}
    for m in range(lmax + 1):
        for m2 in range(m, lmax + 1):
            kernels = _kernels(kernel, scales[m], scales[m2], rings, m2 - m, m + m2)
            for signs, strengths in kernels.items():
                places = [place for place, strength in enumerate(strengths) if strength != 0]
                if places and (m or signs[0] > 0):
                    _add(found, tables, (m, m2), signs, strengths, places, grid.symmetric)
    return found


def _kernels(
    kernel: Any, scale: arb, scale2: arb, rings: Sequence[Ring], difference: int, total: int
) -> dict[tuple[int, int], list[arb]]:
    rows = []
    for ring in rings:
        (d_cos, d_sin), (s_cos, s_sin) = _fourier(ring, difference), _fourier(ring, total)
        rows.append([arb(value) for value in kernel(scale, scale2, d_cos, d_sin, s_cos, s_sin)])
    signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
    return {pair: [row[place] for row in rows] for place, pair in enumerate(signs)}


def _fourier(ring: Ring, k: int) -> tuple[arb, arb]:
    """Return Re and Im of F(k) = n w^2 e^(i k phi0) where n divides k, else 0."""
    if k % ring.points:
        return arb(0), arb(0)
    strength = ring.points * ring.weight**2
    if isinstance(ring.turn, Fraction):
        turn = fmpq(k * ring.turn.numerator, ring.turn.denominator)
        return strength * arb.cos_pi_fmpq(turn), strength * arb.sin_pi_fmpq(turn)
    return strength * (k * ring.turn).cos_pi(), strength * (k * ring.turn).sin_pi()


def _add(
    found: dict[tuple[int, int], arb],
    tables: list[list[list[arb]]],
    orders: tuple[int, int],
    signs: tuple[int, int],
    strengths: list[arb],
    places: list[int],
    symmetric: bool,
) -> None:
    m, m2 = orders
    for row, left in enumerate(tables[m]):
        weighted = [left[place] * strengths[place] for place in places]
        for column, right in enumerate(tables[m2]):
            l, l2 = m + row, m2 + column
            if symmetric and (row + column) % 2:
                continue
            first, second = l * l + l + signs[0] * m, l2 * l2 + l2 + signs[1] * m2
            value = sum((w * right[place] for w, place in zip(weighted, places, strict=True)), arb(0))
            found[min(first, second), max(first, second)] = value


def _legendre(rings: Sequence[Ring], lmax: int, m: int) -> list[list[arb]]:
    """Return lambda_lm for l = m .. lmax on every ring, by (l-m+1) D_(l+1) = (2l+1) z D_l - (l+m) D_(l-1)."""
    first = 1
    for odd in range(1, 2 * m, 2):
        first *= odd
    here, below = [first * ring.sine**m for ring in rings], [arb(0)] * len(rings)
    table = []
    for l in range(m, lmax + 1):
        square = norm_squared(l, m)
        norm = (-1) ** m * (arb(fmpq(square.numerator, square.denominator)) / (4 * arb.pi())).sqrt()
        table.append([norm * value for value in here])
        step = zip(rings, here, below, strict=True)
        above = [((2 * l + 1) * r.cosine * x - (l + m) * y) / (l - m + 1) for r, x, y in step]
        here, below = above, here
    return table
