"""The suite says which Gaunt forms it did not evaluate, and evaluates no others than plain ring sums."""

from sphspec import Healpix, Jacobi, Quadrature, noise_covariance
from sphspec.suite.gaunt import gaunt_results, left_out


def test_large_cases_are_named_in_a_note_and_not_run():
    cov = noise_covariance(Quadrature(Healpix(8), 24))
    assert list(gaunt_results("case", cov)) == []
    assert left_out("case", cov) == (
        "case: Gaunt form not evaluated, 625 coefficients are more than 600; lower lmax"
    )


def test_filtered_operators_have_no_gaunt_form_of_their_own():
    cov = noise_covariance(Jacobi(Healpix(2), 4, 1))
    assert list(gaunt_results("case", cov)) == []
    assert left_out("case", cov) is None


def test_small_cases_are_run_without_a_note():
    cov = noise_covariance(Quadrature(Healpix(2), 4))
    assert all(result.ok for result in gaunt_results("case", cov))
    assert left_out("case", cov) is None
