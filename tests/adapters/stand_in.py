"""A stand-in for sphspec.claims where that module is absent: a grid and a spectrum, nothing else."""

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest


@dataclass(frozen=True)
class IsotropicField:
    """The grid and the spectrum that are claimed."""

    grid: Any
    cl: Any


@pytest.fixture(autouse=True)
def claims(monkeypatch):
    if find_spec("sphspec.claims") is None:
        monkeypatch.setitem(sys.modules, "sphspec.claims", SimpleNamespace(IsotropicField=IsotropicField))
