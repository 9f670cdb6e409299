"""What a sampler of the reverse process is, and the walk from t = 1 to 0 that its steps make.

A step leads from t to s < t. Noise is an argument: draws of N(0, Sigma), `draws` of them a step. For a linear
score a step is alpha' = F alpha + sqrt(q) xi, once or several times: `moves` gives F and q, from which
`sampler_law` makes the exact law.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.parametrisation import Driven, Model

Floats = NDArray[np.float64]
Steps = int | Sequence[float]  # a number of equal steps, or the times from 1 down to 0


class Reversible(Driven, Protocol):
    """What a sampler needs of a spectral SDE."""

    def drift(self, alpha: Any, t: Any) -> Any:
        """Return the forward drift f."""

    def reverse_drift(self, alpha: Any, t: Any, score: Any) -> Any:
        """Return f - g^2 Sigma score."""

    def probability_flow(self, alpha: Any, t: Any, score: Any) -> Any:
        """Return f - (g^2/2) Sigma score."""


class Linear(Protocol):
    """An SDE with a linear score, as matrices."""

    @property
    def sde(self) -> Reversible:
        """Process and noise."""

    @property
    def sigma(self) -> Floats:
        """Sigma, (n, n)."""

    def score(self, t: float) -> Floats:
        """Return S of the score S alpha, (n, n)."""

    def drift(self, t: float) -> Floats:
        """Return B of the forward drift B alpha, (n, n)."""

    def power(self, t: float) -> float:
        """Return g(t)^2."""


class Move(NamedTuple):
    """alpha -> F alpha + sqrt(q) xi, xi ~ N(0, Sigma)."""

    transition: Floats
    power: float


@runtime_checkable
class Sampler(Protocol):
    """One step backwards."""

    @property
    def draws(self) -> int:
        """Draws of N(0, Sigma) that a step takes."""

    def step(
        self, sde: Reversible, model: Model, alpha: Any, t: float, s: float, noise: Sequence[Any]
    ) -> Any:
        """Return alpha at s < t, like alpha.

        Parameters
        ----------
        sde : process and noise
        model : score, NoisePrediction or Denoiser
        alpha : (..., n) coefficients at t
        t, s : times, 1 >= t > s >= 0
        noise : `draws` independent draws of N(0, Sigma), each like alpha
        """

    def moves(self, linear: Linear, t: float, s: float) -> tuple[Move, ...]:
        """Return the same step for a linear score, as one or several moves in turn."""


def reverse_path(
    sde: Reversible, start: Any, model: Model, noise: Iterable[Any], steps: Steps, sampler: Sampler
) -> Any:
    """Return alpha at t = 0 from alpha at t = 1, by a sampler, with noise that is given.

    Parameters
    ----------
    sde : process and noise
    start : (..., n) alpha at t = 1
    model : score (alpha, t) -> array like alpha, NoisePrediction or Denoiser; t a number in (0, 1]
    noise : draws of N(0, Sigma) like alpha, `sampler.draws` for each step, the first at t = 1
    steps : number of equal time steps, >= 1, or the times of the steps, from 1 down to 0
    sampler : such as EulerMaruyama()

    Raises
    ------
    ValueError
        where the noise ends before the steps do.
    """
    times, each, n = step_times(steps), sampler_of(sampler).draws, sde.covariance.n
    alpha, draws = check.coefficients("start", start, n), iter(noise)
    for place, (t, s) in enumerate(pairwise(times)):
        given = [check.coefficients("noise", draw, n) for draw in islice(draws, each)]
        if len(given) < each:
            draw = "a draw" if each == 1 else f"{each} draws"
            raise ValueError(
                f"noise must have {draw} for each of {len(times) - 1} steps, got {place * each + len(given)}"
            )
        alpha = sampler.step(sde, model, alpha, t, s, given)
    return alpha


def step_times(steps: Any) -> list[float]:
    """Return the times of the steps from 1 down to 0, given as their number or as themselves."""
    if isinstance(steps, int | np.integer):
        count = check.integer("steps", steps, 1)
        step = 1.0 / count
        return [1.0, *(remaining * step for remaining in range(count - 1, 0, -1)), 0.0]
    times = check.real_array("steps", steps)
    decreasing = times.ndim == 1 and times.size > 1 and bool(np.all(np.diff(times) < 0))
    if not decreasing or times[0] != 1 or times[-1] != 0:
        raise ValueError(
            "steps must be a number >= 1 of equal steps, or times that decrease from 1 to 0, got "
            f"{_shown(times)}"
        )
    return [float(time) for time in times]


def sampler_of(value: Any) -> Sampler:
    """Return a sampler as it is; ValueError for what is none."""
    if isinstance(value, type) or not isinstance(value, Sampler):
        raise ValueError(f"sampler must be one such as EulerMaruyama(), got {value!r}")
    return value


def walk(steps: Steps) -> Iterator[tuple[float, float]]:
    """Yield the (t, s) of each step."""
    yield from pairwise(step_times(steps))


def _shown(times: Floats) -> str:
    return str(times.tolist()) if times.size < 6 else f"{times.size} values from {times.flat[0]}"
