"""Tier 3: one Monte Carlo run in two stages, and its results."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.suite.alternatives import directions
from sphspec.suite.dense import Covariance
from sphspec.suite.draws import Draws
from sphspec.suite.engine import Engine, Task
from sphspec.suite.packing import pack
from sphspec.verify import power, stages
from sphspec.verify.budget import CONFIRM, SCREEN
from sphspec.verify.deterministic import EPS
from sphspec.verify.dictionary import Direction
from sphspec.verify.effects import variance
from sphspec.verify.moments import Sums
from sphspec.verify.pooled import normal_scores
from sphspec.verify.residuals import Sector, residuals
from sphspec.verify.result import Evidence, Result
from sphspec.verify.stages import Flag
from sphspec.verify.statements import blind_to, catches
from sphspec.verify.statistics import Family, families
from sphspec.verify.streams import stream
from sphspec.verify.tails import chi_square, quadratic_tails

Floats = NDArray[np.float64]
OUTSIDE = 10.0  # standard deviations: what a draw may have outside the range, where variance is roundoff
CONTROL = 1.5  # the positive control is this times the smallest effect detected
BLIND = "errors shared with the transform that was simulated; effects below those stated"


@dataclass(frozen=True)
class Run:
    """How one law is simulated.

    Attributes
    ----------
    samples : paths of the first stage; the second has CONFIRM times as many, and is rarely needed
    seed : root of the streams
    alpha : false-alarm rate of both stages together
    """

    samples: int
    seed: int
    alpha: float


@dataclass(frozen=True, eq=False)
class Claim:
    """What the statistics need to know of a claimed covariance.

    Attributes
    ----------
    degrees, orders : (r,) names of the white coordinates
    directions : in which it may be wrong
    """

    degrees: NDArray[np.int64]
    orders: NDArray[np.int64]
    directions: tuple[Direction, ...]

    @classmethod
    def of(cls, cov: Covariance) -> "Claim":
        """Return the claim of a covariance; a singular one has fewer white coordinates than n."""
        degrees, orders = degrees_orders(cov.lmax)
        kept = cov.blocks.kept
        return cls(degrees[kept], orders[kept], directions(cov))

    def families(self, sums: Sums) -> tuple[Family, ...]:
        """Return all families of the sums."""
        return families(sums, self.degrees, self.orders, self.directions)

    def scores(self, sums: Sums) -> dict[str, float]:
        """Return normal scores of signed statistics, to be pooled over runs."""
        total = float(np.trace(sums.products))
        upper, lower = quadratic_tails(total, np.ones(1), sums.count * self.degrees.size)
        return {"total": float(normal_scores(np.array(upper), np.array(lower)))}


def judge(
    run: Run,
    draws: Draws,
    engine: Engine,
    tick: Callable[[], None] = lambda: None,
    *,
    rehearse: bool = False,
) -> tuple[list[Result], Evidence]:
    """Simulate a law and return the results of all families, and the evidence.

    With rehearse the second stage is drawn though nothing was flagged, for the positive control alone.
    """
    cov, claim = draws.cov, Claim.of(draws.cov)
    sums = engine.sums(Task(draws, run.seed, "screen", run.samples), tick)
    found = claim.families(sums)
    flags = stages.flagged(found)
    again = _again(run, draws, engine) if flags or rehearse else None
    fresh = {family.name: family for family in claim.families(again)} if again and flags else {}
    shares = stages.weights(found)
    said = {
        family.name: (
            catches(family, sums, shares[family.name], run.alpha, claim.directions),
            blind_to(family),
        )
        for family in found
    }
    results = list(family_results(draws.label, found, flags, fresh, run, said))
    results.append(_positive_control(draws.label, run, sums, again, shares["total"]))
    results.append(distinct(draws.label, sums.marks))
    if claim.degrees.size < cov.n:
        results.append(_range_result(draws.label, sums, claim.degrees.size, cov.n))
    evidence = Evidence(
        draws.label, sums.count, residuals(sectors_of(cov), sums.products, sums.count),
        {family.name: family.corrected for family in found}, stages.merged(found), run.alpha,
        tuple(f"{flag.family}: {flag.where}" for flag in flags), again.count if again and flags else 0,
        claim.scores(sums), _digest(sums, again),
    )  # fmt: skip
    return results, evidence


def _again(run: Run, draws: Draws, engine: Engine) -> Sums:
    """Return the sums of the second stage."""
    paths = int(np.ceil(CONFIRM * run.samples))
    summed: Sums = engine.sums(Task(draws, run.seed, "confirm", paths), lambda: None)
    return summed


def _digest(*stages: Sums | None) -> str:
    """Return a digest of the merged sums of both stages, equal for any number of workers."""
    digest = sha256()
    for sums in stages:
        digest.update(pack(sums) if sums is not None else b"")
    return digest.hexdigest()


def family_results(
    label: str,
    found: Sequence[Family],
    flags: Sequence[Flag],
    fresh: dict[str, Family],
    run: Run,
    said: dict[str, tuple[str, str]],
) -> Iterator[Result]:
    """Yield a result a family: cleared by the screen, or the worst of its flags on fresh draws.

    Parameters
    ----------
    found : families of the first stage
    flags : what it could not clear
    fresh : families of the second stage, by name
    said : what each would have caught, and what it is blind to
    """
    shares = stages.weights(found)
    level = float(np.log10(stages.confirm_level(run.alpha, len(flags))))
    for family in found:
        check, (caught, blind) = f"Monte Carlo: {family.name}", said[family.name]
        mine = [flag for flag in flags if flag.family == family.name]
        if mine:
            again = fresh[family.name].log_p / np.log(10)
            worst = min(mine, key=lambda flag: float(again[flag.member]))
            value, limit = float(again[worst.member]), level
            where = f"{worst.where}, flagged by the first stage, tested again on fresh draws"
        else:
            value, limit = family.corrected, float(np.log10(SCREEN * shares[family.name]))
            where = family.where
        yield Result(label, check, 3, value >= limit, "log10 p", value, limit, where, caught, blind)


def _positive_control(label: str, run: Run, sums: Sums, again: Sums | None, share: float) -> Result:
    """Inflate the variance of the same draws by 1.5 times what "total" states: each stage finds it.

    Where there is no second stage the first must flag it; a correct run fails less than once in 1e10.
    """
    tests = power.stages(share, 1, sums.count, run.alpha)
    effect = CONTROL * max(variance(at.samples * sums.total.size, at.level, at.miss) for at in tests)
    drawn = [part for part in (sums, again) if part is not None]
    values = [_inflated(part, effect) for part in drawn]
    limits = [float(np.log10(at.level)) for at in tests[: len(drawn)]]
    place = int(np.argmax(np.array(values) - limits))
    return Result(
        label, f"positive control: variance inflated by {effect:.2%} must be rejected", 3,
        values[place] < limits[place], "log10 p", values[place], limits[place],
        f"stage {place + 1}", "a test that cannot fail", "everything but the total variance",
    )  # fmt: skip


def _inflated(sums: Sums, effect: float) -> float:
    """Return log10 p of the total of draws whose variance is 1 + effect times theirs."""
    total = float(np.trace(sums.products)) * (1 + effect)
    return float(chi_square(np.array([total]), sums.count * sums.total.size)[0] / np.log(10))


def distinct(label: str, marks: Sequence[str]) -> Result:
    """Check that no two blocks start with the same draw: a stream used twice."""
    repeated = len(marks) - len(set(marks))
    return Result(
        label, "blocks of draws are distinct", 3, repeated == 0, "residual", float(repeated), 0.0,
        f"{len(marks)} blocks", "a random stream used twice", "streams that overlap elsewhere",
    )  # fmt: skip


def _range_result(label: str, sums: Sums, rank: int, n: int) -> Result:
    limit = OUTSIDE * float(np.sqrt(n * EPS))
    return Result(
        label, f"draws lie in the range of Sigma (rank {rank} of {n})", 3, sums.outside <= limit,
        "residual", sums.outside, limit, "all", "noise in a direction that Sigma forbids", BLIND,
    )  # fmt: skip


def sectors_of(cov: Covariance) -> list[Sector]:
    """Return the sectors of a claim, with their white coordinates."""
    parts, kept = cov.blocks, cov.blocks.kept
    white = np.cumsum(kept) - 1
    return [
        Sector(places, white[places[kept[places]]], block, colour)
        for places, block, colour in zip(parts.indices, parts.blocks, parts.colours, strict=True)
    ]


def start_field(run: Run, label: str, cov: NoiseCovariance) -> Floats:
    """Return the field (npix,) that a simulated SDE starts at."""
    rng = stream(run.seed, label, "start", 0)
    return np.asarray(rng.standard_normal(cov.operator.grid.npix) * np.sqrt(cov.variance.mean()))
