"""Which of the defects that were found fits the draws best: the likeliest, the simplest first."""

import numpy as np

from sphspec.audit.batch import Batch
from sphspec.audit.evidence import BEYOND
from sphspec.audit.fit import Fit, ranked
from sphspec.audit.fits import covariance_fits
from sphspec.audit.hypotheses import Dictionary
from sphspec.audit.map_fits import map_fits
from sphspec.audit.other_fits import other_fits
from sphspec.audit.repeats import Repeats

CONSTANT = 1e-6  # share of squares about the mean


def explain(dictionary: Dictionary, batch: Batch, certain: dict[str, float], repeats: Repeats) -> list[Fit]:
    """Return the fits of the defects that were found, the best first."""
    if not certain:
        return []
    if repeats.found:
        return [repeats.fit]
    fits = [*covariance_fits(dictionary, batch), *other_fits(batch), *map_fits(batch)]
    if batch.beyond > BEYOND and batch.law.claim.band_limited:
        fits = _beyond(batch, fits)
    if batch.outside > BEYOND:
        fits.append(_outside(batch))
    found = ranked([fit for fit in fits if fit.defect in certain], batch.count)
    if "mean" in certain and _constant(batch):
        found.sort(key=lambda fit: fit.defect != "mean")
    if found and found[0].score(batch.count) <= 0:  # too small for any fit to pay: the clearest test decides
        clearest = min(certain, key=lambda defect: (certain[defect], defect))
        found.sort(key=lambda fit: fit.defect != clearest)
    return found or [_unfitted(min(certain, key=lambda defect: (certain[defect], defect)))]


def _constant(batch: Batch) -> bool:
    """Return whether draws are their mean, but for a part so small that gains are all rounding."""
    centred = batch.white - batch.white.mean(axis=0)
    return bool(np.sum(centred**2) < CONSTANT * np.sum(batch.white**2))


def _unfitted(defect: str) -> Fit:
    """Return a defect that its tests show and no fit describes."""
    return Fit(defect, "no size was fitted", 0.0, 0, (np.nan, np.nan, np.nan), "size", "none: not fitted")


def _beyond(batch: Batch, fits: list[Fit]) -> list[Fit]:
    """Return the fits that have something to say of maps with power beyond lmax."""
    said = "share of the maps' squares beyond lmax"
    here = Fit(
        "degree-trend", "power beyond lmax", 0.0, 1, (batch.beyond, batch.beyond, batch.beyond), said,
        "none: a share of these draws",
    )  # fmt: skip
    maps = list(map_fits(batch))
    shapes = [fit for fit in fits if fit.defect == "non-gaussian"]
    return [here, *(fit for fit in maps if fit.gain > 0), *shapes]


def _outside(batch: Batch) -> Fit:
    """Return the explanation of draws where the claim has no variance, when nothing else explains them."""
    share, said = batch.outside, "share of the draws' squares where the claim has none"
    named = "degree-trend" if batch.law.claim.isotropic else "isotropic-for-sigma"
    detail = "draws where the claimed variance is 0"
    return Fit(named, detail, 0.0, 1, (share, share, share), said, "none: a share of these draws")
