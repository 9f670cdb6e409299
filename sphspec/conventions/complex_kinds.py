"""Complex conventions: a_lm for m >= 0, where m < 0 is implied, or all orders of a real field."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import conventions as generated
from sphspec.conventions.convention import Convention
from sphspec.conventions.layout import Entries, Layout, assemble, labels, lower, triangle, upper
from sphspec.conventions.norms import (
    PYSHTOOLS_COMPLEX,
    TORCH,
    csphase_factor,
    fits_in_double,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Shape = Callable[[int], tuple[int, ...]]
Place = Callable[[int, Integers, Integers], Integers]
Factor = Callable[[Integers, Integers], Floats]
MOST_LONGITUDES = 1 << 17


def healpy() -> Convention:
    """Return the order of healpy, ducc0 and FITS alm: m-major, m >= 0, index m (2 lmax + 1 - m)/2 + l."""
    return _half("healpy", "complex, m-major, m >= 0: healpy, ducc0, FITS", _pairs, _by_order, _unchanged)


def glass() -> Convention:
    """Return glass's order: l-major, m >= 0: 00, 10, 11, 20, 21, 22 .."""
    return _half("glass", "complex, l-major, m >= 0", _pairs, _by_degree, _unchanged)


def torch_harmonics(norm: str = "ortho", csphase: int = 1, nlon: int | None = None) -> Convention:
    """Return torch-harmonics' (lmax + 1, mmax + 1) array, m >= 0, its `norm` and `csphase` (1 or 0).

    Its own lmax and mmax are counts: one more than ours. With an even `nlon` the column m = nlon/2, if there
    is one, is the azimuthal Nyquist order of `RealSHT`: it holds 2 Re a, and the sine has no place; columns
    beyond it do not exist. Without `nlon` the grid is taken to have more than 2 lmax longitudes.
    """
    factor = TORCH[norm] if norm in TORCH else check.known("norm", norm, TORCH)
    if csphase not in (0, 1):
        raise ValueError(
            f"csphase must be 1 (with the Condon-Shortley phase) or 0 (without), got {csphase!r}"
        )
    longitudes = MOST_LONGITUDES if nlon is None else check.integer("nlon", nlon, 1, MOST_LONGITUDES)
    name = f"torch-harmonics:norm={norm},csphase={csphase}" + ("" if nlon is None else f",nlon={nlon}")
    shape = partial(_rows, longitudes)
    layout = partial(_torch_layout, name, factor, -1 if csphase else 1, longitudes)
    return Convention(name, "complex (lmax+1, mmax+1), m >= 0, m > l zero", True, shape, layout)


def signed() -> Convention:
    """Return all a_lm of both signs of m, complex, index l^2 + l + m, as scipy.special.sph_harm_y."""
    return _full("complex", "complex, all orders, index l^2+l+m", _all, _by_signed_degree, _unchanged)


def s2fft() -> Convention:
    """Return s2fft's flm (L, 2L - 1), L = lmax + 1: column L - 1 + m, all orders."""
    return _full("s2fft", "complex (L, 2L-1), column L-1+m, all orders", _square, _centred, _unchanged)


def pyshtools_complex(norm: str = "4pi", csphase: int = 1) -> Convention:
    """Return pyshtools' cilm of kind "complex": [0, l, m] order m, [1, l, m] order -m.

    `norm` is "4pi", "ortho", "schmidt" or "unnorm"; csphase=1 leaves the Condon-Shortley phase out.
    "unnorm" is P_l^|m| exp(i m phi), as pyshtools documents it and its Fortran transforms, `convert` and
    `spectrum` have it; the ducc0 backend's complex `expand` of pyshtools 4.14.1 has sqrt2 less at m != 0.
    """
    check.known("norm", norm, PYSHTOOLS_COMPLEX)
    csphase_factor(csphase, np.zeros(1, dtype=np.int64))
    name = f"pyshtools:kind=complex,norm={norm},csphase={csphase}"
    factor = partial(_divided, norm=norm, csphase=csphase)
    return _full(name, "complex cilm, [0] orders m and [1] orders -m", _cilm_shape, _cilm, factor)


def _half(name: str, about: str, shape: Shape, place: Place, factor: Factor) -> Convention:
    return Convention(name, about, True, shape, partial(_half_layout, name, shape, place, factor))


def _full(name: str, about: str, shape: Shape, place: Place, factor: Factor) -> Convention:
    return Convention(name, about, True, shape, partial(_full_layout, name, shape, place, factor))


def _half_layout(name: str, shape: Shape, place: Place, factor: Factor, lmax: int) -> Layout:
    l, m = triangle(lmax)
    entry = place(lmax, l, m)
    factors = fits_in_double(name, lmax, factor(l, m))
    known = labels(shape(lmax), entry, l, m)
    return assemble(shape(lmax), lmax, *known, *upper(entry, l, m, factors), is_complex=True)


def _full_layout(name: str, shape: Shape, place: Place, factor: Factor, lmax: int) -> Layout:
    l, m = triangle(lmax)
    factors = fits_in_double(name, lmax, factor(l, m))
    negative = m > 0
    entry, mirror = place(lmax, l, m), place(lmax, l[negative], -m[negative])
    parts = (*upper(entry, l, m, factors), *lower(mirror, l[negative], m[negative], factors[negative]))
    degree, order = np.concatenate([l, l[negative]]), np.concatenate([m, -m[negative]])
    known = labels(shape(lmax), np.concatenate([entry, mirror]), degree, order)
    return assemble(shape(lmax), lmax, *known, *parts, is_complex=True)


def _torch_layout(name: str, norm: Factor, csphase: int, longitudes: int, lmax: int) -> Layout:
    l, m = triangle(lmax)
    shape = _rows(longitudes, lmax)
    held = m < shape[1]
    l, m = l[held], m[held]
    factors = fits_in_double(name, lmax, csphase_factor(csphase, m) / norm(l, m))
    real, imaginary = upper(l * shape[1] + m, l, m, factors)
    single = 2 * m == longitudes  # of entries with m > 0: the orders m and -m are one column
    doubled = np.where(single, generated.nyquist(real.factor), real.factor)
    sines = ~single[m > 0]
    kept = Entries(imaginary.place[sines], imaginary.alpha[sines], imaginary.factor[sines])
    known = labels(shape, l * shape[1] + m, l, m)
    return assemble(shape, lmax, *known, Entries(real.place, real.alpha, doubled), kept, is_complex=True)


def _pairs(lmax: int) -> tuple[int, ...]:
    return ((lmax + 1) * (lmax + 2) // 2,)


def _all(lmax: int) -> tuple[int, ...]:
    return ((lmax + 1) ** 2,)


def _square(lmax: int) -> tuple[int, ...]:
    return lmax + 1, 2 * lmax + 1


def _cilm_shape(lmax: int) -> tuple[int, ...]:
    return 2, lmax + 1, lmax + 1


def _rows(longitudes: int, lmax: int) -> tuple[int, ...]:
    return lmax + 1, min(lmax, longitudes // 2) + 1


def _by_order(lmax: int, l: Integers, m: Integers) -> Integers:
    return m * (2 * lmax + 1 - m) // 2 + l


def _by_degree(_lmax: int, l: Integers, m: Integers) -> Integers:
    return l * (l + 1) // 2 + m


def _by_signed_degree(_lmax: int, l: Integers, m: Integers) -> Integers:
    return l * l + l + m


def _centred(lmax: int, l: Integers, m: Integers) -> Integers:
    return l * (2 * lmax + 1) + lmax + m


def _cilm(lmax: int, l: Integers, m: Integers) -> Integers:
    return ((m < 0) * (lmax + 1) + l) * (lmax + 1) + np.abs(m)


def _unchanged(_l: Integers, m: Integers) -> Floats:
    return np.ones(m.shape)


def _divided(l: Integers, m: Integers, *, norm: str, csphase: int) -> Floats:
    return csphase_factor(csphase, m) / PYSHTOOLS_COMPLEX[norm](l, m)
