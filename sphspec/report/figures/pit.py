"""Uniformity of every Monte Carlo run's transforms, as the difference of distributions with bands."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sphspec import plot
from sphspec.report import words
from sphspec.report.figures.montecarlo import panels_of
from sphspec.report.figures.style import Drawing, finished, styled
from sphspec.verify.residuals import FAMILY, MOST

Floats = NDArray[np.float64]


@styled
def uniformity(part: Sequence[tuple[str, str, Floats]]) -> Drawing:
    """Return F_N(p) - p of the runs of one figure, each given by letter, name and values."""
    figure, panels = panels_of(len(part))
    for axes, (letter, _, values) in zip(panels, part, strict=True):
        _, shade = plot.pit_ecdf(values, axes, level=1 - FAMILY, rasterized=True)
        shade.set_rasterized(True)  # both have thousands of corners
        axes.set(xlabel="", ylabel="", xticks=[0, 0.5, 1])
        axes.set_title(f"({letter})", loc="left")
    figure.supxlabel("p", fontsize=7.6)
    figure.supylabel("share of values below p, less p", fontsize=7.6)
    return finished(figure, _caption(), _alt(part))


def _caption() -> str:
    return (
        "Correlations of whitened draws, one value of p for a pair of coordinates, up to "
        f"{MOST} of a run: their empirical "
        f"distribution less the uniform one. Uniform values leave the grey band anywhere with probability "
        f"{words.percent(FAMILY, 1)} in each panel."
    )


def _alt(part: Sequence[tuple[str, str, Floats]]) -> str:
    said = []
    for letter, name, values in part:
        inside = plot.ecdf_band(values.size, 1 - FAMILY).contains(values)
        found = np.arange(1, values.size + 1) / values.size
        farthest = words.number(float(np.abs(found - np.sort(values)).max()), 2)
        said.append(
            f"({letter}) {words.run_title(name)}: {values.size} values, largest difference {farthest}, "
            f"{'within' if inside else 'not everywhere within'} the band"
        )
    return f"Differences of distributions. {'; '.join(said)}."
