"""Numbers of d alpha = B alpha dt + g dv within one sector: a basis of B, and steps by doubling.

E(t) = e^(B t),  N' = B N + N B^T + g^2 Sigma,  N(0) = 0
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from sphspec._generated import linear_drift as generated

Floats = NDArray[np.float64]
DIGITS = 1e8  # condition of K from which its root would lose half of the digits
SMALL = 0.5  # norm of B h in the first step


@dataclass(frozen=True, eq=False)
class Basis:
    """V and V^-1 with B = V diag(rates) V^-1, all real."""

    vectors: Floats
    inverse: Floats
    rates: Floats


def symmetric_basis(response: Floats, generator: Floats) -> Basis | None:
    """Return the basis of K M for a symmetric M; None where K is not safely positive definite.

    Source: our derivation (symmetric-drift).
    """
    if not np.array_equal(generator, generator.T):
        return None
    identity = np.eye(response.shape[0])
    if np.array_equal(response, identity) and np.array_equal(generator, np.diag(np.diagonal(generator))):
        return Basis(identity, identity, np.array(np.diagonal(generator)))
    root, failed = scipy.linalg.lapack.dpotrf(response, lower=1, clean=1)
    if failed or np.linalg.cond(root) ** 2 > DIGITS:
        return None
    form = generated.symmetric_form(root, generator)
    rates, turn = scipy.linalg.eigh((form + form.T) / 2)
    inverse = scipy.linalg.solve_triangular(root, identity, lower=True)
    return Basis(root @ turn, turn.T @ inverse, rates)


def step(drift: Floats, noise: Floats, time: float) -> tuple[Floats, Floats]:
    """Return E and N after a time >= 0, for g^2 Sigma = noise, (n, n) each.

    A small step by Van Loan's exponential, then doubled; relative to their largest entries both are right
    to rounding times the number of doublings, log2 of |B| time.

    Source: Van Loan 1978; our derivation (van-loan, linear-doubling).
    """
    norm = float(np.abs(drift).sum(axis=0).max(initial=0.0)) * time
    doublings = max(0, int(np.ceil(np.log2(norm / SMALL)))) if norm > 0 else 0
    small, size = time / 2.0**doublings, drift.shape[0]
    level = float(np.abs(noise).max(initial=0.0)) or 1.0  # the exponential's scaling is for B alone
    whole = scipy.linalg.expm(
        np.block([[drift * small, noise / level * small], [np.zeros_like(drift), -drift.T * small]])
    )
    factor = whole[:size, :size]
    gathered = generated.gathered_noise(whole[:size, size:] * level, factor)
    for _ in range(doublings):
        gathered = generated.doubled_noise(factor, gathered)
        factor = generated.doubled_factor(factor)
    return factor, (gathered + gathered.T) / 2
