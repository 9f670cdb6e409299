"""Best factors of each degree under each loss, and the error of what samplers draw against their steps."""

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from sphspec.report import words
from sphspec.report.diffusion import ISOTROPIC_STEPS, STEPS, TIME, Diffused
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing, decades, finished, new_figure, styled

LOSSES = {"plain": "plain loss", "sigma": "Σ loss", "noise": "noise loss", "filter": "isotropic filter"}
ACROSS = 3  # panels side by side
LETTERS = 96  # of titles side by side
ROW, LEGEND = 1.95, 0.15  # inches


@styled
def bias_figure(found: tuple[Diffused, ...]) -> Drawing:
    """Return the best factors of each degree over those for white noise, with the exact diagonal's band."""
    figure, panels = _panels(found)
    for axes, item in zip(panels, found, strict=True):
        bias, white = item.bias, item.white
        axes.axhline(1.0, color="0.6", linewidth=0.8, linestyle="--")
        axes.fill_between(
            bias.degrees, bias.lowest / white, bias.highest / white, color="0.85", linewidth=0,
            label="exact score's diagonal",
        )  # fmt: skip
        for place, (name, label) in enumerate(LOSSES.items()):
            axes.plot(
                bias.degrees, getattr(bias, name) / white, color=COLOURS[place], marker=MARKERS[place],
                markersize=2.4, markevery=(place, len(LOSSES)), label=label,
            )  # fmt: skip
        axes.set(xlabel="degree ℓ", title=_title(item, len(found)))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    _finish(figure, panels, "factor / white noise's", 5)
    return finished(figure, _bias_caption(), _bias_alt(found))


@styled
def laws_figure(found: tuple[Diffused, ...]) -> Drawing:
    """Return the error of the sampled law against the number of steps, and that with isotropic noise."""
    figure, panels = _panels(found)
    for axes, item in zip(panels, found, strict=True):
        _isotropic(axes, item)
        for place, (name, errors) in enumerate(item.errors.items()):
            axes.plot(
                STEPS, errors, color=COLOURS[place], marker=MARKERS[place], markersize=3.2, label=name,
            )  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel="steps", title=_title(item, len(found)))
        axes.xaxis.set_major_locator(FixedLocator(STEPS))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter("{x:.0f}")
        decades(axes, "y")
    _finish(figure, panels, "error of the law", 4)
    return finished(figure, _laws_caption(found), _laws_alt(found))


def _panels(found: Sequence[Diffused]) -> tuple[Figure, list[Axes]]:
    across = _across(len(found))
    down = -(-len(found) // across)
    figure = new_figure(ROW * down + 2 * LEGEND)
    grid: list[Axes] = list(figure.subplots(down, across, squeeze=False).flat)
    for axes in grid[len(found) :]:
        axes.set_visible(False)
    return figure, grid[: len(found)]


def _title(item: Diffused, count: int) -> str:
    return "\n".join(textwrap.wrap(item.measured.setting, LETTERS // _across(count)))


def _across(count: int) -> int:
    return min(ACROSS, max(count, 2))


def _finish(figure: Figure, panels: list[Axes], label: str, columns: int) -> None:
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=columns)
    for axes in panels:
        if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
            axes.set_ylabel(label)


def _isotropic(axes: Axes, item: Diffused) -> None:
    axes.axhline(item.limit, color="black", linestyle=":", linewidth=1.3, label="isotropic noise, limit")
    axes.plot(ISOTROPIC_STEPS, item.isotropic, "X", color="black", markersize=3.6, label="isotropic noise")


def _bias_caption() -> str:
    return (
        f"The best factor of each degree, a score −c(ℓ) times the coefficient, at t = {words.short(TIME)}, "
        "over the factor that noise of covariance c I would ask for (dashed: one). Lines: in the plain loss, "
        "in the loss weighted by Σ, in that of noise prediction, and of an isotropic filter on the pixels. "
        "Grey: from the smallest to the largest diagonal entry that the exact score has in a degree."
    )


def _bias_alt(found: tuple[Diffused, ...]) -> str:
    parts = []
    for item in found:
        ends = ", ".join(
            f"{label} {words.number(float(getattr(item.bias, name)[-1] / item.white[-1]))}"
            for name, label in LOSSES.items()
        )
        parts.append(f"{item.measured.setting}: at the highest degree {ends}")
    return f"Best factors of each degree under each loss against degree. {'; '.join(parts)}."


def _laws_caption(found: tuple[Diffused, ...]) -> str:
    left = words.listed(f"{words.number(item.mismatch, 2)} ({item.measured.setting})" for item in found)
    return (
        "Relative Frobenius error of the law that each sampler draws with the exact score of Gaussian data, "
        "against the number of equal steps; all start from the law of the data at t = 1. Dotted: "
        "Euler-Maruyama with c I in place of Σ in prior, drift and noise, extrapolated from the crosses to "
        "infinitely many steps. To start from the prior in place of that law is a relative error of "
        f"{left} at t = 1."
    )


def _laws_alt(found: tuple[Diffused, ...]) -> str:
    parts = []
    for item in found:
        ends = ", ".join(f"{name} {words.number(errors[-1])}" for name, errors in item.errors.items())
        parts.append(
            f"{item.measured.setting}: at {STEPS[-1]} steps {ends}; isotropic noise "
            f"{words.number(item.limit, 2)} at any number"
        )
    return f"Falling lines of error against steps, and a line that does not fall. {'. '.join(parts)}."
