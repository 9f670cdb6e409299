"""The smallest errors that draws can show, against their number (verification)."""

import numpy as np

from figures.drawing import decades, finished, new_figure, styled
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing
from sphspec.verify import min_detectable

N, ALPHA = 289, 1e-8
SAMPLES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
KINDS = (("scale of everything", "scale"), ("one variance", "variance"), ("one correlation", "correlation"))


@styled
def draw() -> Drawing:
    """Return three kinds of errors."""
    found = [min_detectable(N, samples, ALPHA) for samples in SAMPLES]
    figure = new_figure(2.5)
    axes = figure.subplots()
    parts = []
    for place, (title, kind) in enumerate(KINDS):
        sizes = np.array([getattr(each, kind) for each in found])
        axes.loglog(SAMPLES, sizes, color=COLOURS[place], marker=MARKERS[place], markersize=3.4, label=title)
        parts.append(f"{title} {sizes[4]:.2g}")
    axes.set(xlabel="draws of the first stage", ylabel="found with probability 0.999")
    axes.legend()
    decades(axes, "x")
    decades(axes, "y")
    caption = (
        "Smallest relative error (or correlation) that a Monte Carlo run finds with probability 0.999, n = "
        f"{N} "
        f"coefficients, false alarms {ALPHA:.0e} in both stages together. With {SAMPLES[4]} draws: "
        f"{', '.join(parts)}."
    )
    return finished(
        figure,
        caption,
        f"Three lines that fall as one over the root of the draws: {', '.join(parts)}.",
    )
