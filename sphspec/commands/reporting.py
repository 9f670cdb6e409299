"""What `sphspec report` and `sphspec run` do: verify and prepare side by side, typeset, put in place."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sphspec import _validate as check
from sphspec.commands.derive import derived
from sphspec.commands.verify import verified
from sphspec.console import progress_bar, show
from sphspec.helper import Helper, beside
from sphspec.study import Study
from sphspec.suite import preflight
from sphspec.suite.mutants import mutants_result, run_mutants
from sphspec.suite.provenance import provenance_result
from sphspec.verify.result import Verdict

if TYPE_CHECKING:
    from sphspec.report.prepare import Prepared


def target_of(study: Study, output: Path | None) -> Path:
    """Return where the PDF goes; ValueError where it cannot."""
    require_report()
    target = output or Path("reports") / f"{study.name}.pdf"
    if target.suffix != ".pdf":
        raise ValueError(f"the report is a PDF: --output must end in .pdf, got {str(target)!r}")
    check.writable(target)
    from sphspec.report.typesetting import epoch_of, require_fonts

    epoch_of()
    require_fonts()
    return target


def require_report() -> None:
    """Raise ValueError where what the report needs is not installed."""
    missing = [name for name in ("matplotlib", "pypdf", "typst") if find_spec(name) is None]
    if missing:
        raise ValueError(f"the report needs {', '.join(missing)}: pip install 'sphspec[report]'")


def prepared_beside(study: Study, helper: Helper | None) -> "Callable[[], Prepared]":
    """Hand out a study's tables and figures; return the function that fetches or makes them."""
    from sphspec.report.prepare import prepare

    return beside(helper, prepare, study)


def report_study(
    study: Study, output: Path | None, as_json: bool, helper: Helper | None, *, prove: bool = False
) -> bool:
    """Verify a study and write its PDF; return whether the verdict is good.

    With prove the proofs are run too, and the errors of the registry are planted.
    """
    preflight(study, entries=True)
    target = target_of(study, output)
    prepared, proofs = prepared_beside(study, helper), None
    planted = beside(helper, run_mutants) if prove else None
    if prove:
        proofs = derived(["--check"], stdout=subprocess.PIPE)
        lines = [line for line in proofs.stdout.splitlines() if line.startswith(("proved", "current"))]
        Console(stderr=True, soft_wrap=True).print("derive: " + "; ".join(lines), highlight=False)
        if proofs.returncode:
            return False
    verdict = verified(study, provenance_result(proofs) if proofs else None, derivations=False, helper=helper)
    if planted:
        outcomes = planted()
        results = (*verdict.results, mutants_result(outcomes))
        verdict = replace(verdict, results=results, mutants=outcomes)
    return finish(study, verdict, target, prepared, as_json, helper)


def finish(
    study: Study,
    verdict: Verdict,
    target: Path,
    prepared: "Callable[[], Prepared]",
    as_json: bool,
    helper: Helper | None = None,
) -> bool:
    """Write results and PDF, print the verdict, return whether it is good."""
    from sphspec.report import write_report

    results = target.with_suffix(".json")
    kept = f"the results are kept in {results}"
    check.replace_file(results, f"{verdict.to_json()}\n".encode())
    if as_json:
        print(verdict.to_json())
    else:
        show(verdict, Console(), full=False)
    try:
        with progress_bar() as progress:
            progress("report: tables and figures")
            write_report(study, verdict, target, progress, prepared(), helper)
    except KeyboardInterrupt:
        Console(stderr=True, soft_wrap=True).print(f"no PDF yet; {kept}", highlight=False)
        raise
    except OSError as error:
        raise ValueError(f"cannot write {target}: {error.strerror}; {kept}") from None
    except RuntimeError as error:  # a defect of the report, not of the verdict
        raise ValueError(f"{error}; {kept}") from None
    Console(stderr=True, soft_wrap=True).print(f"written: {target} and {results}", highlight=False)
    return verdict.ok
