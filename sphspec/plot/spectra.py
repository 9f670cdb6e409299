"""Eigenvalues over their mean, and the anisotropy of every degree and order."""

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.covariance import NoiseCovariance
from sphspec.plot.colours import COLOURS, MARKERS, axes_of

Floats = NDArray[np.float64]
ROUNDOFF = 1e-12  # anisotropy below this is zero
MARKS = 9  # markers along a line
KINDS = ("degree", "order")


def eigenvalues(
    cov: NoiseCovariance, ax: Axes | None = None, *, label: str | None = None, place: int = 0, **style: Any
) -> Line2D:
    """Draw the eigenvalues of Sigma over their mean, ascending: 1 everywhere for white noise.

    Parameters
    ----------
    cov : of noise_covariance
    ax : where; the current Axes without
    label : in the legend, the operator's name without
    place : of the line among several, which gives it its colour and marker
    style : of `Axes.plot`, in place of these
    """
    axes, values = axes_of(ax), cov.eigenvalues()
    axes.axhline(1.0, color="0.6", linewidth=0.8, linestyle="--")
    axes.set(xlabel="index", ylabel="eigenvalue / mean")
    label = cov.operator.name if label is None else label
    return line(axes, np.arange(1, cov.n + 1), values / values.mean(), place, label, **style)


def anisotropy(
    cov: NoiseCovariance,
    ax: Axes | None = None,
    *,
    by: Literal["degree", "order"] = "degree",
    label: str | None = None,
    place: int = 0,
    **style: Any,
) -> Line2D:
    """Draw |C_ll/c - I|_F/sqrt(2l+1) against l, or the same of the blocks of one |m|, on a log scale.

    The mean variance of a degree would show nothing: after plain quadrature it is flat (sum rule).

    Parameters
    ----------
    cov, ax, label, place, style : as for `eigenvalues`
    by : "degree" or "order"
    """
    check.known("by", by, dict.fromkeys(KINDS))
    axes, found = axes_of(ax), cov.isotropy()
    values = found.per_degree if by == "degree" else found.per_order
    symbol = "ℓ" if by == "degree" else "|m|"
    axes.set(xlabel=f"{by} {symbol}", ylabel=f"anisotropy A({symbol})")
    if (values > ROUNDOFF).any():
        axes.set_yscale("log")
    label = cov.operator.name if label is None else label
    shown = np.where(values > ROUNDOFF, values, np.nan)
    return line(axes, np.arange(cov.lmax + 1), shown, place, label, **style)


def line(axes: Axes, x: NDArray[Any], y: Floats, place: int, label: str, **style: Any) -> Line2D:
    """Draw a line with a few markers, in the colour of its place."""
    options: dict[str, Any] = {
        "color": COLOURS[place % len(COLOURS)], "marker": MARKERS[place % len(MARKERS)],
        "markevery": max(1, x.size // MARKS), "markersize": 3.2, "label": label, **style,
    }  # fmt: skip
    (drawn,) = axes.plot(x, y, **options)
    return drawn
