"""The audit: its findings' numbers, its refusals, its null law."""

import json

import numpy as np
import pytest
from scipy import stats

import sphspec
from sphspec import GaussLegendre, Healpix, Quadrature, claims, noise_covariance
from sphspec.audit import evidence
from sphspec.audit.batch import Batch
from sphspec.audit.hypotheses import Dictionary
from sphspec.audit.law import Law
from sphspec.files import Draws
from sphspec.verify.budget import SCREEN

CL = 1 / (1 + np.arange(7.0))
CLAIM = claims.IsotropicField(None, CL)
DEVIATION = np.sqrt(np.repeat(CL, 2 * np.arange(7) + 1))
ORDERS = np.concatenate([np.arange(-l, l + 1) for l in range(7)])


def clean(rng, size):
    return rng.standard_normal((size, 49)) * DEVIATION


def halved(rng, size):
    return clean(rng, size) * np.where(ORDERS == 0, np.sqrt(0.5), 1)


def test_halved_power_at_m_0_has_its_factor_and_its_ratio_of_variances():
    finding = sphspec.audit(halved, CLAIM, samples=1000)
    assert finding.defect == "m0-power"
    assert finding.interval[0] < 0.5 < finding.interval[1]
    degrees = np.arange(7)
    total = np.sum((2 * degrees + 1) * CL)
    at_equator = np.array(
        [(2 * l + 1) * np.polynomial.legendre.legval(0, np.eye(7)[l]) ** 2 for l in degrees]
    )
    truth = 0.5 * total / (total - 0.5 * np.sum(CL * at_equator))
    ratio, low, high = finding.pole_equator
    assert low < truth < high
    assert low < ratio < high
    pole = finding.latitude.measured[0] / finding.latitude.claimed[0]
    assert pole == pytest.approx(finding.effect, abs=0.2)
    assert finding.order.measured[0] / finding.order.claimed[0] == pytest.approx(0.5, abs=0.1)


@pytest.mark.nightly
def test_intervals_cover_the_truth_as_often_as_they_say():
    covered = 0
    for seed in range(300):
        finding = sphspec.audit(halved, CLAIM, seed=seed, samples=400)
        covered += finding.interval[0] < 0.5 < finding.interval[1]
    assert covered >= stats.binom.ppf(1e-6, 300, 0.99)


def test_finding_says_everything_in_json_and_words():
    for sampler in (halved, clean):
        finding = sphspec.audit(sampler, CLAIM, samples=400)
        content = json.loads(finding.to_json())
        assert content["ok"] == finding.ok
        assert content["samples"] <= 400 + 16
        assert len(content["latitude"]["at"]) == len(content["latitude"]["measured"])
        assert ("OK" in finding.summary()) == finding.ok


def test_same_seed_same_finding():
    first, second = (sphspec.audit(halved, CLAIM, seed=3, samples=400).to_json() for _ in range(2))
    assert first == second


def test_a_fixed_set_of_draws_is_audited(rng):
    assert sphspec.audit(halved(rng, 1000), CLAIM).defect == "m0-power"
    assert sphspec.audit(clean(rng, 1000), CLAIM).ok
    twice = np.concatenate([clean(rng, 500)] * 2)
    assert sphspec.audit(twice, CLAIM).defect == "dependent-draws"


def test_a_defect_that_few_draws_do_not_show_is_found_by_more():
    def louder(rng, size):
        return clean(rng, size) * np.sqrt(1.013)

    assert sphspec.audit(louder, CLAIM, samples=400).ok
    finding = sphspec.audit(louder, CLAIM)
    assert finding.defect == "scale"
    assert finding.samples > 5000


@pytest.mark.nightly
def test_stated_power_holds():
    found = sphspec.audit(clean, CLAIM, samples=700)
    size = next(each.size for each in found.detectable if each.defect == "scale")

    def louder(rng, count):
        return clean(rng, count) * np.sqrt(1 + size)

    assert all(not sphspec.audit(louder, CLAIM, seed=seed, samples=700).ok for seed in range(40))


def test_a_sampler_with_randomness_of_its_own_is_noted():
    own = np.random.default_rng(5)
    finding = sphspec.audit(lambda rng, size: clean(own, size), CLAIM, samples=400)
    assert finding.ok
    assert "randomness of its own" in finding.notes[0]


def test_noise_off_the_range_of_a_singular_covariance_is_a_finding():
    cov = noise_covariance(Quadrature(Healpix(2), 8))
    claim = claims.SpectralNoise(cov)
    assert cov.rank() < cov.n
    assert sphspec.audit(lambda rng, size: cov.sample(rng, size), claim, samples=400).ok
    noisy = sphspec.audit(
        lambda rng, size: cov.sample(rng, size) + 0.01 * rng.standard_normal((size, cov.n)),
        claim,
        samples=400,
    )
    assert noisy.defect == "isotropic-for-sigma"


def raises(_rng, _size):
    raise RuntimeError("no\nway")


@pytest.mark.parametrize(
    ("sampler", "said"),
    [
        (raises, "RuntimeError: no"),
        (lambda rng, size: clean(rng, size)[:, :-1], "must have shape"),
        (lambda rng, size: clean(rng, size)[0], "must have shape"),
        (lambda rng, size: clean(rng, size + 1), "must have shape"),
        (lambda rng, size: clean(rng, size) + 0j, "real, got dtype complex128"),
        (lambda rng, size: clean(rng, size).astype("float32"), "float64"),
        (lambda rng, size: clean(rng, size).astype(object), "got dtype object"),
        (lambda rng, size: np.full((size, 49), np.nan), "NaN"),
        (lambda rng, size: np.full((size, 49), -1.6375e30), "UNSEEN"),
        (lambda rng, size: np.full((size, 49), 1e200), "1e100"),
        (lambda rng, size: "no", "must have shape"),
        (lambda rng, size: None, "must have shape"),
        ("no", "sampler"),
        (np.zeros((1, 49)), "size >= 2"),
        (np.ones((20, 49)), "at least"),
    ],
)
def test_bad_draws_are_refused_in_one_line(sampler, said):
    with pytest.raises(ValueError, match=said) as refused:
        sphspec.audit(sampler, CLAIM)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        {"samples": 10},
        {"false_alarm": 0.0},
        {"false_alarm": 2.0},
        {"seconds": -1},
        {"seed": -1},
        {"kind": "x"},
        {"rng": 3},
    ],
)
def test_bad_options_are_refused(options):
    with pytest.raises(ValueError, match=r"samples|false_alarm|seconds|seed|kind|rng"):
        sphspec.audit(clean, CLAIM, **options)


def test_what_is_no_claim_is_refused():
    with pytest.raises(ValueError, match=r"sphspec\.claims"):
        sphspec.audit(clean, CL)


LAWS = {
    "field": lambda: claims.IsotropicField(None, CL[:4]),
    "noise": lambda: claims.SpectralNoise(noise_covariance(Quadrature(GaussLegendre(4, 8), 3))),
    "pixels": lambda: claims.WhitePixels(Healpix(2), 1.0),
}


def null_batches(kind, repeats, count):
    law = Law.of(LAWS[kind]())
    dictionary, rng = Dictionary(law), np.random.default_rng(20260)
    root = np.linalg.cholesky(law.sigma.toarray())
    for _ in range(repeats):
        if kind == "pixels":
            values, drawn = rng.standard_normal((count, 48)), "maps"
        else:
            values, drawn = rng.standard_normal((count, law.n)) @ root.T, "coefficients"
        yield evidence.tests(dictionary, Batch.of(law, values, drawn))


def calibrated(kind, repeats):
    """Check the rate of flags, and that p of every statistic with one member is uniform."""
    flags, values = 0, {}
    for number, found in enumerate(null_batches(kind, repeats, 120)):
        flags += bool(evidence.suspects(found))
        for place, each in enumerate(found):
            if each.family.log_p.size == 1 and each.family.label(0)[:5] not in ("power", "draws"):
                values.setdefault((place, each.defect, each.family.label(0)), []).append(each.family.log_p[0])
        assert number < repeats
    assert flags <= stats.binom.isf(1e-6, repeats, SCREEN)
    smallest = min(stats.kstest(np.exp(p), "uniform").pvalue * len(values) for p in values.values())
    assert smallest > 1e-5


@pytest.mark.parametrize("kind", sorted(LAWS))
def test_p_values_of_correct_draws_are_uniform(kind):
    calibrated(kind, 40)


@pytest.mark.nightly
@pytest.mark.parametrize("kind", sorted(LAWS))
def test_p_values_of_correct_draws_are_uniform_in_thousands(kind):
    calibrated(kind, 3000)


def test_draws_of_a_file_are_audited_as_what_they_are(rng):
    claim = claims.IsotropicField(Healpix(2), np.ones(5))
    found = sphspec.audit(Draws(1.2 * rng.standard_normal((300, 25)), "coefficients"), claim)
    assert found.defect == "scale"
    low, high = found.interval
    assert low < 1.44 < high


@pytest.mark.parametrize(("nside", "lmax"), [(2, 7), (1, 3), (1, 4)])
def test_a_singular_covariance_gives_no_false_alarm(nside, lmax):
    """Rank 48 of 64, 12 of 16 and 25: directions that are all rounding decide nothing."""
    cov = noise_covariance(Quadrature(Healpix(nside), lmax))
    for sampler in (lambda rng, size: cov.sample(rng, size), _by_eigenvectors(cov)):
        for seed in range(3):
            assert sphspec.audit(sampler, claims.SpectralNoise(cov), seed=seed, samples=4000).ok


def _by_eigenvectors(cov):
    values, vectors = np.linalg.eigh(cov.dense())
    root = vectors * np.sqrt(np.maximum(values, 0))
    return lambda rng, size: rng.standard_normal((size, cov.n)) @ root.T


def white(change):
    return lambda rng, size: change(rng.standard_normal((size, 192)))


@pytest.mark.parametrize(
    ("change", "defect", "detail"),
    [
        (lambda x: x * (np.arange(192) != 5), "latitude-variance", "pixel 5 alone"),
        (lambda x: x * np.where(np.arange(192) == 7, 1.5, 1.0), "latitude-variance", "pixel 7 alone"),
        (lambda x: x * (Healpix(4).theta > 0.3), "latitude-variance", "colatitude 11.72 degrees alone"),
        (lambda x: x * (Healpix(4).theta < 1.6), "latitude-variance", ""),
        (lambda x: x + 1e5, "mean", "few coefficients"),
        (lambda x: x + 1e10, "mean", "few coefficients"),
        (lambda x: 0 * x, "dependent-draws", "39 of 40 draws are copies of others"),
    ],
)
def test_pixels_without_noise_and_large_offsets_are_named(change, defect, detail):
    found = sphspec.audit(white(change), claims.WhitePixels(Healpix(4)), seconds=2)
    assert found.defect == defect
    assert detail in found.detail


def test_one_coefficient_that_is_never_drawn_is_named():
    found = sphspec.audit(lambda rng, size: clean(rng, size) * (np.arange(49) != 3), CLAIM, seconds=2)
    assert (found.defect, found.detail) == ("latitude-variance", "(l, m) = (1, 1) alone")


@pytest.mark.parametrize("factor", [1e-200, 1e-70, 1e40, 1e90])
def test_draws_of_other_units_are_refused_in_one_line(factor):
    for sampler, claim in ((clean, CLAIM), (white(lambda x: x), claims.WhitePixels(Healpix(4)))):
        with pytest.raises(ValueError, match=r"claimed standard deviations.*same units"):
            sphspec.audit(lambda rng, size, sampler=sampler: factor * sampler(rng, size), claim)


@pytest.mark.parametrize(
    ("sampler", "truth"),
    [
        (lambda rng, size: np.sign(clean(rng, size)) * DEVIATION, -2.0),
        (lambda rng, size: rng.uniform(-np.sqrt(3), np.sqrt(3), (size, 49)) * DEVIATION, -1.2),
        (lambda rng, size: rng.laplace(size=(size, 49)) * DEVIATION / np.sqrt(2), 3.0),
    ],
)
def test_excess_kurtosis_is_that_of_the_law(sampler, truth):
    found = sphspec.audit(sampler, CLAIM, seconds=2)
    assert (found.defect, found.detail) == ("non-gaussian", "excess kurtosis of the coordinates")
    assert found.interval[0] <= truth <= found.interval[1]


def test_draws_of_one_length_have_no_variance_of_it():
    def sphere(rng, size):
        draws = clean(rng, size) / DEVIATION
        return 7 * draws / np.linalg.norm(draws, axis=1, keepdims=True) * DEVIATION

    found = sphspec.audit(sphere, CLAIM, seconds=2)
    assert (found.defect, found.detail) == ("non-gaussian", "length of draws")
    assert found.effect < 1e-20


def test_antithetic_halves_are_dependent():
    def antithetic(rng, size):
        half = clean(rng, (size + 1) // 2)
        return np.concatenate([half, -half])[:size]

    found = sphspec.audit(antithetic, CLAIM, seconds=2)
    assert found.defect == "dependent-draws"
    assert found.effect == pytest.approx(-1, abs=1e-9)
