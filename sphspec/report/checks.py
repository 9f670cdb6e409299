"""The verification results as table rows, grouped by case; and what the checks are blind to."""

import re
from typing import Any

from sphspec.report import prose, words
from sphspec.verify.result import Result, Verdict


def tables(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the results a case, in the order in which they were found."""
    cases: dict[str, list[Result]] = {}
    for result in verdict.results:
        cases.setdefault(result.case, []).append(result)
    return [
        {
            "case": words.run_title(case),
            "tally": _tally(results),
            "rows": [_row(result) for result in results],
        }
        for case, results in cases.items()
    ]


def blind_spots(verdict: Verdict) -> list[list[Any]]:
    """Return what cannot be seen, once, with the checks that cannot see it."""
    blind: dict[str, dict[str, None]] = {}
    for result in verdict.results:
        blind.setdefault(result.blind, {})[_without_numbers(result.check)] = None
    return [["; ".join(checks), prose.pieces(what)] for what, checks in blind.items()]


def failure(result: Result) -> str:
    """Return a failed check in one line."""
    return f"{words.run_title(result.case)}: {result.check}: {result.where}"


def _tally(results: list[Result]) -> str:
    failed = sum(not result.ok for result in results)
    return f"{len(results) - failed} passed" + (f", {failed} FAILED" if failed else "")


def _row(result: Result) -> dict[str, Any]:
    return {
        "check": result.check,
        "tier": str(result.tier),
        "ok": result.ok,
        "value": _quantity(result, result.value),
        "limit": _quantity(result, result.limit),
        "catches": prose.pieces(result.catches),
        "where": "" if result.ok else result.where,
    }


def _quantity(result: Result, value: float) -> str:
    return f"p = {words.probability(value)}" if result.kind == "log10 p" else words.number(value, 2)


def _without_numbers(check: str) -> str:
    return re.sub(r"(?<![A-Za-z\d.])\d[\d.]*(?![A-Za-z\d])", "…", check)
