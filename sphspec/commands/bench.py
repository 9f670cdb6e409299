"""Timing ourselves and references in turn: the table, or JSON."""

import dataclasses
import json
import platform

from rich.console import Console
from rich.table import Table

from sphspec.bench import Outcome, compared, comparisons
from sphspec.bench.growth import as_toml, growth
from sphspec.console import progress_bar
from sphspec.engine import usual_threads


def bench(lmax: int, rounds: int, as_json: bool) -> bool:
    """Run the comparisons and print them; return whether every ratio is what we want."""
    chosen, outcomes = comparisons(lmax), []
    with progress_bar() as progress:
        for place, comparison in enumerate(chosen):
            progress(f"{comparison.name}: {comparison.reference}", int(place > 0), len(chosen))
            outcomes.append(compared(comparison, rounds))
    if as_json:
        print(
            json.dumps([{**dataclasses.asdict(outcome), "ok": outcome.ok} for outcome in outcomes], indent=1)
        )
    else:
        Console().print(_table(outcomes))
    return all(outcome.ok for outcome in outcomes)


def bench_growth(lmax: int, rounds: int, as_json: bool) -> None:
    """Measure seconds against the band limit and print them as JSON or as a study's [cost] table."""
    with progress_bar() as progress:
        columns = growth(lmax, rounds, progress)
    machine = f"{platform.machine()}, {usual_threads(lmax)} cores"
    print(json.dumps({"machine": machine, **columns}) if as_json else as_toml(machine, columns))


def _table(outcomes: list[Outcome]) -> Table:
    table = Table(title="us / the reference, medians", title_justify="left", title_style="bold")
    for heading in ("work", "reference", "ours, s", "theirs, s", "ratio", "at most"):
        table.add_column(heading, justify="left" if heading in ("work", "reference") else "right")
    for outcome in outcomes:
        colour = "green" if outcome.ok else "bold red"
        table.add_row(
            outcome.name, outcome.reference, f"{outcome.ours:.3g}", f"{outcome.theirs:.3g}",
            f"[{colour}]{outcome.ratio:.3g}[/]", "" if outcome.goal is None else f"{outcome.goal:.3g}",
        )  # fmt: skip
    return table
