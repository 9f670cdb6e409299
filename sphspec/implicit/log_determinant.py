"""log det S by stochastic Lanczos quadrature, with what chance and truncation may have done to it.

log det S = E[z^T log(S) z] for independent signs z. With a T near log S whose trace is known,

    log det S = tr T + E[z^T log(S) z - z^T T z]

and the estimate varies by the entries of log S - T beside the diagonal only: a control variate.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sphspec.implicit.estimate import Estimate
from sphspec.implicit.lanczos import EPS, Lanczos

Floats = NDArray[np.float64]
Product = Callable[[Floats], Floats]
NARROW = 1e-3  # of sqrt(n), width of the quadrature's bounds: one probe scatters by 1e-2 sqrt(n) or more


def log_determinant(
    apply: Product,
    control: Product,
    trace: float,
    n: int,
    rng: np.random.Generator,
    *,
    probes: int,
    confidence: float,
    steps: int,
    floor: float | None = None,
) -> Estimate:
    """Return log det S of a symmetric positive definite S.

    The error is t standard errors of the probes' mean, t the quantile of Student's law with probes - 1
    degrees of freedom for the confidence, plus half the mean width of the quadrature's bounds, plus
    rounding. It covers the truth with the confidence where the mean of the probes is near normal.

    Parameters
    ----------
    apply, control : v (n,) -> S v, T v
    trace : of T
    rng : source of the probes, n independent signs each
    probes : how many, >= 2
    confidence : 0 < confidence < 1
    steps : most Lanczos steps a probe
    floor : a number known to be below every eigenvalue of S; otherwise Ritz values give one

    Raises
    ------
    ValueError
        where S is singular to working precision, or the bounds stay wide.
    """
    found, widths = np.empty(probes, dtype=np.float64), np.empty(probes, dtype=np.float64)
    largest = 0.0
    for place in range(probes):
        signs: Floats = np.where(rng.integers(0, 2, n) == 1, 1.0, -1.0)
        low, high, size = _bracket(apply, signs, steps, floor)
        found[place] = (low + high) / 2 - float(signs @ control(signs))
        widths[place] = (high - low) / 2
        largest = max(largest, size)
    scatter = float(np.std(found, ddof=1) / np.sqrt(probes))
    rounding = n * EPS * largest
    quantile = float(stdtrit(probes - 1, (1 + confidence) / 2))
    return Estimate(trace + float(found.mean()), quantile * scatter + float(widths.mean()) + rounding)


def _bracket(apply: Product, signs: Floats, steps: int, floor: float | None) -> tuple[float, float, float]:
    """Return bounds of z^T log(S) z, and how much a relative rounding of S moves one logarithm."""
    krylov = Lanczos(apply, signs, steps)
    low, high = -np.inf, np.inf
    while not krylov.exhausted and not high - low <= NARROW * np.sqrt(signs.size):
        krylov.advance()
        values, _, _ = krylov.ritz()
        if values[0] <= signs.size * EPS * values[-1]:
            raise ValueError(
                f"Sigma is singular to working precision: eigenvalues from {values[0]:.1e} to "
                f"{values[-1]:.1e}; lower lmax, or give every point a weight and a variance"
            )
        low, high = krylov.log_form(floor)
    if not np.isfinite(low):
        raise ValueError(
            f"the log determinant has no lower bound after {values.size} Lanczos steps, the smallest "
            f"eigenvalue is not yet known; allow more steps"
        )
    return low, high, float(values[-1] / values[0] + np.abs(np.log(values)).max())
