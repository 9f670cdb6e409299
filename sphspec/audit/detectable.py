"""What an audit without a finding would have caught with probability 0.999: by design, not from the draws."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sphspec.audit.batch import Batch
from sphspec.audit.evidence import Tests
from sphspec.audit.finding import Caught
from sphspec.audit.hypotheses import Dictionary, Named, Trend
from sphspec.verify.budget import CONFIRM, SCREEN
from sphspec.verify.effects import correlated, offset, quadratic, variance
from sphspec.verify.power import BETA, Stage
from sphspec.verify.quantiles import normal_above
from sphspec.verify.statements import KURTOSIS, SKEWNESS

TIE = 1e-9  # relative: what is seen as little as the one before it is told by the first's name


def detectable(
    dictionary: Dictionary, batch: Batch, found: Sequence[Tests], alpha: float
) -> tuple[Caught, ...]:
    """Return the smallest defects that a screen of so many draws and its confirmation find.

    Exact for factors and mixtures, on the safe side for correlations, about right for shapes.
    """
    return tuple(_caught(dictionary, batch, found, alpha))


def _caught(dictionary: Dictionary, batch: Batch, found: Sequence[Tests], alpha: float) -> Iterator[Caught]:
    shares = Counter(each.defect for each in found)
    defects = len(shares)
    sizes = {(each.defect, each.family.name): each.family.log_p.size for each in found}

    def least(defect: str, members: int, law: Callable[[Stage], float]) -> float:
        screen = Stage(batch.count, SCREEN / defects / max(1, shares[defect]) / members, BETA / 2)
        fresh = Stage(int(np.ceil(CONFIRM * batch.count)), alpha / SCREEN / defects, BETA / 2)
        return max(law(screen), law(fresh))

    for group in dictionary.groups:
        freedom = group.whitener.shape[1]
        size = least(group.defect, 1, lambda at, k=freedom: variance(at.samples * k, at.level, at.miss))  # type: ignore[misc]
        yield Caught(group.defect, group.detail, size, "relative error of the variance")
    hardest: dict[str, Named] = {}
    for each in dictionary.named:
        if each.defect not in hardest or _seen(each) < (1 - TIE) * _seen(hardest[each.defect]):
            hardest[each.defect] = each
    for each in hardest.values():
        values = each.form.eigenvalues
        largest = float(np.abs(values).max())
        size = least(
            each.defect,
            1,
            lambda at, v=values / largest: quadratic(v, at.samples, at.level, at.miss),  # type: ignore[misc]
        )
        said = "a drift of the logarithm of" if isinstance(each, Trend) else "a share, or amplitude, of"
        yield Caught(each.defect, f"{each.detail} (the one that is seen least)", size / largest, said)
    rank = batch.white.shape[1]
    if ("coupling", "pair") in sizes:
        size = least(
            "coupling", sizes[("coupling", "pair")], lambda at: correlated(at.samples, at.level, at.miss)
        )
        yield Caught("coupling", "any two white coordinates", size, "a correlation of")
    if ("mean", "mean") in sizes:
        size = least("mean", sizes[("mean", "mean")], lambda at: offset(at.samples, at.level, at.miss))
        yield Caught("mean", "any white coordinate", size, "deviations")

    def normal(at: Stage) -> float:
        return (normal_above(at.level / 2) + normal_above(at.miss)) / math.sqrt(at.samples * rank)

    if ("non-gaussian", "shape") in sizes:
        need = least("non-gaussian", sizes[("non-gaussian", "shape")], normal)
        yield Caught(
            "non-gaussian", "all coordinates alike", need * np.sqrt(KURTOSIS), "excess kurtosis about"
        )
        yield Caught("non-gaussian", "all coordinates alike", need * np.sqrt(SKEWNESS), "skewness about")
    if ("dependent-draws", "paths") in sizes:
        need = least("dependent-draws", sizes[("dependent-draws", "paths")], normal)
        yield Caught("dependent-draws", "draws that follow each other", need * np.sqrt(2), "a correlation of")


def _seen(each: Named) -> float:
    """Return how well the full size of an error is seen: its sum of squares in white coordinates."""
    return float(each.form.eigenvalues @ each.form.eigenvalues)
