"""A convention of spherical harmonic coefficients: an invertible real-linear map T from chart R1.

values = T alpha. Covariance goes with it: Sigma' = T Sigma T^T where the values are real, and
C = E[a a^H] = T Sigma T^H with the relation P = E[a a^T] = T Sigma T^T where they are complex.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import moments
from sphspec.conventions.layout import Layout
from sphspec.conventions.moments import ComplexCovariance
from sphspec.conventions.refusal import refuse_loss, refuse_missing

Floats = NDArray[np.float64]
LARGEST = 1 << 15  # band limit
ROUNDING = 1e-12  # of the largest value: what a transform's rounding leaves, and no more


@dataclass(frozen=True)
class Convention:
    """A convention; `known` has them all and `named` makes one from its name.

    Attributes
    ----------
    name : with its parameters, such as "pyshtools:kind=real,norm=4pi,csphase=1"
    about : what it is, in one line
    is_complex : whether the coefficients are complex numbers
    shape_of : lmax -> shape of one set of coefficients
    layout_of : lmax -> where each coefficient of R1 stands in it
    """

    name: str
    about: str = field(compare=False)
    is_complex: bool = field(compare=False)
    shape_of: Callable[[int], tuple[int, ...]] = field(compare=False, repr=False)
    layout_of: Callable[[int], Layout] = field(compare=False, repr=False)

    def shape(self, lmax: int) -> tuple[int, ...]:
        """Return the shape of one set of coefficients."""
        return self.shape_of(check.integer("lmax", lmax, 0, LARGEST))

    def degrees_orders(self, lmax: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return degree and signed order of every entry, each of `shape`; degree -1 where there is none."""
        layout = self.layout(lmax)
        return layout.degree.reshape(layout.shape), layout.order.reshape(layout.shape)

    def lmax(self, shape: tuple[int, ...]) -> int:
        """Return the band limit of coefficients of this shape, batch axes first; ValueError if none."""
        axes = len(self.shape(0))
        tail = tuple(shape)[len(shape) - axes :]
        low, high = 0, LARGEST
        while low < high and len(tail) == axes:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if prod(self.shape(middle)) < prod(tail) else (low, middle)
        if self.shape(low) != tail:
            examples = ", ".join(str(self.shape(lmax)) for lmax in (1, 2, 3))
            raise ValueError(f"{self.name} has shapes (..., *s), s = {examples} ..., got {tuple(shape)}")
        return low

    def from_r1(self, alpha: Any, *, lossy: bool = False) -> NDArray[Any]:
        """Return coefficients (..., *shape) of R1 ones (..., n).

        Raises
        ------
        ValueError
            where a coefficient is not zero that this convention cannot hold (the sine at the azimuthal
            Nyquist order and all beyond it), unless `lossy`, which drops it.
        """
        alpha = check.real_array("alpha", alpha)
        layout = self.layout(_lmax_of_r1(alpha.shape))
        if not lossy:
            refuse_missing(self.name, alpha, layout)
        slots = layout.push(alpha)
        values = slots.view(np.complex128) if self.is_complex else slots
        return values.reshape(*alpha.shape[:-1], *layout.shape)

    def to_r1(self, values: Any, *, lossy: bool = False, tolerance: float = ROUNDING) -> Floats:
        """Return R1 coefficients (..., n) of values (..., *shape).

        What a real field of this band limit does not have (imaginary parts at m = 0, orders m and -m that
        are not each other's reflection, entries outside the triangle) must be zero to `tolerance`, relative
        to the largest value of its field, or is refused. With `lossy` the real part of the field is taken.

        Raises
        ------
        ValueError
            naming the worst entry; or for another shape, values that are not finite, complex ones for a
            real convention.
        """
        check.positive("tolerance", tolerance, allow_zero=True)
        array = numbers(self.name, values)
        layout = self.layout(self.lmax(array.shape))
        slots = self._slots(array, layout)
        alpha = layout.pull(slots)
        if not lossy:
            refuse_loss(self.name, slots, layout, alpha, tolerance)
        return alpha

    def jacobian(self, lmax: int) -> Any:
        """Return T as a sparse array (prod(shape), n), complex where the coefficients are."""
        from scipy.sparse import csr_array

        layout = self.layout(lmax)
        rows = np.flatnonzero(layout.source >= 0)
        columns, factors = layout.source[rows], layout.factor[rows]
        if self.is_complex:
            rows, factors = rows // 2, np.where(rows % 2, 1j, 1) * factors
        return csr_array((factors, (rows, columns)), shape=(prod(layout.shape), layout.first.size))

    def covariance(self, sigma: Any, *, lossy: bool = False) -> Floats | ComplexCovariance:
        """Return T Sigma T^T (k, k), k = prod(shape), of Sigma (n, n) in R1; or C and P, each (k, k)."""
        sigma = moments.square("sigma", check.real_array("sigma", sigma))
        layout = self.layout(_lmax_of_r1(sigma.shape))
        if not lossy:
            refuse_missing(self.name, sigma, layout)
        return moments.carried(layout, sigma)

    def covariance_to_r1(self, value: Any, *, lossy: bool = False, tolerance: float = ROUNDING) -> Floats:
        """Return Sigma (n, n) in R1 of T Sigma T^T, or of (C, P): the inverse of `covariance`.

        Refused, unless `lossy`, where it is not the covariance of real fields of this band limit.
        """
        check.positive("tolerance", tolerance, allow_zero=True)
        slots = moments.slot_moments(value, self.is_complex)
        layout = self.layout(self._lmax_of_count(len(slots) // (2 if self.is_complex else 1)))
        sigma, left = moments.brought_back(layout, slots)
        if left > tolerance and not lossy:
            raise ValueError(
                f"not the covariance of real fields in {self.name}: {left:.3g} of its largest entry is left "
                "over; lossy=True takes the part that is"
            )
        return sigma

    def layout(self, lmax: int) -> Layout:
        """Return where each coefficient of R1 stands, and with which factor."""
        return _layout(self, check.integer("lmax", lmax, 0, LARGEST))

    def _slots(self, array: NDArray[Any], layout: Layout) -> Floats:
        if self.is_complex:
            array = np.ascontiguousarray(array, dtype=np.complex128).view(np.float64)
        array = check.real_array(f"{self.name} coefficients", array)
        batch = array.shape[: array.ndim - len(layout.shape)]
        return array.reshape(*batch, layout.source.size)

    def _lmax_of_count(self, count: int) -> int:
        low, high = 0, isqrt(2 * count) + 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if prod(self.shape(middle)) < count else (low, middle)
        if prod(self.shape(low)) != count:
            raise ValueError(f"no band limit of {self.name} has {count} coefficients")
        return low


def numbers(name: str, values: Any) -> NDArray[Any]:
    """Return values as a real or complex array; anything else, and what is masked, is refused."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} coefficients have masked entries; fill them, e.g. with zero")
    try:
        array = np.asarray(values)
    except (RuntimeError, TypeError) as error:  # an array of another library that cannot be read
        raise ValueError(f"{name} coefficients must be an array that NumPy can read: {error}") from None
    if array.dtype.kind not in "iufc":
        raise ValueError(f"{name} coefficients must be numbers, got dtype {array.dtype}")
    return array


@lru_cache(maxsize=32)
def _layout(convention: Convention, lmax: int) -> Layout:
    return convention.layout_of(lmax)


def _lmax_of_r1(shape: tuple[int, ...]) -> int:
    count = shape[-1] if shape else 0
    lmax = isqrt(count) - 1
    if count < 1 or (lmax + 1) ** 2 != count:
        raise ValueError(f"chart R1 has (lmax+1)^2 coefficients on its last axis, got shape {shape}")
    return lmax
