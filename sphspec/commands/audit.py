"""What `sphspec audit` does: find the target and the claim, draw, and say what was found."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from sphspec import _validate as check
from sphspec import audit
from sphspec.audit.finding import Finding
from sphspec.audit_study import AuditStudy, ClaimSetting, TargetSetting, audit_of, claim_of
from sphspec.claims import Claim
from sphspec.targets import Target, find_target


def audited(
    target: str, options: dict[str, Any], budget: dict[str, Any], report: Path | None, as_json: bool
) -> bool:
    """Run the audit and print what was found; return whether nothing was.

    Parameters
    ----------
    target : what is audited, or a TOML file that says it
    options : of the claim, those that were given
    budget : samples, seconds, false_alarm, seed: those that were given
    """
    if report is not None:
        _reportable(report)
    folder, study = _study(target, options, budget)
    found = find_target(study.target.target, study.target.arguments, folder)
    claim = _claim(study, found, folder)
    errors = Console(stderr=True, soft_wrap=True)
    with errors.status(escape(f"auditing {found.name}: {claim.name} ...")):
        finding: Finding = audit(  # type: ignore[operator]
            found.source, claim, seed=study.seed, samples=study.samples, false_alarm=study.false_alarm,
            seconds=float(study.seconds), kind=study.target.kind or found.kind,
        )  # fmt: skip
    if found.about:
        errors.print(found.about, highlight=False, markup=False)
    if as_json:
        print(finding.to_json())
    else:
        _show(finding)
    if report is not None:
        from sphspec.report.audit import write_audit_report

        write_audit_report(found.name, finding, report)
        errors.print(f"written: {report}", highlight=False, markup=False)
    return finding.ok


def _study(target: str, options: dict[str, Any], budget: dict[str, Any]) -> tuple[Path, AuditStudy]:
    """Return the folder that names refer to, and the audit with the command line's options in it."""
    if target.endswith(".toml"):
        study, folder = AuditStudy.load(target), Path(target).parent
    else:
        study, folder = AuditStudy(target=TargetSetting(target=target)), Path()
    if options:
        study = study.model_copy(update={"claim": _merged(study.claim, options)})
    return folder, audit_of({**study.model_dump(exclude_unset=True), **budget})


def _merged(claim: ClaimSetting | None, options: dict[str, Any]) -> ClaimSetting:
    written = {} if claim is None else claim.model_dump(exclude_unset=True)
    if "kind" not in {**written, **options}:
        raise ValueError("say which law is claimed: --claim white, isotropic, noise or marginal")
    return claim_of({**written, **options})


def _claim(study: AuditStudy, found: Target, folder: Path) -> Claim:
    if study.claim is not None:
        return study.claim.make(folder)
    if found.claim is None:
        raise ValueError(
            f"{found.name} does not say which law it has: give --claim white, isotropic, noise or marginal"
        )
    return found.claim


def _reportable(report: Path) -> None:
    from importlib.util import find_spec

    missing = [name for name in ("matplotlib", "typst") if find_spec(name) is None]
    if missing:
        raise ValueError(f"the report needs {', '.join(missing)}: pip install 'sphspec[report]'")
    if report.suffix != ".pdf":
        raise ValueError(f"the report is a PDF: --report must end in .pdf, got {str(report)!r}")
    check.writable(report)


def _show(finding: Finding) -> None:
    console = Console(soft_wrap=True)
    for line in finding.summary().splitlines():
        style = "bold red" if line.startswith("FINDING") else "green" if line.startswith("OK") else ""
        console.print(f"[{style}]{escape(line)}[/]" if style else escape(line), highlight=False)
