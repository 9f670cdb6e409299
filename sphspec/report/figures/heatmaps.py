"""Correlation of the coefficients: signed extremes of every pair of degrees, and the size of every entry."""

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.report import words
from sphspec.report.cases import Group, Measured
from sphspec.report.figures.style import FORBIDDEN, Drawing, decades, new_figure, styled, to_svg

Floats = NDArray[np.float64]
FULL = 600  # coefficients up to which every entry is drawn on the log scale; above, pairs of degrees
FAINTEST = 1e-6
COLUMNS = 3  # operators a figure
TICKS = 5
HEIGHT = {1: 2.75, 2: 5.3, 3: 4.1}  # inches, by number of operators


@dataclass(frozen=True, eq=False)
class Couplings:
    """Off-diagonal correlations, drawn entry by entry or as the extreme of every pair of degrees.

    Attributes
    ----------
    signed : (k, k) correlation, diagonal left out
    allowed : (k, k) whether the selection rules leave anything off the diagonal
    edges : (lmax + 2,) where each degree begins
    """

    signed: Floats
    allowed: NDArray[np.bool_]
    edges: NDArray[np.int64]


def couplings(cov: NoiseCovariance, *, entries: bool) -> Couplings:
    """Return the couplings of a covariance from its sectors, of single entries or of pairs of degrees."""
    degrees, _ = degrees_orders(cov.lmax)
    places = np.arange(cov.n) if entries else degrees
    edges = np.arange(cov.lmax + 2) ** (2 if entries else 1)
    size = int(edges[-1])
    high, low, allowed = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size), dtype=bool)
    for members, block in zip(cov.blocks.indices, cov.blocks.blocks, strict=True):
        where = np.ix_(places[members], places[members])
        correlation = _correlation(block)
        np.maximum.at(high, where, correlation)
        np.minimum.at(low, where, correlation)
        allowed[where] = True
    if entries:
        np.fill_diagonal(allowed, False)
    return Couplings(np.where(high >= -low, high, low), allowed, edges)


@styled
def covariance_maps(group: Group) -> list[Drawing]:
    """Return the correlation maps of a group, at most three operators a figure."""
    scale = max(item.isotropy.coupling for item in group.members) or 1.0
    starts = range(0, len(group.members), COLUMNS)
    return [_draw(group, group.members[start : start + COLUMNS], scale) for start in starts]


def _draw(group: Group, row: tuple[Measured, ...], scale: float) -> Drawing:
    alone = len(row) == 1
    figure = new_figure(HEIGHT[len(row)], "compressed")
    panels = figure.subplots(*((1, 2) if alone else (2, len(row))), squeeze=False)
    upper, lower = (panels[:, 0], panels[:, 1]) if alone else panels
    diverging = {"cmap": "RdBu_r", "vmin": -scale, "vmax": scale}
    for axes, item in zip(upper, row, strict=True):
        part = couplings(item.cov, entries=False)
        signed = _show(axes, part, part.signed, diverging)
        axes.set_title(item.operator)
    sizes = mpl.colormaps["cividis"].with_extremes(bad=FORBIDDEN)
    details = [couplings(item.cov, entries=item.cov.n <= FULL) for item in row]
    for axes, part in zip(lower, details, strict=True):
        size = np.ma.masked_array(np.maximum(np.abs(part.signed), FAINTEST), ~part.allowed)
        logged = _show(axes, part, size, {"cmap": sizes, "norm": LogNorm(FAINTEST, 1.0)})
    for axes in (*upper[1:], *([] if alone else lower[1:])):
        axes.set_ylabel("")
    figure.colorbar(signed, ax=upper.tolist(), label="extreme ρ", aspect=16, pad=0.02)
    bar = figure.colorbar(logged, ax=lower.tolist(), label="|ρ|", aspect=16, pad=0.02)
    decades(bar.ax, "y")
    return Drawing(to_svg(figure), _caption(group, scale), _alt(group, row, details))


def _show(axes: Axes, part: Couplings, values: Any, colours: dict[str, Any]) -> Any:
    image = axes.imshow(values, interpolation="nearest", **colours)
    lmax = part.edges.size - 2
    shown = np.arange(0, lmax + 1, max(1, -(-(lmax + 1) // TICKS)))
    for edge in part.edges[shown[1:]]:
        axes.axhline(edge - 0.5, color="0.6", linewidth=0.25)
        axes.axvline(edge - 0.5, color="0.6", linewidth=0.25)
    centres = (part.edges[shown] + part.edges[shown + 1] - 1) / 2
    apart = np.append(np.diff(centres) > 0.1 * part.edges[-1], True)  # else the labels would touch
    axes.set_xticks(centres[apart], [str(l) for l in shown[apart]])
    axes.set_yticks(centres[apart], [str(l) for l in shown[apart]])
    axes.set_xlabel("degree ℓ′", labelpad=1)
    axes.set_ylabel("degree ℓ", labelpad=1)
    axes.spines[["top", "right"]].set_visible(True)
    axes.tick_params(length=2)
    return image


def _correlation(block: Floats) -> Floats:
    scale = np.sqrt(np.clip(np.diagonal(block), 0, None))
    floor = np.finfo(np.float64).eps * scale.max(initial=0.0)
    safe = np.where(scale > floor, scale, np.inf)
    correlation: Floats = block / np.outer(safe, safe)
    np.fill_diagonal(correlation, 0)
    return correlation


def _caption(group: Group, scale: float) -> str:
    full = group.members[0].cov.n <= FULL
    detail = (
        "size of every entry, the order m running from −ℓ to ℓ within a degree"
        if full
        else "size of that extreme"
    )
    return (
        f"{group.title}: correlation ρ of two coefficients, diagonal left out. In red and blue, the extreme "
        f"of every pair of degrees, on one scale of ±{words.number(scale)}. On the log scale, the {detail}; "
        "grey is zero by the selection rules. Lines mark degrees."
    )


def _alt(group: Group, row: tuple[Measured, ...], details: list[Couplings]) -> str:
    parts = []
    for item, part in zip(row, details, strict=True):
        share = words.percent(float(part.allowed.mean()))
        parts.append(
            f"{item.operator}: largest correlation {words.number(item.isotropy.coupling)} of "
            f"{words.pair_title(item.isotropy.coupled)}, {share} of the map is not forced to zero"
        )
    return f"Heat maps of the correlation matrix on {group.title}. {'; '.join(parts)}."
