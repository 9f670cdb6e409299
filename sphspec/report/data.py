"""Everything the template prints, as one JSON document of formatted text; the template holds no number."""

from typing import Any

import numpy as np

from sphspec.formulas import catalogue
from sphspec.processes import Process
from sphspec.report import checks, prose, provenance, words
from sphspec.report.cases import Group, Measured
from sphspec.report.expansion import Trust
from sphspec.report.figures import Drawing
from sphspec.report.masks import Masked
from sphspec.report.round_trip import HEALPY_DEFAULT, Trip, called_out
from sphspec.report.theorems import KERNELS, needed
from sphspec.study import Study
from sphspec.verify.budget import POWER, SCREEN, spent
from sphspec.verify.fixture import TIERS
from sphspec.verify.mutants import MUTANTS
from sphspec.verify.outcome import Outcome
from sphspec.verify.residuals import FAMILY
from sphspec.verify.result import Evidence, Verdict

ABSENT = "–"


def headline(study: Study, verdict: Verdict, measured: tuple[Measured, ...]) -> dict[str, Any]:
    """Return the title, the verdict line and what the first sentence needs."""
    flat = [item for item in measured if item.flatness is not None]
    return {
        "name": study.name,
        "title": study.title,
        "ok": verdict.ok,
        "checks": f"{len(verdict.results)} check{'' if len(verdict.results) == 1 else 's'}",
        "failed": f"{len(verdict.failures)}",
        "false_alarm": words.short(verdict.false_alarm),
        "deviation": words.number(max(item.flatness or 0.0 for item in flat), 2) if flat else None,
        "conditions": words.listed(
            f"{words.number(item.isotropy.condition)} ({item.setting if flat else item.title})"
            for item in (flat or measured)
        ),
        "failures": [checks.failure(result) for result in verdict.failures],
        "notes": list(verdict.notes),
    }


def summary(measured: tuple[Measured, ...]) -> list[list[str]]:
    """Return a row a case: grid, lmax, operator, n, pixels, condition, coupling, pair, KL, distance."""
    return [
        [
            item.grid,
            str(item.cov.lmax),
            item.operator,
            str(item.cov.n),
            str(item.cov.operator.grid.npix),
            words.number(item.isotropy.condition),
            words.number(item.isotropy.coupling),
            words.pair_title(item.isotropy.coupled) if item.isotropy.coupling else ABSENT,
            words.number(item.isotropy.kl),
            words.number(item.isotropy.distance),
        ]
        for item in measured
    ]


def three_numbers(measured: tuple[Measured, ...]) -> dict[str, Any]:
    """Return condition number, largest correlation and divergence of the case that is farthest from white."""
    worst = max(measured, key=lambda item: item.isotropy.kl)
    found = worst.isotropy
    pair = f", between {words.pair_title(found.coupled)}" if found.coupling else ""
    return {
        "case": worst.title,
        "numbers": [
            [words.number(found.condition), "condition number of Σ; white noise has one"],
            [words.number(found.coupling), f"largest correlation of two coefficients{pair}"],
            [f"{words.number(found.kl)} nats", "lost with every draw by who assumes white noise (KL)"],
        ],
    }


def study_table(study: Study) -> dict[str, Any]:
    """Return the settings a row a grid, and process and budget as pairs."""
    budget = study.budget
    process = study.process.make()
    parameters = vars(process).items()
    return {
        "settings": [
            [
                words.grid_title(setting.grid),
                ", ".join(map(str, setting.lmax)),
                "; ".join(map(words.operator_title, setting.operators)),
                words.short(setting.variance),
            ]
            for setting in study.settings
        ],
        "budget": [
            [
                "process",
                f"{type(process).__name__} ("
                + ", ".join(f"{name} = {words.short(value)}" for name, value in parameters)
                + ")",
            ],
            ["draws of each Monte Carlo run", str(budget.samples)],
            ["times of the Brownian motion", ", ".join(map(words.short, budget.times))],
            ["false-alarm rate of the whole suite", words.short(budget.false_alarm)],
            ["seed", str(budget.seed)],
        ],
    }


def formulas(study: Study) -> dict[str, Any]:
    """Return the statements that a study rests on, and how many others there are."""
    everything = catalogue()
    printed = needed(study, everything)
    return {"formulas": _printed(printed), "others": str(len(everything) - len(printed))}


def _printed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": entry["name"],
            "title": entry["title"],
            "statement": prose.pieces(entry["statement"]),
            "typst": entry["typst"],
            "alt": entry["latex"],
            "steps": str(entry["steps"]),
            "scope": prose.pieces(entry["scope"]),
            "sketch": [prose.pieces(claim) for claim in entry["sketch"]],
            "reference": entry["reference"],
        }
        for entry in entries
    ]


def closed_forms_data(found: tuple[Trust, ...]) -> dict[str, Any]:
    """Return the closed forms of low degree, and what the text says of the expansion."""
    special = next(item for item in reversed(found) if item.lmax == item.nside)
    return {
        "rows": [
            {
                "entry": example["name"].replace("-", words.MINUS),
                "typst": example["typst"],
                "alt": example["latex"],
                "scope": example["scope"].removeprefix("N_side >= "),
            }
            for entry in catalogue()
            for example in entry["examples"]
        ],
        "lmax": str(special.lmax),
        "nside": str(special.nside),
        "left": words.listed(words.percent(share, 2) for share in special.left),
        "coupling": words.percent(special.coupling, 2),
    }


def groups_data(groups: tuple[Group, ...], drawn: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return a section a group with the names of its figures."""
    return [{"title": group.title, "figures": drawn[f"group-{place}"]} for place, group in enumerate(groups)]


def masks_data(example: Masked) -> dict[str, str]:
    """Return the numbers of the masked example that the text names."""
    cov = example.cov
    return {
        "grid": words.grid_title(cov.operator.grid.name),
        "lmax": str(cov.lmax),
        "kept": words.percent(example.kept),
        "error": words.number(example.gaunt_error, 2),
        "condition": words.number(cov.isotropy().condition),
        "degrees": str(2 * cov.lmax),
        "leaked": words.percent(float(example.leaked.max())),
    }


def trips_data(trips: tuple[Trip, ...]) -> dict[str, Any] | None:
    """Return the table of the round trip and the case that the text discusses; None without a case."""
    if not trips:
        return None
    special = called_out(trips)
    cov, projected = special.measured.cov, special.predicted.projected
    return {
        "rows": [
            [
                trip.measured.setting,
                trip.measured.operator,
                words.number(trip.predicted.deviation, 4),
                words.number(trip.simulated.simulated, 4) if trip.simulated else ABSENT,
                words.number(trip.simulated.standard_error, 2) if trip.simulated else ABSENT,
                str(trip.simulated.draws) if trip.simulated else ABSENT,
            ]
            for trip in trips
        ],
        "case": special.measured.title,
        "default": cov.operator.name == HEALPY_DEFAULT,
        "predicted": words.number(special.predicted.deviation),
        "n": str(cov.n),
        "npix": str(cov.operator.grid.npix),
        "kept": words.percent(special.predicted.deviation**2),
        "share": words.percent(projected**2) if np.isfinite(projected) else None,
    }


def runs_data(runs: list[tuple[str, Evidence]]) -> list[list[str]]:
    """Return a row a Monte Carlo run: letter, run, draws, extremes with their lines, smallest p."""
    rows = []
    for letter, run in runs:
        found = run.residuals
        low, high = float(np.nanmin(found.ratios)), float(np.nanmax(found.ratios))
        rows.append(
            [
                f"({letter})",
                words.run_title(run.case),
                str(run.samples),
                f"{words.number(found.largest_score)} / {words.number(found.score_line)}",
                f"{words.number(low)} to {words.number(high)}",
                f"{words.number(found.band[0])} to {words.number(found.band[1])}",
                words.probability(min(run.log_p.values())) if run.log_p else ABSENT,
            ]
        )
    return rows


def process_data(process: Process, times: tuple[float, ...]) -> dict[str, Any]:
    """Return the kernel's name in the catalogue and its moments at the simulated times."""
    return {
        "kernel": KERNELS[type(process)],
        "rows": [
            [
                words.short(when),
                words.number(float(process.mean(when)), 4),
                words.number(float(np.sqrt(process.variance(when))), 4),
            ]
            for when in times
        ],
    }


def figures_data(drawings: dict[str, Drawing]) -> dict[str, dict[str, str]]:
    """Return caption and alternative text by the figure's name."""
    return {name: {"caption": item.caption, "alt": item.alt} for name, item in drawings.items()}


def constants(verdict: Verdict) -> dict[str, str]:
    """Return the levels that the text names."""
    return {
        "power": words.percent(POWER),
        "family": words.percent(FAMILY, 1),
        "screen": words.percent(SCREEN, 1),
        "false_alarm": words.number(verdict.false_alarm, 1),
    }


def budget_data(verdict: Verdict) -> list[list[str]]:
    """Return a row for each part of the false-alarm rate."""
    parts = spent(verdict.false_alarm, len(verdict.evidence))
    return [[what, words.number(rate, 2)] for what, rate in parts]


def stages_data(verdict: Verdict) -> list[list[str]]:
    """Return a row a Monte Carlo run: what the first stage found, and what went to fresh draws."""
    return [
        [
            words.run_title(run.case),
            str(run.samples),
            words.probability(run.merged),
            "; ".join(run.flagged) or ABSENT,
            str(run.fresh),
        ]
        for run in verdict.evidence
    ]


def planted(verdict: Verdict) -> dict[str, Any]:
    """Return a row a planted error: its name, the error in words, and the tiers that find it.

    Where the errors were planted, the largest value over limit of each tier that found it; else the tiers
    that must.
    """
    outcomes = [outcome for outcome in verdict.mutants if outcome.must]
    registered = [[mutant.name, mutant.what, ", ".join(mutant.tiers)] for mutant in MUTANTS]
    return {
        "count": str(len(outcomes)) if outcomes else None,
        "found": str(sum(outcome.ok for outcome in outcomes)),
        "truth": str(sum(outcome.ok for outcome in verdict.mutants if not outcome.must)),
        "truths": str(len(verdict.mutants) - len(outcomes)),
        "tiers": list(TIERS),
        "rows": [[each.mutant, each.error, *_found(each)] for each in outcomes] or registered,
    }


def _found(outcome: Outcome) -> list[str]:
    margins = outcome.margins
    return [words.number(margins[tier], 2) if tier in outcome.killed else ABSENT for tier in TIERS]


def reproduction(study: Study) -> dict[str, Any]:
    """Return what it takes to make the same report again."""
    return {
        "command": provenance.command(study),
        "toml": provenance.study_toml(study),
        "versions": provenance.versions(),
    }
