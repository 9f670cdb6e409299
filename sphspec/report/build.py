"""From a study and its verdict to a PDF: prepare, judge, draw, collect, typeset, put in place.

prepare (covariances, figures) + verdict -> data.json and SVG -> Typst -> PDF, renamed into place.
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
from sphspec.formulas import formulas_in_latex
from sphspec.helper import Helper, Offer
from sphspec.report import checks, data, figures
from sphspec.report.cases import grouped
from sphspec.report.figures import Drawing
from sphspec.report.figures.montecarlo import parts_of
from sphspec.report.prepare import Prepared, prepare
from sphspec.report.round_trip import simulated_trips
from sphspec.report.typesetting import epoch_of, require_fonts, typeset
from sphspec.study import Study
from sphspec.verify.result import Verdict


def write_report(
    study: Study,
    verdict: Verdict,
    path: Path,
    progress: Callable[[str], None] = lambda _: None,
    prepared: Prepared | None = None,
    helper: Helper | None = None,
) -> None:
    """Write the PDF of a verified study; the file appears in one step, or not at all.

    Parameters
    ----------
    study : what was verified
    verdict : the outcome, whose JSON is attached
    path : the PDF
    progress : told of every step
    prepared : what `prepare(study)` gave, where that is at hand
    helper : a second process, which draws some of the figures and is released then

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
    require_fonts()
    document, drawings = _collect(study, verdict, prepared or prepare(study, progress), progress, helper)
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    progress("report: typesetting")
    with tempfile.TemporaryDirectory(prefix="sphspec-report-") as folder:
        root = Path(folder)
        template = files("sphspec.report").joinpath("template.typ").read_text(encoding="utf-8")
        (root / "main.typ").write_text(template, encoding="utf-8")
        (root / "data.json").write_text(text, encoding="utf-8")
        (root / "results.json").write_text(verdict.to_json(), encoding="utf-8")
        (root / "formulas.tex").write_text(formulas_in_latex(), encoding="utf-8")
        for name, drawing in drawings.items():
            (root / f"{name}.svg").write_text(drawing.svg, encoding="utf-8")
        pdf = typeset(root, hashlib.sha256(text.encode()).hexdigest(), epoch)
    check.replace_file(path, pdf)
    progress(f"report: {path}")


def _collect(
    study: Study,
    verdict: Verdict,
    prepared: Prepared,
    progress: Callable[[str], None],
    helper: Helper | None,
) -> tuple[dict[str, Any], dict[str, Drawing]]:
    measured, drawn = prepared.measured, dict(prepared.drawn)
    progress("report: figures of the evidence")
    letters, trips = _letters(len(verdict.evidence)), simulated_trips(prepared.trips, verdict)
    runs = list(zip(letters, verdict.evidence, strict=True))
    uniform = [
        (letter, run.case, run.residuals.uniforms)
        for letter, run in runs
        if run.residuals.uniforms.size  # one coefficient has no pairs
    ]
    shared = [
        (part, helper.offer(figures.uniformity, part) if helper else None) for part in parts_of(uniform)
    ]
    drawn["round-trip"] = [figures.round_trip_figure(trips)] if trips else []
    drawn["evidence"] = [*figures.variance_ratios(runs), *_uniformity(shared)]
    if helper:
        helper.release()
    names = {key: [f"{key}-{i}" for i in range(len(part))] for key, part in drawn.items()}
    drawings = {name: item for key in drawn for name, item in zip(names[key], drawn[key], strict=True)}
    return {
        **prepared.document,
        "headline": data.headline(study, verdict, measured),
        "groups": data.groups_data(grouped(measured), names),
        "round_trip": data.trips_data(trips),
        "runs": data.runs_data(runs),
        "constants": data.constants(verdict),
        "budget": data.budget_data(verdict),
        "stages": data.stages_data(verdict),
        "tallies": checks.tallies(verdict),
        "kinds": checks.kinds(verdict),
        "failed": checks.failed(verdict),
        "planted": data.planted(verdict),
        "blind": checks.blind_spots(verdict),
        "placed": {key: part for key, part in names.items() if not key.startswith("group-")},
        "figures": data.figures_data(drawings),
    }, drawings


def _uniformity(shared: list[tuple[Any, Offer | None]]) -> list[Drawing]:
    """Return the figures of parts, of which the helper draws from the front and this process from the end."""
    mine = {
        place: figures.uniformity(part)
        for place, (part, offer) in reversed([*enumerate(shared)])
        if offer is None or not offer.taken()
    }
    return [
        mine[place] if offer is None or place in mine else offer.result()
        for place, (_, offer) in enumerate(shared)
    ]


def _letters(count: int) -> list[str]:
    """Return a, b, ... z, aa, ab, ...: the names of the Monte Carlo runs."""
    alphabet = string.ascii_lowercase
    return [(alphabet[i // 26 - 1] if i >= 26 else "") + alphabet[i % 26] for i in range(count)]
