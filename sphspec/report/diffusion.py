"""What a grid does to an SDE: losses, best scores and the laws of samplers; measured, not drawn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import sde as generated
from sphspec.bias import InductiveBias, inductive_bias
from sphspec.end_to_end import EndToEnd, fitted_order, sampled_variances
from sphspec.losses import loss_ratio_bounds
from sphspec.metrics import Metric, NoiseMetric, PlainMetric, SigmaMetric
from sphspec.minimisers import Family, IsotropicFilter, PerDegree, best_score
from sphspec.parametrisation import scalar_process
from sphspec.report import words
from sphspec.report.cases import Measured
from sphspec.report.modified_drift import Drifted, drift_rows
from sphspec.samplers import EulerMaruyama, Exponential, ExponentialFlow, Heun, PredictorCorrector
from sphspec.sampling import Sampler
from sphspec.sde import SpectralSDE
from sphspec.spectra import isotropic_covariance
from sphspec.study import Study

Floats = NDArray[np.float64]
ABSENT = "–"
LARGEST = 700  # coefficients of a case whose laws are computed within seconds
MOST = 6  # grids
TIME = 0.2  # at which the losses are compared
STEPS = (125, 250, 500, 1000)
ISOTROPIC_STEPS = (125, 250)  # dense recursions; from two of them to the limit of many steps
SAMPLERS: dict[str, Sampler] = {
    "Euler-Maruyama": EulerMaruyama(),
    "Exponential": Exponential(),
    "Exponential flow": ExponentialFlow(),
    "Heun": Heun(),
    "Predictor-corrector": PredictorCorrector(),
}
CLASSES: dict[str, tuple[Family, Metric]] = {
    "plain": (PerDegree(), PlainMetric()),
    "Σ": (PerDegree(), SigmaMetric()),
    "noise": (PerDegree(), NoiseMetric()),
    "filter": (IsotropicFilter(), SigmaMetric()),
}


@dataclass(frozen=True, eq=False)
class Diffused:
    """The study's process and data on one grid.

    Attributes
    ----------
    measured : the case
    level : tr Sigma/n, the largest C_l of the data as well
    bias : best factors of each degree under each loss
    cl : (lmax + 1,) of the data
    white : (lmax + 1,) the factors for noise of covariance level 1
    bounds : of the loss in the Sigma metric over the plain one
    missed : share of the exact score's power that the best one of a class misses, by loss
    mismatch : what of the data is left at t = 1
    errors : of the sampled law at `STEPS`, by sampler
    isotropic : the same with isotropic noise, at `ISOTROPIC_STEPS`
    limit : the same, extrapolated to any number of steps
    """

    measured: Measured
    level: float
    bias: InductiveBias
    cl: Floats
    white: Floats
    bounds: tuple[float, float]
    missed: dict[str, float]
    mismatch: float
    errors: dict[str, tuple[float, ...]]
    isotropic: tuple[float, ...]
    limit: float

    def order(self, sampler: str) -> float:
        """Return the fitted order of a sampler; NaN where a law overflowed, or is exact."""
        found = np.array(self.errors[sampler])
        return fitted_order(STEPS, found.tolist()) if np.all(np.isfinite(found) & (found > 0)) else np.nan


def diffused_of(study: Study, measured: tuple[Measured, ...]) -> tuple[Diffused, ...]:
    """Return process and data on each grid of plain quadrature, at its highest band limit that will do."""
    items, process, data = _leading(measured)[:MOST], study.process.make(), study.data.make()
    sdes = [SpectralSDE(process, item.cov) for item in items]
    spectra = [_scaled(data.cl(item.cov.lmax), item) for item in items]
    laws = [EndToEnd.of(*each) for each in zip(sdes, map(isotropic_covariance, spectra), strict=True)]
    errors = _errors(laws)
    return tuple(_diffused(*each) for each in zip(items, spectra, laws, errors, strict=True))


def diffusion_data(
    drifted: tuple[Drifted, ...], diffused: tuple[Diffused, ...], measured: tuple[Measured, ...]
) -> dict[str, Any]:
    """Return the tables of the spectral SDEs and what the text names."""
    return {
        "drifts": drift_rows(drifted),
        "losses": [
            [
                item.measured.setting,
                *map(words.number, item.bounds),
                *(words.percent(share) for share in item.missed.values()),
            ]
            for item in diffused
        ],
        "laws": [_law_row(item) for item in diffused],
        "samplers": list(SAMPLERS),
        "steps": str(STEPS[-1]),
        "time": words.short(TIME),
        "empty": _empty(diffused),
        "singular": [item.setting for item in measured if item.case.operator.harmonic and _singular(item)],
        "large": [item.setting for item in measured if item.case.operator.harmonic and _large(item)],
        "largest": str(LARGEST),
        "grids": f"{len(diffused)} of {len(_leading(measured))}" if len(_leading(measured)) > MOST else None,
    }


def _leading(measured: tuple[Measured, ...]) -> tuple[Measured, ...]:
    """Return the case of the highest band limit of every grid, of those that will do."""
    found: dict[str, Measured] = {}
    for item in measured:
        if item.case.operator.harmonic and not _singular(item) and not _large(item):
            known = found.get(item.grid)
            if known is None or known.cov.lmax < item.cov.lmax:
                found[item.grid] = item
    return tuple(found.values())


def _singular(item: Measured) -> bool:
    return item.cov.rank() < item.cov.n


def _large(item: Measured) -> bool:
    return item.cov.n > LARGEST


def _scaled(spectrum: Floats, item: Measured) -> Floats:
    """Return a spectrum whose largest C_l is the noise's level."""
    return np.asarray(spectrum * (float(np.mean(item.cov.diagonal())) / (spectrum.max() or 1.0)))


def _diffused(item: Measured, cl: Floats, laws: EndToEnd, errors: dict[str, tuple[float, ...]]) -> Diffused:
    sde, cov, data = laws.sde, item.cov, laws.data
    process, level = scalar_process(sde, "the report"), float(np.mean(cov.diagonal()))
    exact = np.linalg.inv(sde.marginal_covariance(TIME, data))
    spread = generated.marginal_covariance(process.mean(TIME), process.variance(TIME), cl, level)
    return Diffused(
        item,
        level,
        inductive_bias(sde, data, TIME),
        cl,
        np.asarray(1.0 / spread),
        loss_ratio_bounds(cov),
        {
            name: best_score(sde, data, TIME, family, metric).excess / np.sum(metric.dense(cov) * exact)
            for name, (family, metric) in CLASSES.items()
        },
        laws.prior_mismatch(),
        errors,
        *_isotropic(laws),
    )


def _errors(laws: list[EndToEnd]) -> list[dict[str, tuple[float, ...]]]:
    """Return the errors of the sampled laws at `STEPS`, by sampler, grid by grid."""
    found: list[dict[str, tuple[float, ...]]] = [{} for _ in laws]
    for name, sampler in SAMPLERS.items() if laws else ():
        sampled = [sampled_variances(laws, steps, sampler, exact_start=True) for steps in STEPS]
        for law, errors, variances in zip(laws, found, zip(*sampled, strict=True), strict=True):
            errors[name] = tuple(_error(law, each) for each in variances)
    return found


def _error(law: EndToEnd, variances: Floats) -> float:
    """Return the error of a sampled law; infinite where it overflowed."""
    try:
        return law.error(law.covariance(variances))
    except ValueError:  # too few steps for the schedule
        return np.inf


def _isotropic(laws: EndToEnd) -> tuple[tuple[float, ...], float]:
    """Return the errors with isotropic noise, and of the law that is linear in 1/steps, at its end."""
    try:
        few, many = (laws.isotropic(steps) for steps in ISOTROPIC_STEPS)
    except ValueError:  # too few steps for the schedule
        return (np.inf, np.inf), np.inf
    first, second = ISOTROPIC_STEPS
    limit = (second * many - first * few) / (second - first)
    return (laws.error(few), laws.error(many)), laws.error(limit)


def _empty(found: tuple[Diffused, ...]) -> str | None:
    """Return the degrees in which some data have no variance, in words."""
    degrees = sorted({int(degree) for item in found for degree in np.flatnonzero(item.cl == 0)})
    return words.listed(map(str, degrees)) if degrees else None


def _law_row(item: Diffused) -> list[str]:
    """Return error at the last number of steps and order of every sampler, and the isotropic limit."""
    cells = []
    for name, errors in item.errors.items():
        order = item.order(name)
        cells.append(
            f"{words.number(errors[-1], 2)} / {words.number(order, 2) if np.isfinite(order) else ABSENT}"
        )
    return [item.measured.setting, *cells, words.number(item.limit, 2)]
