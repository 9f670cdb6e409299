"""Bad input: one line, nothing written, nothing unpickled, never other numbers than were written."""

import json
import os
import pickle
import shutil
import tracemalloc
import zipfile

import numpy as np
import pytest
from drawfiles import ENDINGS, healpy, same_bits

from sphspec import GaussLegendre, Healpix
from sphspec.described import weights_digest
from sphspec.files import Draws, describe, read, write

BYTES = ("npz", "npy", "fits", "fits.gz", "nc")
GOOD = {
    "coefficients": Draws(np.linspace(-1, 1, 18).reshape(2, 9), "coefficients", {"seed": 1}),
    "maps": Draws(np.linspace(-1, 1, 96).reshape(2, 48), "maps", describe(Healpix(2))),
}


class Trap:
    """Would leave a file behind if it were unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def refused(call, *words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at below
        call()
    said = str(caught.value)
    assert type(caught.value) is ValueError
    assert "\n" not in said
    for word in words:
        assert word in said, said
    return said


@pytest.mark.parametrize("kind", list(GOOD))
@pytest.mark.parametrize("ending", BYTES)
def test_a_truncated_file_is_refused_or_whole(tmp_path, ending, kind):
    good = GOOD[kind]
    write(tmp_path / f"whole.{ending}", good)
    content = (tmp_path / f"whole.{ending}").read_bytes()
    path, kept = tmp_path / f"cut.{ending}", 0
    lengths = sorted(
        {*np.linspace(0, len(content) - 1, 40).astype(int).tolist(), *range(0, len(content), 2880)}
    )
    for length in lengths:
        path.write_bytes(content[:length])
        try:
            found = read(path)
        except ValueError as error:
            assert "cannot read" in str(error) or "damaged" in str(error), error  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017
        else:
            kept += 1
            assert same_bits(found.values, good.values)
    assert kept < len(lengths) / 4


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # h5netcdf's own, on closing
@pytest.mark.parametrize("ending", BYTES)
def test_a_flipped_bit_never_gives_other_numbers(tmp_path, ending):
    good, path = GOOD["coefficients"], tmp_path / f"flipped.{ending}"
    write(path, good)
    content, refusals = path.read_bytes(), 0
    for place in np.linspace(0, len(content) - 1, 60).astype(int):
        path.write_bytes(content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :])
        try:
            found = read(path)
        except ValueError as error:
            refusals += 1
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert same_bits(found.values, good.values)
    assert refusals


def test_a_zarr_that_lost_a_chunk_or_part_of_one_is_refused(tmp_path):
    write(tmp_path / "whole.zarr", GOOD["coefficients"])
    chunks = [each for each in (tmp_path / "whole.zarr" / "coefficients" / "c").rglob("*") if each.is_file()]
    assert chunks
    for damage in (lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:-9])):
        shutil.rmtree(tmp_path / "cut.zarr", ignore_errors=True)
        shutil.copytree(tmp_path / "whole.zarr", tmp_path / "cut.zarr")
        damage(tmp_path / "cut.zarr" / chunks[0].relative_to(tmp_path / "whole.zarr"))
        refused(lambda: read(tmp_path / "cut.zarr"), "cut.zarr")
    (tmp_path / "cut.zarr" / "zarr.json").write_text("{")
    refused(lambda: read(tmp_path / "cut.zarr"), "cannot read", "Zarr")


@pytest.mark.parametrize("ending", BYTES)
@pytest.mark.parametrize(
    "content", [b"", b"SIMPLE", b"not a file of draws\n" * 200, b"\x89HDF\r\n\x1a\n" + b"\0" * 99]
)
def test_something_else_under_a_known_ending_is_refused(tmp_path, ending, content):
    path = tmp_path / f"other.{ending}"
    path.write_bytes(content)
    refused(lambda: read(path), "cannot read", f"other.{ending}")


@pytest.mark.parametrize(("bad", "word"), [(np.nan, "NaN"), (np.inf, "NaN"), (-1.6375e30, "UNSEEN")])
def test_pixels_that_were_not_seen_are_counted_and_placed(tmp_path, bad, word):
    maps = np.zeros((3, 48))
    maps[1, 7] = maps[2, 5] = bad
    refused(lambda: Draws(maps, "maps"), f"got 2 {word}", "of 144", "draw 1, place 7")
    for dtype in (np.float64, np.float32):
        np.save(tmp_path / "maps.npy", maps.astype(dtype))
        refused(lambda: read(tmp_path / "maps.npy"), "maps.npy", f"got 2 {word}", "draw 1, place 7")
        if word == "UNSEEN":
            healpy().write_map(tmp_path / "maps.fits", list(maps), dtype=dtype, overwrite=True)
            refused(lambda: read(tmp_path / "maps.fits"), "maps.fits", "got 2 UNSEEN", "draw 1, place 7")


def test_python_objects_are_never_unpickled(tmp_path):
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    np.save(tmp_path / "a.npy", trap)
    np.savez(tmp_path / "a.npz", maps=trap)
    np.savez(tmp_path / "b.npz", maps=np.zeros((1, 12)), more=trap)
    (tmp_path / "c.npy").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    for name in ("a.npy", "a.npz", "b.npz"):
        refused(lambda name=name: read(tmp_path / name), name, "never unpickled")
    refused(lambda: read(tmp_path / "c.npy"), "cannot read")
    assert not (tmp_path / "sprung").exists()


def test_a_zarr_codec_that_unpickles_is_not_run(tmp_path):
    folder = tmp_path / "a.zarr"
    folder.mkdir()
    said = {
        "zarr_format": 2, "shape": [1, 4], "chunks": [1, 4], "dtype": "<f8", "order": "C", "fill_value": 0,
        "compressor": None, "filters": [{"id": "pickle", "protocol": 5}],
    }  # fmt: skip
    (folder / ".zarray").write_text(json.dumps(said))
    (folder / "0.0").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    refused(lambda: read(folder), "a.zarr", "pickle")
    assert not (tmp_path / "sprung").exists()


def test_a_header_that_promises_too_much_is_refused_before_memory_is_taken(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000), }"
    header += b" " * (118 - len(header) - 1) + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)
    (tmp_path / "a.npy").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("maps.npy", content)
    tracemalloc.start()
    for name in ("a.npy", "a.npz"):
        refused(lambda name=name: read(tmp_path / name), name, "GiB are free")
    assert tracemalloc.get_traced_memory()[1] < 1e7
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("width", "kind", "metadata", "words"),
    [
        (47, "maps", {"grid": "healpix:nside=2"}, ("47 pixels", "healpix:nside=2 has 48")),
        (48, "maps", {"grid": "gauss-legendre:nlat=4,nlon=7"}, ("48 pixels", "has 28")),
        (48, "maps", {"grid": "healpix:nside=0"}, ("nside",)),
        (48, "maps", {"grid": "healpix:side=2"}, ("unknown key 'side'",)),
        (48, "maps", {"grid": 7}, ("healpix:nside=8", "got 7")),
        (48, "maps", {"ordering": "XY"}, ("RING", "'XY'")),
        (48, "maps", {"grid": "healpix:nside=2", "weights": "0" * 32}, ("weights 000", "healpix:nside=2")),
        (9, "coefficients", {"grid": "healpix:nside=2", "weights": "1"}, ("weights 1 ", "healpix:nside=2")),
        (10, "coefficients", {}, ("(lmax + 1)^2", "got 10")),
        (9, "coefficients", {"lmax": 3}, ("lmax=3 has 16", "got 9", "lmax=2")),
        (9, "coefficients", {"lmax": "2"}, ("lmax must be an integer",)),
        (9, "coefficients", {"convention": "R2"}, ("chart R1", "'R2'")),
        (9, "cells", {}, ("'maps'", "'cells'")),
        (9, None, {"rng": np.random.default_rng()}, ("JSON", "Generator")),
        (9, None, {"x": float("nan")}, ("JSON",)),
        (9, None, {3: 4}, ("metadata",)),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, width, kind, metadata, words):
    refused(lambda: Draws(np.zeros((2, width)), kind, metadata), *words)
    if kind in GOOD and all(isinstance(said, str | int) for said in metadata.values()):
        np.savez(tmp_path / "a.npz", **{kind: np.zeros((2, width))}, **metadata)
        refused(lambda: read(tmp_path / "a.npz"), "a.npz", *words)


def test_a_grid_that_is_given_is_held_against_the_file(tmp_path):
    rings = GaussLegendre(4, 12)
    write(tmp_path / "a.npz", GOOD["maps"])
    assert read(tmp_path / "a.npz", grid=Healpix(2)).kind == "maps"
    refused(lambda: read(tmp_path / "a.npz", grid=rings), "a.npz", "weights", "gauss-legendre")
    refused(lambda: read(tmp_path / "a.npz", grid=Healpix(4)), "48 pixels", "nside=4 has 192")
    refused(lambda: read(tmp_path / "a.npz", grid="healpix:nside=2"), "grid must be a sphspec grid")


def test_weights_of_ones_own_are_held_against_the_grid_that_is_given(tmp_path):
    weights = np.full(48, np.pi / 12)
    own = Healpix(2, weights=weights * (1 + 1e-3 * np.resize([1, -1], 48)))
    write(tmp_path / "own.npz", Draws(np.zeros((1, 48)), "maps", describe(own)))
    assert read(tmp_path / "own.npz", grid=own).metadata["weights"] == weights_digest(own.weights)
    refused(lambda: read(tmp_path / "own.npz", grid=Healpix(2)), "weights", weights_digest(own.weights))


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((2, 3), dtype=complex), np.zeros((2, 3), dtype=object), np.zeros((2, 3), dtype=bool),
        np.zeros((2, 3), dtype="U3"), np.zeros((2, 3), dtype=np.longdouble), np.zeros(3), np.zeros((2, 3, 4)),
        np.zeros((0, 3)), np.zeros((2, 0)), np.ma.masked_equal(np.zeros((2, 3)), 0),
        np.full((1, 3), 2**53 + 1),
    ],
)  # fmt: skip
def test_values_that_are_no_doubles_are_refused(values):
    refused(lambda: Draws(values))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_exists_stays_as_it_is(tmp_path, ending):
    path = tmp_path / f"draws.{ending}"
    write(path, GOOD["maps"])
    refused(lambda: write(path, GOOD["coefficients"]), "exists", "overwrite")
    assert same_bits(read(path).values, GOOD["maps"].values)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_that_cannot_be_written_is_named(tmp_path, ending):
    (tmp_path / "file").write_text("")
    refused(lambda: write(tmp_path / "file" / f"draws.{ending}", GOOD["maps"]), "cannot write")
    if os.path.isdir("/proc/self"):
        refused(lambda: write(f"/proc/self/draws.{ending}", GOOD["maps"]), "cannot write")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_write_that_fails_half_way_leaves_nothing(tmp_path, ending, monkeypatch):
    write(tmp_path / f"kept.{ending}", GOOD["maps"])

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    monkeypatch.setattr("sphspec.files.zarr_group._fill", full)
    for name, overwrite in ((f"new.{ending}", False), (f"kept.{ending}", True)):
        refused(
            lambda name=name, overwrite=overwrite: write(tmp_path / name, GOOD["coefficients"], overwrite),
            "No space left",
        )
    assert [each.name for each in tmp_path.iterdir()] == [f"kept.{ending}"]
    assert same_bits(read(tmp_path / f"kept.{ending}").values, GOOD["maps"].values)


def test_endings_and_paths_that_are_not_known(tmp_path):
    for name in ("draws.pkl", "draws", ".npz", "draws.txt"):
        refused(lambda name=name: write(tmp_path / name, GOOD["maps"]), "unknown ending", ".npz")
    (tmp_path / "draws.pkl").write_bytes(pickle.dumps(3))
    refused(lambda: read(tmp_path / "draws.pkl"), "unknown ending")
    refused(lambda: read(tmp_path / "missing.npz"), "does not exist")
    (tmp_path / "folder").mkdir()
    refused(lambda: read(tmp_path / "folder"), "no files of draws")
    (tmp_path / "folder.zarr").mkdir()
    (tmp_path / "folder.zarr" / "mine.txt").write_text("precious")
    refused(lambda: write(tmp_path / "folder.zarr", GOOD["maps"], overwrite=True), "not a Zarr group")
    assert (tmp_path / "folder.zarr" / "mine.txt").read_text() == "precious"
    (tmp_path / "folder.npz").mkdir()
    refused(lambda: write(tmp_path / "folder.npz", GOOD["maps"], overwrite=True), "folder")
    refused(lambda: write(tmp_path / "a.npz", np.zeros((1, 4))), "Draws(values, kind, metadata)", "ndarray")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Draws(np.zeros((1, 16)), "coefficients"), ("length 9", "16")),
        (Draws(np.zeros((1, 9))), ("kind coefficients", "None")),
        (Draws(np.zeros((1, 9)), "coefficients", {"units": "K"}), ("units None", "K")),
        (Draws(np.zeros((1, 9)), "coefficients", {"operator": "jacobi"}), ("operator None", "jacobi")),
    ],
)
def test_files_of_a_folder_that_are_not_alike_are_named(tmp_path, other, words):
    write(tmp_path / "a.npz", Draws(np.zeros((1, 9)), "coefficients"))
    write(tmp_path / "b.npz", other)
    refused(lambda: read(tmp_path), "a.npz", "b.npz", *words)


def test_a_fits_that_holds_something_else_is_refused(tmp_path, rng):
    from astropy.io import fits

    path = tmp_path / "a.fits"
    fits.PrimaryHDU(np.zeros((3, 4))).writeto(path)
    refused(lambda: read(path), "no table")
    hp = healpy()
    alm = (rng.standard_normal(21) + 0j).astype(complex)
    hp.write_alm(path, alm, mmax=2, overwrite=True)
    refused(lambda: read(path), "every a_lm", "21 rows, got 15", "mmax = lmax")
    partial = np.full(768, hp.UNSEEN)
    partial[700] = 1.0
    hp.write_map(path, partial, partial=True, dtype=np.float64, overwrite=True)
    refused(lambda: read(path), "part of the sphere")
    fits.BinTableHDU.from_columns([fits.Column("a", "5A", array=["x", "y"])]).writeto(path, overwrite=True)
    refused(lambda: read(path), "not real numbers")


def test_an_edited_table_does_not_pass_for_the_exact_coefficients(tmp_path):
    from astropy.io import fits

    path = tmp_path / "a.fits"
    write(path, GOOD["coefficients"])
    with fits.open(path, mode="update") as units:
        units[1].data["real"][2] += 1.0
    refused(lambda: read(path), "different coefficients")


def test_an_archive_of_several_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", one=np.zeros((1, 4)), two=np.zeros((1, 4)))
    refused(lambda: read(tmp_path / "a.npz"), "one array of draws", "one, two")
    np.savez(tmp_path / "b.npz", maps=np.zeros((1, 4)), alm=np.zeros((1, 4)))
    refused(lambda: read(tmp_path / "b.npz"), "one array of draws", "alm, maps")


@pytest.mark.parametrize("name", ["astropy", "xarray", "h5netcdf", "zarr"])
def test_a_package_that_is_missing_is_named(tmp_path, monkeypatch, name):
    for module in ("sphspec.files.fits_read", "sphspec.labelled", "sphspec.files.zarr_group"):
        real = __import__("importlib.util").util.find_spec
        monkeypatch.setattr(f"{module}.find_spec", lambda n, real=real: None if n == name else real(n))
    ending = {"astropy": "fits", "zarr": "zarr"}.get(name, "nc")
    refused(lambda: write(tmp_path / f"a.{ending}", GOOD["maps"]), "pip install 'sphspec[")
    (tmp_path / f"b.{ending}").write_bytes(b"") if ending != "zarr" else (tmp_path / "b.zarr").mkdir()
    if ending == "zarr":
        (tmp_path / "b.zarr" / "zarr.json").write_text("{}")
    refused(lambda: read(tmp_path / f"b.{ending}"), "pip install 'sphspec[")
    assert [each.name for each in tmp_path.iterdir()] == [f"b.{ending}"]
