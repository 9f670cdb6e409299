"""The catalogue: every derivation, in the order in which they build on each other."""

from derivations import (
    analysis,
    chart,
    coefficients,
    conventions,
    covariance,
    expansion,
    exponential,
    faulhaber,
    gaunt,
    gaussian_coordinates,
    growth,
    harmonics,
    healpix_forms,
    heun,
    isotropy,
    langevin,
    laplacian,
    likelihood,
    limit_families,
    limit_law,
    linear_drift,
    linear_moments,
    linear_steps,
    loss_forms,
    losses,
    minimisers,
    mode_coupling,
    noise_design,
    parametrisation,
    reproducing_kernel,
    reverse,
    ring_sum,
    sampler,
    score,
    score_classes,
    sde,
    transition,
    wigner,
    zonal_block,
)
from derivations.derivation import Derivation
from derivations.exact import statement as exact
from derivations.grids import equiangular, gauss_legendre, healpix

SOURCES = (
    harmonics,
    chart,
    conventions,
    coefficients,
    healpix,
    gauss_legendre,
    equiangular,
    covariance,
    ring_sum,
    faulhaber,
    healpix_forms,
    expansion,
    wigner,
    gaunt,
    mode_coupling,
    analysis,
    exact,
    isotropy,
    reproducing_kernel,
    limit_law,
    limit_families,
    zonal_block,
    noise_design,
    growth,
    sde,
    transition,
    linear_drift,
    linear_moments,
    linear_steps,
    laplacian,
    reverse,
    score,
    losses,
    loss_forms,
    likelihood,
    sampler,
    gaussian_coordinates,
    minimisers,
    score_classes,
    parametrisation,
    exponential,
    heun,
    langevin,
)


def catalogue() -> tuple[Derivation, ...]:
    """Return all derivations; names are unique."""
    entries = tuple(entry for source in SOURCES for entry in source.derivations())
    names = [entry.name for entry in entries]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"derivation names must be unique, repeated: {', '.join(repeated)}")
    return entries
