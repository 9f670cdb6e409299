"""Plug-ins: names that other packages register, as installed packages are found; broken ones are one line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sphspec import Healpix, Study, plugins
from sphspec.adapters import ADAPTERS, make_adapter
from sphspec.specs import GRIDS, OPERATORS, make_grid, make_operator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests" / "data" / "plugin_example"


def install(folder, package, points, **modules):
    """Write what pip would write: the modules, and a dist-info with the entry points by group."""
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"[sphspec.{group}]\n{name} = {value}\n" for group, name, value in points]
    (info / "entry_points.txt").write_text("\n".join(lines))
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a folder on the path; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def install_example(folder):
    listed = re.findall(r'^(\w+) = "(my_grid:\w+)"', (EXAMPLE / "pyproject.toml").read_text(), re.MULTILINE)
    (name, value), = listed  # fmt: skip
    install(folder, "my-grid", [("grids", name, value)], my_grid=(EXAMPLE / "my_grid.py").read_text())


def test_a_study_takes_somebodys_grid(site, tmp_path):
    install_example(site)
    path = tmp_path / "study.toml"
    path.write_text('[[settings]]\ngrid = "belts:nlat=16,nlon=32"\nlmax = 12\n')
    (case,) = Study.load(path).cases()
    assert case.label == "belts:nlat=16,nlon=32 lmax=12 quadrature"
    assert case.operator.grid.npix == 512
    again = make_grid(case.operator.grid.name)
    assert np.array_equal(again.weights, case.operator.grid.weights)


def test_the_how_to_shows_the_example_and_its_test_passes(site):
    install_example(site)
    text = (ROOT / "docs" / "howto" / "my_grid.md").read_text()
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)
    assert ("python", (EXAMPLE / "my_grid.py").read_text()) in blocks
    assert ("toml", (EXAMPLE / "pyproject.toml").read_text()) in blocks
    assert len((EXAMPLE / "my_grid.py").read_text().split("\n\n\n")[1].splitlines()) <= 10
    namespace = {}
    exec(blocks[-1][1], namespace)
    namespace["test_belts"]()


def test_a_plug_in_is_imported_when_it_is_named_and_no_earlier(site):
    install_example(site)
    make_grid("healpix:nside=2")
    assert "belts" in plugins.registered("grid")
    with pytest.raises(ValueError, match="unknown grid 'belt'; known: belts, equiangular, "):
        make_grid("belt")
    assert "my_grid" not in sys.modules
    make_grid("belts:nlat=2,nlon=3")
    assert "my_grid" in sys.modules


BUILT_IN = {"grids": GRIDS, "operators": OPERATORS, "adapters": ADAPTERS}


def test_a_plug_in_cannot_shadow_a_built_in_name(site):
    install(
        site, "thief",
        [(group, name, "thief:take") for group, names in BUILT_IN.items() for name in names],
        thief="raise RuntimeError('imported')",
    )  # fmt: skip
    assert isinstance(make_grid("healpix:nside=2"), Healpix)
    assert type(make_operator("quadrature", Healpix(2), 3)).__module__ == "sphspec.analysis"
    assert make_adapter("s2fft:lmax=3").width == 16
    assert "thief" not in sys.modules


def test_operators_and_adapters_are_plug_ins_too(site):
    install(
        site, "more",
        [("operators", "halved", "more:Halved"), ("adapters", "coin", "more:Coin")],
        more=MORE,
    )  # fmt: skip
    operator = make_operator("halved:times=2", Healpix(2), 3)
    assert operator.lmax == 3
    np.testing.assert_allclose(operator(np.ones(48))[0], np.sqrt(4 * np.pi) / 4)
    adapter = make_adapter("coin:level=0.25")
    assert adapter.cl[0] == 0.25
    assert adapter.sampler(np.random.default_rng(0), 3).shape == (3, 4)


MORE = """
from dataclasses import dataclass
import numpy as np
from sphspec import Quadrature
from sphspec.adapters import Adapter

class Halved(Quadrature):
    def __init__(self, grid, lmax, times: int = 1):
        super().__init__(grid, lmax)
        self.times, self.name = times, f"halved:times={times}"
    def _analyse(self, x):
        return super()._analyse(x) / 2**self.times

@dataclass(frozen=True)
class Coin(Adapter):
    name, package, module, extra, function = "coin", "more", "more", "coin", "more.coin"
    level: float = 1.0
    grid = None
    @property
    def cl(self):
        return np.full(2, self.level)
    def _draw(self, rng, size):
        return rng.standard_normal((size, 4)) * self.level**0.5
"""
BROKEN = {
    "import": (
        "broken:Grid",
        "import nothing_of_that_name",
        "cannot be loaded: ModuleNotFoundError: No module",
    ),
    "raises": (
        "broken:Grid",
        "raise RuntimeError('two\\nlines')",
        "cannot be loaded: RuntimeError: two lines$",
    ),
    "attribute": ("broken:Absent", "Grid = 1", "cannot be loaded: AttributeError: "),
    "nothing": ("broken:Grid", "Grid = 1", "must be a class or a function, got int"),
    "another": ("broken:Grid", "def Grid(): return 5", r"made a int, not a sphspec.RingGrid$"),
    "inner": ("broken:Grid", "def Grid(): return 1 + 'x'", "failed: TypeError: unsupported operand"),
    "fails": ("broken:Grid", "def Grid(): return {}['x']", "failed: KeyError: 'x'$"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plug_in_is_one_line_that_names_its_package(site, case):
    value, text, message = BROKEN[case]
    install(site, "broken-one", [("grids", "odd", value)], broken=text)
    with pytest.raises(ValueError, match=message) as caught:
        make_grid("odd")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"grid 'odd' of package broken-one 1.0 ({value}) ")
    assert make_grid("healpix:nside=1").npix == 12  # the others work


def test_two_packages_with_one_name_are_refused(site):
    for name in ("first", "second"):
        install(site, name, [("grids", "odd", f"{name}:Grid")])
    with pytest.raises(
        ValueError, match=r"grid 'odd' is registered by several packages: first 1.0, second 1.0"
    ):
        make_grid("odd")


def test_arguments_of_a_plug_in_are_checked_like_ours(site):
    install_example(site)
    with pytest.raises(ValueError, match="unknown key 'lon'; known: nlat, nlon"):
        make_grid("belts:nlat=3,lon=4")
    with pytest.raises(ValueError, match="missing 1 required positional argument: 'nlon'"):
        make_grid("belts:nlat=3")
    with pytest.raises(ValueError, match=r"of package my-grid 1.0 .* failed: ZeroDivisionError"):
        make_grid("belts:nlat=0,nlon=4")


def test_the_command_line_takes_somebodys_grid(site, tmp_path):
    install_example(site)
    pytest.importorskip("zarr")
    (tmp_path / "study.toml").write_text('[[settings]]\ngrid = "belts:nlat=8,nlon=15"\nlmax = 5\n')
    finished = subprocess.run(
        [sys.executable, "-m", "sphspec", "cov", "study.toml", "-o", "cov.zarr"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}"},
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "cov.zarr").is_dir()


def test_deriving_a_grid_that_is_not_ours_is_refused_in_one_line(site, tmp_path):
    install_example(site)
    finished = subprocess.run(
        [sys.executable, "-m", "sphspec", "derive", "--grid", "belts:nlat=3,nlon=5", "--lmax", "2"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}"},
    )  # fmt: skip
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
    assert "exact entries need a symbolic grid, 'belts' is a plug-in's; known: " in finished.stderr
