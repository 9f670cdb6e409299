"""White noise there and back: the standard deviation of the map that analysis and synthesis return."""

import numpy as np

from sphspec._generated import covariance as generated
from sphspec.covariance.build import noise_covariance
from sphspec.covariance.noise import NoiseCovariance
from sphspec.grids import Healpix


def is_round_trip(cov: NoiseCovariance) -> bool:
    """Tell whether the formula holds: HEALPix with equal weights 4 pi/npix."""
    grid = cov.operator.grid
    return isinstance(grid, Healpix) and grid.equal_area


def round_trip_deviation(cov: NoiseCovariance) -> float:
    """Return sqrt(tr(Sigma G)/(4 pi)), Sigma that of unit pixel variance with the same operator.

    It is the standard deviation, over all pixels, of Phi A x for white x of unit variance.

    Raises
    ------
    ValueError
        on a grid other than HEALPix with equal weights.

    Source: our derivation (round-trip); the question is healpy issue 414.

    >>> from sphspec import Healpix, Jacobi
    >>> cov = noise_covariance(Jacobi(Healpix(nside=8), lmax=23, iterations=3))
    >>> round(round_trip_deviation(cov), 3)
    0.861
    """
    if not is_round_trip(cov):
        raise ValueError(f"the round trip needs HEALPix with equal weights, got {cov.operator.grid!r}")
    unit = cov if bool((cov.variance == 1.0).all()) else noise_covariance(cov.operator, 1.0)
    gram = cov.operator.gram
    trace = sum(
        float(np.sum(unit.blocks.submatrix(places, places) * block))
        for places, block in zip(gram.indices, gram.blocks, strict=True)
    )
    return float(np.sqrt(generated.round_trip_variance(trace)))
