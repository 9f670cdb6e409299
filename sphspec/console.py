"""What the command line shows: a progress bar on stderr, a verdict as tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sphspec.suite.mutants import DRAWS, HEADINGS, table
from sphspec.verify.budget import POWER
from sphspec.verify.fixture import MONTE_CARLO
from sphspec.verify.outcome import Outcome
from sphspec.verify.result import Evidence, Result, Verdict


@contextmanager
def progress_bar() -> Iterator[Any]:
    """Yield a function (message, advance, total) that moves a progress bar on stderr."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task("starting", total=None)

        def tell(message: str, advance: int = 0, total: int | None = None) -> None:
            if total is not None:
                bar.update(task, total=total)
            bar.update(task, description=escape(message), advance=advance)

        yield tell


def show(verdict: Verdict, console: Console, *, full: bool) -> None:
    """Print a verdict: every check with full, else how many passed; failures, notes and the last line."""
    groups: dict[str, list[Result]] = {}
    for result in verdict.results:
        groups.setdefault(result.case, []).append(result)
    if full:
        runs = {run.case: run for run in verdict.evidence}
        for case, results in groups.items():
            console.print(_table(case, results, runs.get(case)))
    else:
        console.print(_summary(groups))
    for result in verdict.failures:
        console.print(
            f"[bold red]FAILED[/] {escape(result.case)}: {escape(result.check)}: {escape(result.where)}"
        )
    for trip in verdict.round_trip if full else ():
        console.print(
            f"white noise there and back, {trip.case}: standard deviation {trip.predicted:.4f} predicted, "
            f"{trip.simulated:.4f} +- {trip.standard_error:.4f} simulated",
            highlight=False,
        )
    for note in verdict.notes:
        console.print(f"[yellow]note:[/] {escape(note)}")
    word = "[bold green]PASSED[/]" if verdict.ok else "[bold red]FAILED[/]"
    failed = f", {len(verdict.failures)} failed" if verdict.failures else ""
    console.print(
        f"{word} {len(verdict.results)} checks{failed} in {verdict.seconds:.0f} s; a correct package fails "
        f"with probability at most {verdict.false_alarm:g}",
        highlight=False,
    )


def _table(case: str, results: list[Result], run: Evidence | None) -> Table:
    """Return a case's checks; with every one what it would have caught and what it cannot see."""
    table = Table(title=case, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    if run is not None:
        table.caption = (
            f"{run.samples} + {run.fresh} draws, smallest weighted p 10^{run.merged:.1f}, {len(run.flagged)} "
            f"flagged for fresh draws; a correct run fails with probability {run.alpha:.1g}; "
            f"effects are caught with probability {POWER}"
        )
    for heading in ("check", "", "value", "limit", "would have caught, and is blind to"):
        table.add_column(heading, justify="right" if heading in ("value", "limit") else "left")
    for result in results:
        word = "[green]PASS[/]" if result.ok else "[bold red]FAIL[/]"
        pattern = "{:.1f}" if result.kind == "log10 p" else "{:.1e}"
        prefix = "p=10^" if result.kind == "log10 p" else ""
        shown = (prefix + pattern.format(number) for number in (result.value, result.limit))
        table.add_row(
            escape(result.check),
            word,
            *shown,
            f"{escape(result.catches)}\n[dim]blind to {escape(result.blind)}[/]",
        )
    return table


def _summary(groups: dict[str, list[Result]]) -> Table:
    table = Table()
    for heading in ("case", "passed", "failed"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for case, results in groups.items():
        failed = sum(not result.ok for result in results)
        table.add_row(escape(case), str(len(results) - failed), str(failed) if failed else "")
    return table


def show_mutants(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print what the tiers made of every mutant, which survived, and what Monte Carlo could not see."""
    shown = Table(title="mutants: errors that the checks must find", title_justify="left", title_style="bold")
    for heading in HEADINGS:
        shown.add_column(heading, justify="right" if heading in ("", "|E|/|Σ|", "log10 p") else "left")
    for row, outcome in zip(table(outcomes), outcomes, strict=True):
        colour = "green" if outcome.ok else "bold red"
        shown.add_row(*map(escape, row[:-1]), f"[{colour}]{escape(row[-1])}[/]")
    console.print(shown)
    mutants = [outcome for outcome in outcomes if outcome.must]
    survived = [outcome.mutant for outcome in outcomes if not outcome.ok]
    unseen = [outcome.mutant for outcome in mutants if MONTE_CARLO not in outcome.killed]
    console.print(f"not seen by {DRAWS} draws: {escape('; '.join(unseen)) or 'none'}", highlight=False)
    word = f"[bold red]FAILED[/] {escape('; '.join(survived))}" if survived else "[bold green]PASSED[/]"
    console.print(
        f"{word} {len(mutants)} mutants, {len(outcomes) - len(mutants)} times the truth", highlight=False
    )
