"""Theory against Monte Carlo, a panel a run: measured over claimed variance."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sphspec.report import words
from sphspec.report.figures.style import COLOURS, Drawing, finished, new_figure, styled
from sphspec.verify.residuals import FAMILY
from sphspec.verify.result import Evidence

T = TypeVar("T")
COLUMNS = 4
PANELS = 12  # a figure
ROW = 1.4  # inches


@styled
def variance_ratios(runs: Sequence[tuple[str, Evidence]]) -> list[Drawing]:
    """Return measured over claimed variance of every coefficient with a simultaneous band."""
    drawings = []
    for part in parts_of(runs):
        figure, panels = panels_of(len(part))
        for axes, (letter, run) in zip(panels, part, strict=True):
            found = run.residuals
            index = np.arange(found.ratios.size)
            axes.axhspan(*found.band, color="0.9", linewidth=0)
            axes.axhline(1.0, color="0.5", linewidth=0.7)
            axes.plot(index, found.ratios, ".", markersize=1.6, color=COLOURS[0], rasterized=True)
            axes.set_title(f"({letter})", loc="left")
        figure.supxlabel("index ℓ² + ℓ + m of the coefficient", fontsize=7.6)
        figure.supylabel("measured / claimed variance", fontsize=7.6)
        drawings.append(finished(figure, _ratio_caption(), _ratio_alt(part)))
    return drawings


def parts_of(runs: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the runs that share a figure."""
    for first in range(0, len(runs), PANELS):
        yield runs[first : first + PANELS]


def panels_of(count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels."""
    rows = -(-count // COLUMNS)
    figure = new_figure(0.35 + ROW * rows)
    panels = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True).ravel().tolist()
    for axes in panels[count:]:
        axes.remove()
    for axes in panels[:count]:
        axes.tick_params(labelleft=axes in panels[::COLUMNS])
    return figure, panels[:count]


def _ratio_caption() -> str:
    return (
        f"Measured over claimed variance of every coefficient. A correct run leaves the grey band anywhere "
        f"with probability {words.percent(FAMILY, 1)} (chi-square, Bonferroni)."
    )


def _ratio_alt(part: Sequence[tuple[str, Evidence]]) -> str:
    parts = [
        f"({letter}) {words.run_title(run.case)}: "
        f"from {words.number(float(np.nanmin(run.residuals.ratios)))} "
        f"to {words.number(float(np.nanmax(run.residuals.ratios)))}, "
        f"band {' to '.join(map(words.number, run.residuals.band))}"
        for letter, run in part
    ]
    return f"Measured over claimed variances. {'; '.join(parts)}."
