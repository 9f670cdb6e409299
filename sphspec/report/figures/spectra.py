"""How far Sigma is from c I: eigenvalues against their mean, anisotropy per degree and per order."""

from sphspec import plot
from sphspec.report import words
from sphspec.report.cases import Group
from sphspec.report.figures.style import Drawing, decades, finished, new_figure, styled


@styled
def spectra(group: Group) -> Drawing:
    """Return eigenvalues over mean, A_l and A_|m| of all operators of a group."""
    figure = new_figure(2.35)
    values, degree, order = figure.subplots(1, 3)
    for item in group.members:
        plot.eigenvalues(item.cov, values, label=item.operator)
        plot.anisotropy(item.isotropy, degree, by="degree")
        plot.anisotropy(item.isotropy, order, by="order")
    for axes in (degree, order):
        if axes.get_yscale() == "log":
            decades(axes, "y")
    figure.legend(loc="outside upper center", ncols=min(4, len(group.members)))
    return finished(figure, _caption(group), _alt(group))


def _caption(group: Group) -> str:
    return (
        f"{group.title}: eigenvalues of Σ over their mean (1 everywhere for white noise), and the "
        "anisotropy A of the blocks of one degree and of one order, their relative Frobenius distance "
        "from c I. The mean variance of a degree is not shown: after the quadrature transform it is flat "
        "by the sum rule."
    )


def _alt(group: Group) -> str:
    parts = []
    for item in group.members:
        low, high = float(item.eigenvalues[0]), float(item.eigenvalues[-1])
        per_degree, per_order = item.isotropy.per_degree, item.isotropy.per_order
        parts.append(
            f"{item.operator}: eigenvalues from {words.number(max(low, 0.0))} to {words.number(high)} "
            f"of their mean, anisotropy at most {words.number(per_degree.max())} at degree "
            f"{int(per_degree.argmax())} and {words.number(per_order.max())} at order "
            f"{int(per_order.argmax())}"
        )
    return f"Three line plots for {group.title}. {'; '.join(parts)}."
