"""The scalar process of the study: mean factor m(t) and standard deviation s_t."""

from collections.abc import Sequence

import numpy as np

from sphspec import plot
from sphspec.processes import Process
from sphspec.report import words
from sphspec.report.figures.style import Drawing, finished, new_figure, styled


@styled
def process_moments(process: Process, times: Sequence[float]) -> Drawing:
    """Return m(t) and s_t over 0 <= t <= 1, with the simulated times marked."""
    figure = new_figure(2.0)
    left, right = figure.subplots(1, 2)
    plot.process_moments(process, left, moments=("mean",), times=times)
    plot.process_moments(process, right, moments=("deviation",), times=times)
    moments = "; ".join(
        f"m({words.short(when)}) = {words.number(float(process.mean(when)))}, "
        f"s({words.short(when)}) = {words.number(float(np.sqrt(process.variance(when))))}"
        for when in times
    )
    caption = f"Moments of {process!r}: mean factor and standard deviation; circles mark the simulated times."
    return finished(figure, caption, f"Two curves over diffusion time from 0 to 1. {moments}.")
