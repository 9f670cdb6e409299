"""Deterministic checks pass on the truth and fail on each planted error, naming the place."""

import numpy as np
import pytest

from sphspec import verify as facade
from sphspec.conventions import degrees_orders
from sphspec.verify import Result, Verdict
from sphspec.verify import deterministic as verify

RNG = np.random.default_rng(0)
MATRIX = RNG.standard_normal((9, 30))
VARIANCE = RNG.uniform(0.5, 2.0, 30)
SIGMA = (MATRIX * VARIANCE) @ MATRIX.T
SIGMA = (SIGMA + SIGMA.T) / 2
NAMES = [f"({l}, {m})" for l, m in zip(*degrees_orders(2), strict=True)]


def test_truth_passes():
    vectors = RNG.standard_normal((3, 9))
    assert verify.positive_semidefinite("x", SIGMA).ok
    assert verify.same_entries("x", "entries", SIGMA, SIGMA * (1 + 1e-15), NAMES).ok
    assert verify.adjoint_probe("x", vectors @ SIGMA, vectors, MATRIX, VARIANCE).ok


def test_one_wrong_entry_is_found_and_named():
    wrong = SIGMA.copy()
    wrong[3, 7] += 1e-11 * np.sqrt(SIGMA[3, 3] * SIGMA[7, 7])
    result = verify.same_entries("x", "entries", wrong, SIGMA, NAMES)
    assert not result.ok
    assert "(1, 1), (2, 1)" in result.where


@pytest.mark.parametrize("size", [1e-2, 1e-6, 1e-10])
def test_adjoint_probe_catches_a_rank_one_error(size):
    vectors, u = RNG.standard_normal((3, 9)), RNG.standard_normal(9)
    wrong = SIGMA + size * np.linalg.norm(SIGMA) * np.outer(u, u) / (u @ u)
    assert not verify.adjoint_probe("x", vectors @ wrong, vectors, MATRIX, VARIANCE).ok


def test_negative_eigenvalue_and_asymmetry_are_caught():
    values, basis = np.linalg.eigh(SIGMA)
    values[0] = -1e-8
    assert not verify.positive_semidefinite("x", (basis * values) @ basis.T).ok
    assert not verify.positive_semidefinite("x", SIGMA + np.triu(np.full((9, 9), 1e-8), 1)).ok
    assert not verify.positive_semidefinite("x", np.zeros((9, 9))).ok


def test_wrong_power_in_one_degree_is_caught_and_named():
    degrees, _ = degrees_orders(2)
    predicted = np.bincount(degrees, np.ones(9))
    assert verify.flat_power("x", np.ones(9), degrees, predicted).ok
    tilted = np.where(degrees == 1, 1 + 1e-12, 1.0)
    result = verify.flat_power("x", tilted, degrees, predicted)
    assert not result.ok
    assert result.where == "l = 1"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_a_number_never_passes(value):
    assert not verify.residual_result("x", "c", 0, value, 1.0, "", "", "").ok
    broken = SIGMA.copy()
    broken[2, 2] = value
    assert not verify.same_entries("x", "entries", broken, SIGMA, NAMES).ok
    assert not verify.same_vectors("x", "c", 1, broken, SIGMA, 1e-12, "").ok


def test_a_verdict_without_checks_is_no_pass():
    empty = Verdict("x", (), (), (), (), 1e-6, 0.0)
    assert not empty.ok
    failed = Result("c", "k", 0, False, "residual", np.inf, 1.0, "", "", "")
    verdict = Verdict("x", (failed,), (), (), (), 1e-6, 0.0)
    assert verdict.failures == (failed,)
    assert '"value": null' in verdict.to_json()


def test_verify_is_a_function_and_a_package():
    assert callable(facade)
    with pytest.raises(ValueError, match="cannot read study"):
        facade("no-such-file.toml")
