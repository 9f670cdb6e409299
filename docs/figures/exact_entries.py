"""Every entry of a small covariance as the number that it is (T3)."""

import matplotlib as mpl
from sympy import Abs, Rational, pi, sign, sqrt

from derivations import exact_covariance
from derivations.grids import Healpix
from figures.drawing import finished, new_figure, styled
from sphspec.report.figures.style import Drawing

LMAX = 2


def short(value: object) -> str:
    """Return r sqrt(q) as text."""
    square = value**2
    text = f"√{Rational(square)}" if not (root := sqrt(square)).is_rational else f"{root}"
    if not root.is_rational:
        factor, radical = root.as_coeff_Mul()
        text = f"√{radical**2}" if factor.p == 1 else f"{factor.p}√{radical**2}"
        text += f"/{factor.q}" if factor.q != 1 else ""
    return ("−" if sign(value) < 0 else "") + text


@styled
def draw() -> Drawing:
    """Return the table of (N/4pi) C on HEALPix with 12 pixels."""
    entries = exact_covariance(Healpix(1), LMAX)
    names = [(l, m) for l in range(LMAX + 1) for m in range(-l, l + 1)]
    figure = new_figure(3.6)
    axes = figure.subplots()
    colours = mpl.colormaps["RdBu_r"]
    for row, (l, m) in enumerate(names):
        for column, (l2, m2) in enumerate(names):
            value = entries.get((l, m, l2, m2), 0) * 12 / (4 * pi)
            if value == 0:
                axes.text(column, row, "·", ha="center", va="center", color="0.6")
                continue
            share = 0.5 + 0.32 * float(value) / 1.25
            axes.add_patch(
                mpl.patches.Rectangle((column - 0.5, row - 0.5), 1, 1, color=colours(share), linewidth=0)
            )
            axes.text(column, row, short(value), ha="center", va="center", fontsize=6.8)
    labels = [f"{l},{m}".replace("-", "−") for l, m in names]
    axes.set_xticks(range(len(names)), labels)
    axes.set_yticks(range(len(names)), labels)
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5), xlabel="ℓ′, m′", ylabel="ℓ, m")
    largest = max(Abs(entries[l, m, l, m] * 12 / (4 * pi) - 1) for l, m in names)
    caption = (
        f"(N/4π) C on HEALPix with nside = 1, lmax = {LMAX}: {len(entries)} of {len(names) ** 2} entries "
        "are not "
        f"zero. White noise would have ones on the diagonal; the largest deviation there is {largest}."
    )
    return finished(figure, caption, "A table of nine by nine exact numbers, most of them zero.")
