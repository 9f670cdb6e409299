"""What `sphspec derive --latex` does: the catalogue as LaTeX, for papers."""

import json
from importlib.resources import files

HEAD = (
    '% Formulas derived and proved by sphspec; equations need amsmath. Cite what stands after "Source".\n'
    "% Written by: sphspec derive --latex\n"
)


def formulas_in_latex() -> str:
    """Return every statement of the catalogue as a numbered equation with its label, scope and source."""
    text = files("sphspec._generated").joinpath("catalogue.json").read_text(encoding="utf-8")
    return HEAD + "".join(map(_equation, json.loads(text)))


def _equation(entry: dict[str, str]) -> str:
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
