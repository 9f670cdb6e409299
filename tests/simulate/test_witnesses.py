"""The witnesses of geometry and of resampling stand on their own, and tell right from wrong."""

import ducc0
import numpy as np
import pytest

import sphspec
from sphspec import Equiangular, GaussLegendre, Healpix, Quadrature, Resampling, noise_covariance
from sphspec.resampling import Resampling as Operator
from sphspec.simulate import ResamplingWitness
from sphspec.simulate import points as geometry
from sphspec.simulate.points import equiangular_weights
from sphspec.study import Budget, Setting
from sphspec.suite import run_suite

RESAMPLED = [("clenshaw-curtis", 2), ("fejer1", 1), ("mcewen-wiaux", 1)]


def worst(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize(("rule", "lost"), RESAMPLED)
@pytest.mark.parametrize("nlat", [2, 3, 5, 8, 9, 17, 34])
def test_resampling_is_interpolation_on_the_doubled_circle(rule, lost, nlat):
    """At every band limit: where ducc0 cuts frequencies, where it does not, and where it need not."""
    highest = nlat - lost
    for lmax in sorted({0, highest // 4, highest // 2 - 1, highest // 2, highest // 2 + 1, highest}):
        if 0 <= lmax <= highest:
            grid = Equiangular(nlat, 2 * lmax + 2, rule)
            assert worst(Resampling(grid, lmax).dense(), ResamplingWitness(grid, lmax).matrix) <= 3e-14


@pytest.mark.parametrize(("rule", "lost"), RESAMPLED)
@pytest.mark.parametrize("nlat", [4, 9, 20])
def test_resampling_returns_band_limited_fields_where_quadrature_does_not(rule, lost, nlat, rng):
    grid = Equiangular(nlat, 2 * nlat, rule)
    operator, plain = Resampling(grid, nlat - lost), Quadrature(grid, nlat - lost)
    alpha = rng.standard_normal(operator.n)
    field = operator.synthesis(alpha)
    np.testing.assert_allclose(operator(field), alpha, atol=1e-12)
    assert np.abs(plain(field) - alpha).max() > 1e-2
    np.testing.assert_array_equal(operator.gram.dense(), np.eye(operator.n))


def test_resampled_noise_is_not_that_of_quadrature():
    grid = Equiangular(9, 15, "clenshaw-curtis")
    resampled, plain = (noise_covariance(kind(grid, 7)).dense() for kind in (Resampling, Quadrature))
    assert worst(resampled, plain) > 0.05


def test_maps_go_through_ducc0_one_by_one_as_in_a_batch(rng):
    operator = Resampling(Equiangular(6, 11, "mcewen-wiaux"), 5)
    maps = rng.standard_normal((2, 3, 66))
    one = operator(maps[1, 2])
    np.testing.assert_array_equal(operator(maps)[1, 2], one)
    alm = ducc0.sht.analysis_2d(map=maps[1, 2].reshape(1, 6, 11), spin=0, lmax=5, geometry="MW")[0]
    assert one[0] == alm[0].real
    assert one[3] == pytest.approx(np.sqrt(2) * alm[6].real)  # (1, 1)
    assert one[1] == pytest.approx(-np.sqrt(2) * alm[6].imag)


def test_table_in_parts_is_the_table(monkeypatch):
    operator = Resampling(Equiangular(9, 13, "mcewen-wiaux"), 6)
    variance = 1.5 + np.sin(np.arange(operator.grid.npix))
    whole = noise_covariance(operator, variance).dense()
    monkeypatch.setattr("sphspec.gram.ring_sum.TABLE_BYTES", 2000.0)
    np.testing.assert_allclose(noise_covariance(operator, variance).dense(), whole, atol=1e-15)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Resampling(Healpix(2), 3), "resampling needs a rectangular grid"),
        (lambda: Resampling(Equiangular(7, 13, "clenshaw-curtis", "single"), 3), "doubled poles"),
        (lambda: Resampling(Equiangular(7, 13, "clenshaw-curtis"), 6), "degrees up to 5, got lmax=6"),
        (lambda: Resampling(Equiangular(7, 13), 7), "degrees up to 6, got lmax=7"),
        (lambda: Resampling(Equiangular(7, 12), 6), "degrees up to 5, got lmax=6"),
        (lambda: Resampling(Equiangular(7, 13, "fejer2"), 4), "degrees up to 3, got lmax=4"),
        (lambda: Resampling(Equiangular(8, 13, "driscoll-healy"), 4), "degrees up to 3, got lmax=4"),
        (lambda: Resampling(GaussLegendre(4, 13), 4), "degrees up to 3, got lmax=4"),
        (lambda: Resampling(Equiangular(7, 13), -1), "lmax must be an integer >= 0"),
        (lambda: Resampling(Equiangular(7, 13), 6)(np.zeros(90)), "map must have 91 entries"),
    ],
)
def test_bad_resampling_is_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


STUDY = sphspec.Study(
    settings=(
        Setting(grid="equiangular:nlat=6,nlon=9,rule=clenshaw-curtis", lmax=4, operators=("resampling",)),
        Setting(grid="equiangular:nlat=6,nlon=9,rule=fejer2", lmax=2),
    ),
    budget=Budget(samples=500),
)


def failures():
    verdict = run_suite(STUDY, derivations=False)
    return {(result.case.split()[0], result.check) for result in verdict.results if not result.ok}


def test_suite_passes_on_resampling():
    assert failures() == set()


def test_suite_sees_a_wrong_entry_of_the_resampling_table(monkeypatch):
    right = Operator.__dict__["_table"].func

    def wrong(self):
        table = [part.copy() for part in right(self)]
        table[1][2, 3] *= 1 + 1e-9
        return tuple(table)

    monkeypatch.setattr(Operator, "_table", property(wrong))
    case = "equiangular:nlat=6,nlon=9,rule=clenshaw-curtis"
    assert failures() >= {(case, "every entry by brute force (scipy)"), (case, "adjoint probe")}


def test_suite_sees_a_wrong_weight(monkeypatch):
    monkeypatch.setattr(
        geometry, "equiangular_weights", lambda name, nlat: equiangular_weights(name, nlat) * (1 + 1e-9)
    )
    case = "equiangular:nlat=6,nlon=9,rule=fejer2"
    assert (case, "every entry by brute force (scipy)") in failures()
