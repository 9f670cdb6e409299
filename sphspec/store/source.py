"""What a store is computed from: the folded rings, and what identifies them.

C_(lm,l'm) = sum_r F_r(0) lambda_lm(z_r) lambda_l'm(z_r), F_r(0) the field u = w^2 s^2 summed over a ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import covariance
from sphspec.engine import Fold, fold
from sphspec.engine.polar import row_sums
from sphspec.grids.ring import RingGrid
from sphspec.operator import Operator
from sphspec.store.identity import fingerprint, versions
from sphspec.store.layout import Layout
from sphspec.store.root import FORMAT

Floats = NDArray[np.float64]
VERSION = 1
CHART = "R1: index l^2 + l + m; a_l0, sqrt2 Re a_lm at m, -sqrt2 Im a_lm at -m; Condon-Shortley phase"
UNITS = "pixel variance per unit time, times steradian^2"
ENTRIES = (
    "C/mmmmm: C_(lm,l'm) = E[a_lm conj(a_l'm)] of order m >= 0, real, float64: rows l = m .. lmax of a "
    "triangle l' <= l, one after the other; where mirrored, the triangle of l - m even, then that of odd"
)
UNCOUPLED = "orders do not couple: cosine and sine parts of order m have C each, and that is all of Sigma"
COUPLED = "orders couple on this grid: the store holds the blocks m = m' of Sigma and no others"


@dataclass(frozen=True, eq=False)
class Source:
    """Everything that decides the bytes of a store.

    Attributes
    ----------
    fold : the rings
    layout : the arrays
    coupled : whether the grid couples orders, so that blocks m = m' are not all of Sigma
    metadata : what the store says of itself
    """

    fold: Fold
    layout: Layout
    coupled: bool
    metadata: Mapping[str, Any]

    @property
    def key(self) -> str:
        """A digest of rings, weights, variance, operator, band limit and code."""
        return str(self.metadata["key"])

    def fill(self, orders: NDArray[np.int64], out: Floats) -> None:
        """Write the packed triangles of a group of orders into `out`, one after the other."""
        row_sums(self.fold, self.layout.lmax).fill(orders, out)


def source_of(operator: Operator, variance: Any = 1.0) -> Source:
    """Return what a store of the covariance of an operator's noise is computed from.

    Parameters
    ----------
    operator : plain quadrature, on any grid with weights that are constant on rings
    variance : pixel variance s_p^2 per unit time, a number >= 0 or (npix,), constant on rings

    Raises
    ------
    ValueError
        for another operator, weights or variance that vary along a ring, negative or non-finite variance.
    """
    if not isinstance(operator, Operator) or not operator.harmonic:
        raise ValueError(
            f"a store holds the covariance of plain quadrature, got {operator!r}; take Quadrature(grid, "
            f"lmax), or noise_covariance(operator), which keeps its entries in memory"
        )
    grid, lmax = operator.grid, operator.lmax
    weights = _ring_values(grid, "weights", operator.weights)
    scales = _ring_variance(grid, variance)
    with np.errstate(over="ignore", invalid="ignore"):
        strength = np.asarray(covariance.noise_strength(weights, scales))
        sums = np.asarray(covariance.ring_fourier(strength, grid.nphi, grid.phi0, 0)[0], dtype=np.float64)
    check.finite_result("w^2 s^2", sums, "scale weights or variance down")
    rings = fold(grid, sums)
    couples = (grid.nphi <= 2 * lmax) & ~grid.polar & (strength != 0)
    given = float(variance) if np.ndim(variance) == 0 else f"by ring, sha256 {_digest(scales)}"
    identity = {
        "grid": grid.name,
        "geometry": _digest(grid.ring_theta, grid.nphi, grid.phi0),
        "weights": _digest(weights),
        "operator": operator.name,
        "lmax": lmax,
        "variance": given,
        "code": fingerprint(),
    }
    metadata = {
        "format": FORMAT, "version": VERSION, **identity, "key": _key(identity, scales),
        "points": grid.npix, "rings": grid.nphi.size, "n": operator.n, "mirrored": rings.mirrored,
        "coupled": bool(couples.any()), "couplings": COUPLED if couples.any() else UNCOUPLED,
        "entries": ENTRIES, "chart": CHART, "units": UNITS, "versions": versions(),
    }  # fmt: skip
    return Source(rings, Layout(lmax, rings.mirrored), bool(couples.any()), metadata)


def _ring_variance(grid: RingGrid, variance: Any) -> Floats:
    if np.ndim(variance) == 0:
        return np.full(grid.nphi.size, check.positive("variance", variance, allow_zero=True))
    field = check.exact_array("variance", variance, grid.npix)
    if field.min() < 0:
        raise ValueError(f"variance must be >= 0, got {field.min()} at point {int(field.argmin())}")
    return _ring_values(grid, "variance", field)


def _ring_values(grid: RingGrid, what: str, field: Floats) -> Floats:
    """Return a field's value on each ring, without a second array of the size of the grid."""
    lowest = np.minimum.reduceat(field, grid.ring_start)
    highest = np.maximum.reduceat(field, grid.ring_start)
    if not np.array_equal(lowest, highest):
        ring = int(np.flatnonzero(lowest != highest)[0])
        raise ValueError(
            f"a store needs {what} that are constant on rings, got {lowest[ring]} .. {highest[ring]} on ring "
            f"{ring}; take noise_covariance(operator, variance), which knows blocks m != m' too"
        )
    return np.asarray(field[grid.ring_start])


def _digest(*arrays: NDArray[Any]) -> str:
    digest = sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]


def _key(identity: Mapping[str, Any], scales: Floats) -> str:
    text = "\n".join(f"{name}={identity[name]}" for name in sorted(identity))
    return sha256(f"{VERSION}\n{text}\n{_digest(scales)}".encode()).hexdigest()[:32]
