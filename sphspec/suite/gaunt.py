"""The Gaunt form of a case against its ring sum, and the 3j symbols it uses against their recurrence."""

from collections.abc import Iterator

from sphspec._generated import covariance as generated
from sphspec.covariance import NoiseCovariance, gaunt_covariance, harmonic_field
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result
from sphspec.wigner import recurrence_residual

LARGEST = 600  # coefficients up to which the Gaunt form takes less than a second
SYMBOLS = 32  # roundings of lmax that the recurrence's terms may leave


def gaunt_applies(cov: NoiseCovariance) -> bool:
    """Tell whether the covariance is a ring sum that is small enough to be evaluated by 3j symbols."""
    return cov.operator.harmonic and cov.n <= LARGEST


def left_out(case: str, cov: NoiseCovariance) -> str | None:
    """Return the note of a ring sum too large for the Gaunt form; None where there is nothing to say."""
    if not cov.operator.harmonic or gaunt_applies(cov):
        return None
    return f"{case}: Gaunt form not evaluated, {cov.n} coefficients are more than {LARGEST}; lower lmax"


def gaunt_results(case: str, cov: NoiseCovariance) -> Iterator[Result]:
    """Yield the checks of one case, none where the Gaunt form does not apply."""
    if not gaunt_applies(cov):
        return
    grid, lmax = cov.operator.grid, cov.lmax
    strength = generated.noise_strength(grid.weights, cov.variance)
    found = gaunt_covariance(harmonic_field(grid, strength, 2 * lmax), lmax)
    yield verify.same_vectors(
        case, "Gaunt form against the ring sum", 1, found, cov.dense(), verify.ENTRIES,
        f"any single entry off by {verify.ENTRIES:.0e} of the largest",
    )  # fmt: skip
    yield _symbols(case, lmax)


def _symbols(case: str, lmax: int) -> Result:
    """Check the recurrence of every 3j symbol with l = l' = lmax, m >= 0."""
    worst, where = 0.0, "all"
    for m in range(lmax + 1):
        for m2 in range(-lmax, lmax + 1):
            value = recurrence_residual(lmax, lmax, m, m2) / max(1, lmax)
            if not value <= worst:
                worst, where = value, f"l = l' = {lmax}, m = {m}, m' = {m2}"
    limit = SYMBOLS * verify.EPS
    return verify.residual_result(
        case, "3j symbols obey their recurrence", 0, worst, limit, where,
        f"a 3j symbol of l = l' = lmax off by {limit:.0e}", "one factor common to all L",
    )  # fmt: skip
