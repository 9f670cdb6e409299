"""Correlations of the coefficients: signed extremes of every pair of degrees, and sizes on a log scale."""

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.covariance import NoiseCovariance
from sphspec.plot.colours import FORBIDDEN, SIGNED, SIZES, axes_of
from sphspec.plot.couplings import FULL, Couplings, couplings

FAINTEST = 1e-6
TICKS = 5


def shared_scale(covariances: Iterable[NoiseCovariance]) -> float:
    """Return the largest correlation of several covariances: one scale for panels that are compared."""
    return max((cov.isotropy().coupling for cov in covariances), default=0.0) or 1.0


def correlation(cov: NoiseCovariance, ax: Axes | None = None, *, scale: float | None = None) -> AxesImage:
    """Draw the correlation of largest size of every pair of degrees, with its sign; diagonal left out.

    Parameters
    ----------
    cov : of noise_covariance
    ax : where; the current Axes without
    scale : colours go from -scale to scale; the covariance's own largest without (`shared_scale`)

    Returns
    -------
    AxesImage
        for a colour bar: `figure.colorbar(image, label="extreme correlation")`

    Raises
    ------
    ValueError
        for a scale <= 0, and where the covariance does not fit in memory.
    """
    scale = shared_scale([cov]) if scale is None else check.positive("scale", scale)
    found = couplings(cov, entries=False)
    return _show(axes_of(ax), found, found.signed, {"cmap": SIGNED, "vmin": -scale, "vmax": scale})


def log_correlation(cov: NoiseCovariance, ax: Axes | None = None, *, faintest: float = FAINTEST) -> AxesImage:
    """Draw |correlation| on a log scale: of every entry up to FULL coefficients, else of pairs of degrees.

    Grey is zero by the selection rules; the diagonal is left out.

    Parameters
    ----------
    cov, ax : as for `correlation`
    faintest : lower end of the scale, in (0, 1)
    """
    if not 0 < check.positive("faintest", faintest) < 1:
        raise ValueError(f"faintest must be between 0 and 1, e.g. 1e-6, got {faintest}")
    found = couplings(cov, entries=cov.n <= FULL)
    sizes = np.ma.masked_array(np.maximum(np.abs(found.signed), faintest), ~found.allowed)
    colours = mpl.colormaps[SIZES].with_extremes(bad=FORBIDDEN)
    return _show(axes_of(ax), found, sizes, {"cmap": colours, "norm": LogNorm(faintest, 1.0)})


def degree_axes(axes: Axes, edges: NDArray[np.int64]) -> None:
    """Label both axes by degree, with lines where degrees begin."""
    lmax = edges.size - 2
    shown = np.arange(0, lmax + 1, max(1, -(-(lmax + 1) // TICKS)))
    for edge in edges[shown[1:]]:
        axes.axhline(edge - 0.5, color="0.6", linewidth=0.25)
        axes.axvline(edge - 0.5, color="0.6", linewidth=0.25)
    centres = (edges[shown] + edges[shown + 1] - 1) / 2
    apart = np.append(np.diff(centres) > 0.1 * edges[-1], True)  # else the labels would touch
    axes.set_xticks(centres[apart], [str(l) for l in shown[apart]])
    axes.set_yticks(centres[apart], [str(l) for l in shown[apart]])
    axes.set_xlabel("degree ℓ′", labelpad=1)
    axes.set_ylabel("degree ℓ", labelpad=1)
    axes.spines[["top", "right"]].set_visible(True)
    axes.tick_params(length=2)


def _show(axes: Axes, found: Couplings, values: Any, colours: dict[str, Any]) -> AxesImage:
    image = axes.imshow(values, interpolation="nearest", **colours)
    degree_axes(axes, found.edges)
    return image
