"""The expansion in 1/nside^2 on HEALPix: what 1, 2, 3 terms leave of the anisotropy."""

from sphspec.report import words
from sphspec.report.expansion import LMAX, TERMS, Trust
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing, decades, finished, new_figure, styled

HEIGHT = 2.9  # inches


@styled
def expansion_errors(found: tuple[Trust, ...]) -> Drawing:
    """Return the shares that are left against lmax/nside, a colour a number of terms, a marker an lmax."""
    figure = new_figure(HEIGHT)
    axes = figure.subplots()
    names = [f"{terms} term{'s' if terms > 1 else ''}" for terms in TERMS]
    for marker, lmax in zip(MARKERS, LMAX, strict=False):
        mine = [item for item in found if item.lmax == lmax]
        ratios = [item.lmax / item.nside for item in mine]
        curves = [[item.left[place] for item in mine] for place in range(len(TERMS))]
        curves.append([item.coupling for item in mine])
        for colour, name, curve in zip(COLOURS, [*names, "coupled orders"], curves, strict=False):
            label = name if lmax == LMAX[-1] else None
            axes.plot(ratios, curve, color=colour, marker=marker, markersize=3.5, label=label)
    for marker, lmax in zip(MARKERS, LMAX, strict=False):
        axes.plot([], [], color="0.3", marker=marker, markersize=3.5, linestyle="none", label=f"lmax {lmax}")
    axes.set(xscale="log", yscale="log", xlabel="lmax/nside", ylabel="share of the anisotropy")
    ticks = (0.0625, 0.125, 0.25, 0.5, 1)
    axes.set_xticks(ticks, [words.short(tick) for tick in ticks])
    axes.minorticks_off()
    decades(axes, "y")
    figure.legend(loc="outside right upper")
    return finished(figure, _caption(), _alt(found))


def _caption() -> str:
    return (
        "HEALPix, plain quadrature: what the expansion in 1/nside² leaves of the exact covariance after 1, 2 "
        "and 3 terms beyond the identity (entries with m = m′), and the share of the coupled orders, which "
        "it leaves out; Frobenius norms over the anisotropy of the whole block, against lmax/nside."
    )


def _alt(found: tuple[Trust, ...]) -> str:
    parts = [
        f"lmax {item.lmax}, nside {item.nside}: {', '.join(words.number(share) for share in item.left)}, "
        f"coupled {words.number(item.coupling)}"
        for item in found
        if item.nside == item.lmax
    ]
    return f"Shares of the anisotropy left after 1, 2, 3 terms. {'; '.join(parts)}."
