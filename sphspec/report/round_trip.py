"""White noise there and back: predicted standard deviations, against band limit and beside simulation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from sphspec.analysis import LeastSquares
from sphspec.covariance import is_round_trip, noise_covariance, round_trip_deviation
from sphspec.grids import RingGrid
from sphspec.operator import Operator
from sphspec.report.cases import Measured
from sphspec.specs import make_operator
from sphspec.verify.result import RoundTrip, Verdict

HEALPY_DEFAULT = "jacobi:iterations=3"  # map2alm(iter=3)
POINTS = 12  # band limits of a predicted curve
LARGEST = 2500  # coefficients up to which a curve is drawn


@dataclass(frozen=True)
class Point:
    """What is predicted at one band limit: with the operator, and with the orthogonal projection.

    Attributes
    ----------
    lmax : band limit
    deviation : standard deviation of the map that comes back
    projected : the same after least squares; NaN where the grid cannot carry the band limit
    """

    lmax: int
    deviation: float
    projected: float


@dataclass(frozen=True, eq=False)
class Predicted:
    """One case: what is predicted to come back of unit white noise.

    Attributes
    ----------
    measured : the case
    predicted : from Sigma and G
    curve : predictions at smaller band limits, empty for large problems
    """

    measured: Measured
    predicted: Point
    curve: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class Trip(Predicted):
    """One case with the verdict's simulation of it, None where there is none."""

    simulated: RoundTrip | None


def predicted_trips(measured: tuple[Measured, ...]) -> tuple[Predicted, ...]:
    """Return the predictions of all cases on HEALPix grids of equal weights."""
    mine = [item for item in measured if is_round_trip(item.cov)]
    largest: dict[tuple[str, str], int] = {}
    for item in mine:
        largest[_key(item)] = max(largest.get(_key(item), 0), item.cov.lmax)
    projected = cache(_projected)  # the same for all operators
    curves = {
        _key(item): _curve(item.cov.operator, projected)
        for item in mine
        if item.cov.lmax == largest[_key(item)]
    }
    return tuple(Predicted(item, _point(item.cov.operator, projected), curves[_key(item)]) for item in mine)


def simulated_trips(predicted: tuple[Predicted, ...], verdict: Verdict) -> tuple[Trip, ...]:
    """Return the trips beside their simulations."""
    simulated = {trip.case: trip for trip in verdict.round_trip}
    return tuple(
        Trip(each.measured, each.predicted, each.curve, simulated.get(each.measured.case.label))
        for each in predicted
    )


def called_out(trips: tuple[Trip, ...]) -> Trip:
    """Return the trip that the text discusses: healpy's default at the largest band limit, or the largest."""
    default = [trip for trip in trips if trip.measured.cov.operator.name == HEALPY_DEFAULT]
    return max(default or trips, key=lambda trip: trip.predicted.lmax)


def _key(item: Measured) -> tuple[str, str]:
    return item.cov.operator.grid.name, item.cov.operator.name


def _projected(grid: RingGrid, lmax: int) -> float:
    """Return the deviation after least squares; NaN for more coefficients than pixels, or a singular Gram."""
    try:
        return round_trip_deviation(noise_covariance(LeastSquares(grid, lmax)))
    except ValueError:
        return np.nan


def _point(operator: Operator, projected: Callable[[RingGrid, int], float]) -> Point:
    projection = projected(operator.grid, operator.lmax)
    if isinstance(operator, LeastSquares):
        return Point(operator.lmax, projection, projection)
    return Point(operator.lmax, round_trip_deviation(noise_covariance(operator)), projection)


def _curve(operator: Operator, projected: Callable[[RingGrid, int], float]) -> tuple[Point, ...]:
    if operator.n > LARGEST:
        return ()
    limits = np.unique(np.linspace(0, operator.lmax, POINTS).round().astype(int)).tolist()
    return tuple(_point(make_operator(operator.name, operator.grid, lmax), projected) for lmax in limits)
