"""The figures of a study that need no draws, by name."""

from collections.abc import Callable, Iterator

from sphspec.report import figures
from sphspec.report.cases import grouped, largest_plain, measure
from sphspec.report.figures import Drawing
from sphspec.report.limit import designs_of, ladder, spectra_of
from sphspec.study import MARGINAL_TIMES, Study
from sphspec.suite.threads import one_thread


def drawings_of(study: Study, progress: Callable[[str], None] = lambda _: None) -> dict[str, Drawing]:
    """Return correlations, structure and spectra of every group, and what all have in common, by name."""
    with one_thread():
        return dict(_named(study, progress))


def _named(study: Study, progress: Callable[[str], None]) -> Iterator[tuple[str, Drawing]]:
    measured = measure(study, progress)
    for group in grouped(measured):
        progress(f"figures of {group.title}")
        for what, drawn in (
            ("correlation", figures.covariance_maps(group)),
            ("structure", figures.structure_maps(group)),
            ("spectra", [figures.spectra(group)]),
        ):
            yield from _numbered(f"{group.title} {what}", drawn)
    leading = largest_plain(measured)
    if len(leading) > 1:
        yield from _numbered("side by side", figures.grids_compared(leading))
    progress("figures of the limit law and of noise design")
    yield "limit law", figures.limit_figure(spectra_of(measured), ladder())
    if designs := designs_of(measured):
        yield "noise design", figures.design_figure(designs)
    yield "process", figures.process_moments(study.process.make(), MARGINAL_TIMES)
    if study.cost:
        yield "cost", figures.cost_figure(study.cost)


def _numbered(name: str, drawn: list[Drawing]) -> Iterator[tuple[str, Drawing]]:
    for place, drawing in enumerate(drawn):
        yield (name if len(drawn) == 1 else f"{name} {place + 1}"), drawing
