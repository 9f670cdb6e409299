"""The sphere in Mollweide's projection, equal areas: the variance of the noise over its mean."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.patches import Ellipse
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.covariance import NoiseCovariance
from sphspec.plot.style import current
from sphspec.plot.variance import field_variance

Floats = NDArray[np.float64]
ROWS = 120  # of the raster at least
ROWS_A_DEGREE = 4  # the variance has band limit 2 lmax
STEPS = 60  # of Newton's method, whose start at a pole converges linearly
FLAT = 1e-9  # deviations from the mean below this are rounding


def variance_map(cov: NoiseCovariance, ax: Axes | None = None, *, scale: float | None = None) -> QuadMesh:
    """Draw the variance of the noise over its mean in Mollweide's projection, colours centred on 1.

    North is up, east is right, longitude 0 in the middle. White noise has 1 everywhere.

    Parameters
    ----------
    cov : Sigma
    ax : where to; without it the current axes, whose frame is taken away
    scale : the colours end at 1 - scale and 1 + scale; without it the largest deviation from 1. For panels
        that are compared `variance_scale` gives one.

    Returns
    -------
    QuadMesh
        its array is (rows, 2 rows) from the north pole on, each value at a cell's centre; for
        `figure.colorbar`. It is drawn as a raster in vector formats.

    Raises
    ------
    ValueError
        for a scale that is not positive; a covariance that is zero; where its entries do not fit in memory.
    """
    if scale is not None:
        scale = check.positive("scale", scale)
    ratio = relative_variance(cov)
    return draw_ratio(ratio, current(ax), scale or max(float(np.abs(ratio - 1).max()), FLAT))


def draw_ratio(ratio: Floats, ax: Axes, end: float) -> QuadMesh:
    """Draw a variance over its mean, (rows, 2 rows), with colours from 1 - end to 1 + end."""
    x, y = _mollweide(ratio.shape[0])
    mesh = ax.pcolormesh(x, y, ratio, cmap="RdBu_r", vmin=1 - end, vmax=1 + end, rasterized=True)
    ax.add_patch(Ellipse((0, 0), 4 * np.sqrt(2), 2 * np.sqrt(2), fill=False, color="0.3", linewidth=0.6))
    ax.set_aspect("equal")
    ax.set(xlim=(-2.88, 2.88), ylim=(-1.44, 1.44))
    ax.set_axis_off()
    return mesh


def relative_variance(cov: NoiseCovariance) -> Floats:
    """Return the variance over its mean on the raster of `variance_map`, (rows, 2 rows)."""
    rows = max(ROWS, ROWS_A_DEGREE * cov.lmax)
    theta = np.pi * (np.arange(rows) + 0.5) / rows
    phi = np.pi * ((np.arange(2 * rows) + 0.5) / rows - 1)
    mean = float(cov.diagonal().sum()) / (4 * np.pi)
    if mean == 0:
        raise ValueError("Sigma is zero: no variance to compare with; give a positive variance")
    return field_variance(cov, theta, phi) / mean


def variance_scale(covs: Iterable[NoiseCovariance], beyond: float = 0.01) -> float:
    """Return one scale for maps that are compared: beyond it is at most this share of each sphere.

    Small spots at the poles often deviate most; with a share of zero they set the scale.

    Raises
    ------
    ValueError
        where no covariance is given; for a share outside [0, 1).
    """
    if not 0 <= check.positive("beyond", beyond, allow_zero=True) < 1:
        raise ValueError(f"beyond must be in [0, 1), got {beyond}")
    return ratio_scale(map(relative_variance, covs), beyond)


def ratio_scale(ratios: Iterable[Floats], beyond: float) -> float:
    """Return the scale of variances over their means, as `variance_scale` does."""
    scales = []
    for ratio in ratios:
        deviation = np.abs(ratio - 1)
        rows = deviation.shape[0]
        areas = np.broadcast_to(np.sin(np.pi * (np.arange(rows) + 0.5) / rows)[:, None], deviation.shape)
        order = np.argsort(deviation, axis=None)
        within = np.cumsum(areas.ravel()[order])
        place = np.searchsorted(within, (1 - beyond) * within[-1])
        scales.append(float(deviation.ravel()[order][min(place, deviation.size - 1)]))
    if not scales:
        raise ValueError("a scale needs at least one covariance")
    return max(*scales, FLAT)


def _mollweide(rows: int) -> tuple[Floats, Floats]:
    """Return x and y of the corners of a raster's cells, (rows + 1, 2 rows + 1).

    x = (2 sqrt 2/pi) phi cos u, y = sqrt 2 sin u with 2u + sin 2u = pi cos theta.
    """
    theta, phi = np.linspace(0, np.pi, rows + 1), np.linspace(-np.pi, np.pi, 2 * rows + 1)
    u = np.pi / 2 - theta
    for _ in range(STEPS):
        slope = 2 + 2 * np.cos(2 * u)
        change = np.divide(
            2 * u + np.sin(2 * u) - np.pi * np.cos(theta), slope, out=np.zeros_like(u), where=slope > 1e-12
        )
        u = np.clip(u - change, -np.pi / 2, np.pi / 2)
    x = 2 * np.sqrt(2) / np.pi * np.outer(np.cos(u), phi)
    return x, np.broadcast_to(np.sqrt(2) * np.sin(u)[:, None], x.shape)
