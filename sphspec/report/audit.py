"""The PDF of an audit: what was found, what was seen, what else was looked at."""

import hashlib
import json
import math
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from sphspec import _validate as check
from sphspec.audit.finding import Finding
from sphspec.report import words
from sphspec.report.figures.audit import audit_figure
from sphspec.report.typesetting import epoch_of, require_fonts, typeset

SHOWN = 12  # explanations that are printed; all are attached


def write_audit_report(name: str, finding: Finding, path: Path) -> None:
    """Write the PDF of a finding; the file appears in one step, or not at all.

    Parameters
    ----------
    name : of what was audited
    finding : what was found, whose JSON is attached
    path : the PDF

    Raises
    ------
    ValueError
        where the path cannot be written.
    """
    check.writable(path)
    require_fonts()
    epoch, drawing = epoch_of(), audit_figure(finding)
    document = {**_document(name, finding), "figure": {"caption": drawing.caption, "alt": drawing.alt}}
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    with tempfile.TemporaryDirectory(prefix="sphspec-audit-") as folder:
        root = Path(folder)
        template = files("sphspec.report").joinpath("audit.typ").read_text(encoding="utf-8")
        (root / "main.typ").write_text(template, encoding="utf-8")
        (root / "data.json").write_text(text, encoding="utf-8")
        (root / "finding.json").write_text(finding.to_json(), encoding="utf-8")
        (root / "audit.svg").write_text(drawing.svg, encoding="utf-8")
        pdf = typeset(root, hashlib.sha256(text.encode()).hexdigest(), epoch)
    check.replace_file(path, pdf)


def _document(name: str, finding: Finding) -> dict[str, Any]:
    return {
        "title": f"Audit of {name}",
        "verdict": "Nothing found" if finding.ok else f"Finding: {finding.defect}",
        "facts": _facts(finding),
        "notes": [f"Note: {note}." for note in finding.notes],
        "headings": {
            "seen": "What was measured",
            "explanations": "What was looked at",
            "detectable": "What would have been caught",
            "repeat": "How to repeat it",
        },
        "explanations": [_explanation(row) for row in finding.explanations[:SHOWN]],
        "explanations_header": ["defect", "about", "log10 p", "gain in nats", "effect"],
        "explanations_caption": (
            "Hypotheses, the best first: log10 of the p-value of each one's strongest exact test, corrected; "
            "the log-likelihood that a fit gains over the claim, less the price of its freedom; the size."
        ),
        "detectable": [[each.defect, each.detail, _size(each)] for each in finding.detectable],
        "detectable_header": ["defect", "about", "smallest size"],
        "detectable_caption": "Smallest defects of each kind that these draws find with probability 0.999.",
        "repeat": (
            f"The draws, their seed and the claim decide the finding: {finding.samples} draws were taken. "
            "The attachment finding.json holds every number of this page."
        ),
        "attachment": "The finding with every number",
    }


def _facts(finding: Finding) -> list[tuple[str, str]]:
    facts = [("claim", finding.claim), ("draws", str(finding.samples))]
    p_value = words.probability(finding.log10_p) if math.isfinite(finding.log10_p) else "0"
    facts.append(("p-value", f"{p_value}, corrected for everything that was looked at"))
    facts.append(("false alarms", f"{words.short(finding.false_alarm)} on a right generator"))
    if finding.effect is not None and finding.interval is not None:
        low, high = finding.interval
        facts.append(
            (
                finding.meaning,
                f"{words.number(finding.effect)}, {words.percent(finding.level, 2)} interval "
                f"{words.number(low)} to {words.number(high)} "
                f"({finding.interval_how})",
            )
        )
    if finding.pole_equator is not None:
        ratio, low, high = finding.pole_equator
        facts.append(
            ("var(pole)/var(equator)", f"{words.number(ratio)}, {words.number(low)} to {words.number(high)}")
        )
    return [*facts, ("cure", finding.cure)] if finding.cure else facts


def _explanation(row: Any) -> list[str]:
    gain = "" if row.gain is None else words.number(row.gain)
    effect = "" if row.effect is None else words.number(row.effect)
    return [row.defect, row.detail, words.number(row.log10_p), gain, effect]


def _size(each: Any) -> str:
    return f"{each.meaning} {words.number(each.size)}" if math.isfinite(each.size) else "none: too few draws"
