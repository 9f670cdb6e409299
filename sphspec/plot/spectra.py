"""How far Sigma is from c I: eigenvalues over their mean, anisotropy of each degree or order."""

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.covariance import Isotropy, NoiseCovariance
from sphspec.plot.style import COLOURS, MARKERS, current

Floats = NDArray[np.float64]
ROUNDOFF = 1e-12  # anisotropy below this is zero
MARKS = 9  # markers along a line
AXES = {
    "degree": ("per_degree", "degree ℓ", "anisotropy A(ℓ)"),
    "order": ("per_order", "order |m|", "anisotropy A(|m|)"),
}


def eigenvalues(
    cov: NoiseCovariance | Floats, ax: Axes | None = None, *, label: str | None = None, **line: Any
) -> Line2D:
    """Draw the eigenvalues over their mean against their index from 1, ascending; white noise is dashed.

    Parameters
    ----------
    cov : Sigma, or its eigenvalues (n,)
    ax : where to; without it the current axes
    label : for the legend; without it the operator's name
    line : settings of the line, instead of the next colour and marker

    Raises
    ------
    ValueError
        for eigenvalues that are not finite, or whose mean is not positive.
    """
    ax = current(ax)
    if isinstance(cov, NoiseCovariance):
        values, label = cov.eigenvalues(), label or cov.operator.name
    else:
        values = np.sort(check.real_array("eigenvalues", cov))
    mean = check.positive("the mean eigenvalue", float(values.mean()))
    if not ax.lines:
        ax.axhline(1.0, color="0.6", linewidth=0.8, linestyle="--", label="_white")
    ax.set(xlabel="index", ylabel="eigenvalue / mean")
    return _line(ax, np.arange(1, values.size + 1), values / mean, len(ax.lines) - 1, label, line)


def anisotropy(
    cov: NoiseCovariance | Isotropy,
    ax: Axes | None = None,
    *,
    by: Literal["degree", "order"] = "degree",
    label: str | None = None,
    **line: Any,
) -> Line2D:
    """Draw the relative Frobenius distance from c I of the blocks of one degree or of one |m|.

    The mean variance of a degree would say nothing: after plain quadrature it is flat by the sum rule.
    The axis is logarithmic over whole decades, unless everything is zero; zeros are left out.

    Parameters
    ----------
    cov : Sigma, or its `isotropy()`
    ax : where to; without it the current axes
    by : "degree" or "order"
    label : for the legend; without it the operator's name
    line : settings of the line, instead of the next colour and marker

    Raises
    ------
    ValueError
        for another `by`; for a covariance that is zero.
    """
    attribute, xlabel, ylabel = check.known("by", by, AXES)
    ax = current(ax)
    if isinstance(cov, NoiseCovariance):
        label = label or cov.operator.name
        cov = cov.isotropy()
    values = getattr(cov, attribute)
    shown = np.where(values > ROUNDOFF, values, np.nan)
    drawn = _line(ax, np.arange(values.size), shown, len(ax.lines), label, line)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    _whole_decades(ax)
    return drawn


def _line(
    ax: Axes, x: NDArray[np.int64], y: Floats, place: int, label: str | None, line: dict[str, Any]
) -> Line2D:
    style = {
        "color": COLOURS[place % len(COLOURS)], "marker": MARKERS[place % len(MARKERS)],
        "markevery": max(1, x.size // MARKS), "markersize": 3.2, "label": label,
    }  # fmt: skip
    (drawn,) = ax.plot(x, y, **{**style, **line})
    return drawn


def _whole_decades(ax: Axes) -> None:
    values = np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in ax.lines])
    shown = values[values > ROUNDOFF]
    if shown.size:
        ax.set_yscale("log")
        ax.set_ylim(10 ** np.floor(np.log10(shown.min())), 10 ** np.ceil(np.log10(shown.max())))
