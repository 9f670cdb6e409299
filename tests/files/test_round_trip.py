"""What is written is read again, to the last bit, in every format."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from drawfiles import ENDINGS, same_bits
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sphspec import Equiangular, GaussLegendre, Healpix, Quadrature
from sphspec.described import versions
from sphspec.files import Draws, describe, read, write

WIDTHS = {"maps": 48, "coefficients": 9, None: 7}
UNSEEN_LIKE = 1.6375e30
numbers = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: abs(x + UNSEEN_LIKE) > 1e-4 * UNSEEN_LIKE
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
OWN = {"grid", "weights", "lmax", "convention", "ordering", "units"}
tables = st.dictionaries(st.text().filter(lambda name: name not in OWN), json_values, max_size=4)


@st.composite
def draws(draw):
    kind = draw(st.sampled_from(list(WIDTHS)))
    values = draw(arrays(np.float64, (draw(st.integers(1, 3)), WIDTHS[kind]), elements=numbers))
    metadata = draw(tables)
    if draw(st.booleans()):
        metadata |= {"units": draw(st.text())}
    if kind == "maps":
        metadata |= {"grid": "healpix:nside=2"}
    return Draws(values, kind, metadata)


AWKWARD = Draws(
    np.array([[-0.0, 5e-324, 1.7976931348623157e308]]), None, {"a": "it's  & ' \0 é \ud800 " * 40}
)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25)
@given(draws())
@example(AWKWARD)
def test_every_bit_is_read_again(ending, given_draws):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"draws.{ending}"
        write(path, given_draws)
        found = read(path)
        assert [each.name for each in Path(folder).iterdir()] == [path.name]
    assert same_bits(found.values, given_draws.values)
    assert found.kind == given_draws.kind
    expected = {"versions": versions()} | given_draws.metadata
    if found.kind == "coefficients":
        expected = {"lmax": 2, "convention": "R1"} | expected
    assert found.metadata == expected


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("grid", [Healpix(2), Healpix(3), GaussLegendre(4, 7), Equiangular(6, 8)])
def test_grid_operator_and_seed_are_read_again(tmp_path, ending, grid, rng):
    operator = Quadrature(grid, 2)
    maps = Draws(rng.standard_normal((2, grid.npix)), "maps", describe(grid, units="K", seed=[7, 2**70]))
    coefficients = Draws(operator(maps.values), "coefficients", describe(operator, seed=7))
    for kind, given_draws in (("maps", maps), ("coefficients", coefficients)):
        write(tmp_path / f"{kind}.{ending}", given_draws)
        found = read(tmp_path / f"{kind}.{ending}", grid=grid)
        assert same_bits(found.values, given_draws.values)
        assert found.metadata == given_draws.metadata
    assert found.metadata["operator"] == "quadrature"
    assert found.metadata["lmax"] == 2


def test_a_map_larger_than_a_row_and_more_draws_than_columns(tmp_path, rng):
    for shape in ((2, 12 * 16**2), (1001, 12)):
        nside = int((shape[1] // 12) ** 0.5)
        given_draws = Draws(rng.standard_normal(shape), "maps", describe(Healpix(nside)))
        write(tmp_path / f"{nside}.fits", given_draws)
        assert same_bits(read(tmp_path / f"{nside}.fits").values, given_draws.values)


@pytest.mark.parametrize("ending", ["npz", "zarr"])
def test_a_folder_is_read_in_the_order_of_its_names(tmp_path, ending, rng):
    values = rng.standard_normal((6, 9))
    for place in (2, 0, 1):
        part = Draws(values[2 * place : 2 * place + 2], "coefficients", {"seed": place, "units": "K"})
        write(tmp_path / f"part{place}.{ending}", part)
    (tmp_path / "README").write_text("not draws")
    (tmp_path / ".hidden.npz").write_text("not draws")
    found = read(tmp_path)
    assert same_bits(found.values, values)
    assert found.metadata["seed"] == [0, 1, 2]
    assert found.metadata["files"] == [f"part{place}.{ending}" for place in range(3)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_overwriting_replaces_the_whole_file(tmp_path, ending):
    path = tmp_path / f"draws.{ending}"
    write(path, Draws(np.ones((3, 9)), "coefficients"))
    write(path, Draws(np.zeros((1, 4)), "coefficients"), overwrite=True)
    assert same_bits(read(path).values, np.zeros((1, 4)))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_values_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        Draws(np.zeros((1, 4))).values[0, 0] = 1.0


@pytest.mark.parametrize("kind", ["i2", "u4", "i8", "f2", "f4", ">f8", "<f8"])
def test_numbers_of_other_types_are_widened_exactly(tmp_path, kind):
    stored = np.arange(18).reshape(2, 9).astype(kind)
    np.save(tmp_path / "a.npy", stored)
    found = read(tmp_path / "a.npy")
    assert same_bits(found.values, stored.astype(np.float64))
    assert found.metadata.get("precision") == {"f2": "float16", "f4": "float32"}.get(kind)
