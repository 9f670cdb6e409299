"""Tiers 0 to 2: checks without randomness in the verdict; the two sides come in as arrays."""

import math

import numpy as np
from numpy.typing import NDArray

from sphspec.verify.parts import eigenvalues
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
EPS = float(np.finfo(np.float64).eps)
ENTRIES = 1e-13  # |dC| <= ENTRIES sqrt(C_ii C_jj) for entries against an independent computation
WEAK = 1e-2  # of the largest: below it ENTRIES is less than five roundings of the largest entry
UNSEEN = 1e-10  # a coefficient whose deviation is this small beside the largest is not seen by the grid
DEGREES = 32  # degrees up to which the sum rule holds to FLAT
FLAT = 1e-14  # the sum rule is exact: a few roundings
ADJOINT = 1e-12  # |<A x, y> - <x, A^T y>| of |A x| |y|/sqrt(n)
SHARED = "errors that both sides share"


def residual_result(
    case: str,
    check: str,
    tier: int,
    value: float,
    limit: float,
    where: str,
    catches: str,
    blind: str,
) -> Result:
    """Return a Result that fails above the limit; a value that is not a number fails."""
    ok = bool(value <= limit) and math.isfinite(value)
    return Result(case, check, tier, ok, "residual", float(value), limit, where, catches, blind)


def positive_semidefinite(case: str, sigma: Floats) -> Result:
    """Check that a covariance is symmetric with no negative eigenvalue: -min/max eigenvalue."""
    asymmetry = float(np.abs(sigma - sigma.T).max())
    values = eigenvalues((sigma + sigma.T) / 2)
    largest = float(values[-1])
    value = max(-float(values[0]), asymmetry) / largest if largest > 0 else math.inf
    limit = sigma.shape[0] * EPS
    return residual_result(
        case, "symmetric, no negative eigenvalue", 0, max(value, 0.0), limit,
        f"smallest eigenvalue {values[0]:.3e}, largest {largest:.3e}",
        f"a negative eigenvalue of {limit:.0e} of the largest", "any wrong but valid covariance",
    )  # fmt: skip


def flat_power(case: str, diagonal: Floats, degrees: NDArray[np.int64], predicted: Floats) -> Result:
    """Check the sum rule: sum over m of the variances against its prediction, (lmax + 1,)."""
    power = np.array([math.fsum(diagonal[degrees == degree]) for degree in range(predicted.size)])
    error = np.abs(power / predicted - 1)
    worst = int(error.argmax())
    limit = FLAT * max(1.0, predicted.size / DEGREES)  # each degree's sum rounds more as l grows
    return residual_result(
        case, "flat power spectrum (sum rule)", 0, float(error[worst]), limit, f"l = {worst}",
        f"a wrong total power in any degree, {limit:.0e} relative", "how power is spread over m",
    )  # fmt: skip


def same_entries(
    case: str,
    check: str,
    claimed: Floats | Complexes,
    reference: Floats | Complexes,
    names: "Names",
    limit: float = ENTRIES,
    rounding: float = 0.0,
) -> Result:
    """Check every entry: |dC| <= limit sqrt(C_ii C_jj), C Hermitian; weak ones at least `rounding`.

    Where the operator magnifies rounding (a limit above ENTRIES) that holds for all entries.
    """
    scale = np.sqrt(np.clip(np.diagonal(reference).real, 0, None))
    largest = float(scale.max(initial=0.0))
    unseen = scale <= UNSEEN * largest  # roundoff: these rows have no scale of their own
    difference = np.abs(claimed - reference)
    outer = np.outer(scale, scale)
    outer[unseen] = outer[:, unseen] = largest**2
    weak = (outer < WEAK * largest**2) | (limit > ENTRIES)
    outer = np.where(weak, np.maximum(outer, rounding / limit), outer)
    error = difference / np.where(outer > 0, outer, 1.0)
    row, column = divmod(int(np.nan_to_num(error, nan=np.inf).argmax()), error.shape[1])
    where = (
        f"entry {names[row]}, {names[column]}: claimed {claimed[row, column]:.6e}, "
        f"found {reference[row, column]:.6e}"
    )
    return residual_result(
        case, check, 1, float(error[row, column]), limit, where,
        f"any single entry off by {limit:.0e} of sqrt(C_ii C_jj)", SHARED,
    )  # fmt: skip


def same_rows(
    case: str, check: str, found: Floats, reference: Floats, variance: Floats, names: "Names", limit: float
) -> Result:
    """Check every row a of a transform's matrix A (n, npix): |da|_D <= limit/2 |a|_D, |a|_D^2 = a D a^T.

    By Cauchy and Schwarz no entry of A D A^T is then off by more than limit sqrt(C_ii C_jj), to first order.
    Rows that are weak beside the largest have WEAK of its length for a scale.
    """
    difference = found - reference
    length = np.sqrt(np.einsum("ip,p,ip->i", reference, variance, reference))
    scale = np.maximum(length, WEAK * float(length.max(initial=0.0)))
    error = np.sqrt(np.einsum("ip,p,ip->i", difference, variance, difference)) / np.where(
        scale > 0, scale, 1.0
    )
    row = int(np.nan_to_num(error, nan=np.inf).argmax())
    return residual_result(
        case, check, 1, 2 * float(error[row]), limit, f"row {names[row]}",
        f"any entry off by {limit:.0e} of sqrt(C_ii C_jj): all rows of the transform were compared", SHARED,
    )  # fmt: skip


Names = list[str]


def adjoint_probe(
    case: str, product: Floats, vectors: Floats, matrix: Floats, variance: Floats, factor: float = 1.0
) -> Result:
    """Check Sigma V = A (D (A^T V)) with an independent A: vectors and product (k, n).

    factor : by how much the operator magnifies rounding
    """
    expected = ((vectors @ matrix) * variance) @ matrix.T
    scale = float(np.linalg.norm(expected))
    value = float(np.linalg.norm(product - expected)) / scale if scale else math.inf
    limit = 64 * EPS * math.sqrt(matrix.shape[1]) * factor
    return residual_result(
        case, "adjoint probe", 1, value, limit, "a random combination of all entries",
        f"a relative error of {limit:.0e} anywhere in Sigma", SHARED,
    )  # fmt: skip


def adjoint_product(
    case: str, forward: Floats, vectors: Floats, maps: Floats, backward: Floats, factor: float = 1.0
) -> Result:
    """Check <A x, y> = <x, A^T y>: forward = A x and vectors y (k, n), maps x and backward = A^T y (k, npix).

    factor : by how much the operator magnifies rounding
    """
    difference = np.abs(np.sum(forward * vectors, axis=1) - np.sum(maps * backward, axis=1))
    size = np.linalg.norm(forward, axis=1) * np.linalg.norm(vectors, axis=1)
    error = difference * math.sqrt(forward.shape[1]) / size  # beside what random vectors have for a product
    worst = int(np.nan_to_num(error, nan=np.inf).argmax())
    limit = ADJOINT * factor
    return residual_result(
        case, "adjoint of the operator: <A x, y> = <x, A^T y>", 1, float(error[worst]), limit,
        f"pair {worst + 1} of {error.size}", f"an adjoint or a transform off by {limit:.0e}",
        "errors that transform and adjoint share",
    )  # fmt: skip


def same_vectors(
    case: str,
    check: str,
    tier: int,
    found: Floats,
    expected: Floats,
    limit: float,
    catches: str,
    scale: float | None = None,
) -> Result:
    """Check that two batches of vectors agree, relative to a scale, by default the largest entry."""
    scale = float(np.abs(expected).max(initial=0.0)) if scale is None else scale
    error = np.abs(found - expected)
    worst = np.unravel_index(int(np.nan_to_num(error, nan=np.inf).argmax()), error.shape)
    value = float(error[worst]) / scale if scale else math.inf
    where = f"entry {tuple(int(place) for place in worst)}"
    return residual_result(case, check, tier, value, limit, where, catches, SHARED)
