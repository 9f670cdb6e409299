"""The catalogue: every derivation, in the order in which they build on each other."""

from derivations import (
    analysis,
    chart,
    covariance,
    expansion,
    faulhaber,
    harmonics,
    healpix_forms,
    isotropy,
    reverse,
    ring_sum,
    score,
    sde,
)
from derivations.derivation import Derivation
from derivations.grids import gauss_legendre, healpix

SOURCES = (
    harmonics,
    chart,
    healpix,
    gauss_legendre,
    covariance,
    ring_sum,
    faulhaber,
    healpix_forms,
    expansion,
    analysis,
    isotropy,
    sde,
    reverse,
    score,
)


def catalogue() -> tuple[Derivation, ...]:
    """Return all derivations; names are unique."""
    entries = tuple(entry for source in SOURCES for entry in source.derivations())
    names = [entry.name for entry in entries]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"derivation names must be unique, repeated: {', '.join(repeated)}")
    return entries
