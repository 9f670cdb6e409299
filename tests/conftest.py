"""Shared fixtures and the Hypothesis profile: derandomised, no database, no deadline."""

import json
import os
import shutil
from pathlib import Path

# small matrices: one thread each is fastest, and two test processes do not wait for each other
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "sphspec",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("sphspec")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def rng():
    """Random numbers for probes whose verdict does not depend on them."""
    return np.random.default_rng(20260128)


@pytest.fixture(scope="session")
def golden():
    """Values computed by independent code."""
    return json.loads((ROOT / "tests" / "data" / "golden.json").read_text())


@pytest.fixture
def project_copy(tmp_path):
    """Return the folder of a copy of the two packages, to plant errors in."""
    for package in ("derivations", "sphspec"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path
