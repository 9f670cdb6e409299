"""What `sphspec report --check` does: tell which committed reports are current."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from sphspec.commands.reporting import require_report
from sphspec.console import progress_bar
from sphspec.study import Study

FOLDER = Path("reports")


def all_current(studies: Sequence[Path], as_json: bool) -> bool:
    """Print, for every study with a PDF beside it, whether that is current; return whether all are.

    Without studies: those of reports/ that have a PDF.
    """
    require_report()
    chosen = list(studies) or [path for path in sorted(FOLDER.glob("*.toml")) if _pdf(path).exists()]
    if not chosen:
        raise ValueError(f"no study in {FOLDER} has a PDF beside it; name studies, or make their reports")
    missing = [path for path in chosen if not _pdf(path).exists()]
    if missing:
        raise ValueError(f"{_pdf(missing[0])} does not exist; make it with sphspec report {missing[0]}")
    found = {}
    with progress_bar() as progress:
        for path in chosen:
            from sphspec.report.current import differences

            progress(f"{path}: computing what its report should say")
            found[str(_pdf(path))] = differences(Study.load(path), _pdf(path))
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        console = Console(soft_wrap=True)
        for name, lines in found.items():
            console.print(f"{name}: {'stale' if lines else 'current'}", highlight=False, markup=False)
            for line in lines:
                console.print(f"  {line}", highlight=False, markup=False)
    return not any(found.values())


def _pdf(study: Path) -> Path:
    return study.with_suffix(".pdf")
