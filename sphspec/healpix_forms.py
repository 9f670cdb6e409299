"""HEALPix entries in closed form, exact for every nside: generated polynomials in 1/nside^2 to degree 8.

(N/4pi) E[a_lm conj(a_l'm')] = sqrt(q)/d sum_p n_p nside^(-2 p) for equal weights 4 pi/N and unit pixel
variance. The integers q, d, n_p are generated; the sum is taken in integers and rounded once.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import closed_form as generated
from sphspec.grids.healpix import NSIDE_MAX
from sphspec.harmonics import LegendreTable

Floats = NDArray[np.float64]
Key = tuple[int, int, int, int]
DEGREE = max(key[2] for key in generated.FORMS)  # of the generated table
JOINT = float(np.arccos(2 / 3))  # colatitude at which cap and belt meet


class ClosedForms(NamedTuple):
    """Entries of C = E[a a^H] that are not zero, degrees and signed orders beside them.

    Attributes
    ----------
    keys : (K, 4) l, m, l', m'
    values : (K,) E[a_lm conj(a_l'm')], real
    """

    keys: NDArray[np.int64]
    values: Floats


def closed_forms(nside: int, lmax: int, *, terms: int | None = None, valid_only: bool = False) -> ClosedForms:
    """Return every non-zero entry of the complex covariance on HEALPix from its closed form.

    Parameters
    ----------
    nside : resolution, any integer >= 1
    lmax : band limit, inclusive, at most 8
    terms : None for all, or how many powers nside^-2, nside^-4, ... to keep of (N/4pi) C
    valid_only : leave out the entries whose forms do not hold at this nside, instead of refusing

    Returns
    -------
    Both triangles and both signs of the orders, sorted, for weights 4 pi/N and unit pixel variance.

    Raises
    ------
    ValueError
        for lmax > 8, or where orders alias so far at this nside that a form does not hold.

    Source: our derivation (healpix-closed-form, healpix-coupling).

    >>> keys, values = closed_forms(nside=4, lmax=1)
    >>> keys.tolist()[1], float(values[1] * 12 * 4**2 / (4 * np.pi))
    ([1, -1, 1, -1], 1.0029296875)
    """
    nside = check.integer("nside", nside, 1, NSIDE_MAX)
    lmax = check.integer("lmax", lmax, 0, DEGREE)
    terms = DEGREE**2 if terms is None else check.integer("terms", terms, 0)
    rows = {key: row for key, row in generated.FORMS.items() if max(key[0], key[2]) <= lmax}
    needed = max(row[0] for row in rows.values())
    if nside < needed and not valid_only:
        raise ValueError(
            f"nside must be >= {needed} for the closed forms to lmax={lmax}, got {nside}; "
            "lower lmax, or take noise_covariance(Quadrature(Healpix(nside), lmax))"
        )
    found: dict[Key, float] = {}
    for key, (valid_from, radicand, denominator, numerators) in rows.items():
        if nside >= valid_from:
            polynomial = _polynomial(numerators[: terms + 1], nside, denominator)
            value = float(generated.entry(nside, radicand, polynomial))
            found |= dict.fromkeys(_images(*key), value)
    keys = sorted(found)
    return ClosedForms(np.array(keys, dtype=np.int64), np.array([found[key] for key in keys]))


def leading_anisotropy(nside: int, lmax: int, m: int = 0) -> Floats:
    """Return the leading term of (N/4pi) C_(lm, l'm) - delta_ll' on HEALPix, (lmax-|m|+1, lmax-|m|+1).

    (2 pi/(9 nside^2)) [F(2/3) - F(1)], F = lambda_lm lambda_l'm, for l + l' even, else 0: the edge of the
    polar caps and the poles alone. Of the anisotropy of a whole band, all orders and couplings together, it
    leaves the entries m = m' with at most 0.05 (lmax/nside)^2 (measured, 4 <= lmax <= 32); of one high
    order alone it may leave five times that share.

    Parameters
    ----------
    nside : resolution, any integer >= 1
    lmax : band limit, inclusive
    m : order, |m| <= lmax

    Source: our derivation (healpix-anisotropy).

    >>> round(float(leading_anisotropy(nside=1, lmax=1, m=1)[0, 0] * 108), 12)  # 5/108 in the closed form
    5.0
    """
    nside = check.integer("nside", nside, 1, NSIDE_MAX)
    lmax = check.integer("lmax", lmax, 0)
    order = abs(check.integer("m", m, -lmax, lmax))
    check.fits(32.0 * (lmax - order + 1) ** 2, f"the leading anisotropy at lmax={lmax}")
    joint, pole = LegendreTable(np.array([JOINT, 0.0]), lmax).order(order).T
    leading = generated.leading_anisotropy(nside, np.outer(joint, joint), np.outer(pole, pole))
    degrees = np.arange(leading.shape[0])
    even = (degrees[:, None] + degrees) % 2 == 0
    return np.asarray(np.where(even, leading, 0.0))


def _polynomial(numerators: tuple[int, ...], nside: int, denominator: int) -> float:
    """Return sum_p numerators[p] nside^(-2 p) / denominator, rounded once."""
    total = 0
    for numerator in numerators:
        total = total * nside**2 + numerator
    rounded: Any = total / (denominator * nside ** (2 * len(numerators) - 2))
    return float(rounded)


def _images(l: int, m: int, l2: int, m2: int) -> tuple[Key, ...]:
    """Return the keys of the same value: C is symmetric, and C(-m, -m') = C(m, m') on HEALPix."""
    return (l, m, l2, m2), (l2, m2, l, m), (l, -m, l2, -m2), (l2, -m2, l, -m)
