"""The report's section on spectral SDEs: its numbers from dense matrices, its study of three grids."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg

from sphspec.covariance import noise_covariance
from sphspec.processes import Process
from sphspec.report import data, diffusion, modified_drift, words
from sphspec.report.cases import measure
from sphspec.report.figures import bias_figure, laws_figure
from sphspec.specs import PROCESSES
from sphspec.spectra import TabulatedSpectrum
from sphspec.study import DataSetting, ProcessSetting, Setting, Study

STUDIES = Path(__file__).parents[2] / "reports"
SINGULAR = Setting(grid="icosahedron", lmax=3)  # 12 points, 16 coefficients
STUDY = Study(
    name="diffused",
    settings=(
        Setting(grid="healpix:nside=2", lmax=(2, 5), operators=("quadrature", "jacobi:iterations=3")),
        Setting(grid="gauss-legendre:nlat=4,nlon=7", lmax=3),
        SINGULAR,
    ),
    data=DataSetting(kind="table", values=[0.0, 0.0, 3.0, 2.0, 1.0, 1.0]),
)


@pytest.fixture(scope="module")
def measured():
    return measure(STUDY, str)


@pytest.fixture(scope="module")
def drifted(measured):
    return modified_drift.drifts_of(measured)


@pytest.fixture(scope="module")
def found(measured):
    return diffusion.diffused_of(STUDY, measured)


def test_response_and_rates_are_those_of_analysis_after_synthesis(drifted):
    for item in drifted:
        operator = item.measured.case.operator
        response = operator(operator.synthesis(np.eye(operator.n))).T
        degrees = np.floor(np.sqrt(np.arange(operator.n)))
        rates = np.sort(scipy.linalg.eigvals(response * degrees * (degrees + 1)).real)
        np.testing.assert_allclose(item.eigenvalues, np.linalg.eigvalsh(response), atol=1e-12)
        np.testing.assert_allclose(item.decay, rates, atol=1e-10)
        assert item.departure == pytest.approx(np.linalg.norm(response - np.eye(operator.n), 2), abs=1e-12)


def test_an_exact_grid_keeps_the_drift_and_healpix_does_not(drifted):
    rows = {(row[0], row[1]): row for row in modified_drift.drift_rows(drifted)}
    exact = rows["Gauss-Legendre nlat 4, nlon 7, lmax 3", "Quadrature"]
    assert exact[4:] == ["0", words.percent(0.0), words.percent(0.0)]
    special = next(item for item in drifted if item.measured.cov.lmax == 5)
    assert special.departure > 0.1
    assert abs(special.deviation(-1)) > 0.01


def test_each_grid_appears_at_its_highest_regular_band_limit(found, measured):
    assert [item.measured.setting for item in found] == [
        "HEALPix nside 2, lmax 5",
        "Gauss-Legendre nlat 4, nlon 7, lmax 3",
    ]
    table = diffusion.diffusion_data((), found, measured)
    assert table["singular"] == ["Icosahedron, lmax 3"]
    assert table["large"] == []
    assert table["empty"] == "0 and 1"


def test_large_cases_and_grids_beyond_the_first_are_named(found, measured, monkeypatch):
    monkeypatch.setattr(diffusion, "LARGEST", 20)
    monkeypatch.setattr(diffusion, "MOST", 1)
    table = diffusion.diffusion_data((), found[:1], measured)
    assert table["large"] == ["HEALPix nside 2, lmax 5"]
    assert table["grids"] == "1 of 2"


def test_data_have_the_noise_as_their_largest_variance_and_may_be_singular(found):
    for item in found:
        cov = item.measured.cov
        process = STUDY.process.make()
        m, v = float(process.mean(diffusion.TIME)), float(process.variance(diffusion.TIME))
        level = np.trace(cov.dense()) / cov.n
        assert item.white[2] == pytest.approx(1 / (m**2 * level + v * level), rel=1e-12)
        assert item.white[0] == pytest.approx(1 / (v * level), rel=1e-12)


def test_the_plain_loss_sees_white_noise_and_the_others_do_not(found):
    """The sum rule: what the report says of one factor per degree."""
    for item in found:
        np.testing.assert_allclose(item.bias.plain, item.white, rtol=1e-12)
        assert np.abs(item.bias.sigma / item.white - 1).max() > 1e-3


def test_missed_shares_are_those_of_the_squared_score_errors(found):
    """E|s - s_exact|^2_W over E|s_exact|^2_W from dense matrices."""
    item = found[1]
    cov, process = item.measured.cov.dense(), STUDY.process.make()
    degrees = np.floor(np.sqrt(np.arange(cov.shape[0]))).astype(int)
    cl = STUDY.data.make().cl(degrees[-1]) * item.level / 3.0
    m, v = float(process.mean(diffusion.TIME)), float(process.variance(diffusion.TIME))
    law = m**2 * np.diag(cl[degrees]) + v * cov
    exact = np.linalg.inv(law)
    metrics = {"plain": np.eye(cov.shape[0]), "Σ": cov, "noise": cov @ cov}
    factors = {"plain": item.bias.plain, "Σ": item.bias.sigma, "noise": item.bias.noise}
    for name, metric in metrics.items():
        gap = exact - np.diag(factors[name][degrees])
        share = np.trace(gap @ metric @ gap @ law) / np.trace(exact @ metric)
        assert item.missed[name] == pytest.approx(share, rel=1e-9)


def test_samplers_converge_and_isotropic_noise_does_not(found):
    for item in found:
        assert item.order("Euler-Maruyama") == pytest.approx(1, abs=0.2)
        assert max(errors[-1] for errors in item.errors.values()) < item.limit / 2
        assert item.isotropic[1] == pytest.approx(item.limit, rel=0.1)


def test_heun_is_of_second_order_where_the_data_have_variance_everywhere(found):
    """Else its last step, which is Euler's, brings the order down in the degrees that have none."""
    study = STUDY.model_copy(update={"settings": STUDY.settings[1:2], "data": DataSetting()})
    (regular,) = diffusion.diffused_of(study, measure(study, str))
    assert regular.order("Heun") == pytest.approx(2, abs=0.1)
    assert diffusion.diffusion_data((), (regular,), ())["empty"] is None
    assert all(1 < item.order("Heun") < 1.8 for item in found)


def test_a_law_that_overflows_is_infinite_and_has_no_order(found):
    item = replace(found[0], errors={"Heun": (np.inf, 1e-3, 1e-4, 1e-5)})
    assert np.isnan(item.order("Heun"))
    assert diffusion._law_row(item)[1].endswith(diffusion.ABSENT)


def test_figures_say_what_they_show(found):
    bias, laws = bias_figure(found), laws_figure(found)
    assert "isotropic filter" in bias.svg
    for item in found:
        assert words.number(item.errors["Heun"][-1]) in laws.alt
        assert words.number(item.mismatch, 2) in laws.caption
        assert item.measured.setting in bias.alt


@pytest.mark.parametrize("kind", sorted(PROCESSES))
def test_every_process_of_a_study_has_its_kernel_in_the_catalogue(kind):
    process = ProcessSetting(kind=kind).make()
    assert isinstance(process, Process)
    kernel = data.process_data(process, (0.5,))["kernel"]
    study = Study(process=ProcessSetting(kind=kind))
    assert kernel in {entry["name"] for entry in data.formulas(study)["formulas"]}


def test_study_of_three_grids_has_data_without_monopole_and_dipole():
    study = Study.load(STUDIES / "sdes.toml")
    spectrum = study.data.make()
    assert isinstance(spectrum, TabulatedSpectrum)
    cl = spectrum.cl(64)
    assert cl[0] == cl[1] == 0
    assert np.all(np.diff(cl[2:]) < 0)
    cases = [case for case in study.cases() if case.operator.harmonic]
    assert len(cases) == 3
    for case in cases:
        cov = noise_covariance(case.operator, case.variance)
        assert cov.rank() == cov.n
