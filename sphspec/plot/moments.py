"""The scalar process of a diffusion: mean factor m(t) and standard deviation s(t)."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sphspec import _validate as check
from sphspec.plot.style import COLOURS, current
from sphspec.processes import Process

POINTS = 301
Curve = Callable[[Any], Any]


def process_moments(
    process: Process,
    ax: Axes | None = None,
    *,
    moments: Sequence[Literal["mean", "deviation"]] = ("mean", "deviation"),
    times: Sequence[float] = (),
) -> list[Line2D]:
    """Draw m(t) and s(t) over 0 <= t <= 1, one curve a moment, with times marked by circles.

    Parameters
    ----------
    process : the scalar process
    ax : where to; without it the current axes
    moments : which of "mean", m(t), and "deviation", s(t)
    times : within [0, 1], that are marked

    Returns
    -------
    list of Line2D
        the curves, without the marks.

    Raises
    ------
    ValueError
        for another moment, or a time outside [0, 1].
    """
    known: dict[str, tuple[Curve, str, str]] = {
        "mean": (process.mean, "mean factor m(t)", COLOURS[0]),
        "deviation": (lambda t: np.sqrt(process.variance(t)), "standard deviation s(t)", COLOURS[1]),
    }
    chosen = [check.known("moment", moment, known) for moment in moments]
    marked = np.atleast_1d(check.times("times", np.asarray(times, dtype=np.float64)))
    ax, t, lines = current(ax), np.linspace(0.0, 1.0, POINTS), []
    for curve, label, colour in chosen:
        lines += ax.plot(t, np.broadcast_to(curve(t), t.shape), color=colour, label=label)
        if marked.size:
            values = np.broadcast_to(curve(marked), marked.shape)
            ax.plot(marked, values, "o", color=colour, markersize=4, markerfacecolor="white", label="_times")
    ax.set(xlabel="diffusion time t", xlim=(0, 1.02))
    if len(chosen) == 1:
        ax.set_ylabel(chosen[0][1])
    ax.set_ylim(0, None)
    return lines
