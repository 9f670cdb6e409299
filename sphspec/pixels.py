"""Orders of HEALPix pixels: RING, NEST and XY faces, as permutations from nside's bits; UNSEEN ones.

NEST is face nside^2 + the bits of y and x interleaved, x the lower; on a face x grows to the north-east
and y to the north-west from its southern corner. XY is face nside^2 + nside y + x, where the corner that
is (0, 0) and the sense of turn may be others: earth2grid's and cuHPX's `XY(origin, clockwise)`. RING counts
pixels eastward, ring by ring from the north pole.

Source: Gorski et al. 2005, section 4, for RING and NEST; the sources of NVlabs/earth2grid
(healpix/core.py) and NVlabs/cuHPX (hpx_remapping_cuda.cu) for what origin and clockwise mean.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check

Integers = NDArray[np.int64]
TURNS = {"S": 0, "E": 1, "N": 2, "W": 3}  # quarter turns, as earth2grid and cuHPX take them
UNSEEN = -1.6375e30  # what healpy writes into pixels that were not observed
NEAR = 1e-5  # relative distance from UNSEEN: it is often stored in single precision
LARGEST_NSIDE = 1 << 14  # the permutation then takes 26 GB


@dataclass(frozen=True)
class Ring:
    """RING order; any nside >= 1."""

    name = "ring"

    def pixels(self, nside: int) -> Integers:
        """Return the RING index of every pixel in order of this one, (npix,)."""
        return np.arange(12 * nside**2)


@dataclass(frozen=True)
class Nest:
    """NEST order; nside is a power of two."""

    name = "nest"

    def pixels(self, nside: int) -> Integers:
        """Return the RING index of every pixel in order of this one, (npix,)."""
        if nside & (nside - 1):
            raise ValueError(f"NEST order needs nside to be a power of two, got {nside}; use ring or xy")
        place = np.arange(12 * nside**2)
        inside = place % nside**2
        return _ring_index(nside, place // nside**2, _even_bits(inside), _even_bits(inside >> 1))


@dataclass(frozen=True)
class XY:
    """Faces as images, index nside^2 face + nside row + column; any nside >= 1.

    Attributes
    ----------
    origin : the corner at row 0, column 0: "S" the southern one, "N" the northern one; "E" the *western* one
        and "W" the *eastern* one, since the names are those of earth2grid and cuHPX, whose turns are these
    clockwise : whether the columns' axis turns into the rows' clockwise, seen from outside the sphere

    The default is earth2grid's `XY()`, columns to the north-east and rows to the north-west; its
    `HEALPIX_PAD_XY` is XY("N", True); cuHPX's flat order takes the same two arguments.
    """

    origin: str = "S"
    clockwise: bool = False

    def __post_init__(self) -> None:
        check.known("origin", self.origin, TURNS)
        if not isinstance(self.clockwise, bool):
            raise ValueError(f"clockwise must be True or False, got {self.clockwise!r}")

    @property
    def name(self) -> str:
        """Return the order's name, which `named_order` reads."""
        return f"xy:origin={self.origin},clockwise={int(self.clockwise)}"

    def pixels(self, nside: int) -> Integers:
        """Return the RING index of every pixel in order of this one, (npix,)."""
        place = np.arange(12 * nside**2)
        column, row = place % nside, place // nside % nside
        if self.clockwise:
            column, row = row, column
        for _ in range(TURNS[self.origin]):
            column, row = row, nside - 1 - column
        return _ring_index(nside, place // nside**2, column, row)


Order = Ring | Nest | XY


def named_order(name: str) -> Order:
    """Return the order that "ring", "nest" or "xy:origin=N,clockwise=1" means.

    >>> named_order("xy:origin=N,clockwise=1")
    XY(origin='N', clockwise=True)
    """
    plain: dict[str, Order] = {"ring": Ring(), "nest": Nest(), "xy": XY()}
    kind, _, rest = str(name).lower().partition(":")
    order = check.known("pixel order", kind, plain)
    if not rest:
        return order
    match = re.fullmatch(r"origin=([senw])(?:,clockwise=([01]))?|clockwise=([01])", rest)
    if kind != "xy" or match is None:
        raise ValueError(
            f"pixel order {name!r}: only xy has parameters, origin=S, E, N or W and clockwise=0 or 1"
        )
    origin, after, alone = match.groups()
    return XY((origin or "s").upper(), (after or alone) == "1")


def permutation(source: Order | str, target: Order | str, nside: int) -> Integers:
    """Return p (npix,) with map_in_target = map_in_source[..., p]; read-only.

    >>> permutation("nest", "ring", 1).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    """
    nside = check.integer("nside", nside, 1, LARGEST_NSIDE)
    first, last = (named_order(name) if isinstance(name, str) else name for name in (source, target))
    check.fits(6 * 12 * nside**2 * 8, f"reordering pixels at nside={nside}", "lower nside")
    return _permutation(first, last, nside)


def reorder(maps: Any, source: Order | str, target: Order | str) -> NDArray[Any]:
    """Return maps (..., npix) of one order in another; values, and masks, are only moved.

    Raises
    ------
    ValueError
        for a last axis that is not 12 nside^2, NEST where nside is no power of two, or an unknown order.
    """
    array: NDArray[Any] = maps if isinstance(maps, np.ma.MaskedArray) else np.asarray(maps)
    if array.dtype.kind == "O":
        raise ValueError("maps must be numbers, got an array of objects")
    return array[..., permutation(source, target, nside_of(array.shape))]


def nside_of(shape: tuple[int, ...]) -> int:
    """Return nside of maps (..., 12 nside^2); ValueError where the last axis is none."""
    npix = shape[-1] if shape else 0
    nside = isqrt(npix // 12)
    if npix < 12 or 12 * nside**2 != npix:
        raise ValueError(f"HEALPix maps have 12 nside^2 pixels on their last axis, got shape {shape}")
    return nside


def unseen(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which values are healpy's UNSEEN."""
    return np.asarray(np.abs(values - UNSEEN) <= NEAR * abs(UNSEEN))


@lru_cache(maxsize=8)
def _permutation(source: Order, target: Order, nside: int) -> Integers:
    in_source = np.empty(12 * nside**2, dtype=np.int64)
    in_source[source.pixels(nside)] = np.arange(12 * nside**2)
    found = in_source[target.pixels(nside)]
    found.setflags(write=False)
    return found


def _even_bits(values: Integers) -> Integers:
    """Return bits 0, 2, 4 .. moved together."""
    packed = values & 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        packed = (packed | (packed >> shift)) & mask
    return packed


def _ring_index(nside: int, face: Integers, x: Integers, y: Integers) -> Integers:
    """Return the RING index of pixel (x, y) of a face, from its southern corner."""
    row, column = face // 4, face % 4
    ring = (row + 2) * nside - x - y - 1  # 1 .. 4 nside - 1
    length = np.minimum(np.minimum(ring, 4 * nside - ring), nside)  # of a quarter of the ring
    # twice the longitude in pixels: faces of the belt (row 1) begin half a face earlier
    centre = (2 * column + (row != 1)) * length
    shift = np.where(length < nside, 1, 1 - (ring - nside) % 2)  # 1: half a pixel after longitude zero
    place = (centre + x - y - shift + 1) // 2 % (4 * length)
    south = 12 * nside**2 - 2 * (4 * nside - ring) * (4 * nside - ring + 1)
    belt = 2 * nside * (nside - 1) + (ring - nside) * 4 * nside
    before = np.where(ring < nside, 2 * ring * (ring - 1), np.where(ring <= 3 * nside, belt, south))
    return np.asarray(before + place)
