"""Heat maps of the correlation: signed extremes of every pair of degrees, and sizes on a log scale."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.image import AxesImage

from sphspec import _validate as check
from sphspec.covariance import NoiseCovariance
from sphspec.plot.couplings import FULL, Couplings, couplings
from sphspec.plot.style import FORBIDDEN, current, degree_axes

FAINTEST = 1e-6  # |rho| from which on smaller ones look alike


def correlation(cov: NoiseCovariance, ax: Axes | None = None, *, scale: float | None = None) -> AxesImage:
    """Draw the signed extreme correlation of every pair of degrees, the diagonal of Sigma left out.

    Parameters
    ----------
    cov : Sigma
    ax : where to; without it the current axes
    scale : the colours end at -scale and scale; without it the largest |rho|. `shared_scale` gives one for
        panels that are compared.

    Returns
    -------
    AxesImage
        its array is (lmax+1, lmax+1); for `figure.colorbar`.

    Raises
    ------
    ValueError
        for a scale that is not positive; where the entries do not fit in memory.
    """
    if scale is not None:
        scale = check.positive("scale", scale)
    part = couplings(cov, entries=False)
    end = scale or float(np.abs(part.signed).max()) or 1.0
    return _show(current(ax), part, part.signed, {"cmap": "RdBu_r", "vmin": -end, "vmax": end})


def log_correlation(
    cov: NoiseCovariance, ax: Axes | None = None, *, entries: bool | None = None
) -> AxesImage:
    """Draw |rho| on a log scale from 1e-6 to 1; what the selection rules forbid is grey.

    Parameters
    ----------
    cov : Sigma
    ax : where to; without it the current axes
    entries : whether every entry is a cell, m from -l to l within a degree, or the largest of every pair of
        degrees is; without it the former up to 600 coefficients. Entries are never skipped.

    Returns
    -------
    AxesImage
        its masked array is (n, n) or (lmax+1, lmax+1); for `figure.colorbar`.

    Raises
    ------
    ValueError
        where the entries do not fit in memory.
    """
    ax = current(ax)
    if entries is None:
        entries = cov.n <= min(FULL, _pixels(ax))
    part = couplings(cov, entries=entries)
    size = np.ma.masked_array(np.maximum(np.abs(part.signed), FAINTEST), ~part.allowed)
    colours = mpl.colormaps["cividis"].with_extremes(bad=FORBIDDEN)
    return _show(ax, part, size, {"cmap": colours, "norm": LogNorm(FAINTEST, 1.0)})


def _show(ax: Axes, part: Couplings, values: Any, colours: dict[str, Any]) -> AxesImage:
    image = ax.imshow(values, interpolation="nearest", **colours)
    degree_axes(ax, part.edges, lines=True)
    return image


def _pixels(ax: Axes) -> float:
    box = ax.get_window_extent()
    return float(min(box.width, box.height))
