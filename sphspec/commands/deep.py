"""What `sphspec verify --deep` does: evidence into a ledger, live on stderr, and the verdict at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sphspec import _validate as check
from sphspec.study import Study
from sphspec.suite.deep import run_deep
from sphspec.suite.nights import DeepVerdict, Finding

LEDGER = Path("sphspec-ledger.sqlite")
MINUTES = 10.0
LONGEST = 60.0 * 24 * 366


def verify_deep(study: Study, ledger: Path | None, minutes: float | None, as_json: bool) -> bool:
    """Add evidence for some minutes and print what all nights say; return whether nothing was found."""
    minutes = check.positive("--minutes", MINUTES if minutes is None else minutes, allow_zero=True)
    if minutes > LONGEST:
        raise ValueError(f"--minutes must be at most {LONGEST:.0f}, a year, got {minutes:g}")
    with _display() as tell:
        verdict = run_deep(study, ledger or LEDGER, 60 * minutes, tell)
    if as_json:
        print(verdict.to_json())
    else:
        show_deep(verdict, Console())
    return verdict.ok


def show_deep(verdict: DeepVerdict, console: Console) -> None:
    """Print the verdict: a row a configuration, what would have been found by now, the last line."""
    console.print(_table(verdict, final=True))
    for finding in verdict.findings:
        if finding.fault:
            console.print(f"[bold red]FAILED[/] {escape(finding.case)}: {escape(finding.fault)}")
    if verdict.alarm:
        console.print(f"[bold red]FAILED[/] {escape(verdict.alarm)}")
    seen = [finding.reach for finding in verdict.findings if finding.reach is not None]
    if seen:
        console.print(
            "By now found with probability 0.999 in any one configuration that was drawn from: "
            "a scale error of "
            f"{max(each.scale for each in seen):.2%}, a variance error of "
            f"{max(each.variance for each in seen):.1%} in one coefficient, a correlation of "
            f"{max(each.correlation for each in seen):.3f} between two. Blind to: errors shared with the "
            "transform that was simulated; effects below those stated.",
            highlight=False,
        )
    word = "[bold green]PASSED[/]" if verdict.ok else "[bold red]FAILED[/]"
    console.print(
        f"{word} epoch {verdict.epoch}: mean E = 10^{verdict.log10_e:.1f}, red at 10^{verdict.limit:.1f}; "
        f"a correct package is ever red with probability at most {verdict.alpha:.1e}",
        highlight=False,
    )


@contextmanager
def _display() -> Iterator[Callable[[DeepVerdict, float], None]]:
    """Yield what shows the evidence so far and the time left, live on stderr."""
    with Live(console=Console(stderr=True), transient=True, auto_refresh=False) as live:

        def tell(verdict: DeepVerdict, left: float) -> None:
            minutes, seconds = divmod(round(left), 60)
            line = Text(f"{minutes}:{seconds:02d} left; Ctrl-C ends cleanly; red at 10^{verdict.limit:.1f}")
            live.update(Group(_table(verdict, final=False), line), refresh=True)

        yield tell


def _table(verdict: DeepVerdict, *, final: bool) -> Table:
    table = Table(title=f"{verdict.study}, all nights", title_justify="left", title_style="bold")
    table.add_column("configuration")
    for heading in ("blocks", "draws", "log10 E"):
        table.add_column(heading, justify="right")
    if final:
        table.add_column("threshold", justify="right")
        table.add_column("largest component")
        table.add_column("")
    for finding in verdict.findings:
        numbers = (str(finding.blocks), str(finding.draws), f"{finding.log10_e:.2f}")
        table.add_row(escape(finding.case), *numbers, *(_judged(finding) if final else ()))
    return table


def _judged(finding: Finding) -> tuple[str, str, str]:
    """Return the threshold of one configuration alone, what it names, and its word."""
    return (
        f"{finding.limit:.2f}",
        escape(finding.component),
        "[green]PASS[/]" if finding.ok else "[bold red]FAIL[/]",
    )
