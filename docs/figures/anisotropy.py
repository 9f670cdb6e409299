"""The leading anisotropy of HEALPix: its coefficient by degree and order, and what it leaves out (T5)."""

import matplotlib as mpl
import numpy as np

from figures.drawing import decades, finished, new_figure, styled
from sphspec import Healpix, Quadrature, leading_anisotropy, noise_covariance
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

LMAX = 16
NSIDES = (8, 16, 32, 64)
SHOWN = ((4, 0), (4, 4), (8, 1))


@styled
def draw() -> Drawing:
    """Return nside^2 times the leading term, and the entries with what the term leaves of them."""
    figure = new_figure(2.6)
    map_, fall = figure.subplots(1, 2, width_ratios=[1.15, 1])
    values = np.full((LMAX + 1, LMAX + 1), np.nan)
    for m in range(LMAX + 1):
        values[m:, m] = np.diagonal(leading_anisotropy(1, LMAX, m))
    size = float(np.nanmax(np.abs(values)))
    norm = mpl.colors.SymLogNorm(0.02, vmin=-size, vmax=size)
    image = map_.imshow(values, cmap="RdBu_r", norm=norm, origin="lower", interpolation="nearest")
    map_.set(xlabel="order m", ylabel="degree ℓ", title="nside² times the leading term")
    figure.colorbar(image, ax=map_, pad=0.02)
    slopes = []
    for place, (l, m) in enumerate(SHOWN):
        whole, left = [], []
        for nside in NSIDES:
            entry = (
                noise_covariance(Quadrature(Healpix(nside), l)).block(m)[-1, -1] * 3 * nside**2 / np.pi - 1
            )
            whole.append(abs(entry))
            left.append(abs(entry - leading_anisotropy(nside, l, m)[-1, -1]))
        slopes.append([np.log2(each[-1] / each[-2]) for each in (whole, left)])
        style = {"color": COLOURS[place], "marker": MARKERS[place], "markersize": 3.4}
        fall.loglog(NSIDES, whole, label=f"({l},{m})", **style)
        fall.loglog(NSIDES, left, linestyle="--", **style)
    fall.set(xlabel="nside", title="entry less one; dashed: what is left")
    fall.set_xticks(NSIDES, [str(n) for n in NSIDES])
    fall.minorticks_off()
    fall.legend(loc="lower left")
    decades(fall, "y")
    low, high = np.min(slopes, axis=0), np.max(slopes, axis=0)
    caption = (
        "Left: variance of a_ℓm on HEALPix over that of white noise, less one, times nside², to leading "
        "order; up to "
        f"{size:.1f} in size to degree {LMAX}. Right: the same entries as computed (lines), and what the "
        "leading "
        f"term leaves of them (dashed). From nside {NSIDES[-2]} to {NSIDES[-1]} they fall with the powers "
        f"{low[0]:.1f} to {high[0]:.1f}, and {low[1]:.1f} to {high[1]:.1f}."
    )
    return finished(figure, caption, "A map of signed numbers by degree and order; six falling lines.")
