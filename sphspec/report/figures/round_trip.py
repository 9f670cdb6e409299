"""White noise there and back (healpy issue 414): predicted lines, simulated points, in full and magnified."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from sphspec.report import words
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing, finished, new_figure, styled
from sphspec.report.round_trip import Trip, called_out

ROW = 2.45  # inches a grid
ERRORS = 3  # standard errors of a bar


@styled
def round_trip_figure(trips: tuple[Trip, ...]) -> Drawing:
    """Return what comes back against the band limit, a row a grid: in full, and over the projection."""
    grids = list(dict.fromkeys(trip.measured.grid for trip in trips))
    operators = list(dict.fromkeys(trip.measured.operator for trip in trips))
    figure = new_figure(0.3 + ROW * len(grids))
    for (full, ratio), grid in zip(figure.subplots(len(grids), 2, squeeze=False), grids, strict=True):
        full.axhline(1.0, color="0.5", linewidth=0.8, linestyle="--")
        for trip in (trip for trip in trips if trip.measured.grid == grid):
            _add(full, trip, operators, relative=False)
            _add(ratio, trip, operators, relative=True)
        ratio.ticklabel_format(axis="y", useOffset=False)
        full.set_ylim(0, max(1.08, full.get_ylim()[1]))
        full.set(title=f"{grid} (dashed: sent in)", ylabel="standard deviation coming back")
        ratio.set(title=grid, ylabel="the same over least squares")
        for axes in (full, ratio):
            axes.set_xlabel("band limit lmax")
            axes.margins(x=0.06)
        if called_out(trips).measured.grid == grid:
            _call_out(full, called_out(trips))
    named: dict[str, Artist] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        named |= zip(labels, handles, strict=True)
    figure.legend(list(named.values()), list(named), loc="outside upper center", ncols=4)
    return finished(figure, _caption(), _alt(trips))


def _add(axes: Axes, trip: Trip, operators: list[str], *, relative: bool) -> None:
    place = operators.index(trip.measured.operator)
    colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
    curve = trip.curve or (trip.predicted,)
    values = np.array([(point.lmax, point.deviation, point.projected) for point in curve]).T
    axes.plot(values[0], values[1] / (values[2] if relative else 1.0), color=colour, label=operators[place])
    unit = trip.predicted.projected if relative else 1.0
    if trip.simulated is None or not np.isfinite(unit):
        return
    axes.errorbar(
        trip.predicted.lmax, trip.simulated.simulated / unit, ERRORS * trip.simulated.standard_error / unit,
        color=colour, marker=marker, markersize=5, linestyle="none", markerfacecolor="white",
        elinewidth=0.9, capsize=2, label=trip.measured.operator,
    )  # fmt: skip


def _call_out(axes: Axes, trip: Trip) -> None:
    lmax, value = trip.predicted.lmax, trip.predicted.deviation
    axes.annotate(
        f"{trip.measured.operator}\nlmax {lmax}: {words.number(value)}",
        (lmax, value), xytext=(0.55, 0.32), textcoords="axes fraction", ha="left", va="top",
        arrowprops={"arrowstyle": "-", "linewidth": 0.7, "color": "0.3", "shrinkB": 4},
    )  # fmt: skip


def _caption() -> str:
    return (
        "White noise there and back (healpy issue 414): standard deviation of the map that returns when unit "
        "white noise is analysed and synthesised again. Lines: predicted from Σ and the Gram matrix. Markers "
        f"with {ERRORS} standard errors: simulated. On the right the same divided by what least squares "
        "returns, the orthogonal projection."
    )


def _alt(trips: tuple[Trip, ...]) -> str:
    parts = [f"{trip.measured.title}: {words.number(trip.predicted.deviation)}" for trip in trips]
    return f"Predicted standard deviation of the returning map, against the band limit. {'; '.join(parts)}."
