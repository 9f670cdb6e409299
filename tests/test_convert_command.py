"""`sphspec convert`: arrays between conventions, and what is refused."""

import healpy
import numpy as np
import pytest

from sphspec.cli import main
from sphspec.conventions import from_complex, named


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["sphspec", "convert", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code


def test_healpy_coefficients_become_r1_and_come_back(monkeypatch, rng):
    alm = rng.standard_normal(45) + 1j * rng.standard_normal(45)
    alm[:9] = alm[:9].real
    np.save("alm.npy", alm)
    assert run(monkeypatch, "alm.npy", "-o", "alpha.npy", "--from", "healpy", "--to", "r1") == 0
    np.testing.assert_allclose(np.load("alpha.npy"), from_complex(alm, 8), rtol=4e-16)
    assert run(monkeypatch, "alpha.npy", "-o", "back.npy", "--from", "r1", "--to", "healpy") == 0
    np.testing.assert_allclose(np.load("back.npy"), alm, rtol=1e-15)


def test_nested_maps_become_rings(monkeypatch, rng):
    nest = rng.standard_normal((2, 192))
    np.save("nest.npy", nest)
    assert run(monkeypatch, "nest.npy", "-o", "ring.npy", "--from", "nest", "--to", "ring") == 0
    np.testing.assert_array_equal(np.load("ring.npy"), [healpy.reorder(row, n2r=True) for row in nest])


def test_powers_per_degree_are_sums_over_orders(monkeypatch):
    np.save("cl.npy", np.array([3.0, 2.0, 1.0]))
    assert run(monkeypatch, "cl.npy", "-o", "per.npy", "--from", "c_l", "--to", "per_l") == 0
    np.testing.assert_allclose(np.load("per.npy"), np.array([3.0, 6.0, 5.0]) / (4 * np.pi))


def test_a_covariance_is_carried_along(monkeypatch, rng):
    root = rng.standard_normal((9, 9))
    np.save("sigma.npy", root @ root.T)
    arguments = ["sigma.npy", "-o", "r2.npy", "--from", "r1", "--to", "r2", "--covariance"]
    assert run(monkeypatch, *arguments) == 0
    change = named("r2").jacobian(2).toarray()
    np.testing.assert_allclose(np.load("r2.npy"), change @ (root @ root.T) @ change.T, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("array", "options", "said"),
    [
        (np.ones(9), ["--from", "r1", "--to", "klingon"], "klingon"),
        (np.ones(9), ["--from", "r1", "--to", "nest"], "different kinds"),
        (np.ones(8), ["--from", "r1", "--to", "healpy"], "8"),
        (np.full(9, np.nan), ["--from", "r1", "--to", "healpy"], "9 NaN"),
        (np.array([{}], dtype=object), ["--from", "r1", "--to", "healpy"], "no .npy array"),
        (np.ones(9, dtype=int), ["--from", "r1", "--to", "healpy"], "floating-point"),
        (np.ones(3) * 1j, ["--from", "healpy", "--to", "r1"], "--lossy"),
        (np.ones(9), ["--from", "healpy", "--to", "r1", "--covariance"], "from r1"),
        (np.ones(11), ["--from", "nest", "--to", "ring"], "12 nside^2"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(monkeypatch, capsys, folder, array, options, said):
    np.save("in.npy", array, allow_pickle=True)
    assert run(monkeypatch, "in.npy", "-o", "out.npy", *options) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not (folder / "out.npy").exists()


def test_what_is_lost_is_lost_on_request_alone(monkeypatch):
    np.save("alm.npy", np.array([1.0 + 1.0j, 2.0, 3.0]))
    arguments = ["alm.npy", "-o", "alpha.npy", "--from", "healpy", "--to", "r1"]
    assert run(monkeypatch, *arguments) == 2
    assert run(monkeypatch, *arguments, "--lossy") == 0
    assert np.load("alpha.npy")[0] == 1.0


def test_files_are_not_overwritten_unasked_and_a_cut_one_is_said(monkeypatch, capsys, folder):
    np.save("in.npy", np.ones(4))
    options = ["--from", "r1", "--to", "r2"]
    assert run(monkeypatch, "in.npy", "-o", "in.npy", *options) == 2
    assert run(monkeypatch, "in.npy", "-o", "in.txt", *options) == 2
    assert run(monkeypatch, "absent.npy", "-o", "out.npy", *options) == 2
    (folder / "cut.npy").write_bytes((folder / "in.npy").read_bytes()[:-5])
    capsys.readouterr()
    assert run(monkeypatch, "cut.npy", "-o", "out.npy", *options) == 2
    assert "cut.npy" in capsys.readouterr().err
    assert run(monkeypatch, "in.npy", "-o", "in.npy", *options, "--overwrite") == 0
