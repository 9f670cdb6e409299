"""How far the expansion in 1/nside^2 carries on HEALPix: what it leaves of the anisotropy."""

from dataclasses import dataclass

import numpy as np

from sphspec.healpix_forms import ClosedForms, closed_forms

LMAX = (4, 6, 8)
NSIDES = (5, 6, 8, 12, 16, 24, 32, 48, 64)
TERMS = (1, 2, 3)


@dataclass(frozen=True)
class Trust:
    """One block on one grid, in shares of the anisotropy |(N/4pi) C - I|_F of the whole block.

    Attributes
    ----------
    lmax, nside : band limit and resolution
    left : what 1, 2, 3 terms leave of the entries m = m'
    coupling : the entries with m and m' different
    """

    lmax: int
    nside: int
    left: tuple[float, ...]
    coupling: float


def trust() -> tuple[Trust, ...]:
    """Return the shares for every block and grid, band limits first."""
    return tuple(_trust(lmax, nside) for lmax in LMAX for nside in NSIDES)


def _trust(lmax: int, nside: int) -> Trust:
    whole = closed_forms(nside, lmax)
    same = whole.keys[:, 1] == whole.keys[:, 3]
    unit = closed_forms(nside, lmax, terms=0)  # delta_ll', the forms' leading power
    deviation = whole.values - unit.values
    size = np.linalg.norm(deviation)
    left = tuple(
        float(np.linalg.norm(_differences(whole, closed_forms(nside, lmax, terms=terms))[same]) / size)
        for terms in TERMS
    )
    return Trust(lmax, nside, left, float(np.linalg.norm(deviation[~same]) / size))


def _differences(whole: ClosedForms, cut: ClosedForms) -> np.ndarray:
    return np.asarray(whole.values - cut.values)
