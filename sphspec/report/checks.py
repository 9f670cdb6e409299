"""The verification results as table rows: by case, by kind of check, and what the checks are blind to."""

import math
import re
from typing import Any

from sphspec.report import prose, words
from sphspec.verify.result import Result, Verdict

TIERS = (0, 1, 2, 3)


def tallies(verdict: Verdict) -> list[list[str]]:
    """Return a row a case: how many checks of each tier passed, and how many failed."""
    cases: dict[str, list[Result]] = {}
    for result in verdict.results:
        cases.setdefault(result.case, []).append(result)
    return [
        [
            words.run_title(case),
            *(str(sum(result.tier == tier for result in results)) for tier in TIERS),
            str(sum(not result.ok for result in results)),
        ]
        for case, results in cases.items()
    ]


def kinds(verdict: Verdict) -> list[dict[str, Any]]:
    """Return a row a kind of check: how often it was made, and the one that is nearest to its limit."""
    found: dict[tuple[int, str], list[Result]] = {}
    for result in sorted(verdict.results, key=lambda result: result.tier):
        found.setdefault((result.tier, _without_numbers(result.check)), []).append(result)
    return [
        {"check": name, "tier": str(tier), "times": str(len(results)), **_nearest(results)}
        for (tier, name), results in found.items()
    ]


def failed(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the failed checks, each with its case."""
    return [
        {
            "case": words.run_title(result.case), "check": result.check,
            "value": _quantity(result, result.value), "limit": _quantity(result, result.limit),
            "where": result.where,
        }
        for result in verdict.failures
    ]  # fmt: skip


def blind_spots(verdict: Verdict) -> list[list[Any]]:
    """Return what cannot be seen, once, with the checks that cannot see it."""
    blind: dict[str, dict[str, None]] = {}
    for result in verdict.results:
        blind.setdefault(result.blind, {})[_without_numbers(result.check)] = None
    return [["; ".join(checks), prose.pieces(what)] for what, checks in blind.items()]


def failure(result: Result) -> str:
    """Return a failed check in one line."""
    return f"{words.run_title(result.case)}: {result.check}: {result.where}"


def _nearest(results: list[Result]) -> dict[str, Any]:
    """Return value, limit and power of the result that is nearest to its limit."""
    worst = max(results, key=_nearness)
    return {
        "value": _quantity(worst, worst.value),
        "limit": _quantity(worst, worst.limit),
        "catches": prose.pieces(worst.catches),
    }


def _nearness(result: Result) -> float:
    """Return value over limit; failed ones first."""
    return (math.inf if not result.ok else 0.0) + (
        result.value / result.limit if result.limit else result.value
    )


def _quantity(result: Result, value: float) -> str:
    return f"p = {words.probability(value)}" if result.kind == "log10 p" else words.number(value, 2)


def _without_numbers(check: str) -> str:
    return re.sub(r"(?<![A-Za-z\d.])\d[\d.]*(?![A-Za-z\d])", "…", check)
