"""Where each coefficient of R1 stands in another convention, and with which factor: the map T.

Complex numbers are taken as two real slots, Re before Im, in C order. Every slot is then zero or a factor
times one coefficient: slot_i = factor_i alpha_(source_i). A coefficient has one slot, or two (orders m and
-m of a real field), or none (the sine at the azimuthal Nyquist order).
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart
from sphspec.conventions.chart import index, size

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Entries:
    """Slots of one kind: their place, the coefficient of R1 and the factor, each of shape (k,)."""

    place: Integers
    alpha: Integers
    factor: Floats


@dataclass(frozen=True, eq=False)
class Layout:
    """The map T of one convention at one lmax.

    Attributes
    ----------
    shape : of one set of coefficients
    is_complex : whether an entry has two slots
    degree, order : of every entry in C order, signed; degree -1 where there is no coefficient
    source, factor : (slots,) coefficient of R1, -1 where zero; and its factor
    first, second : (n,) the slots that hold a coefficient: the same twice where there is one, -1 where none
    """

    shape: tuple[int, ...]
    is_complex: bool
    degree: Integers
    order: Integers
    source: Integers
    factor: Floats
    first: Integers
    second: Integers

    def push(self, alpha: Floats) -> Floats:
        """Return the slots (..., slots) of coefficients (..., n)."""
        slots = np.take(alpha, self.source, axis=-1) * self.factor
        slots[..., self.source < 0] = 0  # not -0
        return np.ascontiguousarray(slots)

    def pull(self, slots: Floats) -> Floats:
        """Return the coefficients (..., n) of slots (..., slots), the mean where there are two; else 0."""
        present = self.first >= 0
        alpha = np.zeros((*slots.shape[:-1], self.first.size))
        first, second = self.first[present], self.second[present]
        found = slots[..., first] / self.factor[first]
        if np.any(first != second):
            found = (found + slots[..., second] / self.factor[second]) / 2
        alpha[..., present] = found
        return alpha

    @property
    def missing(self) -> Integers:
        """Return the coefficients of R1 that have no slot."""
        return np.flatnonzero(self.first < 0)


def assemble(
    shape: tuple[int, ...], lmax: int, degree: Integers, order: Integers, *entries: Entries, is_complex: bool
) -> Layout:
    """Return the layout that these slots make; all other slots are zero."""
    slots = prod(shape) * (2 if is_complex else 1)
    place = np.concatenate([part.place for part in entries])
    alpha = np.concatenate([part.alpha for part in entries])
    source, factor = np.full(slots, -1), np.zeros(slots)
    source[place] = alpha
    factor[place] = np.concatenate([part.factor for part in entries])
    by_alpha = np.argsort(alpha, kind="stable")
    wanted = np.arange(size(lmax))
    low = np.searchsorted(alpha[by_alpha], wanted, "left")
    high = np.searchsorted(alpha[by_alpha], wanted, "right")
    present = high > low
    first, second = np.full(wanted.size, -1), np.full(wanted.size, -1)
    first[present] = place[by_alpha[low[present]]]
    second[present] = place[by_alpha[high[present] - 1]]
    arrays = degree, order, source, factor, first, second
    for array in arrays:
        array.setflags(write=False)
    return Layout(shape, is_complex, *arrays)


def labels(shape: tuple[int, ...], entry: Integers, l: Integers, m: Integers) -> tuple[Integers, Integers]:
    """Return degree and order of every entry in C order; degree -1, order 0 where there is none."""
    degree, order = np.full(prod(shape), -1), np.zeros(prod(shape), dtype=np.int64)
    degree[entry], order[entry] = l, m
    return degree, order


def triangle(lmax: int) -> tuple[Integers, Integers]:
    """Return degree and order of all 0 <= m <= l <= lmax, degree by degree."""
    degree = np.repeat(np.arange(lmax + 1), np.arange(1, lmax + 2))
    return degree, np.arange(degree.size) - degree * (degree + 1) // 2


def upper(entry: Integers, l: Integers, m: Integers, factor: Floats) -> tuple[Entries, Entries]:
    """Return Re and Im of factor a_lm, m >= 0: at m = 0 there is no Im."""
    real, imaginary = _parts(m)
    sines = m > 0
    return (
        Entries(2 * entry, index(l, m), real * factor),
        Entries(2 * entry[sines] + 1, index(l, -m)[sines], (imaginary * factor)[sines]),
    )


def lower(entry: Integers, l: Integers, m: Integers, factor: Floats) -> tuple[Entries, Entries]:
    """Return Re and Im of factor a_(l,-m), m > 0, a real field's."""
    real, imaginary = chart.reflected(m, *_parts(m))
    return (
        Entries(2 * entry, index(l, m), real * factor),
        Entries(2 * entry + 1, index(l, -m), imaginary * factor),
    )


def _parts(m: Integers) -> tuple[Floats, Floats]:
    """Return Re a_lm / alpha_lm and Im a_lm / alpha_(l,-m)."""
    one = np.ones(m.shape)
    real, imaginary = chart.complex_parts(chart.scale(m), one, one)
    return np.asarray(real), np.asarray(imaginary)
