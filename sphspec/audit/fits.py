"""How well each defect explains the draws: the gain in log-likelihood over the claim, and the effect.

For alpha = D y, y of the claim and D = diag(1/v):

    log L(v) - log L(1) = -(K/2) [v^T Q v - 1^T Q 1 - 2 sum_i p_i log v_i],   Q = Sigma^+ o S

S the draws' second moments and p_i the part of coefficient i in the range (1 where Sigma is regular); other
orders and signs permute S. A fit pays (log K)/2 for each free number and log M for each of M rivals of its
defect (Schwarz), so that the simplest explanation stands first.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from sphspec.audit.batch import Batch
from sphspec.audit.fit import EXACT, PROFILE, Estimate, Fit, profile, variance_interval
from sphspec.audit.forms import Form
from sphspec.audit.hypotheses import Dictionary, Group, Layout, Mixture, Trend

Floats = NDArray[np.float64]
FARTHEST = 40.0  # |b| of a trend: variances differ by exp(40)
FLOOR = 1e-300  # variance below which a factor is 0


def covariance_fits(dictionary: Dictionary, batch: Batch) -> Iterator[Fit]:
    """Yield the fit of every hypothesis about the covariance."""
    q = batch.precision
    for group in dictionary.groups:
        yield from _group(group, batch, q)
    for trend in dictionary.trends:
        yield _trend(trend, batch, q)
    yield from _classes(batch, q)
    if batch.law.n > 1:
        yield _single(batch, q)
    for layout in dictionary.layouts:
        yield from _layout(layout, batch, q)
    for mixture in dictionary.mixtures:
        yield _mixture(mixture, batch)
    if not batch.law.claim.isotropic:
        yield _level(dictionary.identity, batch)


def _group(group: Group, batch: Batch, q: Any) -> Iterator[Fit]:
    """Fit a factor f on a group: u = f^-1/2 minimises a + 2 b u + c u^2 - 2 p log u."""
    inside = group.mask.astype(float)
    outside, part = 1 - inside, float(batch.law.shares @ inside)
    a, b, c = (
        float(left @ (q @ right)) for left, right in ((outside, outside), (outside, inside), (inside, inside))
    )
    squares = float(np.sum(np.asarray(group.whitener.T @ batch.alpha[:, group.mask].T) ** 2))
    freedom = batch.count * group.whitener.shape[1]
    f, low, high = variance_interval(squares, freedom)
    whole, rank, count = a + 2 * b + c, float(batch.law.shares.sum()), batch.count

    def gain(u: float) -> float:
        return -count / 2 * (a + 2 * b * u + c * u * u - whole - 2 * part * math.log(u))

    def scaled(u: float) -> float:
        """Return the same with the best factor of all coefficients."""
        level = (a + 2 * b * u + c * u * u) / rank
        return -count / 2 * (rank * (1 + math.log(max(level, FLOOR))) - whole - 2 * part * math.log(u))

    if group.factors:
        for factor in group.factors:
            said = "amplitude over the claimed one"
            root = (math.sqrt(f), math.sqrt(low), math.sqrt(high))
            detail = f"{group.detail}: variance {'doubled' if factor > 1 else 'halved'}"
            yield Fit(group.defect, detail, gain(factor**-0.5), 0, root, said, EXACT)
        return
    said = "variance over the claimed one"
    best = _factor(b, c, part)
    yield Fit(group.defect, group.detail, gain(best), 1, (f, low, high), said, EXACT)
    if group.defect == "m0-power":
        found = optimize.minimize_scalar(lambda t: -scaled(math.exp(t)), bounds=(-10, 10), method="bounded")
        u = float(np.exp(found.x))
        level = (a + 2 * b * u + c * u * u) / rank
        detail = f"{group.detail}, beside a factor {level:.4g} of all"
        yield Fit(
            group.defect, detail, scaled(u), 2, (f / level, low / level, high / level),
            "variance over that of m != 0, relative to the claim", EXACT,
        )  # fmt: skip


def _factor(b: float, c: float, part: float) -> float:
    """Return the least point u of 2 b u + c u^2 - 2 part log u."""
    c = max(c, FLOOR)
    root = math.sqrt(b * b + 4 * c * part)
    return 2 * part / (root + b) if b > 0 else (root - b) / (2 * c)  # either without cancellation


def _trend(trend: Trend, batch: Batch, q: Any) -> Fit:
    """Fit exp(b h) beside a factor of all; the effect is the ratio of factors at h = 1 and h = 0."""
    rank = float(batch.law.shares.sum())
    whole, lean = float(q.sum()), float(batch.law.shares @ trend.height)

    def gain(b: float) -> float:
        v = np.exp(-b * trend.height / 2)
        level = max(float(v @ (q @ v)) / rank, FLOOR)
        return -batch.count / 2 * (rank * (1 + math.log(level)) - whole + b * lean)

    best, low, high = profile(gain, -FARTHEST, FARTHEST)
    said = {"degree-trend": "variance at l = lmax over that at l = 0, relative to the claim"}.get(
        trend.defect, "variance at |m| = lmax over that at m = 0, relative to the claim"
    )
    return Fit(
        trend.defect,
        trend.detail,
        gain(best),
        2,
        (math.exp(best), math.exp(low), math.exp(high)),
        said,
        PROFILE,
    )


def _classes(batch: Batch, q: Any) -> Iterator[Fit]:
    """Fit a factor for every degree, and one for every order; the effect is the factor farthest from 1."""
    law = batch.law
    for defect, detail, of in (
        ("degree-trend", "a factor for each degree", law.degrees),
        ("latitude-variance", "a factor for each |m|", np.abs(law.orders)),
    ):
        count = int(of.max()) + 1
        if count < 3:
            continue
        member = (of[:, None] == np.arange(count)).astype(float)
        table, part = np.asarray(member.T @ (q @ member)), law.shares @ member
        u = np.ones(count)
        for _ in range(50):  # one factor at a time: each has its closed form
            for place in range(count):
                c = float(table[place, place])
                u[place] = _factor(float(table[place] @ u) - c * u[place], c, float(part[place]))
        u[part == 0] = 1.0  # no variance is claimed there, and none is left in the table
        gain = -batch.count / 2 * float(u @ table @ u - table.sum() - 2 * part @ np.log(u))
        farthest = int(np.argmax(np.abs(np.log(u)) * np.sqrt(part)))
        squares = batch.count * float(part[farthest]) / u[farthest] ** 2
        f, low, high = variance_interval(squares, batch.count * float(part[farthest]))
        named = f"{detail}, the clearest at {'l' if of is law.degrees else '|m|'} = {farthest}"
        yield Fit(defect, named, gain, count, (f, low, high), "variance over the claimed one", EXACT)


def _single(batch: Batch, q: Any) -> Fit:
    """Fit a factor of the one coefficient that gains most; it pays log n for being chosen."""
    law, c = batch.law, q.diagonal()
    b, part = np.asarray(q.sum(axis=1)).ravel() - c, law.shares
    u = np.array([_factor(*each) if each[2] > 0 else 1.0 for each in zip(b, c, part, strict=True)])
    gains = -batch.count / 2 * (2 * b * (u - 1) + c * (u * u - 1) - 2 * part * np.log(u))
    place = int(gains.argmax())
    freedom = batch.count * float(part[place])
    return Fit(
        "latitude-variance", f"(l, m) = ({law.degrees[place]}, {law.orders[place]}) alone",
        float(gains[place]) - math.log(law.n), 1, variance_interval(freedom / u[place] ** 2, freedom),
        "variance over the claimed one", EXACT,
    )  # fmt: skip


def _layout(layout: Layout, batch: Batch, q: Any) -> Iterator[Fit]:
    """Fit another order: Q with the draws put back; the effect is its share in a mixture with the claim."""
    back = np.argsort(layout.order)
    signs = layout.signs[back]
    turned = batch.raw[back][:, back] * signs[:, None] * signs
    value, rank = float(batch.law.inverse.multiply(turned).sum()), float(batch.law.shares.sum())
    _, estimate = _share(layout.form, batch)
    said, level = "share of the draws' covariance that is in the other order", max(value / rank, FLOOR)
    for detail, cost, free in (
        (layout.detail, value, 0),
        (f"{layout.detail}, beside a factor {level:.4g} of all", rank * (1 + np.log(level)), 1),
    ):
        gain = -batch.count / 2 * (cost - float(q.sum()))
        yield Fit(layout.defect, detail, gain, free, estimate, said, PROFILE)


def _level(seen: Form, batch: Batch) -> Fit:
    """Fit c I of any level: W^T W times c in white coordinates; the effect is c over the mean variance."""
    projected, values = seen.projected(batch), seen.eigenvalues
    level = float(np.mean(projected / values))
    gain = -batch.count / 2 * float(np.sum(np.log(level * values) + projected / (level * values) - projected))
    f, low, high = variance_interval(level * batch.count * values.size, batch.count * values.size)
    mean = float(batch.law.sigma.diagonal().mean())
    return Fit(
        "isotropic-for-sigma", "white coefficients of one variance", gain, 1,
        (f / mean, low / mean, high / mean),
        "their variance over the mean of the claimed ones", EXACT,
    )  # fmt: skip


def _mixture(mixture: Mixture, batch: Batch) -> Fit:
    gain, share = _share(mixture.form, batch)
    if mixture.contrast is None:
        size = "correlation" if mixture.detail[:7] != "claimed" and mixture.defect == "coupling" else "share"
        said = f"{size} of the other covariance" if size == "share" else "correlation of these neighbours"
        return Fit(mixture.defect, mixture.detail, gain, 1, share, said, PROFILE)
    one, other = mixture.contrast
    ends = [(1 + e * one) / (1 + e * other) for e in share]
    place = "equator" if abs(other) < 1 else "south pole"
    said = f"variance at the pole over that at the {place}, relative to the claim"
    return Fit(mixture.defect, mixture.detail, gain, 1, (ends[0], min(ends), max(ends)), said, PROFILE)


def _share(seen: Form, batch: Batch) -> tuple[float, Estimate]:
    """Return the gain of the best share e in I + e B, e, and its interval."""
    projected = seen.projected(batch)
    low, high = seen.limits
    low, high = max(low * (1 - 1e-9), -FARTHEST), min(high * (1 - 1e-9), FARTHEST)

    def gain(share: float) -> float:
        return seen.gain(share, projected, batch.count)

    best, below, above = profile(gain, low, high)
    return gain(best), (best, below, above)
