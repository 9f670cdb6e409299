"""Exact transitions of scalar linear SDEs by numerical integration of their moment equations.

The processes are stated here from Song et al. (2011.13456) and others, apart from the derivations on purpose.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.integrate import solve_ivp

Rate = Callable[[float], float]


@dataclass(frozen=True)
class ScalarSDE:
    """dx = rate(t) x dt + sqrt(power(t)) dw."""

    rate: Rate
    power: Rate


def vp(beta_min: float, beta_max: float) -> ScalarSDE:
    """Return the variance-preserving process."""

    def beta(t: float) -> float:
        return beta_min + (beta_max - beta_min) * t

    return ScalarSDE(lambda t: -beta(t) / 2, beta)


def sub_vp(beta_min: float, beta_max: float) -> ScalarSDE:
    """Return the sub-variance-preserving process."""

    def beta(t: float) -> float:
        return beta_min + (beta_max - beta_min) * t

    def power(t: float) -> float:
        integral = beta_min * t + (beta_max - beta_min) * t * t / 2
        return beta(t) * (1 - math.exp(-2 * integral))

    return ScalarSDE(lambda t: -beta(t) / 2, power)


def ve(sigma_min: float, sigma_max: float) -> ScalarSDE:
    """Return the variance-exploding process."""
    growth = math.log(sigma_max / sigma_min)

    def power(t: float) -> float:
        return 2 * growth * (sigma_min * math.exp(growth * t)) ** 2

    return ScalarSDE(lambda t: 0.0 * t, power)


def cosine_vp(offset: float, cutoff: float) -> ScalarSDE:
    """Return the process of the cosine schedule of Nichol and Dhariwal (2102.09672), time cut off."""
    quarter, pace = math.pi / 2, (1 - cutoff) / (1 + offset)

    def beta(t: float) -> float:  # -d log(cos^2)/dt
        angle = quarter * ((1 - cutoff) * t + offset) / (1 + offset)
        return 2 * quarter * pace * math.sin(angle) / math.cos(angle)

    return ScalarSDE(lambda t: -beta(t) / 2, beta)


def ornstein_uhlenbeck(reversion: float, diffusion: float) -> ScalarSDE:
    """Return the process that reverts to zero at a constant rate."""
    return ScalarSDE(lambda t: -reversion + 0.0 * t, lambda t: diffusion * diffusion + 0.0 * t)


@lru_cache(maxsize=1024)
def moments(process: ScalarSDE, time: float, begin: float = 0.0) -> tuple[float, float]:
    """Return mean factor and variance at a time > begin, given the value at begin.

    From m' = a m, v' = 2 a v + g^2, m = 1 and v = 0 at begin.
    """

    def slope(t: float, state: np.ndarray) -> list[float]:
        a = process.rate(t)
        return [a, 2 * a * state[1] + process.power(t)]  # of log m and of v

    solution = solve_ivp(slope, (begin, time), [0.0, 0.0], method="DOP853", rtol=1e-12, atol=1e-16)
    if not solution.success:
        raise ValueError(
            f"the moment equations could not be integrated from t = {begin} to {time}: {solution.message}"
        )
    log_mean, variance = solution.y[:, -1]
    return float(np.exp(log_mean)), float(variance)
