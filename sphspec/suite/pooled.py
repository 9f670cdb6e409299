"""All Monte Carlo runs of a suite together: errors common to all, and whether their p are uniform."""

from collections.abc import Iterator, Sequence

import numpy as np

from sphspec.verify import pooled
from sphspec.verify.budget import POOLED
from sphspec.verify.result import Evidence, Result

CASE = "all Monte Carlo runs together"
LEAST = 2  # runs that a pooled statistic takes


def pooled_results(evidence: Sequence[Evidence], false_alarm: float) -> Iterator[Result]:
    """Yield a result for each signed statistic that at least two runs share, and for the uniformity of p.

    Only draws of the first stage count: a second one depends on them. Each of the M results fails at
    POOLED * false_alarm / M.
    """
    common = _common(evidence)
    if not common:
        return
    level = float(np.log10(POOLED * false_alarm / (2 * len(common))))
    for name, scores in common.items():
        draws = sum(run.samples for run in evidence if name in run.scores)
        yield _result(
            f"pooled: {name}", pooled.stouffer(scores), level, f"{scores.size} runs, {draws} draws",
            f"an effect common to all runs, {1 / np.sqrt(scores.size):.0%} of what one run finds",
            "effects of different sign in different runs",
        )  # fmt: skip
        yield _result(
            f"p uniform: {name}", pooled.uniformity(scores), level, f"{scores.size} runs",
            "p values that are too small, too large or too much alike",
            "dependence between statistics",
        )  # fmt: skip


def _common(evidence: Sequence[Evidence]) -> dict[str, np.ndarray]:
    names = sorted({name for run in evidence for name in run.scores})
    scores = {name: [run.scores[name] for run in evidence if name in run.scores] for name in names}
    return {name: np.array(found) for name, found in scores.items() if len(found) >= LEAST}


def _result(check: str, log_p: float, level: float, where: str, catches: str, blind: str) -> Result:
    value = log_p / np.log(10)
    return Result(CASE, check, 3, bool(value >= level), "log10 p", value, level, where, catches, blind)
