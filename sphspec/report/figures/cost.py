"""Seconds against the band limit, log-log."""

from matplotlib.ticker import FixedLocator, NullLocator

from sphspec.report.cost import KINDS, power
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing, decades, finished, new_figure, styled
from sphspec.study import CostSetting


@styled
def cost_figure(cost: CostSetting) -> Drawing:
    """Return how the seconds of the covariance, of matrix products and of transforms grow with lmax."""
    figure = new_figure(2.9)
    axes = figure.subplots()
    for place, (kind, title) in enumerate(KINDS.items()):
        axes.plot(
            cost.lmax, getattr(cost, kind), color=COLOURS[place], marker=MARKERS[place], markersize=4,
            label=f"{title}: like lmax^{power(cost, kind):.1f}",
        )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="band limit lmax", ylabel="seconds")
    axes.xaxis.set_major_locator(FixedLocator(cost.lmax))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:.0f}")
    decades(axes, "y")
    axes.legend()
    return finished(figure, _caption(cost), _alt(cost))


def _caption(cost: CostSetting) -> str:
    return (
        f"Seconds against the band limit on Gauss-Legendre grids, measured on {cost.machine}; the powers are "
        "those between the two largest band limits. The covariance has of the order of the third power of "
        "lmax entries."
    )


def _alt(cost: CostSetting) -> str:
    last = [f"{title} {getattr(cost, kind)[-1]} s" for kind, title in KINDS.items()]
    return f"Log-log plot of seconds against the band limit. At lmax {cost.lmax[-1]}: {'; '.join(last)}."
