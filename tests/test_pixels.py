"""Pixel orders: against healpy, against geometry, and against the turns that earth2grid's source takes."""

import healpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphspec import pixels
from sphspec.pixels import XY, Nest, Ring, named_order, permutation, reorder

POWERS = (1, 2, 4, 8, 16, 32, 64)
FACES = [XY(origin, clockwise) for origin in "SENW" for clockwise in (False, True)]
ORDERS = [Ring(), Nest(), *FACES]


@pytest.mark.parametrize("nside", POWERS)
def test_ring_and_nest_are_healpys(nside):
    pixel = np.arange(12 * nside**2)
    np.testing.assert_array_equal(permutation("nest", "ring", nside), healpy.ring2nest(nside, pixel))
    np.testing.assert_array_equal(permutation("ring", "nest", nside), healpy.nest2ring(nside, pixel))
    maps = np.random.default_rng(0).standard_normal((2, pixel.size))
    np.testing.assert_array_equal(reorder(maps, "ring", "nest"), healpy.reorder(maps, r2n=True))
    np.testing.assert_array_equal(reorder(maps, "nest", "ring"), healpy.reorder(maps, n2r=True))


@pytest.mark.parametrize("nside", range(1, 65))
def test_faces_are_healpys_for_any_nside(nside):
    pixel = np.arange(12 * nside**2)
    x, y, face = healpy.pix2xyf(nside, XY().pixels(nside))
    np.testing.assert_array_equal(face * nside**2 + y * nside + x, pixel)


@pytest.mark.parametrize("nside", [1, 2, 8])
@pytest.mark.parametrize("order", FACES, ids=lambda order: order.name)
def test_origin_and_clockwise_are_earth2grids(order, nside):
    """What NVlabs/earth2grid's xy2xy and NVlabs/cuHPX's kernels do, said once more: swap, then turn."""
    place = np.arange(12 * nside**2)
    face, row, column = place // nside**2, place // nside % nside, place % nside
    if order.clockwise:
        row, column = column, row
    turns = -"SENW".index(order.origin) % 4  # to the southern origin, counterclockwise
    for _ in range(turns):
        column, row = (-row - 1) % nside, column
    expected = face * nside**2 + row * nside + column  # where the pixel is in XY()
    np.testing.assert_array_equal(permutation(XY(), order, nside), expected)


@pytest.mark.parametrize("order", FACES, ids=lambda order: order.name)
def test_corner_and_sense_of_turn_are_what_the_docstring_says(order):
    nside = 8
    faces = np.array(healpy.pix2vec(nside, order.pixels(nside))).T.reshape(12, nside, nside, 3)
    for face in faces[4:8]:  # on the equator, where corners have a direction
        start, far = face[0, 0], face[-1, -1]
        east = np.cross([0, 0, 1], face.mean(axis=(0, 1)))
        north = (start - far)[2]
        lead = {"S": -north, "N": north, "E": -(start - far) @ east, "W": (start - far) @ east}
        assert lead[order.origin] > 0.5
        columns, rows = face[0, -1] - face[0, 0], face[-1, 0] - face[0, 0]
        turn = np.cross(columns, rows) @ face.mean(axis=(0, 1))
        assert (turn < 0) == order.clockwise


@given(
    source=st.sampled_from(ORDERS),
    target=st.sampled_from(ORDERS),
    third=st.sampled_from(ORDERS),
    nside=st.sampled_from((1, 2, 4, 8)),
)
def test_reordering_is_a_group(source, target, third, nside):
    maps = np.random.default_rng(1).standard_normal((2, 3, 12 * nside**2))
    there = reorder(maps, source, target)
    np.testing.assert_array_equal(reorder(there, target, source), maps)
    np.testing.assert_array_equal(reorder(there, target, third), reorder(maps, source, third))
    assert np.sort(permutation(source, target, nside)).tolist() == list(range(12 * nside**2))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_a_name_leads_to_its_order(order):
    assert named_order(order.name) == order


@pytest.mark.parametrize(
    "kind", [np.float32, np.complex128, np.int16, bool], ids=lambda kind: np.dtype(kind).name
)
def test_values_are_moved_and_not_changed(kind):
    maps = np.arange(48).astype(kind)
    found = reorder(maps, "ring", "xy:origin=N,clockwise=1")
    assert found.dtype == maps.dtype
    assert sorted(found.tolist(), key=abs) == sorted(maps.tolist(), key=abs)


def test_masks_move_with_their_pixels():
    maps = np.ma.masked_less(np.arange(48), 5)
    found = reorder(maps, "ring", "nest")
    np.testing.assert_array_equal(found.mask, found.data < 5)


def test_bad_orders_and_maps_are_refused():
    with pytest.raises(ValueError, match="12 nside"):
        reorder(np.ones(13), "ring", "nest")
    with pytest.raises(ValueError, match=r"got shape \(\)"):
        reorder(1.0, "ring", "nest")
    with pytest.raises(ValueError, match="power of two, got 3"):
        reorder(np.ones(108), "ring", "nest")
    assert reorder(np.ones(108), "ring", "xy").shape == (108,)
    with pytest.raises(ValueError, match="unknown pixel order 'spiral'; known: nest, ring, xy"):
        reorder(np.ones(12), "spiral", "ring")
    for name in ("xy:origin=Q", "nest:origin=S", "xy:clockwise=yes", "xy:origin=S,origin=N"):
        with pytest.raises(ValueError, match="only xy has parameters"):
            named_order(name)
    with pytest.raises(ValueError, match="array of objects"):
        reorder(np.array([None] * 12), "ring", "nest")
    with pytest.raises(ValueError, match="unknown origin 'X'"):
        XY("X")
    with pytest.raises(ValueError, match="True or False"):
        XY("S", 1)
    with pytest.raises(ValueError, match="nside must be an integer from 1"):
        permutation("ring", "nest", 0)


def test_permutations_cannot_be_changed_by_a_caller():
    with pytest.raises(ValueError, match="read-only"):
        permutation("ring", "nest", 2)[0] = 1
    assert pixels.nside_of((5, 48)) == 2
