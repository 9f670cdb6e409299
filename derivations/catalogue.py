"""The catalogue: every derivation, in the order in which they build on each other."""

from derivations import (
    analysis,
    chart,
    covariance,
    gaunt,
    harmonics,
    isotropy,
    mode_coupling,
    reverse,
    ring_sum,
    score,
    sde,
    wigner,
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
    wigner,
    gaunt,
    mode_coupling,
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
