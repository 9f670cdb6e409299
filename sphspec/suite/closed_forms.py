"""The closed forms on HEALPix against healpy: every form to lmax 8, by unit pixels, at nside 1 to 8."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sphspec import conventions
from sphspec.grids import Healpix
from sphspec.healpix_forms import DEGREE, closed_forms
from sphspec.simulate import HealpyWitness
from sphspec.suite.deterministic import coefficient_names
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

CASE = "closed forms on HEALPix"
NSIDES = range(1, 9)  # not only powers of two


def closed_form_results() -> Iterator[Result]:
    """Yield a result for each nside: forms and zeros that are stated there, in every degree."""
    for nside in NSIDES:
        lmax = min(DEGREE, 4 * nside)  # beyond, healpy complains for every map
        reference = unit_pixels(nside, lmax)
        claimed = np.where(_stated(nside, lmax), 0.0, reference)
        forms = closed_forms(nside, lmax, valid_only=True)
        for (l, m, l2, m2), value in zip(forms.keys.tolist(), forms.values.tolist(), strict=True):
            claimed[conventions.index(l, m), conventions.index(l2, m2)] = value
        check = f"closed forms to lmax {lmax} at nside {nside}, unit pixels through healpy.map2alm(iter=0)"
        result = verify.same_entries(CASE, check, claimed, reference, coefficient_names(lmax))
        beyond = f"orders {4 * nside} and more apart, for which no form is stated at nside {nside}"
        yield replace(result, blind=beyond) if 2 * lmax >= 4 * nside else result


def _stated(nside: int, lmax: int) -> NDArray[np.bool_]:
    """Tell where closed forms, or zeros, are stated at this nside: where no belt ring aliases."""
    _, orders = conventions.degrees_orders(lmax)
    apart = np.abs(orders[:, None] - orders)
    stated: NDArray[np.bool_] = (apart % 4 != 0) | (apart < 4 * nside)
    return stated


@lru_cache(maxsize=len(NSIDES))
def unit_pixels(nside: int, lmax: int) -> NDArray[np.complex128]:
    """Return E[a a^H], orders signed, from what healpy makes of unit pixels."""
    witness = HealpyWitness(Healpix(nside), lmax, iterations=0)
    return _hermitian(conventions.to_complex(witness.matrix.T, lmax), lmax)


def _hermitian(alm: NDArray[np.complex128], lmax: int) -> NDArray[np.complex128]:
    """Return sum a a^H over draws (K, m-major), rows and columns l^2 + l + m."""
    degrees, orders = conventions.degrees_orders(lmax)
    absolute = np.abs(orders)
    picked = alm[:, absolute * (2 * lmax + 1 - absolute) // 2 + degrees]
    mirrored = np.where(orders % 2, -1.0, 1.0) * picked.conj()  # a_(l,-m) = (-1)^m conj(a_lm)
    signed = np.where(orders < 0, mirrored, picked)
    return np.asarray(signed.T @ signed.conj())
