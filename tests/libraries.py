"""Array libraries that are present, each with how to make its arrays and NumPy's from them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest


@dataclass(frozen=True)
class Library:
    """A library: its name, its namespace and how a NumPy array becomes one of its arrays."""

    name: str
    make: Any

    def numpy(self, array):
        """Return one of its arrays as NumPy's."""
        return np.asarray(array.detach() if self.name == "torch" else array)


def library(name):
    """Return a library; the test is skipped where it is not installed."""
    if name == "jax":
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", True)
        return Library(name, jax.numpy.asarray)
    module = pytest.importorskip(name)
    return Library(name, module.asarray)


NAMES = ("array_api_strict", "torch", "jax")
