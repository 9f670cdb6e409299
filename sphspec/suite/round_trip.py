"""White noise there and back: the map that returns from analysis and synthesis (healpy issue 414)."""

import numpy as np
from numpy.typing import NDArray

from sphspec.covariance import NoiseCovariance, is_round_trip, round_trip_deviation
from sphspec.simulate import DirectWitness, HealpyWitness
from sphspec.verify import deterministic as verify
from sphspec.verify.parts import forms
from sphspec.verify.result import Result, RoundTrip

Floats = NDArray[np.float64]
DRAWS = 300
LIMIT = 1e-12


def round_trip_result(
    case: str,
    cov: NoiseCovariance,
    direct: DirectWitness,
    healpy: HealpyWitness | None,
    rng: np.random.Generator,
) -> tuple[Result, RoundTrip] | None:
    """Return the check and the record for an equal-weight HEALPix grid; None for other grids."""
    grid = cov.operator.grid
    if not is_round_trip(cov):
        return None
    predicted = round_trip_deviation(cov)
    brute = direct.covariance(np.ones(grid.npix))  # |Phi A|_F^2 = trace(Phi^T Phi A A^T)
    exact = float(np.sqrt(np.sum(forms(direct.harmonics, brute, LIMIT / 10)) / grid.npix))
    maps = rng.standard_normal((DRAWS, grid.npix))
    back = healpy.synthesise(maps) if healpy else direct.analyse(maps) @ direct.harmonics.T
    squares = np.mean(back**2, axis=1)
    simulated = float(np.sqrt(squares.mean()))
    error = float(squares.std(ddof=1) / np.sqrt(DRAWS) / (2 * simulated))
    result = verify.residual_result(
        case, "white noise there and back: standard deviation", 1, abs(predicted / exact - 1), LIMIT,
        f"predicted {predicted:.6f}, by brute force {exact:.6f}",
        f"a wrong mean variance of the map, {LIMIT:.0e} relative", verify.SHARED,
    )  # fmt: skip
    return result, RoundTrip(case, predicted, simulated, error, DRAWS)
