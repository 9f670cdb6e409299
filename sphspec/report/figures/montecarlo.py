"""Theory against Monte Carlo, a panel a run: standardised residuals, and measured over claimed variance."""

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from sphspec.report import words
from sphspec.report.figures.style import COLOURS, Drawing, decades, new_figure, styled, to_svg
from sphspec.report.residuals import FAMILY, Residuals

COLUMNS = 4
PANELS = 12  # a figure
BINS = np.linspace(-7.0, 7.0, 57)
ROW = 1.4  # inches


@styled
def residual_histograms(runs: Sequence[tuple[str, Residuals]]) -> list[Drawing]:
    """Return histograms of the standardised residuals against the normal law, on a log scale."""
    drawings = []
    for part in _parts(runs):
        figure, panels = _grid(len(part))
        top = 2.0 * max(np.histogram(found.scores, BINS)[0].max() for _, found in part)
        for axes, (letter, found) in zip(panels, part, strict=True):
            _histogram(axes, found)
            axes.set_ylim(0.5, top)
            axes.set_title(f"({letter})", loc="left")
        figure.supxlabel("standardised residual of an entry of Σ", fontsize=7.6)
        figure.supylabel("entries in a bin", fontsize=7.6)
        drawings.append(Drawing(to_svg(figure), _histogram_caption(), _histogram_alt(part)))
    return drawings


@styled
def variance_ratios(runs: Sequence[tuple[str, Residuals]]) -> list[Drawing]:
    """Return measured over claimed variance of every coefficient with a simultaneous band."""
    drawings = []
    for part in _parts(runs):
        figure, panels = _grid(len(part))
        for axes, (letter, found) in zip(panels, part, strict=True):
            index = np.arange(found.ratios.size)
            axes.axhspan(*found.band, color="0.9", linewidth=0)
            axes.axhline(1.0, color="0.5", linewidth=0.7)
            axes.plot(index, found.ratios, ".", markersize=1.6, color=COLOURS[0], rasterized=True)
            axes.set_title(f"({letter})", loc="left")
        figure.supxlabel("index ℓ² + ℓ + m of the coefficient", fontsize=7.6)
        figure.supylabel("measured / claimed variance", fontsize=7.6)
        drawings.append(Drawing(to_svg(figure), _ratio_caption(), _ratio_alt(part)))
    return drawings


def _parts(runs: Sequence[tuple[str, Residuals]]) -> Iterator[Sequence[tuple[str, Residuals]]]:
    for first in range(0, len(runs), PANELS):
        yield runs[first : first + PANELS]


def _grid(count: int) -> tuple[Figure, list[Axes]]:
    rows = -(-count // COLUMNS)
    figure = new_figure(0.35 + ROW * rows)
    panels = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True).ravel().tolist()
    for axes in panels[count:]:
        axes.remove()
    for axes in panels[:count]:
        axes.tick_params(labelleft=axes in panels[::COLUMNS])
    return figure, panels[:count]


def _histogram(axes: Axes, found: Residuals) -> None:
    centres = (BINS[1:] + BINS[:-1]) / 2
    counts, _ = np.histogram(np.clip(found.scores, BINS[0], BINS[-1]), BINS)
    expected = found.scores.size * np.diff(stats.norm.cdf(BINS))
    axes.stairs(np.maximum(counts, 0.1), BINS, fill=True, baseline=0.1, color=COLOURS[5], alpha=0.75)
    axes.plot(centres, expected, color="black", linewidth=0.9)
    for side in (-1, 1):
        axes.axvline(side * found.score_line, color=COLOURS[1], linestyle="--", linewidth=0.9)
    axes.set_yscale("log")
    axes.set_xlim(BINS[0], BINS[-1])
    axes.set_xticks([-5, 0, 5])
    decades(axes, "y")


def _histogram_caption() -> str:
    return (
        "Standardised residuals of all entries of Σ against the normal law (black), on a log scale. A "
        f"correct run leaves the dashed lines anywhere with probability {words.percent(FAMILY, 1)}; this is "
        "a picture, the verdict rests on exact laws of whitened draws."
    )


def _histogram_alt(part: Sequence[tuple[str, Residuals]]) -> str:
    parts = [
        f"({letter}) {words.run_title(found.run.case)}: largest residual "
        f"{words.number(float(np.abs(found.scores).max()))}, line at {words.number(found.score_line)}"
        for letter, found in part
    ]
    return f"Histograms of standardised residuals. {'; '.join(parts)}."


def _ratio_caption() -> str:
    return (
        f"Measured over claimed variance of every coefficient. A correct run leaves the grey band anywhere "
        f"with probability {words.percent(FAMILY, 1)} (chi-square, Bonferroni)."
    )


def _ratio_alt(part: Sequence[tuple[str, Residuals]]) -> str:
    parts = [
        f"({letter}) {words.run_title(found.run.case)}: from {words.number(float(np.nanmin(found.ratios)))} "
        f"to {words.number(float(np.nanmax(found.ratios)))}, band {words.number(found.band[0])} to "
        f"{words.number(found.band[1])}"
        for letter, found in part
    ]
    return f"Measured over claimed variances. {'; '.join(parts)}."
