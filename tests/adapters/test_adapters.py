"""Adapters: the table, parameters, the contract and its planted errors; by night what their packages draw."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
from adapters.moments import moments

from sphspec import Healpix
from sphspec.adapters import ADAPTERS, Adapter, make_adapter
from sphspec.adapters.installed_code import from_installed
from sphspec.adapters.seeding import numpy_seeded
from sphspec.claims import IsotropicField
from sphspec.testing import check_adapter

ROOT = Path(__file__).resolve().parents[2]
NIGHT = 20_000  # draws
SEED = 20260128


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_adapter_is_made_without_its_package(name):
    code = (
        "import sys; from sphspec.adapters import make_adapter\n"
        f"a = make_adapter({name!r}); a.width, a.cl\n"
        "assert a.module not in sys.modules and 'torch' not in sys.modules, 'imported before a draw'\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_adapter_has_a_page_and_a_promise(name):
    adapter = make_adapter(name)
    assert adapter.name == name
    page = (ROOT / "docs" / "adapters" / f"{name}.md").read_text()
    assert f"sphspec audit adapter:{name}" in page
    assert adapter.function.partition("(")[0] in page
    assert "Promise" in type(adapter).__doc__
    extras = (ROOT / "pyproject.toml").read_text()
    assert f"\n{adapter.extra} = [" in extras


def test_an_adapter_cannot_be_changed_and_equals_its_like():
    adapter = make_adapter("torch-harmonics:nlat=9,alpha=1.5")
    with pytest.raises(FrozenInstanceError):
        adapter.nlat = 5
    assert adapter == make_adapter("torch-harmonics:alpha=1.5,nlat=9")
    assert adapter != make_adapter("torch-harmonics")


@pytest.mark.parametrize("name", ["healpy-synalm", "healpy-synfast"])
def test_healpy_keeps_the_contract(name):
    check_adapter(make_adapter(f"{name}:lmax=7"))


@pytest.mark.parametrize("name", ["healpy-synalm:lmax=8", "healpy-synfast:lmax=8,nside=4"])
def test_healpy_draws_what_it_claims(name):
    found = moments(make_adapter(name), SEED, 4000)
    for ratio in (found.level, found.zonal, found.sines, found.poles):
        assert abs(np.log(ratio.value)) < 4 * np.log(ratio.high / ratio.low) / 2  # 8 standard deviations


def test_claim_is_the_documented_spectrum_on_the_grid():
    adapter = make_adapter("healpy-synfast:lmax=5,nside=4,exponent=1.5")
    claim = adapter.claim()
    assert claim.grid is adapter.grid
    np.testing.assert_allclose(claim.cl, (1.0 + np.arange(6)) ** -1.5, rtol=1e-15)


def test_torch_harmonics_claim_is_its_matern_spectrum():
    cl = make_adapter("torch-harmonics:nlat=9,alpha=2.5,tau=4").cl
    degrees = np.arange(1, 5)
    np.testing.assert_allclose(cl[1:] / cl[1], (degrees * (degrees + 1) + 16) ** -2.5 / 18**-2.5, rtol=1e-14)
    assert cl[0] == 0
    assert (
        make_adapter("torch-harmonics:nlat=9,tau=4,sigma=8").cl[1]
        == 4 * make_adapter("torch-harmonics:nlat=9,tau=4").cl[1]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("healpics", "unknown adapter 'healpics'; known: glass, healpy-synalm, "),
        ("healpy-synalm:lmax=-1", "lmax must be an integer >= 0, got -1"),
        ("healpy-synalm:lmax=4.5", "lmax must be an integer >= 0, got 4.5"),
        ("healpy-synalm:exponent=-1", "exponent must be a finite number >= 0, got -1"),
        ("healpy-synalm:exponent=steep", "exponent must be a finite number >= 0, got 'steep'"),
        ("healpy-synalm:exponent=1.e", "expected key=number or key=word, got 'exponent=1.e'"),
        ("healpy-synalm:nside=4", "unknown key 'nside'; known: exponent, lmax"),
        ("healpy-synfast:nside=0", "nside must be an integer from 1"),
        ("healpy-synfast:lmax=12,nside=4", "lmax must be < 3 nside = 12, got 12"),
        ("glass:lmax=24", "lmax must be < 3 nside = 24, got 24"),
        ("torch-harmonics:nlat=2", "nlat must be an integer >= 3, got 2"),
        ("torch-harmonics:alpha=1", "alpha must be a finite number > 1, got 1"),
        ("torch-harmonics:tau=0", "tau must be a finite number > 0, got 0"),
        ("torch-harmonics:sigma=-1", "sigma must be a finite number >= 0, got -1"),
        ("pyshtools:power_unit=density", "unknown power_unit 'density'; known: "),
        ("s2fft:lmax=x", "lmax must be an integer >= 0, got 'x'"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        make_adapter(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name in ADAPTERS if "healpy" not in name])
def test_an_absent_package_is_one_line_that_names_its_extra(name):
    adapter = make_adapter(name)
    if find_spec(adapter.module) is not None:
        pytest.skip(f"{adapter.package} is installed")
    with pytest.raises(
        ValueError, match=rf"needs {adapter.package}: pip install 'sphspec\[{adapter.extra}\]'"
    ):
        adapter.sampler(np.random.default_rng(0), 2)


def test_more_draws_than_memory_holds_are_refused():
    with pytest.raises(ValueError, match=r"draws of healpy-synalm needs [\d.]+ GiB"):
        make_adapter("healpy-synalm").sampler(np.random.default_rng(0), 10**11)


def test_global_state_is_put_back_after_an_error():
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.standard_normal(3)  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    with pytest.raises(ZeroDivisionError), numpy_seeded(np.random.default_rng(0)):
        np.random.standard_normal(5) / (1 // 0)  # noqa: NPY002
    assert np.array_equal(np.random.standard_normal(3), expected)  # noqa: NPY002


def broken_package(folder):
    """Write a package whose __init__ does not import while one of its modules does."""
    package = folder / "half_built"
    package.mkdir()
    (package / "__init__.py").write_text("from . import tools\nimport half_built_extension\n")
    (package / "tools.py").write_text("VALUE = 5\n")
    (package / "field.py").write_text(
        "from half_built.tools import VALUE\nfrom .tools import VALUE as again\n"
    )


def test_a_module_is_run_from_a_package_that_does_not_import(tmp_path, monkeypatch):
    broken_package(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def take():
        from half_built.field import VALUE

        return VALUE

    value, reason = from_installed("half_built", take)
    assert value == 5
    assert reason == "No module named 'half_built_extension'"
    assert not [name for name in sys.modules if name.startswith("half_built")]
    with pytest.raises(ImportError):
        take()


def test_a_package_that_imports_is_left_as_it_is(monkeypatch):
    kept = ModuleType("whole_one")
    kept.value = 3
    monkeypatch.setitem(sys.modules, "whole_one", kept)
    assert from_installed("whole_one", lambda: sys.modules["whole_one"].value) == (3, "")
    assert sys.modules["whole_one"] is kept


@dataclass(frozen=True)
class White(Adapter):
    """White coefficients of degree 0 and 1 from rng; every planted error is a class below."""

    name, package, module, extra, function = "white", "numpy", "numpy", "none", "standard_normal"
    grid = None

    @property
    def cl(self):
        return np.ones(2)

    def _draw(self, rng, size):
        return rng.standard_normal((size, 4))


class Constant(White):
    """Repeats one draw."""

    def _draw(self, rng, size):
        return np.tile(rng.standard_normal(4), (size, 1))


class Stuck(White):
    """Has a seed of its own."""

    def _draw(self, rng, size):  # noqa: ARG002
        return np.random.default_rng(0).standard_normal((size, 4))


class Copying(White):
    """Leaves rng where it was."""

    def _draw(self, rng, size):
        fresh = np.random.default_rng()
        fresh.bit_generator.state = rng.bit_generator.state
        return fresh.standard_normal((size, 4))


class Ignorant(White):
    """Draws from the system's entropy."""

    def _draw(self, rng, size):  # noqa: ARG002
        return np.random.default_rng().standard_normal((size, 4))


class Global(White):
    """Adds what numpy.random's global state gives, and puts that back."""

    def _draw(self, rng, size):
        kept = np.random.get_state()  # noqa: NPY002
        noise = np.random.standard_normal((size, 4))  # noqa: NPY002
        np.random.set_state(kept)  # noqa: NPY002
        return rng.standard_normal((size, 4)) + noise


class Untidy(White):
    """Seeds the global state and leaves it so."""

    def _draw(self, rng, size):
        np.random.seed(int(rng.integers(0, 2**31)))  # noqa: NPY002
        return np.random.standard_normal((size, 4))  # noqa: NPY002


class Deaf(White):
    """Remembers how often it was called and draws by that."""

    calls: ClassVar = [0]

    def _draw(self, rng, size):  # noqa: ARG002
        self.calls[0] += 1
        return np.random.default_rng(self.calls[0] % 3).standard_normal((size, 4))


class Single(White):
    """Gives float32."""

    def sampler(self, rng, size):
        return super().sampler(rng, size).astype(np.float32)


class Wide(White):
    """Gives five values where four are claimed."""

    def sampler(self, rng, size):
        return np.zeros((size, 5)) if isinstance(rng, np.random.Generator) else None


class Infinite(White):
    """Gives infinities."""

    def _draw(self, rng, size):  # noqa: ARG002
        return np.full((size, 4), np.inf)


class Negative(White):
    """Claims a negative variance."""

    @property
    def cl(self):
        return np.array([1.0, -1.0])


class Elsewhere(White):
    """Claims maps and gives coefficients."""

    def claim(self):
        return IsotropicField(Healpix(1), self.cl)


class Turned(White):
    """Claims a grid turned upside down."""

    grid = Healpix(1)

    @property
    def cl(self):
        return np.ones(2)

    def claim(self):
        other = Healpix(1)
        other.__dict__["theta"] = Healpix(1).theta[::-1]
        return IsotropicField(other, self.cl)


class Nameless(White):
    """Has no name."""

    name = ""


class Careless(White):
    """Takes every size."""

    def sampler(self, rng, size):
        return super().sampler(rng, abs(int(size)))


class Seeded(White):
    """Takes a seed for rng."""

    def sampler(self, rng, size):
        return super().sampler(np.random.default_rng(rng) if isinstance(rng, int) else rng, size)


class Counting(White):
    """Counts the calls with one rng and draws by that."""

    seen: ClassVar = []

    def _draw(self, rng, size):
        self.seen.append(rng)
        calls = sum(each is rng for each in self.seen)
        return np.random.default_rng(calls).standard_normal((size, 4))


class Versionless(White):
    """Has no version."""

    def version(self):
        return ""


class Listing(White):
    """Gives a list."""

    def sampler(self, rng, size):
        return super().sampler(rng, size).tolist()


class Flat(White):
    """Gives another shape for no draws."""

    def sampler(self, rng, size):
        draws = super().sampler(rng, size)
        return draws if size else np.zeros(0)


class Rotated(Turned):
    """Claims a grid turned about its axis."""

    def claim(self):
        other = Healpix(1)
        other.__dict__["phi"] = Healpix(1).phi + 0.1
        return IsotropicField(other, self.cl)


ERRORS = {
    Counting: "another seed gave the same draws: rng is not used",
    Versionless: "(description|version\\(\\)) must be a text, got ''",
    Listing: "draws must be a NumPy array, got list",
    Flat: r"no draws must have shape \(0, 4\), got \(0,\)",
    Rotated: "phi of the claim's grid and the adapter's: off by 0.1",
    Constant: "5 draws in one call must differ, 1 do",
    Stuck: "a second call with the same rng gave the same draws again",
    Copying: "a second call with the same rng gave the same draws again",
    Ignorant: "equal states of rng gave other draws",
    Deaf: "equal states of rng gave other draws|same draws again",
    Global: "draws depend on global random state",
    Untidy: "global random state is not put back",
    Single: "draws must be float64, got float32",
    Wide: r"draws must have shape \(5, 4\), got \(5, 5\)",
    Infinite: "draws must be finite",
    Negative: "cl must be one axis of finite numbers >= 0",
    Elsewhere: "the claim's grid has 12 points, the adapter's None",
    Turned: "theta of the claim's grid and the adapter's: off by",
    Nameless: "name must be a text, got ''",
    Careless: "a size of -1: taken without complaint",
    Seeded: "a number as rng: taken without complaint",
}


def test_a_right_adapter_keeps_the_contract():
    check_adapter(White())
    with pytest.raises(AssertionError, match="must be a sphspec Adapter, got int"):
        check_adapter(5)


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_a_planted_error_in_an_adapter_is_named(kind):
    with pytest.raises(AssertionError, match=ERRORS[kind]) as caught:
        check_adapter(kind())
    assert "\n" not in str(caught.value)


class Halved(White):
    """The usual trap: half the power at m = 0."""

    def _draw(self, rng, size):
        return rng.standard_normal((size, 4)) * np.sqrt([0.5, 1, 0.5, 1])


def test_moments_see_half_the_power_at_m_0():
    right, wrong = moments(White(), 1, 4000), moments(Halved(), 1, 4000)
    assert right.zonal.low < 1 < right.zonal.high
    assert wrong.zonal.low < 0.5 < wrong.zonal.high < 0.6
    assert wrong.poles.low < 4 / 7 < wrong.poles.high  # (1/2 + 3/2) over (1/2 + 3)
    assert right.poles.high > 1 > right.poles.low


TRAPPED = {"torch-harmonics": 0.5, "s2fft": 0.5}  # power at m = 0 over the other orders


def installed(name):
    """Return an adapter; the test is skipped where its package is absent."""
    adapter = make_adapter(name)
    if find_spec(adapter.module) is None:
        pytest.skip(f"{adapter.package} is not installed: pip install 'sphspec[{adapter.extra}]'")
    return adapter


@pytest.mark.nightly
@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.filterwarnings("ignore")  # what the packages say on import
def test_adapter_keeps_the_contract(name):
    check_adapter(installed(name))


@pytest.mark.nightly
@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.filterwarnings("ignore")
def test_package_draws_what_its_page_says(name):
    """Every ratio is within 8 standard deviations of the law on the page: a false alarm is below 1e-14."""
    found = moments(installed(name), SEED, NIGHT)
    expected = TRAPPED.get(name, 1.0)
    for ratio, law in ((found.level, 1.0), (found.zonal, expected), (found.sines, 1.0)):
        assert abs(np.log(ratio.value / law)) < 4 * np.log(ratio.high / ratio.low) / 2, str(found)
    assert (found.poles.high < 0.6) if expected < 1 else (found.poles.low > 0.9), str(found)


@pytest.mark.nightly
@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.filterwarnings("ignore")
def test_audit_says_what_the_page_says(name):
    import sphspec

    adapter = installed(name)
    finding = sphspec.audit(adapter.sampler, adapter.claim())
    assert finding.defect == ("m0-power" if name in TRAPPED else None)
