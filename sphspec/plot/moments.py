"""The scalar moments of a process: mean factor m(t) and standard deviation s_t."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sphspec.plot.colours import COLOURS, axes_of
from sphspec.processes import Process

POINTS = 301


def process_moments(
    process: Process, ax: Axes | None = None, *, times: Sequence[float] = ()
) -> tuple[Line2D, Line2D]:
    """Draw m(t) and s_t = sqrt(v(t)) over 0 <= t <= 1; circles mark the times that are given.

    Parameters
    ----------
    process : VP, SubVP, VE, CosineVP, OrnsteinUhlenbeck or your own
    ax : where; the current Axes without
    times : in [0, 1]
    """
    axes, t = axes_of(ax), np.linspace(0.0, 1.0, POINTS)
    marked = np.asarray(times, dtype=np.float64)
    lines: list[Line2D] = []
    for place, (label, curve) in enumerate(
        (
            ("mean factor m(t)", process.mean),
            ("standard deviation s(t)", lambda when: np.sqrt(process.variance(when))),
        )
    ):
        lines += axes.plot(t, np.broadcast_to(curve(t), t.shape), color=COLOURS[place], label=label)
        values = np.broadcast_to(curve(marked), marked.shape)
        axes.plot(marked, values, "o", color=COLOURS[place], markerfacecolor="white", markersize=4)
    axes.set(xlabel="diffusion time t", xlim=(0, 1.02))
    axes.set_ylim(0, None)
    return lines[0], lines[1]
