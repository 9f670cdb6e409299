"""Tier 3: Brownian motion and SDE marginals on pixels, pushed through an independent transform."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.simulate import Witness, brownian_increments
from sphspec.verify.deterministic import EPS
from sphspec.verify.moments import Sums, merge, sums_of
from sphspec.verify.power import detectable_correlation, detectable_variance
from sphspec.verify.result import Evidence, Result
from sphspec.verify.statistics import SHARES, Family, families
from sphspec.verify.streams import stream

Floats = NDArray[np.float64]
BLOCK = 250  # paths a block
OUTSIDE = 10.0  # standard deviations: what a draw may have outside the range, where variance is roundoff
CONTROL = 1.5  # the positive control is this times the smallest effect detected
BLIND = "errors shared with the transform that was simulated; effects below those stated"


@dataclass(frozen=True)
class Run:
    """One Monte Carlo run: what is drawn, from which stream, at which false-alarm rate."""

    case: str
    samples: int
    seed: int
    alpha: float


def brownian_sums(
    run: Run,
    cov: NoiseCovariance,
    witness: Witness,
    times: tuple[float, ...],
    tick: Callable[[], None],
) -> Sums:
    """Return the sums of normalised increments of v_t = A w_t at several times, over all blocks.

    Each map of the path w_t goes through the witness; the increments of what comes out, divided by
    sqrt(dt), are independent draws of N(0, Sigma).
    """
    steps = np.sqrt(np.diff((0.0, *times)))

    def draw(rng: np.random.Generator, paths: int) -> Floats:
        normals = rng.standard_normal((paths, len(times), cov.operator.grid.npix))
        path = np.cumsum(brownian_increments(normals, times, cov.variance), axis=1)
        values = witness.analyse(path.reshape(-1, path.shape[-1])).reshape(paths, len(times), cov.n)
        increments: Floats = np.diff(values, axis=1, prepend=0.0) / steps[:, None]
        return increments

    return _accumulate(run, cov, f"brownian {times}", draw, tick)


def marginal_sums(
    run: Run,
    cov: NoiseCovariance,
    witness: Witness,
    claimed: Callable[[Floats], tuple[Floats, Any]],
    mean: float,
    variance: float,
    tick: Callable[[], None],
) -> Sums:
    """Return the sums of (alpha_t - mean)/s_t for an SDE started at one field.

    Parameters
    ----------
    claimed : alpha_0 -> (mean, s_t), the law under test
    mean, variance : the pixel process's transition, integrated numerically
    """
    npix = cov.operator.grid.npix
    start = stream(run.seed, run.case, "start", 0).standard_normal(npix) * np.sqrt(cov.variance.mean())
    centre, deviation = claimed(witness.analyse(start[None])[0])

    def draw(rng: np.random.Generator, paths: int) -> Floats:
        noise = rng.standard_normal((paths, npix)) * np.sqrt(cov.variance)
        pixels = mean * start + np.sqrt(variance) * noise
        return np.asarray((witness.analyse(pixels) - centre) / deviation)[:, None, :]

    return _accumulate(run, cov, "marginal", draw, tick)


def _accumulate(
    run: Run,
    cov: NoiseCovariance,
    stage: str,
    draw: Callable[[np.random.Generator, int], Floats],
    tick: Callable[[], None],
) -> Sums:
    content = f"{run.case} {sha256(cov.variance.tobytes()).hexdigest()}"

    def blocks() -> Iterator[Sums]:
        for number, first in enumerate(range(0, run.samples, BLOCK)):
            rng = stream(run.seed, content, stage, number)
            values = draw(rng, min(BLOCK, run.samples - first))
            white, outside = cov.whiten(values)
            yield sums_of(white, values, outside)
            tick()

    return merge(blocks())


def judge(run: Run, cov: NoiseCovariance, sums: Sums) -> tuple[list[Result], Evidence]:
    """Return the results of all families at the run's false-alarm rate, and the evidence."""
    degrees, orders = _white_labels(cov)
    found = families(sums, degrees, orders)
    share = sum(SHARES[family.name] for family in found)
    limits = {family.name: float(np.log10(run.alpha * SHARES[family.name] / share)) for family in found}
    results = [_result(run, family, limits[family.name], sums.count) for family in found]
    results.append(_positive_control(run, sums, degrees, orders, limits["total"]))
    if degrees.size < cov.n:
        results.append(_range_result(run, sums, degrees.size, cov.n))
    evidence = Evidence(
        run.case, sums.count, cov.dense(), sums.raw / sums.count,
        {family.name: family.corrected for family in found},
    )  # fmt: skip
    return results, evidence


def _white_labels(cov: NoiseCovariance) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    degrees, orders = degrees_orders(cov.lmax)
    kept = cov.blocks.kept
    return degrees[kept], orders[kept]


def _result(run: Run, family: Family, limit: float, count: int) -> Result:
    alpha = 10.0**limit / family.log_p.size
    return Result(
        run.case, f"Monte Carlo: {family.name}", 3, family.corrected >= limit, "log10 p",
        family.corrected, limit, family.where, _catches(family, count, alpha), BLIND,
    )  # fmt: skip


def _catches(family: Family, count: int, alpha: float) -> str:
    if family.name == "total":
        return f"a scale error of {detectable_variance(count * family.size, alpha):.2%}"
    if family.name in ("degree", "order", "coefficient"):
        effect = detectable_variance(count * family.size, alpha)
        return f"a variance error of {effect:.1%} in any one {family.name}"
    if family.name == "mean":
        offset = detectable_correlation(count, alpha)
        return f"an offset of {offset:.2f} standard deviations in any coefficient"
    effect = detectable_correlation(count, alpha)
    kind = "between time steps" if family.name == "increments" else "between any two coefficients"
    return f"a correlation of {effect:.2f} {kind}"


def _positive_control(
    run: Run, sums: Sums, degrees: NDArray[np.int64], orders: NDArray[np.int64], limit: float
) -> Result:
    """Inflate the variance of the same draws by 1.5 times the smallest effect: it must be rejected."""
    effect = CONTROL * detectable_variance(sums.count * degrees.size, 10.0**limit)
    inflated = Sums(
        sums.count,
        sums.total,
        sums.products * (1 + effect),
        sums.lagged,
        sums.leading,
        sums.raw,
        0.0,
    )
    total = next(family for family in families(inflated, degrees, orders) if family.name == "total")
    return Result(
        run.case, f"positive control: variance inflated by {effect:.2%} must be rejected", 3,
        total.corrected < limit, "log10 p", total.corrected, limit, "all",
        "a test that cannot fail", "everything but the total variance",
    )  # fmt: skip


def _range_result(run: Run, sums: Sums, rank: int, n: int) -> Result:
    limit = OUTSIDE * float(np.sqrt(n * EPS))
    return Result(
        run.case, f"draws lie in the range of Sigma (rank {rank} of {n})", 3, sums.outside <= limit,
        "residual", sums.outside, limit, "all", "noise in a direction that Sigma forbids", BLIND,
    )  # fmt: skip
