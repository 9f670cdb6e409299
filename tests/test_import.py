"""`import sphspec` and its core need NumPy, SciPy and ducc0 alone."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    names = {"sympy", "mpmath", "healpy", "matplotlib", "typst", "typer", "rich", "pydantic", "derivations"}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ImportError(name)

sys.meta_path.insert(0, Absent())
import numpy as np
import sphspec
"""
CORE = """
grid = sphspec.Healpix(nside=2)
cov = sphspec.noise_covariance(sphspec.Jacobi(grid, lmax=5))
sde = sphspec.SpectralSDE(sphspec.VP(), cov)
assert sde.sample(lambda a, t: -a, np.random.default_rng(0), 2, 3).shape == (2, 36)
assert sphspec.noise_covariance(sphspec.Quadrature(sphspec.GaussLegendre(3, 5), 2)).dense().shape == (9, 9)
"""


def python(code):
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_core_works_without_extras():
    finished = python(BLOCK + CORE)
    assert finished.returncode == 0, finished.stderr


def test_verification_without_its_extra_is_refused():
    finished = python(BLOCK + "sphspec.verify()")
    assert finished.returncode == 1
    assert "ImportError: pydantic" in finished.stderr


def test_import_does_no_work():
    code = "import sys, sphspec; assert not {'numpy', 'scipy', 'ducc0'} & set(sys.modules), 'heavy import'"
    assert python(code).returncode == 0


def test_every_public_name_resolves():
    code = "import sphspec\nfor name in sphspec.__all__: assert getattr(sphspec, name) is not None, name"
    finished = python(code)
    assert finished.returncode == 0, finished.stderr


def test_unknown_name_is_an_attribute_error():
    code = "import sphspec\ntry: sphspec.nothing\nexcept AttributeError as e: print(e)"
    assert "no attribute 'nothing'" in python(code).stdout
