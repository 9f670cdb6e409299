"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import derivations
import sphspec

MODULES = sorted(
    module.name
    for package in (derivations, sphspec)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = (finder.find(importlib.import_module(name)) for name in MODULES)
    assert sum(len(part.examples) for parts in found for part in parts) >= 100
