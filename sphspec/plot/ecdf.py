"""Whether p-values are uniform: their empirical distribution less the uniform one, in a simultaneous band."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike, NDArray

from sphspec import _validate as check
from sphspec.plot.bands import EcdfBand, ecdf_band
from sphspec.plot.style import COLOURS, current

Floats = NDArray[np.float64]


def pit_ecdf(
    p_values: ArrayLike, ax: Axes | None = None, *, level: float = 0.95, **line: Any
) -> tuple[Line2D, Polygon]:
    """Draw the empirical distribution of p-values less the uniform one, in its simultaneous band.

    The band is exact, not simulated: independent uniform p-values stay within it everywhere with probability
    `level`. Every point of the curve is drawn; beyond 2000 p-values the band bounds 2000 of their ranks.
    Small p-values in excess lift the curve at the left.

    Parameters
    ----------
    p_values : (n,) within [0, 1], independent
    ax : where to; without it the current axes
    level : probability of the band
    line : settings of the curve

    Returns
    -------
    Line2D, Polygon
        the curve and the band.

    Raises
    ------
    ValueError
        for p-values that are none, outside [0, 1] or not finite; a level outside (0, 1).
    """
    values = np.sort(check.real_array("p_values", p_values).ravel())
    if values.size == 0 or values[0] < 0 or values[-1] > 1:
        found = f"{values[0]} .. {values[-1]}" if values.size else "none"
        raise ValueError(f"p_values must be in [0, 1], at least one, got {found}")
    band = ecdf_band(int(values.size), level)
    ax = current(ax)
    shade = Polygon(
        _outline(band), closed=True, facecolor="0.87", edgecolor="none", label=f"{level:.3g} band"
    )
    ax.add_artist(shade)
    ax.update_datalim(shade.get_xy())  # add_patch would look for the extremes of curves that are none
    ax.axhline(0.0, color="0.6", linewidth=0.8, linestyle="--", label="_uniform")
    x, y = _steps(values, np.arange(1, values.size + 1) / values.size, 0.0)
    (curve,) = ax.plot(x, y, **{"color": COLOURS[0], "label": f"{values.size} p-values", **line})
    ax.set(xlabel="p-value", ylabel="empirical − uniform", xlim=(0, 1))
    ax.autoscale_view(scalex=False)
    return curve, shade


def _outline(band: EcdfBand) -> Floats:
    """Return the corners of the band, (k, 2): its upper edge, and its lower edge back."""
    following = np.append(band.ranks[1:] - 1, band.count)  # at most so many from a bound to the next
    above = _steps(band.lower, following / band.count, float(band.ranks[0] - 1))
    below = _steps(band.upper, band.ranks / band.count, 0.0)
    return np.concatenate([np.stack(above, axis=1), np.stack(below, axis=1)[::-1]])


def _steps(places: Floats, heights: Floats, start: float) -> tuple[Floats, Floats]:
    """Return the corners of a step function on [0, 1] less the diagonal."""
    x = np.concatenate([[0.0], np.repeat(places, 2), [1.0]])
    y = np.concatenate([[start], np.repeat(np.concatenate([[start], heights]), 2)[1:-1], heights[-1:]])
    return x, y - x
