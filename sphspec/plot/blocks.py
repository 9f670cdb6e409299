"""How far every block of two degrees is from white noise, as numbers that one can read."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from sphspec.covariance import NoiseCovariance
from sphspec.plot.colours import SIZES, axes_of
from sphspec.plot.correlations import degree_axes
from sphspec.plot.couplings import norms

NUMBERED = 12  # lmax up to which the numbers are written into the cells
DARK = 0.55  # of the largest, below which numbers are white
NOTHING = 1e-12


def block_norms(cov: NoiseCovariance, ax: Axes | None = None, *, numbers: bool | None = None) -> AxesImage:
    """Draw |C_ll' - c [l = l'] I|_F / (c sqrt(2 min(l, l') + 1)), c = tr Sigma/n: zero for white noise.

    Parameters
    ----------
    cov : of noise_covariance
    ax : where; the current Axes without
    numbers : whether they are written into the cells; without, up to lmax 12
    """
    axes, values = axes_of(ax), norms(cov)
    image = axes.imshow(values, cmap=SIZES, vmin=0.0, interpolation="nearest")
    degree_axes(axes, np.arange(cov.lmax + 2))
    if cov.lmax <= NUMBERED if numbers is None else numbers:
        for (row, column), value in np.ndenumerate(values):
            if value > NOTHING:
                colour = "white" if value < DARK * values.max() else "black"
                text = f"{value:.2f}".lstrip("0") if value >= 0.005 else "0"
                axes.text(column, row, text, ha="center", va="center", color=colour, fontsize="xx-small")
    return image
