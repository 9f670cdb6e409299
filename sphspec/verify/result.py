"""What a verification says: one Result a check, Evidence a Monte Carlo run, and the Verdict of a study."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Literal

from sphspec.verify.outcome import Outcome
from sphspec.verify.residuals import Residuals


@dataclass(frozen=True)
class Result:
    """The outcome of one check.

    Attributes
    ----------
    case : grid, band limit and operator, or the process
    check : name of the check
    tier : 0 and 1 deterministic, 2 pathwise, 3 Monte Carlo
    ok : whether it passed
    kind : "residual": fails above `limit`; "log10 p": fails below `limit`
    value, limit : what was found and where it fails
    where : where the deviation is largest
    catches : what would have been caught (tier 3: with probability 0.999)
    blind : what the check cannot see
    """

    case: str
    check: str
    tier: int
    ok: bool
    kind: Literal["residual", "log10 p"]
    value: float
    limit: float
    where: str
    catches: str
    blind: str


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a Monte Carlo run found.

    Attributes
    ----------
    case : as in Result
    samples : number of draws K of the first stage
    residuals : what the draws left over, chart R1
    log_p : log10 p of every family of statistics, by name
    merged : log10 of the smallest p, weighted over families (Bonferroni)
    alpha : false-alarm rate of the run, both stages together
    flagged : hypotheses that the first stage handed to fresh draws
    fresh : number of draws of the second stage, 0 where nothing was flagged
    scores : normal scores of signed statistics, N(0, 1) under the claim, by name
    digest : of the merged statistics' bytes, the same for any number of workers
    """

    case: str
    samples: int
    residuals: Residuals
    log_p: dict[str, float]
    merged: float
    alpha: float
    flagged: tuple[str, ...]
    fresh: int
    scores: dict[str, float]
    digest: str


@dataclass(frozen=True)
class RoundTrip:
    """White pixel noise (unit variance) analysed and synthesised again.

    Attributes
    ----------
    case : as in Result
    predicted : standard deviation of the map that comes back, from the covariance
    simulated : the same from `draws` maps sent through somebody else's transforms
    standard_error : of the simulated value
    draws : number of maps
    """

    case: str
    predicted: float
    simulated: float
    standard_error: float
    draws: int


@dataclass(frozen=True, eq=False)
class Verdict:
    """All results of a study's verification.

    Attributes
    ----------
    study : its name
    results : every check
    evidence : every Monte Carlo run
    round_trip : white noise there and back, a case each on equal-weight HEALPix grids
    notes : what was not checked, and what would make it be
    false_alarm : probability that a correct package fails anywhere in this run
    seconds : wall-clock time
    mutants : what the checks made of planted errors, where that was asked for
    """

    study: str
    results: tuple[Result, ...]
    evidence: tuple[Evidence, ...]
    round_trip: tuple[RoundTrip, ...]
    notes: tuple[str, ...]
    false_alarm: float
    seconds: float
    mutants: tuple[Outcome, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there were checks and every one passed."""
        return bool(self.results) and all(result.ok for result in self.results)

    @property
    def failures(self) -> tuple[Result, ...]:
        """The checks that failed."""
        return tuple(result for result in self.results if not result.ok)

    def to_json(self) -> str:
        """Return the verdict as JSON text without its duration; numbers that are not finite become null."""
        rows = [{key: _finite(value) for key, value in asdict(result).items()} for result in self.results]
        runs = [
            {
                "case": run.case,
                "samples": run.samples,
                "fresh": run.fresh,
                "flagged": list(run.flagged),
                "alpha": run.alpha,
                "log10_p_merged": _finite(run.merged),
                "log10_p": {k: _finite(v) for k, v in run.log_p.items()},
                "digest": run.digest,
                "scores": {k: _finite(v) for k, v in run.scores.items()},
            }
            for run in self.evidence
        ]
        content = {
            "study": self.study,
            "ok": self.ok,
            "false_alarm": self.false_alarm,
            "results": rows,
            "monte_carlo": runs,
            "round_trip": [asdict(trip) for trip in self.round_trip],
            "planted_errors": [outcome.to_dict() for outcome in self.mutants],
            "notes": list(self.notes),
        }
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
