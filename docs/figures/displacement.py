"""The displacement recurrence marched down in two regions: what it leaves against the ring sum (T2b)."""

import numpy as np

from figures.drawing import decades, finished, new_figure, styled
from sphspec import GaussLegendre
from sphspec._generated.displacement import downwards
from sphspec._generated.legendre import displacement
from sphspec.harmonics import LegendreTable
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

LMAX, ORDER = 96, 16


def coefficient(degree: int) -> float:
    """Return A_l of the order."""
    return float(displacement(degree, ORDER))


def marched(exact: np.ndarray, *, triangle: bool) -> np.ndarray:
    """Return a block from its two last rows, by the generated step; all of l', or l' <= l alone.

    For all of l' the entries of the last column are needed too: they are given.
    """
    size = len(exact)
    a = np.array([coefficient(ORDER + k) for k in range(size + 1)])
    found = np.zeros((size, size))
    found[[size - 1, size - 2]] = exact[[size - 1, size - 2]]
    for k in range(size - 2, 0, -1):
        columns = np.arange(k if triangle else size - 1)
        left = np.where(columns > 0, found[k, columns - 1], 0.0)
        found[k - 1, columns] = downwards(
            a[k + 1], 1 / a[k], a[columns + 1], a[columns], found[k + 1, columns], found[k, columns + 1], left
        )
        if not triangle:
            found[k - 1, -1] = exact[k - 1, -1]
    return found


@styled
def draw() -> Drawing:
    """Return the error of a row against its degree, in both regions."""
    grid = GaussLegendre(LMAX + 1, 2 * LMAX + 1)
    table = LegendreTable(grid.ring_theta, LMAX).order(ORDER)
    weights = grid.weights[:: 2 * LMAX + 1] ** 2 * (2 * LMAX + 1)
    exact = (table * weights) @ table.T
    scale = np.abs(exact).max()
    figure = new_figure(2.3)
    axes = figure.subplots()
    worst = []
    for place, (title, triangle) in enumerate((("over ℓ′ ≤ ℓ", True), ("over all ℓ′", False))):
        found = marched(exact, triangle=triangle)
        error = np.max(np.abs(found - (np.tril(exact) if triangle else exact)), axis=1) / scale
        degrees = ORDER + np.arange(len(error))
        axes.semilogy(
            degrees, np.maximum(error, 1e-17), color=COLOURS[place], marker=MARKERS[place], markersize=3,
            markevery=6, label=title,
        )  # fmt: skip
        worst.append((title, float(error.max())))
    axes.set(xlabel="degree ℓ of the row", ylabel="largest error of a row", ylim=(1e-18, None))
    axes.legend()
    decades(axes, "y")
    parts = "; ".join(f"{title}: {error:.0e}" for title, error in worst)
    caption = (
        f"The two last rows of the block m = {ORDER} by the ring sum, the others downwards by the "
        "recurrence. Gauss-Legendre grid, "
        f"lmax = {LMAX}. Largest error over the largest entry: {parts}."
    )
    return finished(
        figure, caption, f"One line stays at rounding, the other climbs towards low degrees. {parts}."
    )
