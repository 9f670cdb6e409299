"""What a report shows of a study before it is verified: numbers, tables and figures of its covariances."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sphspec.report import data, figures
from sphspec.report.cases import Measured, grouped, largest_plain, measure
from sphspec.report.cost import cost_data
from sphspec.report.diffusion import diffused_of, diffusion_data
from sphspec.report.exact_table import Asked
from sphspec.report.expansion import trust
from sphspec.report.figures import Drawing
from sphspec.report.limit import design_data, designs_of, ladder, limit_data, spectra_of
from sphspec.report.masks import masked_example
from sphspec.report.modified_drift import drifts_of
from sphspec.report.operators import side_by_side
from sphspec.report.round_trip import Predicted, predicted_trips
from sphspec.study import MARGINAL_TIMES, Study
from sphspec.suite.threads import one_thread

MAPPED = 4000  # coefficients up to which the variance is drawn on the sphere


@dataclass(frozen=True, eq=False)
class Prepared:
    """The part of a report that no verdict changes.

    Attributes
    ----------
    measured : the cases
    document : tables and words
    drawn : figures by place
    trips : round trips as predicted
    """

    measured: tuple[Measured, ...]
    document: dict[str, Any]
    drawn: dict[str, list[Drawing]]
    trips: tuple[Predicted, ...]


def prepare(study: Study, progress: Callable[[str], None] = lambda _: None) -> Prepared:
    """Return what a report says of a study without its verdict."""
    with one_thread():  # many small matrices, and the same last bits everywhere
        return _prepare(study, progress)


def _prepare(study: Study, progress: Callable[[str], None]) -> Prepared:
    measured = measure(study, progress)
    exact, groups, process = Asked.of(measured), grouped(measured), study.process.make()
    drawn: dict[str, list[Drawing]] = {}
    for place, group in enumerate(groups):
        progress(f"report: figures of {group.title}")
        drawn[f"group-{place}"] = [
            *figures.covariance_maps(group), *figures.block_norm_maps(group), figures.spectra(group),
            *(figures.variance_maps(group) if group.members[0].cov.n <= MAPPED else []),
        ]  # fmt: skip
    leading = largest_plain(measured)
    drawn["compared"] = figures.grids_compared(leading) if len(leading) > 1 else []
    progress("report: limit law and noise design")
    spectra, designs = spectra_of(measured), designs_of(measured)
    drawn["limit"] = [figures.limit_figure(spectra, ladder())]
    drawn["design"] = [figures.design_figure(designs)] if designs else []
    progress("report: a masked grid")
    masked, shares = masked_example(), trust()
    drawn["masks"] = [figures.mask_figure(masked)]
    drawn["expansion"] = [figures.expansion_errors(shares)]
    drawn["process"] = [figures.process_moments(process, MARGINAL_TIMES)]
    progress("report: spectral SDEs")
    drifted, diffused = drifts_of(measured), diffused_of(study, measured)
    drawn["bias"] = [figures.bias_figure(diffused)] if diffused else []
    drawn["laws"] = [figures.laws_figure(diffused)] if diffused else []
    drawn["cost"] = [figures.cost_figure(study.cost)] if study.cost else []
    document = {
        "summary": data.summary(measured),
        "numbers": data.three_numbers(measured),
        "study": data.study_table(study),
        **data.formulas(study),
        "limit": limit_data(spectra),
        "design": design_data(designs),
        "operators": side_by_side(measured),
        "closed_forms": data.closed_forms_data(shares),
        "masks": data.masks_data(masked),
        "process": data.process_data(process, MARGINAL_TIMES),
        "diffusion": diffusion_data(drifted, diffused, measured),
        "cost": cost_data(study.cost),
        "reproduction": data.reproduction(study),
        "exact": exact.answer(),
    }
    return Prepared(measured, document, drawn, predicted_trips(measured))
