"""The cases of a study made ready: what is missing is said before any work."""

from dataclasses import dataclass
from importlib.util import find_spec

from sphspec import _validate as check
from sphspec.analysis import LeastSquares
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.study import Case, Study
from sphspec.suite.large import is_large


@dataclass(frozen=True, eq=False)
class Prepared:
    """A case with its covariance.

    Attributes
    ----------
    leading : the first case of its grid: the SDE is checked there
    large : brute force does not fit in memory
    """

    case: Case
    cov: NoiseCovariance
    leading: bool
    large: bool


def preflight(study: Study, *, entries: bool = False) -> None:
    """Raise ValueError where a study cannot be verified here: a library or memory is missing.

    With entries, as the report needs them, also where a covariance is known by its diagonal alone.
    """
    for item in prepare(study):
        if entries and item.large:
            npix, n = item.cov.operator.grid.npix, item.cov.n
            cure = "lower lmax, or verify it without a report: sphspec verify"
            check.fits(_brute(npix, n), f"every entry of {item.case.label}", cure)


def prepare(study: Study) -> list[Prepared]:
    """Return the cases of a study, or raise ValueError for what is missing or does not fit."""
    if find_spec("healpy") is None:
        raise ValueError("verification needs healpy: pip install 'sphspec[verify]'")
    prepared, seen = [], set()
    for case in study.cases():
        npix, n = case.operator.grid.npix, case.operator.n
        cov = noise_covariance(case.operator, case.variance)
        large = is_large(cov)
        if not large:
            check.fits(_brute(npix, n), f"verifying {case.label} by brute force")
        if isinstance(case.operator, LeastSquares):
            case.operator.require_regular()
        key = case.operator.grid.name
        prepared.append(Prepared(case, cov, key not in seen and not large, large))
        seen |= set() if large else {key}
    return prepared


def _brute(npix: int, n: int) -> float:
    """Return the bytes that brute force takes."""
    return 8.0 * (4 * n * npix + 8 * n * n)
