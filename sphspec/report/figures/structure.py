"""Block norms of every operator of a group, and the variance of its noise on the sphere."""

from matplotlib.figure import Figure

from sphspec import plot
from sphspec.plot.couplings import norms
from sphspec.plot.sky import LARGEST, field_variance
from sphspec.report import words
from sphspec.report.cases import Group, Measured
from sphspec.report.figures.style import Drawing, finished, new_figure, styled

COLUMNS = 3  # operators a figure
HEIGHT = {1: 2.4, 2: 4.6, 3: 3.4}  # inches, by number of operators
MAPS = 1.35  # of them for maps alone


@styled
def structure_maps(group: Group) -> list[Drawing]:
    """Return block norms over variance maps of a group, at most three operators a figure."""
    starts = range(0, len(group.members), COLUMNS)
    return [_draw(group, group.members[start : start + COLUMNS]) for start in starts]


def _draw(group: Group, row: tuple[Measured, ...]) -> Drawing:
    count = len(row)
    mapped = row[0].cov.n <= LARGEST
    figure = new_figure(HEIGHT[count], "compressed")
    shape = (1, 2) if count == 1 else (1 + mapped, count)
    panels = figure.subplots(*shape, squeeze=False)
    upper, lower = (panels[:, 0], panels[:, 1]) if count == 1 else (panels[0], panels[-1])
    for axes, item in zip(upper, row, strict=True):
        image = plot.block_norms(item.cov, axes, numbers=False)
        axes.set_title(item.operator)
        _bar(figure, image, axes, "block norm")
    if not mapped:
        if count == 1:
            lower[0].remove()
        return finished(figure, _caption(group, mapped=False), _alt(group, row, mapped=False))
    spread = max(abs(field_variance(item.cov) - 1).max() for item in row) or 1.0
    for axes, item in zip(lower, row, strict=True):
        mesh = plot.variance_map(item.cov, axes, spread=spread)
    figure.colorbar(mesh, ax=lower.tolist(), label="Var(n) / mean", aspect=16, pad=0.02, shrink=0.7)
    return finished(figure, _caption(group, mapped=True), _alt(group, row, mapped=True))


def _bar(figure: Figure, image: object, axes: object, label: str) -> None:
    figure.colorbar(image, ax=axes, label=label, aspect=16, pad=0.02)  # type: ignore[arg-type]


def _caption(group: Group, *, mapped: bool) -> str:
    maps = (
        " Below, or on the right, the variance of the field of these coefficients over its mean on the "
        "sphere (Mollweide, one scale): one everywhere would be isotropic."
    )
    return (
        f"{group.title}: norm of every block of two degrees of Σ − c I, over c and the root of the smaller "
        f"block's size; zero everywhere would be white.{maps if mapped else ''}"
    )


def _alt(group: Group, row: tuple[Measured, ...], *, mapped: bool) -> str:
    parts = []
    for item in row:
        values = norms(item.cov)
        first, second = divmod(int(values.argmax()), values.shape[0])
        text = (
            f"{item.operator}: the largest block norm is {words.number(float(values.max()))}, of degrees "
            f"{first} and {second}"
        )
        if mapped:
            field = field_variance(item.cov)
            text += (
                f"; the variance goes from {words.number(float(field.min()))} to "
                f"{words.number(float(field.max()))} of its mean"
            )
        parts.append(text)
    return f"Maps for {group.title}. {'; '.join(parts)}."
