"""Correlation of the coefficients: signed extremes of every pair of degrees, and the size of every entry."""

from sphspec import plot
from sphspec.plot.couplings import FULL, Couplings, couplings
from sphspec.report import words
from sphspec.report.cases import Group, Measured
from sphspec.report.figures.style import Drawing, decades, finished, new_figure, styled

COLUMNS = 3  # operators a figure
ENTRIES = {1: FULL, 2: FULL, 3: 440}  # coefficients, by number of operators: each entry has a pixel
HEIGHT = {1: 2.75, 2: 5.3, 3: 4.1}  # inches, by number of operators


@styled
def covariance_maps(group: Group) -> list[Drawing]:
    """Return the correlation maps of a group, at most three operators a figure."""
    scale = max(item.isotropy.coupling for item in group.members) or 1.0
    starts = range(0, len(group.members), COLUMNS)
    return [_draw(group, group.members[start : start + COLUMNS], scale) for start in starts]


def _draw(group: Group, row: tuple[Measured, ...], scale: float) -> Drawing:
    alone, full = len(row) == 1, ENTRIES[len(row)]
    figure = new_figure(HEIGHT[len(row)], "compressed")
    panels = figure.subplots(*((1, 2) if alone else (2, len(row))), squeeze=False)
    upper, lower = (panels[:, 0], panels[:, 1]) if alone else panels
    for axes, item in zip(upper, row, strict=True):
        signed = plot.correlation(item.cov, axes, scale=scale)
        axes.set_title(item.operator)
    for axes, item in zip(lower, row, strict=True):
        logged = plot.log_correlation(item.cov, axes, entries=item.cov.n <= full)
    details = [couplings(item.cov, entries=item.cov.n <= full) for item in row]
    for axes in (*upper[1:], *([] if alone else lower[1:])):
        axes.set_ylabel("")
    figure.colorbar(signed, ax=upper.tolist(), label="extreme ρ", aspect=16, pad=0.02)
    bar = figure.colorbar(logged, ax=lower.tolist(), label="|ρ|", aspect=16, pad=0.02)
    decades(bar.ax, "y")
    bar.minorticks_off()
    return finished(figure, _caption(group, scale, full), _alt(group, row, details))


def _caption(group: Group, scale: float, most: int) -> str:
    full = group.members[0].cov.n <= most
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
