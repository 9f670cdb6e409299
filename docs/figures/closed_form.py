"""Closed forms in N_side as lines, computed covariances as points (T4)."""

import numpy as np
from sympy import lambdify, pi

from derivations import closed_form
from derivations.symbols import N_side
from figures.drawing import decades, finished, new_figure, styled
from sphspec import Healpix, Quadrature, noise_covariance
from sphspec.conventions import index
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

ENTRIES = ((1, 0, 1, 0), (1, 1, 1, 1), (2, 0, 0, 0), (2, 2, 2, -2))
NSIDES = (2, 3, 4, 6, 8, 12, 16)


@styled
def draw() -> Drawing:
    """Return |(N/4pi) C - delta| against N_side."""
    figure = new_figure(2.6)
    axes = figure.subplots()
    line = np.geomspace(NSIDES[0], NSIDES[-1], 60)
    worst = 0.0
    covs = {nside: noise_covariance(Quadrature(Healpix(nside), 2)).dense() for nside in NSIDES}
    for place, (l, m, l2, m2) in enumerate(ENTRIES):
        form = lambdify(N_side, closed_form(l, m, l2, m2) * 12 * N_side**2 / (4 * pi), "numpy")
        same = float((l, m) == (l2, m2))
        style = {"color": COLOURS[place]}
        axes.loglog(line, np.abs([form(x) - same for x in line]), **style)
        points = []
        for nside, cov in covs.items():
            if m == m2:
                one = cov[index(l, abs(m)), index(l2, abs(m2))]
                other = cov[index(l, -abs(m)), index(l2, -abs(m2))]
                value = (one + other) / 2 * 12 * nside**2 / (4 * np.pi)
            else:  # C of m and -m: half the difference of cosines and sines, by the real chart
                value = (
                    (cov[index(l, 2), index(l2, 2)] - cov[index(l, -2), index(l2, -2)])
                    / 2
                    * 12
                    * nside**2
                    / (4 * np.pi)
                )
            worst = max(worst, abs(value - form(nside)))
            points.append(abs(value - same))
        label = f"({l},{m}; {l2},{m2})".replace("-", "−")
        axes.loglog(NSIDES, points, MARKERS[place], markersize=4, label=label, **style)
    axes.set(xlabel="nside", ylabel="|(N/4π) C − δ|")
    axes.set_xticks(NSIDES, [str(n) for n in NSIDES])
    axes.minorticks_off()
    axes.legend(ncols=2)
    decades(axes, "y")
    caption = (
        "Entries of (N/4π) C less those of white noise, on HEALPix. Lines: closed forms in nside. Points: "
        "the computed "
        f"covariance. They agree to {worst:.0e}. Entries of one order m fall as nside⁻², the coupling of m "
        "= 2 and −2 as "
        "nside⁻⁶."
    )
    return finished(figure, caption, "Four straight lines that fall, with points on them.")
