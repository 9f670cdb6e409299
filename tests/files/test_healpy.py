"""What healpy writes is read right, and what is written here healpy reads right."""

import numpy as np
import pytest
from drawfiles import ENDINGS, healpy, same_bits

from sphspec import Healpix
from sphspec.conventions import from_complex, to_complex
from sphspec.files import Draws, describe, read, write

hp = healpy()
LMAX = 5


def complex_alm(rng, dtype=np.complex128):
    count = (LMAX + 1) * (LMAX + 2) // 2
    alm = rng.standard_normal(count) + 1j * rng.standard_normal(count)
    alm[: LMAX + 1] = alm[: LMAX + 1].real
    return alm.astype(dtype)


@pytest.mark.parametrize(("dtype", "precision"), [(np.complex128, None), (np.complex64, "float32")])
def test_coefficients_of_healpy(tmp_path, rng, dtype, precision):
    alms = [complex_alm(rng, dtype) for _ in range(3)]
    hp.write_alm(tmp_path / "alm.fits", alms)
    found = read(tmp_path / "alm.fits")
    assert found.kind == "coefficients"
    assert same_bits(found.values, from_complex(np.array(alms).astype(np.complex128), LMAX))
    assert found.metadata["lmax"] == LMAX
    assert found.metadata["convention"] == "R1"
    assert found.metadata["converted_from"] == "healpy"
    assert found.metadata.get("precision") == precision
    assert "ignored_imaginary_m0" not in found.metadata


def test_the_field_of_coefficients_read_is_the_one_that_healpy_makes(tmp_path, rng):
    from sphspec import Quadrature

    alm = complex_alm(rng)
    hp.write_alm(tmp_path / "alm.fits", alm)
    operator = Quadrature(Healpix(8), LMAX)
    field = operator.synthesis(read(tmp_path / "alm.fits").values[0])
    np.testing.assert_allclose(field, hp.alm2map(alm, 8, pol=False), rtol=0, atol=1e-12)


@pytest.mark.parametrize("nest", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("nside", [4, 16])
def test_maps_of_healpy(tmp_path, rng, nest, dtype, nside):
    ring = rng.standard_normal((2, 12 * nside**2)).astype(dtype)
    maps = [hp.reorder(each, r2n=True) for each in ring] if nest else list(ring)
    hp.write_map(tmp_path / "map.fits", maps, nest=nest, dtype=dtype, column_units="K")
    found = read(tmp_path / "map.fits")
    assert found.kind == "maps"
    assert same_bits(found.values, ring.astype(np.float64))
    assert found.metadata["grid"] == f"healpix:nside={nside}"
    assert found.metadata["ordering"] == "RING"
    assert found.metadata.get("reordered_from") == ("NESTED" if nest else None)
    assert found.metadata.get("precision") == ("float32" if dtype == np.float32 else None)
    assert found.metadata["units"] == "K"


def test_healpy_reads_our_coefficients(tmp_path, rng):
    alm = np.array([complex_alm(rng) for _ in range(2)])
    write(tmp_path / "alm.fits", Draws(from_complex(alm, LMAX), "coefficients"))
    for place in range(2):
        theirs, mmax = hp.read_alm(tmp_path / "alm.fits", hdu=place + 1, return_mmax=True)
        assert mmax == LMAX
        np.testing.assert_allclose(theirs, alm[place], rtol=4e-16)


@pytest.mark.parametrize("nside", [4, 16])
def test_healpy_reads_our_maps(tmp_path, rng, nside):
    maps = rng.standard_normal((3, 12 * nside**2))
    write(tmp_path / "map.fits", Draws(maps, "maps", describe(Healpix(nside), units="K")))
    theirs, header = hp.read_map(tmp_path / "map.fits", field=None, dtype=np.float64, h=True)
    assert same_bits(theirs, maps)
    assert dict(header)["ORDERING"] == "RING"


@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
@pytest.mark.parametrize("ending", ["npy", "npz", "zarr"])
def test_complex_arrays_are_healpys_layout(tmp_path, rng, ending, dtype):
    alm = np.array([complex_alm(rng, dtype) for _ in range(2)])
    if ending == "npy":
        np.save(tmp_path / "alm.npy", alm)
    elif ending == "npz":
        np.savez(tmp_path / "alm.npz", alm=alm, seed=3)
    else:
        zarr = pytest.importorskip("zarr")
        zarr.save_array(str(tmp_path / "alm.zarr"), alm)
    found = read(tmp_path / f"alm.{ending}")
    assert found.kind == "coefficients"
    assert same_bits(found.values, from_complex(alm.astype(np.complex128), LMAX))
    assert np.array_equal(to_complex(found.values, LMAX).real[:, 0], alm.real[:, 0])
    assert found.metadata.get("seed") == (3 if ending == "npz" else None)


def test_what_a_transform_ignores_is_said(tmp_path, rng):
    alm = complex_alm(rng)
    alm[2] += 0.25j
    np.save(tmp_path / "alm.npy", alm)
    assert read(tmp_path / "alm.npy").metadata["ignored_imaginary_m0"] == 0.25


@pytest.mark.parametrize("ending", ["npz", "nc", "zarr"])
def test_nested_maps_of_any_format_are_reordered(tmp_path, ending):
    nested = np.arange(48.0)[None]
    if ending == "npz":
        np.savez(tmp_path / "a.npz", maps=nested, ordering="NESTED", grid="healpix:nside=2")
    elif ending == "nc":
        import xarray

        said = {"ordering": "NESTED", "grid": "healpix:nside=2"}
        xarray.Dataset({"maps": (("draw", "pixel"), nested)}, attrs=said).to_netcdf(tmp_path / "a.nc")
    else:
        import zarr

        group = zarr.create_group(str(tmp_path / "a.zarr"))
        group.create_array("maps", data=nested)
        group.attrs.update({"ordering": "NESTED", "grid": "healpix:nside=2"})
    found = read(tmp_path / f"a.{ending}")
    assert same_bits(found.values, hp.reorder(nested, n2r=True))
    assert found.metadata["reordered_from"] == "NESTED"


def test_every_ending_is_covered_above():
    assert set(ENDINGS) == {"npz", "npy", "fits", "fits.gz", "nc", "zarr"}
