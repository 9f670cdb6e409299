"""Proof that the checks can fail: every tier on every mutant, and on the truth, which must pass them all."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import covariance as generated
from sphspec.covariance import NoiseCovariance
from sphspec.simulate import brownian_increments
from sphspec.suite.deterministic import PROBES, coefficient_names
from sphspec.suite.engine import Work
from sphspec.suite.guard import guarded
from sphspec.suite.montecarlo import Run, judge
from sphspec.suite.mutant_fixtures import Ground, Remembered, claimed, grounds
from sphspec.suite.progress import Progress, silent
from sphspec.suite.threads import one_thread
from sphspec.verify import deterministic as verify
from sphspec.verify.budget import MONTE_CARLO as SHARE
from sphspec.verify.fixture import TIERS, Mutant, Simulator
from sphspec.verify.moments import merge
from sphspec.verify.mutants import MUTANTS, TRUTH
from sphspec.verify.outcome import Outcome
from sphspec.verify.result import Result
from sphspec.verify.streams import stream

Floats = NDArray[np.float64]
DRAWS = 20_000
SEED = 20260128
FALSE_ALARM = 1e-6  # of a suite; its Monte Carlo part is shared by all that is judged here
PATHS = 2  # that go through simulator and operator with the same increments
PATH = 1e-12
CONTROL = "positive control"
HEADINGS = ("", "mutant", "error", "|E|/|Σ|", "killed by tier (value/limit)", "log10 p", "verdict")


@dataclass(frozen=True, eq=False)
class SimulatedDraws:
    """Draws of a simulator, right or wrong, under a claimed covariance per unit time."""

    label: str
    cov: NoiseCovariance
    simulator: "Simulator | Remembered"
    steps: int

    @property
    def normals(self) -> int:
        """Number of normals that a path takes."""
        return self.steps * self.cov.operator.grid.npix

    @property
    def content(self) -> str:
        """The label: the fixtures are fixed."""
        return f"mutants {self.label}"

    def values(self, rng: np.random.Generator, paths: int) -> Floats:
        """Return normalised increments, (paths, T, n)."""
        return self.simulator.values(rng, (paths, self.steps, self.cov.operator.grid.npix))


class Unpinned:
    """One block after the other; the caller pins the libraries' threads once, not for each small block."""

    def sums(self, task: Work, tick: Callable[[], None] = lambda: None) -> Any:
        """Return the merged sums of all blocks."""
        del tick
        return merge([task.block(number) for number in range(task.blocks)])

    def finish(self) -> None:
        """Forget nothing: nothing is kept."""


def run_mutants(
    mutants: Sequence[Mutant] = (*TRUTH, *MUTANTS), progress: Progress = silent, seed: int = SEED
) -> tuple[Outcome, ...]:
    """Judge every mutant by every tier that has a say.

    Raises
    ------
    ValueError
        where healpy is not installed.
    """
    if find_spec("healpy") is None:
        raise ValueError("verification needs healpy: pip install 'sphspec[verify]'")
    progress("mutants", total=len(mutants))
    prepared, alpha, found = grounds(), SHARE * FALSE_ALARM / len(mutants), []
    with one_thread():
        for mutant in mutants:
            progress(f"mutant: {mutant.name}")
            run = Run(DRAWS // prepared[mutant.grid].ours.times.size, seed, alpha)
            found.append(judged(mutant, prepared[mutant.grid], run))
            progress(f"mutant: {mutant.name}", advance=1)
    return tuple(found)


def judged(mutant: Mutant, ground: Ground, run: Run) -> Outcome:
    """Return what the tiers make of one mutant."""
    built, steps, case = _built(mutant, ground), ground.ours.times.size, mutant.name
    if isinstance(built, Simulator):
        distance = math.nan
        results = list(guarded(case, "path", _path(case, built, ground, run)))
        draws = SimulatedDraws(case, ground.cov, built, steps)
    else:
        truth = ground.ours.law
        distance = float(np.linalg.norm(built - truth) / np.linalg.norm(truth))
        results = list(guarded(case, "claim", _claim(case, built, ground, run)))
        cov = claimed(ground.cov, built / ground.ours.time)
        draws = SimulatedDraws(f"truth on {mutant.grid}", cov, ground.truth, steps)
    results += guarded(case, "draws", _monte_carlo(run, draws))
    return _outcome(mutant, distance, results)


def _built(mutant: Mutant, ground: Ground) -> Floats | Simulator:
    """Return a claim made from the package's arrays, or a simulator made from the witness's."""
    built = mutant.build(ground.ours)
    return mutant.build(ground.theirs) if isinstance(built, Simulator) else built


def _outcome(mutant: Mutant, distance: float, results: Sequence[Result]) -> Outcome:
    known = [entry.name for entry in MUTANTS]
    number = known.index(mutant.name) + 1 if mutant.name in known else 0
    margins = {
        tier: max(_margin(result) for result in results if result.tier == place)
        for place, tier in enumerate(TIERS)
        if any(result.tier == place for result in results)
    }
    killed = tuple(sorted({TIERS[result.tier] for result in results if not result.ok}))
    log_p = min((result.value for result in results if result.kind == "log10 p"), default=math.nan)
    return Outcome(
        number, mutant.name, mutant.what, mutant.grid, mutant.tiers, distance, margins, killed, log_p
    )  # fmt: skip


def _claim(case: str, claim: Floats, ground: Ground, run: Run) -> Iterator[Result]:
    """Yield tiers 0 and 1 for a claimed covariance of v_t."""
    ours, theirs = ground.ours, ground.theirs
    yield verify.positive_semidefinite(case, claim)
    strength = float(np.sum(generated.noise_strength(ours.weights, ours.variance))) * ours.time
    predicted = generated.degree_power(np.arange(ground.cov.lmax + 1), strength)
    yield verify.flat_power(case, np.diagonal(claim), ours.degrees, predicted)
    vectors = stream(run.seed, case, "probes", 0).standard_normal((PROBES, ours.degrees.size))
    yield verify.adjoint_probe(case, vectors @ claim, vectors, theirs.matrix, theirs.time * theirs.variance)
    names = coefficient_names(ground.cov.lmax)
    yield verify.same_entries(case, "every entry", claim, theirs.law, names)


def _path(case: str, simulated: Simulator, ground: Ground, run: Run) -> Iterator[Result]:
    """Yield tier 2: the simulator and the operator on the same normals."""
    ours = ground.ours
    shape = (PATHS, ours.times.size, ours.variance.size)
    normals = stream(run.seed, case, "path", 0).standard_normal(shape)
    steps = np.sqrt(np.diff(ours.times, prepend=0.0))[:, None]
    increments = brownian_increments(normals, ours.times.tolist(), ours.variance)
    yield verify.same_vectors(
        case, "the same increments", 2, simulated.push(normals), ground.cov.operator(increments) / steps,
        PATH, "a wrong step",
    )  # fmt: skip


def _monte_carlo(run: Run, draws: SimulatedDraws) -> Iterator[Result]:
    """Yield tier 3; the positive control has its own fixture in every run."""
    found, _ = judge(run, draws, Unpinned())
    yield from (result for result in found if not result.check.startswith(CONTROL))


def _margin(result: Result) -> float:
    if result.limit == 0:
        return math.inf if result.value > 0 else 0.0
    return result.value / result.limit


def table(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Return a row of text for every outcome, under HEADINGS; where nothing killed, that column is empty."""
    return [_row(outcome) for outcome in outcomes]


def _row(outcome: Outcome) -> tuple[str, ...]:
    killers = (f"{tier} ({_number(outcome.margins[tier])})" for tier in outcome.killed)
    return (
        str(outcome.number or ""), outcome.mutant, f"{outcome.error}, {outcome.grid}",
        _number(outcome.distance), ", ".join(killers), f"{outcome.log_p:.1f}", _verdict(outcome),
    )  # fmt: skip


def _verdict(outcome: Outcome) -> str:
    if not outcome.must:
        return "passed" if outcome.ok else "FAILED"
    missed = [tier for tier in outcome.must if tier not in outcome.killed]
    return f"SURVIVED {', '.join(missed)}" if missed else "killed"


def _number(value: float) -> str:
    return "" if math.isnan(value) else "∞" if math.isinf(value) else f"{value:.2g}"


def to_json(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as JSON text; numbers that are not finite become null."""
    ok, rows = all(outcome.ok for outcome in outcomes), [outcome.to_dict() for outcome in outcomes]
    return json.dumps({"ok": ok, "draws": DRAWS, "mutants": rows}, indent=1, ensure_ascii=False)


def mutants_result(outcomes: Sequence[Outcome]) -> Result:
    """Return whether every planted error was found, and the truth passed, as one check of a study."""
    wrong = [outcome.mutant for outcome in outcomes if not outcome.ok]
    planted = sum(bool(outcome.must) for outcome in outcomes)
    where = "; ".join(wrong) or f"{planted} planted errors, {len(outcomes) - planted} times the truth"
    return Result(
        "planted errors", "each is found by the tiers that must, the truth passes", 3, not wrong, "residual",
        float(len(wrong)), 0.0, where, "a check that cannot fail, or fails on the truth",
        "errors of a kind that is not in the registry",
    )  # fmt: skip
