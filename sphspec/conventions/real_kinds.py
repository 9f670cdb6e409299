"""Real conventions: one number for each coefficient of R1, elsewhere and with another factor."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import chart
from sphspec.conventions.chart import degrees_orders, size
from sphspec.conventions.convention import Convention
from sphspec.conventions.layout import Entries, Layout, assemble, labels
from sphspec.conventions.norms import E3NN, PYSHTOOLS_REAL, SQUARE, csphase_factor, fits_in_double

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Place = Callable[[int, Integers, Integers], Integers]
Factor = Callable[[Integers, Integers], Floats]


def r1() -> Convention:
    """Return chart R1: orthonormal, index l^2 + l + m, sqrt2 Re a at m > 0, -sqrt2 Im a_l|m| at m < 0."""
    return _real("r1", "sphspec's own orthonormal real chart, index l^2+l+m", _by_degree, _unchanged)


def r2() -> Convention:
    """Return R2: Re a_lm at m >= 0, Im a_l|m| at m < 0, no sqrt2; index l^2 + l + m."""
    return _real("r2", "Re a_lm at m >= 0 and Im a_l|m| at m < 0, index l^2+l+m", _by_degree, _parts)


def sphericart() -> Convention:
    """Return sphericart's order: index l^2 + l + m, orthonormal, no Condon-Shortley phase, polar axis z."""
    return _real("sphericart", "real, index l^2+l+m, no Condon-Shortley phase", _by_degree, _without_phase)


def e3nn(norm: str = "integral") -> Convention:
    """Return e3nn's order: as sphericart, with e3nn's `normalization` of the basis.

    e3nn's polar axis is its second argument. These are the coefficients that go with the basis at (y, z, x)
    of a point (x, y, z): `o3.spherical_harmonics(l, points[..., [1, 2, 0]], True, norm)`, z being the polar
    axis here. Nothing is rotated: a field given to e3nn as (x, y, z) is another field.
    """
    check.known("norm", norm, E3NN)
    name = f"e3nn:norm={norm}"
    about = "real, index l^2+l+m, no Condon-Shortley phase, basis at (y, z, x)"
    return _real(name, about, _by_degree, partial(_divided, norm=norm, table="e3nn", csphase=1))


def libsharp() -> Convention:
    """Return libsharp's packed real order: m = 0, then for m = 1, 2 .. pairs sqrt2 (Re, Im) for l >= m."""
    return _real("libsharp", "packed: a_l0, then sqrt2 (Re, Im) order by order", _packed, _signed)


def nifty() -> Convention:
    """Return NIFTy's LMSpace: libsharp's packed order times sqrt(4 pi), as its transforms have it."""
    return _real("nifty", "libsharp's packed order, times sqrt(4 pi)", _packed, _scaled_up)


def pyshtools_real(norm: str = "4pi", csphase: int = 1) -> Convention:
    """Return pyshtools' cilm of kind "real": [0, l, m] cosine, [1, l, m] sine.

    `norm` is "4pi", "ortho", "schmidt" or "unnorm"; csphase=1 leaves the Condon-Shortley phase out.
    """
    check.known("norm", norm, PYSHTOOLS_REAL)
    name = f"pyshtools:kind=real,norm={norm},csphase={csphase}"
    factor = partial(_divided, norm=norm, table="pyshtools", csphase=csphase)
    csphase_factor(csphase, np.zeros(1, dtype=np.int64))
    about = "cilm[0] cosines and cilm[1] sines, (2, lmax+1, lmax+1)"
    return _real(name, about, _cilm, factor, _cilm_shape)


def _real(
    name: str, about: str, place: Place, factor: Factor, shape: Callable[[int], tuple[int, ...]] | None = None
) -> Convention:
    shape = shape or _flat
    return Convention(name, about, False, shape, partial(_layout, name, place, factor, shape))


def _layout(
    name: str, place: Place, factor: Factor, shape: Callable[[int], tuple[int, ...]], lmax: int
) -> Layout:
    l, m = degrees_orders(lmax)
    where = place(lmax, l, m)
    factors = fits_in_double(name, lmax, factor(l, m))
    entries = Entries(where, np.arange(size(lmax)), factors)
    return assemble(shape(lmax), lmax, *labels(shape(lmax), where, l, m), entries, is_complex=False)


def _flat(lmax: int) -> tuple[int, ...]:
    return (size(lmax),)


def _cilm_shape(lmax: int) -> tuple[int, ...]:
    return 2, lmax + 1, lmax + 1


def _by_degree(_lmax: int, l: Integers, m: Integers) -> Integers:
    return l * l + l + m


def _packed(lmax: int, l: Integers, m: Integers) -> Integers:
    order = np.abs(m)
    pair = order * (2 * lmax + 1 - order) // 2 + l - (lmax + 1)  # a_lm's place among those with m > 0
    return np.where(m == 0, l, lmax + 1 + 2 * pair + (m < 0))


def _cilm(lmax: int, l: Integers, m: Integers) -> Integers:
    return ((m < 0) * (lmax + 1) + l) * (lmax + 1) + np.abs(m)


def _unchanged(_l: Integers, m: Integers) -> Floats:
    return np.ones(m.shape)


def _parts(_l: Integers, m: Integers) -> Floats:
    real, imaginary = chart.complex_parts(chart.scale(np.abs(m)), np.ones(m.shape), np.ones(m.shape))
    return np.asarray(np.where(m >= 0, real, imaginary))


def _signed(_l: Integers, m: Integers) -> Floats:
    """Return the chart's signs alone: sqrt2 (Re, Im) of (alpha_m, alpha_-m)."""
    real, imaginary = chart.complex_parts(1.0, np.ones(m.shape), np.ones(m.shape))
    return np.asarray(np.where(m >= 0, real, imaginary))


def _without_phase(_l: Integers, m: Integers) -> Floats:
    return csphase_factor(1, m)


def _scaled_up(l: Integers, m: Integers) -> Floats:
    return _signed(l, m) * SQUARE["4pi"](l, m)


def _divided(l: Integers, m: Integers, *, norm: str, table: str, csphase: int) -> Floats:
    kappa = {"e3nn": E3NN, "pyshtools": PYSHTOOLS_REAL}[table][norm](l, np.abs(m))
    return csphase_factor(csphase, m) / kappa
