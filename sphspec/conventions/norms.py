"""Norms and phases of other libraries' bases: kappa = basis over orthonormal basis, by library and word.

Coefficients are divided by kappa.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart
from sphspec._generated import conventions as generated

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Norm = Callable[[Integers, Integers], Floats]


def _ortho(l: Integers, _m: Integers) -> Floats:
    return np.ones(l.shape)


def _four_pi(l: Integers, _m: Integers) -> Floats:
    return np.asarray(generated.unit_norm(l))


def _schmidt(l: Integers, _m: Integers) -> Floats:
    return np.asarray(generated.schmidt_norm(l))


def _classical(l: Integers, m: Integers) -> Floats:
    """Return kappa_lm of P_l^m exp(i m phi), l and m >= 0 of one shape, from order to order."""
    lmax = int(l.max(initial=0))
    degree, order = np.arange(lmax + 1)[:, None], np.arange(1, lmax + 1)
    steps = np.ones((lmax + 1, lmax + 1))
    steps[:, :1] = generated.classical_start(degree.astype(np.float64))
    inside = order <= degree
    # beyond m = l there is no coefficient, and the root would be of a negative number
    steps[:, 1:] = np.where(inside, generated.classical_step(degree, np.where(inside, order, 0)), 1)
    with np.errstate(over="ignore"):
        return np.asarray(np.cumprod(steps, axis=1)[l, m])


def _classical_real(l: Integers, m: Integers) -> Floats:
    return np.asarray(generated.classical_real(_classical(l, m), chart.scale(m)))


def _over_four_pi(l: Integers, m: Integers) -> Floats:
    return 1 / _four_pi(l, m)


def _over_schmidt(l: Integers, m: Integers) -> Floats:
    return 1 / _schmidt(l, m)


SQUARE: Mapping[str, Norm] = {"ortho": _ortho, "4pi": _four_pi, "schmidt": _schmidt}
PYSHTOOLS_REAL: Mapping[str, Norm] = {**SQUARE, "unnorm": _classical_real}
PYSHTOOLS_COMPLEX: Mapping[str, Norm] = {**SQUARE, "unnorm": _classical}
E3NN: Mapping[str, Norm] = {"integral": _ortho, "component": _four_pi, "norm": _schmidt}
TORCH: Mapping[str, Norm] = {
    "ortho": _ortho,  # torch-harmonics normalises its analysis: coefficients are multiplied
    "schmidt": _over_schmidt,
    "unnorm": _over_four_pi,
}


def csphase_factor(csphase: int, m: Integers) -> Floats:
    """Return the factor of order m: (-1)^m with csphase=1 (no Condon-Shortley phase), 1 with csphase=-1."""
    if csphase not in (1, -1):
        raise ValueError(f"csphase must be 1 (no Condon-Shortley phase) or -1 (with it), got {csphase!r}")
    if csphase == -1:
        return np.ones(m.shape)
    return np.asarray(generated.phase(m), dtype=np.float64)


def fits_in_double(name: str, lmax: int, factor: Floats) -> Floats:
    """Return factors; ValueError where one overflows or vanishes, as unnormalised bases do at lmax > 150."""
    if not (np.isfinite(factor).all() and np.abs(factor).min(initial=1.0) > np.finfo(float).tiny):
        raise ValueError(f"{name} overflows double precision at lmax={lmax}; use a normalised convention")
    return factor
