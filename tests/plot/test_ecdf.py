"""The band of p-values holds as often as it says, and what is not uniform leaves it."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.path import Path
from scipy import stats

from sphspec import plot

DRAWS = 4000


@pytest.mark.parametrize(("count", "level"), [(1, 0.9), (5, 0.5), (40, 0.95), (300, 0.99)])
def test_the_band_holds_as_often_as_it_says(count, level, rng):
    band = plot.ecdf_band(count, level)
    held = sum(band.contains(rng.uniform(size=count)) for _ in range(DRAWS))
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], DRAWS, level)
    assert low <= held <= high


def test_two_values_have_the_band_of_the_triangle():
    band = plot.ecdf_band(2, 0.9)  # P(a_1 <= U_(1) <= b_1, a_2 <= U_(2) <= b_2) by areas
    (a1, a2), (b1, b2) = band.lower, band.upper
    ordered = 2 * ((b1 - a1) * b2 - (b1**2 - a1**2) / 2)  # u from a_1 to b_1, v from u to b_2
    below = a2 - a1  # what has v below a_2 too, a triangle
    assert a2 < b1
    assert ordered - below**2 == pytest.approx(0.9, abs=1e-9)


def test_beyond_2000_values_the_band_still_holds(rng):
    band = plot.ecdf_band(20_000, 0.9)
    assert band.ranks.size == 2000
    held = sum(band.contains(rng.uniform(size=20_000)) for _ in range(500))
    assert stats.binom.ppf(5e-5, 500, 0.9) <= held <= stats.binom.ppf(1 - 5e-5, 500, 0.9)


@pytest.mark.parametrize(
    "planted",
    [
        lambda rng: rng.uniform(size=200) ** 1.5,  # too small
        lambda rng: rng.beta(2.5, 2.5, size=200),  # too much in the middle
        lambda rng: np.append(rng.uniform(size=195), np.full(5, 1e-6)),  # a few that are tiny
    ],
)
def test_a_sample_that_is_not_uniform_leaves_the_band(planted, rng):
    assert not plot.ecdf_band(200, 0.99).contains(planted(rng))


def test_curve_is_the_empirical_distribution_and_leaves_the_drawn_band_when_it_must(rng):
    values = rng.uniform(size=50)
    curve, shade = plot.pit_ecdf(values, Figure().subplots(), color="black")
    x, y = curve.get_data()
    for value in values:
        below, at = y[x == value] + value
        assert (below, at) == pytest.approx(((values < value).mean(), (values <= value).mean()))
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 0)
    assert curve.get_color() == "black"
    assert inside(curve, shade) == plot.ecdf_band(50).contains(values)
    curve, shade = plot.pit_ecdf(values**3, Figure().subplots())
    assert not inside(curve, shade)


def inside(curve, shade):
    corners = np.stack(curve.get_data(), axis=1)
    corners = corners[(corners[:, 0] > 0) & (corners[:, 0] < 1)] * (1, 1 - 1e-9)  # off the edge itself
    return bool(Path(shade.get_xy()).contains_points(corners).all())


@pytest.mark.parametrize(
    ("values", "level", "message"),
    [
        ([], 0.95, "at least one, got none"),
        ([0.5, 1.5], 0.95, r"p_values must be in \[0, 1\], at least one, got 0.5 .. 1.5"),
        ([0.5, np.nan], 0.95, "p_values must be finite"),
        ([0.5], 1.0, r"level must be in \(0, 1\), got 1.0"),
        ([0.5], 0, "level must be a finite number > 0"),
    ],
)
def test_bad_p_values_and_levels_are_refused(values, level, message):
    with pytest.raises(ValueError, match=message):
        plot.pit_ecdf(values, Figure().subplots(), level=level)
