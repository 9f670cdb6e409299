"""Standalone modules: exact in their text, correctly rounded, executed with NumPy alone."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flint import arb, ctx
from sympy import Rational, pi, sqrt

import sphspec
from derivations.__main__ import main
from derivations.exact.components import components
from derivations.grids.enclosed import Fibonacci, Rings
from derivations.grids.spec import CLASSICAL, parse_grid
from derivations.standalone import standalone_module
from derivations.standalone.elimination import ldl
from derivations.standalone.enclosed_law import enclosed_law
from derivations.standalone.exact_law import exact_law
from derivations.standalone.law import UndecidedError, nearest
from sphspec.grids import reduced_gaussian
from sphspec.specs import GRIDS, make_grid

ROOT = Path(__file__).resolve().parents[2]
CASES = [
    ("healpix:nside=2", 4, "vp"),
    ("gauss-legendre:nlat=6,nlon=9", 4, "ve"),
    ("equiangular:nlat=8,nlon=12,rule=fejer1", 4, "sub-vp"),
    ("equiangular:nlat=9,nlon=12,rule=clenshaw-curtis", 4, "vp"),
    ("equiangular:nlat=9,nlon=12,rule=clenshaw-curtis,poles=single", 4, "vp"),
    ("equiangular:nlat=7,nlon=12,rule=fejer2", 4, "vp"),
    ("equiangular:nlat=10,nlon=12,rule=driscoll-healy", 4, "vp"),
    ("equiangular:nlat=6,nlon=12,rule=mcewen-wiaux", 4, "vp"),
    ("reduced-gaussian:octahedral=4", 4, "vp"),
    ("fibonacci:npix=60", 4, "cosine-vp"),
    ("icosahedron", 2, "ornstein-uhlenbeck"),
]
ALONE = """
import importlib.abc, runpy, sys
class OnlyNumPy(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {"numpy", *sys.stdlib_module_names}:
            raise ModuleNotFoundError(f"{name} is not NumPy")
sys.meta_path.insert(0, OnlyNumPy())
import doctest, importlib.util
spec = importlib.util.spec_from_file_location("noise", sys.argv[1])
noise = importlib.util.module_from_spec(spec)
sys.modules["noise"] = noise
spec.loader.exec_module(noise)
failed, tried = doctest.testmod(noise)
assert tried and not failed
import numpy as np
alpha = noise.sample_noise(np.random.default_rng(1), 3)
start = np.ones(noise.N)
score = lambda state, t: -state
assert alpha.shape == (3, noise.N)
np.savez(
    sys.argv[2], sigma=noise.SIGMA, cholesky=noise.CHOLESKY, alpha=alpha, drift=noise.drift(alpha, 0.3),
    diffusion=noise.diffusion(0.3), reverse=noise.reverse_drift(alpha, 0.3, score),
    flow=noise.probability_flow(alpha, 0.3, score), target=noise.score_target(alpha, start, 0.3),
    mean=noise.marginal(start, 0.3)[0], deviation=noise.marginal(start, 0.3)[1],
)
"""
PROCESSES = {
    "vp": sphspec.VP(),
    "sub-vp": sphspec.SubVP(),
    "ve": sphspec.VE(),
    "cosine-vp": sphspec.CosineVP(),
    "ornstein-uhlenbeck": sphspec.OrnsteinUhlenbeck(),
}


@pytest.mark.parametrize(("text", "lmax", "process"), CASES)
def test_module_runs_with_numpy_alone_and_is_the_runtimes_law(tmp_path, text, lmax, process):
    module, output = tmp_path / "noise.py", tmp_path / "values.npz"
    module.write_text(standalone_module(parse_grid(text), lmax, process, name=text))
    command = [sys.executable, "-W", "error", "-c", ALONE, str(module), str(output)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = np.load(output)
    cov = sphspec.noise_covariance(sphspec.Quadrature(make_grid(text), lmax))
    sde = sphspec.SpectralSDE(PROCESSES[process], cov)
    scale = np.sqrt(np.diagonal(found["sigma"]))
    assert np.abs((cov.dense() - found["sigma"]) / np.outer(scale, scale)).max() <= 1e-14
    lower = found["cholesky"]
    assert np.array_equal(lower, np.tril(lower))
    assert np.diagonal(lower).min() > 0
    assert np.abs(lower @ lower.T - found["sigma"]).max() <= 1e-15 * scale.max() ** 2
    alpha, start = found["alpha"], np.ones(cov.n)

    def score(state, time):
        assert time == 0.3
        return -state

    for name, value in (
        ("drift", sde.drift(alpha, 0.3)),
        ("diffusion", sde.diffusion(0.3)),
        ("reverse", sde.reverse_drift(alpha, 0.3, score)),
        ("flow", sde.probability_flow(alpha, 0.3, score)),
        ("target", sde.score_target(alpha, start, 0.3)),
        ("mean", sde.marginal(start, 0.3)[0]),
        ("deviation", sde.marginal(start, 0.3)[1]),
    ):
        np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-13, err_msg=name)


def test_ring_weights_of_healpy_are_exact_too(tmp_path):
    """Through the command line, which hands them over; Sigma of the runtime is that of healpy's weights."""
    module = tmp_path / "noise.py"
    text = "healpix:nside=2,weights=ring"
    command = [sys.executable, "-m", "sphspec", "derive", "--grid", text, "--lmax", "4", "-o", str(module)]
    subprocess.run(command, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    names: dict = {}
    exec(module.read_text(), names)
    sigma = sphspec.noise_covariance(sphspec.Quadrature(make_grid(text), 4)).dense()
    scale = np.sqrt(np.diagonal(sigma))
    assert np.abs((sigma - names["SIGMA"]) / np.outer(scale, scale)).max() <= 1e-14
    plain = sphspec.noise_covariance(sphspec.Quadrature(sphspec.Healpix(2), 4)).dense()
    assert np.abs(plain - sigma).max() > 1e-3 * sigma.max()
    with pytest.raises(ValueError, match="give the rings' weights too"):
        parse_grid(text)


def test_reduced_lists_are_the_runtimes():
    assert CLASSICAL == reduced_gaussian.CLASSICAL
    for half in (1, 7):
        exact, grid = (
            parse_grid(f"reduced-gaussian:octahedral={half}"),
            sphspec.ReducedGaussian.octahedral(half),
        )
        assert (*exact.counts, *reversed(exact.counts)) == tuple(grid.nphi)


def test_every_grid_of_a_study_can_be_derived():
    assert {text.partition(":")[0] for text, _, _ in CASES} == GRIDS.keys()


@pytest.mark.parametrize("text", [text for text, _, _ in CASES[:8]])
def test_exact_entries_are_correctly_rounded(text):
    law = exact_law(parse_grid(text), 4)
    for entry in law.entries[::3]:
        numerator, denominator, radicand = (int(part) for part in entry.exact.split(","))
        exact = pi * Rational(numerator, denominator) * sqrt(radicand)
        assert entry.value == float(Fraction(str(exact.n(60))))


def test_enclosures_agree_with_exact_arithmetic():
    """Gauss-Legendre once by traces, once by enclosures of its roots; all entries to the last bit."""
    exact = exact_law(parse_grid("gauss-legendre:nlat=6,nlon=20"), 4)
    enclosed = enclosed_law(parse_grid("reduced-gaussian:octahedral=3"), 4)  # 20, 24, 28 points
    assert enclosed.entries != exact.entries
    from derivations.grids.enclosed import ReducedGaussian

    same = enclosed_law(ReducedGaussian((20, 20, 20)), 4)
    assert [(e.row, e.column, e.value) for e in same.entries] == [
        (e.row, e.column, e.value) for e in exact.entries
    ]
    assert same.factor == exact.factor


def test_users_rings_are_taken_as_exact():
    grid = sphspec.GaussLegendre(4, 8)
    rings = Rings(
        tuple(grid.ring_theta.tolist()),
        (8,) * 4,
        (0.1, 0.2, 0.3, 0.4),
        tuple(grid.weights[::8].tolist()),
    )
    law = enclosed_law(rings, 3)
    twin = sphspec.RingGrid(grid.ring_theta, grid.nphi, [0.1, 0.2, 0.3, 0.4], grid.weights[::8])
    sigma = sphspec.noise_covariance(sphspec.Quadrature(twin, 3)).dense()
    found = np.zeros_like(sigma)
    for entry in law.entries:
        found[entry.row, entry.column] = found[entry.column, entry.row] = entry.value
    assert np.abs(found - sigma).max() <= 1e-14 * sigma.max()


def test_azimuths_of_users_rings_enter_where_orders_couple():
    theta, points, azimuth, weights = (0.7, 1.4, 2.3), (3, 4, 5), (0.0, -1.0, 0.4), (1.0, 0.8, 0.6)
    law = enclosed_law(Rings(theta, points, azimuth, weights), 2)
    with pytest.warns(UserWarning, match="not to 4 pi"):
        twin = sphspec.RingGrid(theta, points, azimuth, weights)
    sigma = sphspec.noise_covariance(sphspec.Quadrature(twin, 2)).dense()
    found = np.zeros_like(sigma)
    for entry in law.entries:
        found[entry.row, entry.column] = found[entry.column, entry.row] = entry.value
    assert np.abs(found - sigma).max() <= 1e-14 * sigma.max()


def test_singular_sigma_has_its_exact_rank_and_no_score(tmp_path):
    law = exact_law(parse_grid("healpix:nside=1"), 3)
    assert law.rank == 12
    module = tmp_path / "noise.py"
    module.write_text(standalone_module(parse_grid("healpix:nside=1"), 3))
    probe = "import noise, numpy as np; noise.score_target(np.ones(16), np.ones(16), 0.5)"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Sigma is singular, rank 12 of 16" in done.stderr
    with pytest.raises(ValueError, match=r"singular, or cannot be told from it .* lower lmax"):
        standalone_module(parse_grid("fibonacci:npix=12"), 4)


@pytest.mark.parametrize(
    ("text", "lmax", "process"),
    [CASES[0], *(pytest.param(*case, marks=pytest.mark.nightly) for case in (CASES[1], CASES[9]))],
)
def test_modules_are_formatted_typed_and_the_same_on_every_run(tmp_path, text, lmax, process):
    texts = []
    for seed in ("1", "2"):
        target = tmp_path / f"noise{seed}.py"
        command = ["-m", "derivations", "--grid", text, "--lmax", str(lmax), "--process", process]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, *command, "-o", target], check=True, cwd=tmp_path, env=environment)
        texts.append(target.read_bytes())
    assert texts[0] == texts[1]
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--isolated", "--check", target], check=True)
    subprocess.run([*ruff, "check", "--isolated", target], check=True)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(target)]
    subprocess.run(mypy, check=True, cwd=tmp_path)


def test_rounding_refuses_a_ball_that_is_too_wide():
    before = ctx.prec
    try:
        ctx.prec = 200
        assert nearest(arb(1) / 3) == 1 / 3
        ctx.prec = 53
        with pytest.raises(UndecidedError):
            nearest(arb(2).sqrt() * arb.pi() - arb(2).sqrt() * 3)
    finally:
        ctx.prec = before


def test_elimination_keeps_zero_pivots_and_refuses_negative_ones():
    lower, pivots = ldl([[Fraction(1), Fraction(1)], [Fraction(1), Fraction(1)]])
    assert pivots == [1, 0]
    assert lower[1][0] == 1
    with pytest.raises(ArithmeticError, match="pivot 1 of 2 is not positive"):
        ldl([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(1)]])
    assert components([(0, 2), (3, 1)], 4) == [(0, 2), (1, 3)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--grid", "cube:n=3", "--lmax", "2"], "unknown grid 'cube'; known: equiangular, fibonacci"),
        (["--grid", "healpix:nside=0", "--lmax", "2"], "nside must be an integer >= 1, got 0"),
        (["--grid", "healpix:size=4", "--lmax", "2"], "unknown key 'size'; known: nside"),
        (["--grid", "healpix:nside", "--lmax", "2"], "expected key=integer or key=word, got 'nside'"),
        (["--grid", "healpix:nside=four", "--lmax", "2"], "nside must be an integer >= 1, got 'four'"),
        (["--grid", "healpix:nside=2,", "--lmax", "2"], "expected key=integer or key=word, got ''"),
        (["--grid", "healpix:nside=02", "--lmax", "2"], "got 'nside=02'"),
        (["--grid", "healpix:nside=1,self=2", "--lmax", "2"], "unknown key 'self'"),
        (["--grid", "healpix:nside=1,nside=2", "--lmax", "2"], "nside is given twice"),
        (
            ["--grid", "healpix:nside=99999999999999999999", "--lmax", "2"],
            "integer from 1 to 1000000",
        ),
        (["--grid", "healpix:nside=2", "--lmax", "0", "-o", "/dev/null"], "is not a regular file"),
        (["--grid", "healpix:nside=2", "--lmax", "-1"], "lmax must be from 0 to 48"),
        (["--grid", "healpix:nside=2", "--lmax", "400"], "Beyond, use sphspec.noise_covariance"),
        (["--grid", "gauss-legendre:nlat=4,nlon=3", "--lmax", "3"], "take nlon even or >= 7"),
        (["--grid", "reduced-gaussian:classical=33", "--lmax", "3"], "known n: 32"),
        (["--grid", "reduced-gaussian", "--lmax", "3"], "needs one of octahedral=n and classical=n"),
        (
            ["--grid", "healpix:nside=2,weights=ring", "--ring-weights", "0x1p0", "--lmax", "2"],
            "ring_weights must have 4 entries",
        ),
        (["--grid", "healpix:nside=2", "--lmax", "2", "-o", "/nowhere/noise.py"], "No such file"),
    ],
)
def test_bad_requests_are_one_line_and_exit_code_2(capsys, arguments, message):
    assert main(arguments) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


def test_a_lattice_of_one_point_is_a_lattice():
    assert Fibonacci(1).npix == 1
    with pytest.raises(ValueError, match="npix must be an integer >= 1, got 0"):
        Fibonacci(0)
