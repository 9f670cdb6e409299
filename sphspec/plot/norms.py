"""Sizes of the blocks of Sigma: how much each pair of degrees shares."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.plot.style import FORBIDDEN, current, degree_axes

Floats = NDArray[np.float64]
FAINTEST = 1e-4  # norms from which on smaller ones look alike
ROUNDOFF = 1e-14  # norms below this are zero
WIDE = 2.8  # width of a printed number in font sizes
SMALLEST = 4.5  # points: smaller numbers are not printed
DARK = 0.55  # lightness below which print is white


def degree_norms(cov: NoiseCovariance) -> Floats:
    """Return the relative Frobenius norms of the blocks of all pairs of degrees, (lmax+1, lmax+1).

        |C_ll'|_F / (c ((2l+1)(2l'+1))^(1/4)),   c = trace(Sigma)/n

    For Sigma = c I it is the identity.

    Raises
    ------
    ValueError
        for a covariance that is zero; where its entries do not fit in memory.
    """
    degrees, _ = degrees_orders(cov.lmax)
    squares = np.zeros((cov.lmax + 1, cov.lmax + 1))
    for members, block in zip(cov.blocks.indices, cov.blocks.blocks, strict=True):
        inside = (degrees[members][:, None] == np.arange(cov.lmax + 1)).astype(np.float64)
        squares += inside.T @ block**2 @ inside
    mean = float(cov.diagonal().mean())
    if mean == 0:
        raise ValueError("Sigma is zero: its blocks have no relative norm; give a positive variance")
    size = np.bincount(degrees)
    return np.asarray(np.sqrt(squares / np.sqrt(np.outer(size, size))) / mean)


def block_norms(cov: NoiseCovariance, ax: Axes | None = None, *, numbers: bool | None = None) -> AxesImage:
    """Draw `degree_norms` on a log scale from 1e-4 to 1 or more; zeros are grey.

    Parameters
    ----------
    cov : Sigma
    ax : where to; without it the current axes
    numbers : whether two decimals are printed into the cells, those that round to zero left out; without it
        where they fit, by the size that the axes have now

    Returns
    -------
    AxesImage
        its masked array is (lmax+1, lmax+1); for `figure.colorbar`.

    Raises
    ------
    ValueError
        as `degree_norms`.
    """
    ax, norms = current(ax), degree_norms(cov)
    shown = np.ma.masked_less(norms, ROUNDOFF)
    image = ax.imshow(
        np.ma.maximum(shown, FAINTEST), norm=LogNorm(FAINTEST, max(1.0, float(norms.max()))),
        cmap=mpl.colormaps["cividis"].with_extremes(bad=FORBIDDEN), interpolation="nearest",
    )  # fmt: skip
    degree_axes(ax, np.arange(cov.lmax + 2), lines=False)
    size = _font_size(ax, cov.lmax + 1)
    if numbers or (numbers is None and size >= SMALLEST):
        _print(ax, image, norms, max(size, SMALLEST))
    return image


def _font_size(ax: Axes, cells: int) -> float:
    """Return the size in points of numbers that fit into cells, at most the default size."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    box = ax.get_window_extent()
    cell = min(box.width, box.height) / cells * 72 / figure.dpi
    return min(float(mpl.rcParams["font.size"]), cell / WIDE)


def _print(ax: Axes, image: AxesImage, norms: Floats, size: float) -> None:
    colours = image.cmap(image.norm(np.maximum(norms, FAINTEST)))
    lightness = np.asarray(colours)[..., :3] @ (0.299, 0.587, 0.114)
    for row, column in zip(*np.nonzero(norms >= 0.005), strict=True):
        ax.text(
            column, row, f"{norms[row, column]:.2f}", ha="center", va="center", fontsize=size,
            color="white" if lightness[row, column] < DARK else "black",
        )  # fmt: skip
