"""What the command line shows: a progress bar on stderr, a verdict as tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sphspec.verify.result import Result, Verdict

CONTROLLED = 3  # the tier of Monte Carlo runs


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
        for case, results in groups.items():
            console.print(_table(case, results))
    else:
        console.print(_summary(groups))
    for result in verdict.failures:
        console.print(
            f"[bold red]FAILED[/] {escape(result.case)}: {escape(result.check)}: {escape(result.where)}"
        )
    if full:
        console.print(_blind_spots(verdict))
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


def _table(case: str, results: list[Result]) -> Table:
    table = Table(title=case, title_justify="left", title_style="bold")
    for heading in ("check", "", "value", "limit", "would have caught"):
        table.add_column(heading, justify="right" if heading in ("value", "limit") else "left")
    for result in results:
        word = "[green]PASS[/]" if result.ok else "[bold red]FAIL[/]"
        pattern = "{:.1f}" if result.kind == "log10 p" else "{:.1e}"
        prefix = "p=10^" if result.kind == "log10 p" else ""
        shown = (prefix + pattern.format(number) for number in (result.value, result.limit))
        table.add_row(escape(result.check), word, *shown, escape(result.catches))
    return table


def _blind_spots(verdict: Verdict) -> Table:
    table = Table(title="what the checks cannot see", title_justify="left", title_style="bold")
    table.add_column("blind to")
    table.add_column("checks")
    checks: dict[str, list[str]] = {}
    for result in verdict.results:
        name = result.check.partition(":")[0] if result.tier == CONTROLLED else result.check
        if name not in checks.setdefault(result.blind, []):
            checks[result.blind].append(name)
    for blind, names in checks.items():
        table.add_row(escape(blind), escape("; ".join(names)))
    return table


def _summary(groups: dict[str, list[Result]]) -> Table:
    table = Table()
    for heading in ("case", "passed", "failed"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for case, results in groups.items():
        failed = sum(not result.ok for result in results)
        table.add_row(escape(case), str(len(results) - failed), str(failed) if failed else "")
    return table
