"""What an audit saw: variance by latitude, power by order and by degree, measured over claimed."""

import numpy as np
from matplotlib.axes import Axes
from scipy import stats

from sphspec.audit.finding import Finding, Profile
from sphspec.report.figures.style import COLOURS, Drawing, finished, new_figure, styled

LEVEL = 0.99


def plot_ratio(axes: Axes, at: object, profile: Profile, *, independent: bool) -> None:
    """Draw measured over claimed variance; with chi-square intervals where numbers are independent."""
    seen = profile.claimed > 0
    ratio = profile.measured[seen] / profile.claimed[seen]
    places, counts = np.asarray(at)[seen], profile.counts[seen]
    axes.axhline(1.0, color="0.6", linewidth=0.8)
    if independent:
        low, high = (
            ratio * counts / stats.chi2.isf(tail, counts) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
        )
        axes.vlines(places, low, high, color=COLOURS[0], linewidth=0.9)
    axes.plot(places, ratio, "o", color=COLOURS[0], markersize=2.6)


@styled
def audit_figure(finding: Finding) -> Drawing:
    """Return variance by latitude, and power by |m| and by l, over what is claimed."""
    figure = new_figure(4.4)
    panels = figure.subplot_mosaic([["latitude", "latitude"], ["order", "degree"]])
    latitude = 90.0 - np.degrees(finding.latitude.at)
    plot_ratio(panels["latitude"], latitude, finding.latitude, independent=False)
    plot_ratio(panels["order"], finding.order.at, finding.order, independent=True)
    plot_ratio(panels["degree"], finding.degree.at, finding.degree, independent=True)
    panels["latitude"].set(xlabel="latitude in degrees", ylabel="variance / claim", title="Pixels")
    panels["order"].set(xlabel="order |m|", ylabel="power / claim", title="Coefficients by order")
    panels["degree"].set(xlabel="degree l", title="Coefficients by degree")
    return finished(figure, _caption(finding), _alt(finding))


def _caption(finding: Finding) -> str:
    return (
        f"Measured over claimed variance in {finding.order.counts.max()} numbers a point at most: of the "
        f"pixels by latitude, of the coefficients by order and by degree. Bars are {LEVEL:.0%} intervals of "
        "a chi-square with as many degrees of freedom; pixels of a ring depend on each other, and have none."
    )


def _alt(finding: Finding) -> str:
    parts = []
    for name, profile in (
        ("latitude", finding.latitude),
        ("order", finding.order),
        ("degree", finding.degree),
    ):
        ratio = profile.measured[profile.claimed > 0] / profile.claimed[profile.claimed > 0]
        parts.append(f"by {name} from {ratio.min():.3f} to {ratio.max():.3f}")
    return f"Three plots of measured over claimed variance: {', '.join(parts)}."
