"""Eigenvalues beside their limit law, its distance against lmax, and variances that whiten noise."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from sphspec.report import words
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing, decades, finished, new_figure, styled
from sphspec.report.limit import LADDER, Designed, Spectrum

POINTS = 401
WIDEST, LINE = 44, 0.15  # letters in half a line of a legend; its line in inches
SHOWN = 6  # cases in one panel; the tables have all of them


@styled
def limit_figure(spectra: tuple[Spectrum, ...], families: dict[str, tuple[Spectrum, ...]]) -> Drawing:
    """Return the study's spectra on their laws, and both distances of the families against lmax."""
    shown = spectra[:SHOWN] or tuple(found[-1] for found in families.values())
    columns, height = _legend([item.title for item in shown])
    figure = new_figure(2.75 + height)
    shares, kolmogorov, transport = figure.subplots(1, 3)
    for place, item in enumerate(shown):
        _shares(shares, item, place)
    shares.set(xlabel="eigenvalue of (N/4π) Σ", ylabel="share of eigenvalues up to it", ylim=(0, 1.03))
    for place, (title, found) in enumerate(families.items()):
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        style = {"color": colour, "marker": marker, "markersize": 3.2}
        distances = [item.distance if item.is_continuous else np.nan for item in found]
        kolmogorov.plot(LADDER, distances, label=title, **style)
        transport.plot(LADDER, [item.transport for item in found], **style)
    kolmogorov.set(ylabel="Kolmogorov distance")
    transport.set(ylabel="mean transport distance")
    for axes in (kolmogorov, transport):
        axes.set(xscale="log", yscale="log", xlabel="band limit lmax")
        axes.xaxis.set_major_locator(FixedLocator(LADDER))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter("{x:.0f}")
        decades(axes, "y")
    figure.legend(*shares.get_legend_handles_labels(), loc="outside upper left", ncols=columns)
    figure.legend(*kolmogorov.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return finished(figure, _limit_caption(shown, len(spectra)), _limit_alt(shown))


@styled
def design_figure(designs: tuple[Designed, ...]) -> Drawing:
    """Return the isotropising variance against latitude, uniform noise being one."""
    total, designs = len(designs), designs[:SHOWN]
    columns, height = _legend([item.measured.setting for item in designs])
    figure = new_figure(2.2 + height)
    apart = [[item for item in designs if item.design.exact is exact] for exact in (True, False)]
    panels = [panel for panel in apart if panel]  # one scale would hide the variances near one
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        axes.axhline(1.0, color="0.6", linewidth=0.8, linestyle="--")
        for item in panel:
            _variance(axes, item, designs.index(item))
        quality = "exact quadrature: white" if panel[0].design.exact else "not exact: as white as can be"
        axes.set(title=quality, xlabel="latitude in degrees", ylabel="pixel variance s²", xlim=(-90, 90))
        axes.set_xticks(np.arange(-90, 91, 30))
        axes.ticklabel_format(axis="y", useOffset=False)
    figure.legend(loc="outside upper center", ncols=columns)
    return finished(figure, _design_caption(designs, total), _design_alt(designs))


def _shares(axes: Axes, item: Spectrum, place: int) -> None:
    colour, values = COLOURS[place % len(COLOURS)], item.eigenvalues
    axes.step(
        values, np.arange(1, values.size + 1) / values.size, where="post", color=colour, label=item.title
    )
    low, high = item.law.support
    margin = 0.02 * max(high - low, 1.0)
    s = np.union1d(np.linspace(low - margin, high + margin, POINTS), item.law.atoms)
    axes.plot(s, item.law.cdf(s), color=colour, linestyle="--", linewidth=0.9, drawstyle="steps-post"
              if item.law.atoms.size else "default")  # fmt: skip


def _variance(axes: Axes, item: Designed, place: int) -> None:
    latitude = 90 - np.rad2deg(item.measured.cov.operator.grid.theta)
    axes.plot(
        latitude, item.design.variance, color=COLOURS[place % len(COLOURS)],
        marker=MARKERS[place % len(MARKERS)], markersize=3.0, label=item.measured.setting,
        linestyle="none" if item.design.restriction == "points" else "-",
    )  # fmt: skip


def _limit_caption(spectra: tuple[Spectrum, ...], total: int) -> str:
    measured = "; ".join(
        f"{item.title}: "
        + (f"Kolmogorov distance {words.number(item.distance)}, " if item.is_continuous else "")
        + f"mean transport distance {words.number(item.transport)}"
        for item in spectra
    )
    return (
        "Left: share of the eigenvalues of (N/4π) Σ up to a value (unit pixel noise, quadrature; lines) and "
        f"its limit law (dashed){_of(len(spectra), total)}. {measured}. Middle and right: the distances "
        "against the band limit, on the coarsest exact grid of a family; octahedral grids converge slowly, "
        "for they have 16 points more a ring than the law knows of. HEALPix is at nside = lmax, where a few "
        "eigenvalues stay away from one; its law is a point mass, to which no Kolmogorov distance is given."
    )


def _legend(labels: list[str]) -> tuple[int, float]:
    """Return in how many columns labels fit side by side, and the height in inches that they take."""
    columns = 2 if max(map(len, labels), default=0) <= WIDEST else 1
    return columns, LINE * -(-len(labels) // columns)


def _of(shown: int, total: int) -> str:
    """Return which cases are drawn, where it is not all of them."""
    return f"; the first {shown} of {total} cases, all of which are in the table" if shown < total else ""


def _limit_alt(spectra: tuple[Spectrum, ...]) -> str:
    parts = [
        f"{item.title}: eigenvalues from {words.number(item.eigenvalues[0])} to "
        f"{words.number(item.eigenvalues[-1])}"
        for item in spectra
    ]
    return f"Cumulated spectra with their limit laws, and distances that fall with lmax. {'; '.join(parts)}."


def _design_caption(designs: tuple[Designed, ...], total: int) -> str:
    parts = [
        f"{item.measured.setting}: left over {words.number(item.measured.isotropy.distance)} with uniform "
        f"noise, {words.number(item.design.left_over)} with this variance"
        for item in designs
    ]
    return (
        "Pixel variance per unit time that brings Σ nearest to (4π/N) I, against latitude; dashed: uniform "
        f"noise{_of(len(designs), total)}. {'; '.join(parts)} (relative Frobenius distance from c I)."
    )


def _design_alt(designs: tuple[Designed, ...]) -> str:
    parts = [
        f"{item.measured.setting}: from {words.number(float(item.design.variance.min()))} to "
        f"{words.number(float(item.design.variance.max()))}"
        for item in designs
    ]
    return f"Pixel variance against latitude. {'; '.join(parts)}."
