"""The catalogue of what was derived and proved, and the same in LaTeX, for papers."""

import json
from importlib.resources import files
from typing import Any

HEAD = (
    '% Formulas derived and proved by sphspec; equations need amsmath. Cite what stands after "Source".\n'
    "% Written by: sphspec derive --latex\n"
)


def catalogue() -> list[dict[str, Any]]:
    """Return the statements that were written with the generated code, in their order."""
    text = files("sphspec._generated").joinpath("catalogue.json").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


def formulas_in_latex() -> str:
    """Return every statement of the catalogue as a numbered equation with its label, scope and source."""
    return HEAD + "".join(map(_equation, catalogue()))


def _equation(entry: dict[str, Any]) -> str:
    said = [
        f"{entry['name']}: {entry['title']}",
        entry["statement"],
        f"Proved: {entry['scope']}. Source: {entry['reference']}.",
    ]
    comments = "".join(f"% {' '.join(line.split())}\n" for line in said)
    return (
        f"\n{comments}\\begin{{equation}}\\label{{eq:{entry['name']}}}\n"
        f"  {entry['latex']}\n\\end{{equation}}\n"
    )
