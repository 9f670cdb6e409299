"""The scalar process of the study: mean factor m(t) and standard deviation s_t."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sphspec.processes import Process
from sphspec.report import words
from sphspec.report.figures.style import COLOURS, Drawing, finished, new_figure, styled

Curve = Callable[[Any], Any]
POINTS = 301


@styled
def process_moments(process: Process, times: Sequence[float]) -> Drawing:
    """Return m(t) and s_t over 0 <= t <= 1, with the simulated times marked."""
    figure = new_figure(2.0)
    left, right = figure.subplots(1, 2)
    t, marked = np.linspace(0.0, 1.0, POINTS), np.asarray(times)
    curves: tuple[tuple[Axes, Curve, str], ...] = (
        (left, process.mean, "mean factor m(t)"),
        (right, lambda when: np.sqrt(process.variance(when)), "standard deviation s(t)"),
    )
    for place, (axes, curve, label) in enumerate(curves):
        axes.plot(t, np.broadcast_to(curve(t), t.shape), color=COLOURS[place])
        values = np.broadcast_to(curve(marked), marked.shape)
        axes.plot(marked, values, "o", color=COLOURS[place], markersize=4, markerfacecolor="white")
        axes.set(xlabel="diffusion time t", ylabel=label, xlim=(0, 1.02))
        axes.set_ylim(0, None)
    moments = "; ".join(
        f"m({words.short(when)}) = {words.number(float(process.mean(when)))}, "
        f"s({words.short(when)}) = {words.number(float(np.sqrt(process.variance(when))))}"
        for when in times
    )
    caption = f"Moments of {process!r}: mean factor and standard deviation; circles mark the simulated times."
    return finished(figure, caption, f"Two curves over diffusion time from 0 to 1. {moments}.")
