"""Sizes of the blocks of Sigma, and the variance of the noise on the sphere: a panel for each operator."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sphspec import plot
from sphspec.plot.maps import draw_ratio, ratio_scale, relative_variance
from sphspec.report import words
from sphspec.report.cases import Group, Measured
from sphspec.report.figures.style import Drawing, decades, finished, new_figure, styled

Floats = NDArray[np.float64]
COLUMNS = 3  # operators a figure
NORMS = {1: 3.6, 2: 2.75, 3: 2.05}  # inches, by number of operators
MAPS = {1: 2.6, 2: 1.65}  # inches of a row of one or two
BEYOND = 0.01  # of the sphere may have deeper colours than the scale


@styled
def block_norm_maps(group: Group) -> list[Drawing]:
    """Return the relative norms of the blocks of all pairs of degrees, at most three operators a figure."""
    return [_norms(group, row) for row in _rows(group)]


@styled
def variance_maps(group: Group) -> list[Drawing]:
    """Return the variance over its mean in Mollweide's projection, at most six operators a figure."""
    fields = [(item, relative_variance(item.cov)) for item in group.members]
    scale = ratio_scale((field for _, field in fields), BEYOND)
    starts = range(0, len(fields), 2 * COLUMNS)
    return [_maps(group, fields[start : start + 2 * COLUMNS], scale) for start in starts]


def _rows(group: Group) -> Iterator[tuple[Measured, ...]]:
    return (group.members[start : start + COLUMNS] for start in range(0, len(group.members), COLUMNS))


def _norms(group: Group, row: tuple[Measured, ...]) -> Drawing:
    figure = new_figure(NORMS[len(row)], "compressed")
    panels = figure.subplots(1, len(row), squeeze=False)[0]
    for axes, item in zip(panels, row, strict=True):
        image = plot.block_norms(item.cov, axes)
        axes.set_title(item.operator)
    for axes in panels[1:]:
        axes.set_ylabel("")
    bar = figure.colorbar(image, ax=panels.tolist(), label="relative norm", aspect=16, pad=0.02)
    decades(bar.ax, "y")
    bar.minorticks_off()
    caption = (
        f"{group.title}: Frobenius norm of the block of Σ between degrees ℓ and ℓ′, over "
        "c ((2ℓ + 1)(2ℓ′ + 1))^(1/4) with the mean variance c, on a log scale; white noise would have 1 on "
        "the diagonal and nothing else. Grey: zero."
    )
    return finished(figure, caption, _norms_alt(group, row))


def _norms_alt(group: Group, row: tuple[Measured, ...]) -> str:
    parts = []
    for item in row:
        norms = plot.degree_norms(item.cov)
        own, others = np.diagonal(norms), norms - np.diag(np.diagonal(norms))
        parts.append(
            f"{item.operator}: {words.number(float(own.min()))} to {words.number(float(own.max()))} on the "
            f"diagonal, at most {words.number(float(others.max()))} off it"
        )
    return f"Heat maps over pairs of degrees on {group.title}. {'; '.join(parts)}."


def _maps(group: Group, row: Sequence[tuple[Measured, Floats]], scale: float) -> Drawing:
    across = min(2, len(row))
    down = -(-len(row) // across)
    figure = new_figure(MAPS[across] * down, "compressed")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes in panels[len(row) :]:
        axes.set_visible(False)
    for axes, (item, field) in zip(panels, row, strict=False):
        mesh = draw_ratio(field, axes, scale)
        axes.set_title(item.operator)
    figure.colorbar(
        mesh, ax=panels.tolist(), label="variance / mean", aspect=16, pad=0.02, shrink=0.9, extend="both"
    )
    caption = (
        f"{group.title}: variance of the noise after the transform and its synthesis, Y(n)ᵀ Σ Y(n), over its "
        f"mean over the sphere, in Mollweide's projection; north up, one scale of 1 ± {words.number(scale)}, "
        f"beyond which is at most {words.percent(BEYOND, 1)} of the sphere."
    )
    return finished(figure, caption, _maps_alt(group, row))


def _maps_alt(group: Group, row: Sequence[tuple[Measured, Floats]]) -> str:
    parts = []
    for item, field in row:
        place = np.unravel_index(int(field.argmax()), field.shape)[0]
        latitude = 90 - 180 * (place + 0.5) / field.shape[0]
        side = "north" if latitude > 0 else "south"
        parts.append(
            f"{item.operator}: {words.number(float(field.min()))} to {words.number(float(field.max()))} of "
            f"the mean, largest at {words.number(abs(latitude), 2)}° {side}"
        )
    return f"Maps of the variance on the sphere, {group.title}. {'; '.join(parts)}."
