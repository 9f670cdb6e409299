"""A case of many coefficients: pieces of work, random vectors, and the same errors found."""

import numpy as np
import pytest

from sphspec.analysis import Quadrature
from sphspec.covariance import noise_covariance
from sphspec.grids import GaussLegendre, Healpix
from sphspec.linear_dynamics import LinearDynamics
from sphspec.processes import VP
from sphspec.sde import SpectralSDE
from sphspec.simulate import CommonFactor, DirectWitness, GaussianData, squared, vp
from sphspec.study import Budget, Setting, Study
from sphspec.suite import pieces, probes, run_suite
from sphspec.suite.deterministic import deterministic_results
from sphspec.suite.linear import linear_results
from sphspec.suite.pieces import Brute
from sphspec.suite.probes import Probes
from sphspec.suite.process import reverse_results
from sphspec.suite.witnesses import direct_witness, healpy_witness
from sphspec.verify.deterministic import same_rows
from sphspec.verify.parts import eigenvalues, forms, parts_of

COV = noise_covariance(Quadrature(Healpix(2), 5), np.linspace(0.5, 2.0, 48))


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(probes, "DENSE", 10)
    monkeypatch.setattr(pieces, "MANY", 10)


def dynamics(rng):
    direct = direct_witness(COV.operator)
    found = [*linear_results("case", COV, direct, rng)]
    return [*found, *reverse_results("case", SpectralSDE(VP(), COV), direct, rng)]


@pytest.mark.usefixtures("many")
def test_random_vectors_pass_where_every_entry_does(rng):
    results = dynamics(rng)
    assert all(result.ok for result in results)
    assert sum("on 8 random vectors" in result.catches for result in results) == 4


@pytest.mark.usefixtures("many")
def test_random_vectors_find_one_wrong_entry_of_the_mean(rng, monkeypatch):
    real = LinearDynamics.mean

    def wrong(*arguments):
        mean = real(*arguments)
        mean[3, 20] += 1e-6
        return mean

    monkeypatch.setattr(LinearDynamics, "mean", wrong)
    failed = [result.check for result in dynamics(rng) if not result.ok]
    assert "heat flow: the mean is e^(B t)" in failed


@pytest.mark.usefixtures("many")
def test_random_vectors_find_a_wrong_factor_of_the_reverse_drift(rng, monkeypatch):
    real = SpectralSDE.reverse_drift
    monkeypatch.setattr(SpectralSDE, "reverse_drift", lambda *arguments: real(*arguments) * (1 + 1e-8))
    failed = [result.check for result in dynamics(rng) if not result.ok]
    assert failed == ["reverse SDE carries the marginal"]


@pytest.mark.usefixtures("many")
def test_rows_of_other_transforms_stand_for_every_entry(rng):
    direct, healpy = direct_witness(COV.operator), healpy_witness(COV.operator)
    results = [*deterministic_results("case", COV, direct, healpy, rng)]
    assert all(result.ok for result in results)
    through = [result for result in results if "by unit pixels" in result.check]
    assert len(through) == 2
    assert all("all rows" in result.catches for result in through)
    healpy.matrix[7, 20] += 1e-11
    failed = [each for each in deterministic_results("case", COV, direct, healpy, rng) if not each.ok]
    assert [each.check for each in failed] == [through[0].check]
    assert failed[0].where == "row (2, 1)"


def test_rows_within_a_limit_bound_every_entry(rng):
    matrix, variance = rng.standard_normal((6, 40)), rng.uniform(0.5, 2.0, 40)
    matrix[2] *= 1e-6
    for limit in (1e-3, 1e-9):
        wrong = matrix + limit / 2 * rng.uniform(-1, 1, (6, 1)) * rng.permutation(matrix.T).T
        found = same_rows("case", "check", wrong, matrix, variance, [*"abcdef"], limit)
        before, after = squared(matrix, variance), squared(wrong, variance)
        scale = np.sqrt(np.diagonal(before))
        error = float((np.abs(after - before) / np.outer(scale, scale)).max())
        assert error <= found.value * (1 + found.value)
    zero = same_rows("case", "check", 0 * matrix, 0 * matrix, variance, [*"abcdef"], 1e-13)
    assert zero.ok
    assert zero.value == 0


def test_a_case_in_many_pieces_makes_the_same_checks(monkeypatch):
    study = Study(
        settings=(Setting(grid="gauss-legendre:nlat=4,nlon=7", lmax=3),), budget=Budget(samples=300)
    )
    whole = run_suite(study, derivations=False)
    monkeypatch.setattr(pieces, "MANY", 10)
    apart = run_suite(study, derivations=False)
    assert [(each.case, each.check) for each in whole.results] == [
        (each.case, each.check) for each in apart.results
    ]
    assert whole.ok
    assert apart.ok
    assert [run.digest for run in whole.evidence] == [run.digest for run in apart.evidence]


def test_probes_see_sums_and_their_transposes(rng):
    left, right = rng.standard_normal((2, 6, 6))
    right = right + right.T
    exact = left @ right + right @ left.T
    np.testing.assert_allclose(Probes(None).doubled(left, right), exact, rtol=1e-13, atol=1e-13)
    columns = rng.standard_normal((6, 3))
    np.testing.assert_allclose(Probes(columns).doubled(left, right), exact @ columns, rtol=1e-12, atol=1e-12)


def test_a_common_factor_is_inverted_as_the_whole_matrix_is(rng):
    process, n = vp(0.1, 20.0), 7
    powers, common = rng.uniform(0.1, 1.0, n), rng.standard_normal(n)
    sigma, alpha = squared(rng.standard_normal((n, 12)), np.ones(12)), rng.standard_normal((3, n))
    whole = GaussianData(process, 0.8 * np.eye(n), np.diag(powers) + np.outer(common, common))
    part = CommonFactor(process, 0.8, powers, common)
    np.testing.assert_allclose(part.after(sigma, 0.3), whole.after(sigma, 0.3), rtol=1e-12, atol=1e-13)
    score = np.linalg.solve(sigma, whole.after(sigma, 0.3))
    np.testing.assert_allclose(part(alpha, 0.3), alpha @ score.T, rtol=1e-9, atol=1e-10)


def test_squares_of_a_matrix_take_negative_variances(rng):
    matrix, variance = rng.standard_normal((5, 8)), rng.standard_normal(8)
    np.testing.assert_allclose(squared(matrix, variance), (matrix * variance) @ matrix.T, atol=1e-13)
    np.testing.assert_allclose(squared(matrix, variance**2), (matrix * variance**2) @ matrix.T, atol=1e-13)


def test_the_last_covariance_of_a_witness_is_kept_for_its_variance_alone():
    witness = DirectWitness(GaussLegendre(3, 5), 2, "quadrature")
    ones = np.ones(15)
    assert witness.covariance(ones) is witness.covariance(ones.copy())
    np.testing.assert_allclose(
        witness.covariance(2 * ones), 2 * witness.covariance(ones), rtol=1e-14, atol=1e-15
    )


def test_quadratic_forms_part_by_part(rng):
    vectors, matrix = rng.standard_normal((9, 6)), np.zeros((6, 6))
    for places in ([0, 3, 5], [1, 4], [2]):
        block = rng.standard_normal((len(places), len(places)))
        matrix[np.ix_(places, places)] = block + block.T
    matrix += 1e-15
    expected = np.sum((vectors @ matrix) * vectors, axis=1)
    np.testing.assert_allclose(forms(vectors, matrix, 1e-14), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(forms(vectors, matrix, 0.0), expected, rtol=1e-13, atol=1e-13)


def test_halves_of_a_case_share_their_brute_force():
    brute = Brute()
    direct = brute.of(COV.operator)
    assert brute.of(COV.operator) is direct
    other = Quadrature(GaussLegendre(3, 5), 2)
    assert brute.of(other).lmax == 2
    assert brute.of(COV.operator) is not direct


def test_parts_are_what_does_not_couple(rng):
    matrix = np.zeros((6, 6))
    for places in ([0, 3, 5], [1, 4], [2]):
        block = rng.standard_normal((len(places), len(places)))
        matrix[np.ix_(places, places)] = block + block.T
    assert [part.tolist() for part in parts_of(matrix)] == [[0, 3, 5], [1, 4], [2]]
    np.testing.assert_allclose(eigenvalues(matrix), np.linalg.eigvalsh(matrix), atol=1e-14)
    matrix[0, 1] = matrix[1, 0] = 1e-9  # small, and no rounding
    assert [part.tolist() for part in parts_of(matrix)] == [[0, 1, 3, 4, 5], [2]]
    assert [part.tolist() for part in parts_of(np.zeros((2, 2)))] == [[0], [1]]
