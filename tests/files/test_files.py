"""Files: every bit comes back, healpy and we read each other, and what is broken is said in one line."""

import json
from pathlib import Path

import healpy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sphspec import GaussLegendre, Healpix, Quadrature, audit, claims, noise_covariance
from sphspec.conventions import from_complex, to_complex
from sphspec.files import Draws, describe, read, write
from sphspec.files.draws import UNSEEN

ENDINGS = [".npz", ".fits", ".nc", ".zarr"]
NUMBERS = st.floats(-1e10, 1e10, allow_subnormal=False)
OPERATOR = Quadrature(GaussLegendre(5, 9), 4)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", ["maps", "coefficients"])
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_every_bit_comes_back(tmp_path, ending, kind, data):
    width = 45 if kind == "maps" else 25
    values = data.draw(arrays(np.float64, (data.draw(st.integers(1, 3)), width), elements=NUMBERS))
    draws = Draws(values, kind, describe(OPERATOR, units="K", seed=3))
    path = tmp_path / f"draws{ending}"
    write(path, draws, overwrite=True)
    back = read(path)
    assert back.kind == kind
    assert back.values.tobytes() == draws.values.tobytes()
    assert dict(back.metadata) == dict(draws.metadata)


def test_npy_holds_draws_alone(tmp_path, rng):
    values = rng.standard_normal((3, 7))
    write(tmp_path / "a.npy", Draws(values))
    back = read(tmp_path / "a.npy")
    assert back.kind is None
    np.testing.assert_array_equal(back.values, values)


def test_complex_arrays_are_healpys_alm(tmp_path, rng):
    alm = to_complex(rng.standard_normal((2, 25)), 4)
    np.save(tmp_path / "alm.npy", alm)
    back = read(tmp_path / "alm.npy")
    assert back.kind == "coefficients"
    np.testing.assert_allclose(back.values, from_complex(alm, 4), rtol=4e-16)


def test_healpys_alm_and_ours_are_read_by_the_other(tmp_path, rng):
    alpha = rng.standard_normal(81)
    alm = to_complex(alpha, 8)
    healpy.write_alm(str(tmp_path / "theirs.fits"), alm, out_dtype=np.float64)
    np.testing.assert_allclose(read(tmp_path / "theirs.fits").values[0], alpha, rtol=1e-15)
    write(tmp_path / "ours.fits", Draws(alpha[None], "coefficients"))
    np.testing.assert_array_equal(healpy.read_alm(str(tmp_path / "ours.fits")), alm)


@pytest.mark.parametrize("nest", [False, True])
def test_healpys_maps_are_read_in_rings(tmp_path, rng, nest):
    maps = rng.standard_normal((2, 192))
    path = tmp_path / "map.fits"
    stored = [healpy.reorder(row, r2n=True) for row in maps] if nest else maps
    healpy.write_map(str(path), stored, nest=nest, dtype=np.float64)
    found = read(path)
    np.testing.assert_array_equal(found.values, maps)
    assert found.kind == "maps"
    assert found.metadata["grid"] == "healpix:nside=4"
    assert ("NEST" in found.metadata.get("ordering", "")) == nest


def test_our_maps_are_read_by_healpy(tmp_path, rng):
    maps = rng.standard_normal((2, 192))
    write(tmp_path / "map.fits", Draws(maps, "maps", {"grid": "healpix:nside=4"}))
    np.testing.assert_array_equal(healpy.read_map(str(tmp_path / "map.fits"), field=(0, 1)), maps)


def test_single_precision_maps_are_widened_and_said(tmp_path, rng):
    values = rng.standard_normal(192).astype(np.float32)
    healpy.write_map(str(tmp_path / "map.fits"), values, dtype=np.float32)
    found = read(tmp_path / "map.fits")
    np.testing.assert_array_equal(found.values[0], values.astype(np.float64))
    assert found.metadata["stored"] == "float32"


def test_a_folder_is_its_files_in_order(tmp_path, rng):
    values = rng.standard_normal((4, 9))
    for place in range(2):
        write(tmp_path / "all" / f"{place}.npz", Draws(values[2 * place : 2 * place + 2], "coefficients"))
    np.testing.assert_array_equal(read(tmp_path / "all").values, values)
    write(tmp_path / "all" / "2.npz", Draws(rng.standard_normal((2, 4)), "coefficients"))
    with pytest.raises(ValueError, match=r"2\.npz has draws of 4 numbers"):
        read(tmp_path / "all")


def test_a_covariance_has_labelled_axes():
    cov = noise_covariance(OPERATOR)
    table = cov.to_xarray()
    np.testing.assert_array_equal(table.values, cov.dense())
    stacked = table.set_index(mode=["l", "m"], mode2=["l2", "m2"])
    assert float(stacked.sel(mode=(3, 1), mode2=(1, 1))) == pytest.approx(cov.block(1)[2, 0], rel=1e-14)
    assert table.attrs["grid"] == OPERATOR.grid.name


@pytest.mark.parametrize(
    ("values", "kind", "metadata", "said"),
    [
        (np.full((1, 4), np.nan), None, {}, "4 of 4 values are NaN"),
        ([[1.0, UNSEEN]], "maps", {}, "1 of 2 values are UNSEEN, the first at draw 0, place 1"),
        ([[1.0, np.float32(UNSEEN)]], "maps", {}, "UNSEEN"),
        (np.ones(4), None, {}, "shape"),
        (np.ones((1, 4)) * 1j, None, {}, "real"),
        (np.ones((1, 5)), "coefficients", {}, "5 of them"),
        (np.ones((1, 9)), "coefficients", {"lmax": 3}, "lmax=3 has 16"),
        (np.ones((1, 9)), "maps", {"grid": "healpix:nside=2"}, "48 points, maps have 9"),
        (np.ones((1, 48)), "maps", {"grid": "healpix:nside=2", "weights": "ab" * 32}, "weights are not"),
        (np.ones((1, 4)), "waves", {}, "waves"),
        (np.ones((1, 4)), None, {"a": [1]}, "text or a number"),
    ],
)
def test_draws_that_contradict_themselves_are_refused(values, kind, metadata, said):
    with pytest.raises(ValueError, match=said) as stopped:
        Draws(values, kind, metadata)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("ending", [".npy", *ENDINGS])
def test_a_file_cut_short_is_said_in_one_line(tmp_path, ending, rng):
    path = tmp_path / f"draws{ending}"
    write(path, Draws(rng.standard_normal((40, 25)), "coefficients"))
    inside = max((each for each in path.rglob("*") if each.is_file()), key=lambda each: each.stat().st_size) \
        if path.is_dir() else path  # fmt: skip
    content = inside.read_bytes()
    for left in (0, 10, len(content) // 2, len(content) - 7):
        inside.write_bytes(content[:left])
        with pytest.raises(ValueError, match="draws") as stopped:
            read(path)
        assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("name", ["fake.fits", "fake.npz", "fake.npy", "fake.nc", "fake.zarr"])
def test_a_file_that_is_none_is_said_in_one_line(tmp_path, name):
    (tmp_path / name).write_text("this is text\n" * 300)
    with pytest.raises(ValueError, match="fake") as stopped:
        read(tmp_path / name)
    assert "\n" not in str(stopped.value)


def test_nothing_is_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    trap = np.array([Trap()], dtype=object)
    np.save(tmp_path / "trap.npy", trap, allow_pickle=True)
    np.savez(tmp_path / "trap.npz", values=trap)
    for name in ("trap.npy", "trap.npz"):
        with pytest.raises(ValueError, match="trap"):
            read(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_places_that_cannot_be_written_leave_what_is_there(tmp_path, monkeypatch):
    draws = Draws(np.ones((1, 4)), "coefficients")
    write(tmp_path / "a.npz", draws)
    before = (tmp_path / "a.npz").read_bytes()
    with pytest.raises(ValueError, match="exists"):
        write(tmp_path / "a.npz", draws)
    with pytest.raises(ValueError, match="must end in"):
        write(tmp_path / "a.txt", draws)
    with pytest.raises(ValueError, match="cannot write"):
        write(tmp_path / "a.npz" / "b.npz", draws)
    monkeypatch.setattr(
        "sphspec.files.arrays.np.savez", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space"))
    )
    with pytest.raises(ValueError, match="No space"):
        write(tmp_path / "a.npz", draws, overwrite=True)
    assert (tmp_path / "a.npz").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.npz"]


def test_what_is_not_there_or_no_format_is_said(tmp_path):
    for path in (tmp_path / "absent.npz", tmp_path, tmp_path / "a.txt"):
        (tmp_path / "a.txt").write_text(json.dumps({}))
        with pytest.raises(ValueError, match=str(tmp_path)):
            read(path)


def test_a_grid_of_another_weight_is_seen(tmp_path, rng):
    grid = Healpix(2)
    said = describe(Quadrature(grid, 3))
    write(tmp_path / "a.npz", Draws(rng.standard_normal((1, 48)), "maps", said))
    with np.load(tmp_path / "a.npz") as found:
        values = found["values"]
    changed = {**said, "weights": said["weights"][::-1]}
    np.savez(tmp_path / "a.npz", values=values, kind="maps", metadata=json.dumps(changed))
    with pytest.raises(ValueError, match="weights are not those of grid"):
        read(tmp_path / "a.npz")


def test_draws_of_a_file_are_audited_as_what_they_are(rng):
    claim = claims.IsotropicField(Healpix(2), np.ones(5))
    found = audit(Draws(1.2 * rng.standard_normal((300, 25)), "coefficients"), claim)
    assert found.defect == "scale"
    low, high = found.interval
    assert low < 1.44 < high
