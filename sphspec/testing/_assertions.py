"""How a contract says what broke."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import sph_harm_y

Floats = NDArray[np.float64]


def require(holds: Any, complaint: str) -> None:
    """Raise AssertionError with the complaint unless a condition holds; also under python -O."""
    if not holds:
        raise AssertionError(complaint)


def close(found: Any, expected: Any, tolerance: float, complaint: str) -> None:
    """Raise AssertionError unless arrays agree in shape, and in value within a tolerance."""
    found, expected = np.asarray(found), np.asarray(expected)
    require(found.shape == expected.shape, f"{complaint}: shape {found.shape}, expected {expected.shape}")
    difference = np.abs(found - expected)
    worst = float(difference.max(initial=0.0))
    if not worst <= tolerance:  # NaN fails too
        place = np.unravel_index(int(np.argmax(difference)), difference.shape)
        at = ", ".join(map(str, place))
        raise AssertionError(f"{complaint}: off by {worst:.3g} at [{at}], allowed {tolerance:.3g}")


def refused(call: Callable[[], Any], complaint: str) -> None:
    """Raise AssertionError unless a call is refused by a ValueError of one line."""
    try:
        call()
    except ValueError as error:
        require("\n" not in str(error), f"{complaint}: the refusal has more than one line")
        return
    except Exception as error:
        raise AssertionError(f"{complaint}: {type(error).__name__} instead of ValueError: {error}") from error
    raise AssertionError(f"{complaint}: taken without complaint")


def harmonics(theta: Floats, phi: Floats, lmax: int) -> Floats:
    """Return Phi, (npix, n), point by point from SciPy: Y_l0, sqrt2 Re Y_lm, sqrt2 Im Y_lm."""
    matrix = np.empty((theta.size, (lmax + 1) ** 2))
    for l in range(lmax + 1):
        for m in range(l + 1):
            value = sph_harm_y(l, m, theta, phi) * (np.sqrt(2) if m else 1.0)
            matrix[:, l * l + l + m] = value.real
            if m:
                matrix[:, l * l + l - m] = value.imag
    return matrix
