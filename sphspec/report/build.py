"""From a study and its verdict to a PDF: measure, draw, collect, typeset, put in place.

write_report -> measure (covariances) -> figures (SVG) -> data.json -> Typst -> PDF, renamed into place.
"""

import hashlib
import json
import string
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from sphspec import _validate as check
from sphspec.report import checks, data, figures
from sphspec.report.cases import grouped, measure
from sphspec.report.cost import cost_data
from sphspec.report.diffusion import diffused_of, diffusion_data
from sphspec.report.expansion import trust
from sphspec.report.figures import Drawing
from sphspec.report.limit import design_data, designs_of, ladder, limit_data, spectra_of
from sphspec.report.masks import masked_example
from sphspec.report.modified_drift import drifts_of
from sphspec.report.residuals import residuals
from sphspec.report.round_trip import round_trips
from sphspec.report.typesetting import epoch_of, typeset
from sphspec.study import MARGINAL_TIMES, Study
from sphspec.suite.threads import one_thread
from sphspec.verify.result import Verdict


def write_report(
    study: Study,
    verdict: Verdict,
    path: Path,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Write the PDF of a verified study; the file appears in one step, or not at all.

    Parameters
    ----------
    study : what was verified
    verdict : the outcome, whose JSON is attached
    path : the PDF
    progress : told of every step

    Raises
    ------
    ValueError
        before any work, where the path cannot be written or SOURCE_DATE_EPOCH is no number.
    RuntimeError
        where Typst warns or fails: a defect of this package.
    """
    path = Path(path)
    check.writable(path)
    epoch = epoch_of()
    document, drawings = _collect(study, verdict, progress)
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    progress("report: typesetting")
    with tempfile.TemporaryDirectory(prefix="sphspec-report-") as folder:
        root = Path(folder)
        template = files("sphspec.report").joinpath("template.typ").read_text(encoding="utf-8")
        (root / "main.typ").write_text(template, encoding="utf-8")
        (root / "data.json").write_text(text, encoding="utf-8")
        (root / "results.json").write_text(verdict.to_json(), encoding="utf-8")
        for name, drawing in drawings.items():
            (root / f"{name}.svg").write_text(drawing.svg, encoding="utf-8")
        pdf = typeset(root, hashlib.sha256(text.encode()).hexdigest(), epoch)
    check.replace_file(path, pdf)
    progress(f"report: {path}")


def _collect(
    study: Study, verdict: Verdict, progress: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Drawing]]:
    measured = measure(study, progress)
    groups, trips = grouped(measured), round_trips(measured, verdict)
    runs = list(zip(_letters(len(verdict.evidence)), map(residuals, verdict.evidence), strict=True))
    process = study.process.make()
    drawn: dict[str, list[Drawing]] = {}
    for place, group in enumerate(groups):
        progress(f"report: figures of {group.title}")
        drawn[f"group-{place}"] = [*figures.covariance_maps(group), figures.spectra(group)]
    progress("report: limit law and noise design")
    spectra, designs = spectra_of(measured), designs_of(measured)
    drawn["limit"] = [figures.limit_figure(spectra, ladder())]
    drawn["design"] = [figures.design_figure(designs)] if designs else []
    progress("report: a masked grid")
    masked = masked_example()
    drawn["masks"] = [figures.mask_figure(masked)]
    progress("report: figures of the evidence")
    drawn["round-trip"] = [figures.round_trip_figure(trips)] if trips else []
    shares = trust()
    drawn["expansion"] = [figures.expansion_errors(shares)]
    drawn["evidence"] = [*figures.residual_histograms(runs), *figures.variance_ratios(runs)]
    drawn["process"] = [figures.process_moments(process, MARGINAL_TIMES)]
    progress("report: spectral SDEs")
    with one_thread():  # many small matrices
        drifted, diffused = drifts_of(measured), diffused_of(study, measured)
    drawn["bias"] = [figures.bias_figure(diffused)] if diffused else []
    drawn["laws"] = [figures.laws_figure(diffused)] if diffused else []
    drawn["cost"] = [figures.cost_figure(study.cost)] if study.cost else []
    names = {key: [f"{key}-{i}" for i in range(len(part))] for key, part in drawn.items()}
    drawings = {name: item for key in drawn for name, item in zip(names[key], drawn[key], strict=True)}
    return {
        "headline": data.headline(study, verdict, measured),
        "summary": data.summary(measured),
        "study": data.study_table(study),
        "formulas": data.formulas(),
        "groups": data.groups_data(groups, names),
        "limit": limit_data(spectra),
        "design": design_data(designs),
        "closed_forms": data.closed_forms_data(shares),
        "masks": data.masks_data(masked),
        "round_trip": data.trips_data(trips),
        "runs": data.runs_data(runs),
        "constants": data.constants(verdict),
        "budget": data.budget_data(verdict),
        "stages": data.stages_data(verdict),
        "process": data.process_data(process, MARGINAL_TIMES),
        "diffusion": diffusion_data(drifted, diffused, measured),
        "cost": cost_data(study.cost),
        "checks": checks.tables(verdict),
        "blind": checks.blind_spots(verdict),
        "reproduction": data.reproduction(study),
        "placed": {key: part for key, part in names.items() if not key.startswith("group-")},
        "figures": data.figures_data(drawings),
    }, drawings


def _letters(count: int) -> list[str]:
    """Return a, b, ... z, aa, ab, ...: the names of the Monte Carlo runs."""
    alphabet = string.ascii_lowercase
    return [(alphabet[i // 26 - 1] if i >= 26 else "") + alphabet[i % 26] for i in range(count)]
