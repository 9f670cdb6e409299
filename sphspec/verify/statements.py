"""What a family of statistics would have found with probability 0.999, and what it cannot see, in words.

The numbers are those of the design, two stages and the family's share of the screen, whatever was drawn.
"""

import math
from collections.abc import Callable, Sequence

from sphspec.verify.dictionary import Direction
from sphspec.verify.effects import correlated, dependence, offset, quadratic, variance
from sphspec.verify.moments import Sums
from sphspec.verify.power import Stage, hardest, stages
from sphspec.verify.quantiles import normal_above
from sphspec.verify.statistics import Family

SKEWNESS, KURTOSIS = 6 / 0.891, 24 / 0.856  # variance of an estimate times draws, by the damped polynomials
BLIND = {
    "total": "errors that leave the total variance as it is",
    "direction": "errors orthogonal to every direction of the dictionary",
    "degree": "how a degree's variance is spread over m; correlations",
    "order": "how an order's variance is spread over l; correlations",
    "coefficient": "correlations",
    "pair": "variances; correlations that are many and each too small",
    "omnibus": "variances; correlations in few pairs",
    "mean": "any wrong covariance",
    "shape": "any wrong covariance, and shapes with the skewness and kurtosis of a normal",
    "increments": "any wrong covariance of one time step",
    "paths": "any wrong covariance of one path; dependence between paths that are not these pairs",
    "steps": "errors that leave the total variance of every time step as it is",
}


def catches(
    family: Family, sums: Sums, share: float, alpha: float, directions: Sequence[Direction] = ()
) -> str:
    """Return the smallest error that a family finds with probability 0.999 at both stages.

    Parameters
    ----------
    family : its name and its number of members count, and the size of the smallest
    sums : of the first stage; its number of draws, steps and coefficients count
    share : of the family in the screen
    alpha : false-alarm rate of the run
    directions : of the dictionary, for the family of that name
    """
    tests = stages(share, family.log_p.size, sums.count, alpha)
    steps, rank = sums.steps.shape

    def worst(law: Callable[[Stage], float]) -> float:
        return max(law(test) for test in tests)

    def spread(squares: float) -> float:
        """Return the variance error that so many squares a draw find."""
        return worst(lambda at: variance(int(at.samples * squares), at.level, at.miss))

    match family.name:
        case "total":
            return f"a scale error of {spread(rank):.2%}"
        case "steps":
            return f"a scale error of {spread(rank / steps):.2%} at any one time step"
        case "degree" | "order" | "coefficient":
            return f"a variance error of {spread(family.size):.1%} in any one {family.name}"
        case "pair":
            found = worst(lambda at: correlated(at.samples, at.level, at.miss))
            return f"a correlation of {found:.3f} between any two coefficients"
        case "increments":
            found = worst(lambda at: correlated(at.samples // steps, at.level, at.miss, steps - 1))
            return f"a correlation of {found:.3f} between neighbouring time steps of any coefficient"
        case "paths":
            found = worst(lambda at: correlated(at.samples // 2, at.level, at.miss))
            return f"a correlation of {found:.3f} between paths that are neighbours or half a block apart"
        case "mean":
            found = worst(lambda at: offset(at.samples, at.level, at.miss))
            return f"an offset of {found:.3f} standard deviations in any coefficient"
        case "direction":
            least = directions[hardest([each.eigenvalues for each in directions])]
            found = worst(lambda at: quadratic(least.eigenvalues, at.samples, at.level, at.miss))
            said = f"{found:.2%}" if found < 1 else "100 % or more"
            return f"an error of {said} in the direction seen least of {len(directions)} ({least.name})"
        case "omnibus":
            found = worst(lambda at: dependence(rank, at.samples, at.level, at.miss))
            if math.isinf(found):
                return "correlations of any kind that add up"
            return (
                f"correlations of any kind, root of the sum of their squares {found:.2f} (sqrt(-2 log det))"
            )
        case "shape":
            need = worst(
                lambda at: (normal_above(at.level / 2) + normal_above(at.miss)) / math.sqrt(at.samples)
            )
            skewness, kurtosis = need * math.sqrt(SKEWNESS), need * math.sqrt(KURTOSIS)
            return f"about a skewness of {skewness:.2f} or a kurtosis of {kurtosis:.2f} in any coefficient"
        case name:
            raise ValueError(f"unknown family {name!r}; known: {', '.join(sorted(BLIND))}")


def blind_to(family: Family) -> str:
    """Return what a family cannot see, in words."""
    return f"{BLIND[family.name]}; errors shared with the transform that was simulated"
