"""Statements as the derivations state them, and words of their proofs.

```{derivation} sum-rule          the statement, its equation, scope and number of steps
{step}`sum-rule: one pixel adds`  a step of a proof, which tests compare with the proof that runs
```{catalogue}                    all derivations
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

CATALOGUE = Path(__file__).resolve().parents[2] / "sphspec" / "_generated" / "catalogue.json"


def catalogue() -> dict[str, dict[str, Any]]:
    """Return the committed catalogue by name."""
    return {entry["name"]: entry for entry in json.loads(CATALOGUE.read_text(encoding="utf-8"))}


class DerivationDirective(SphinxDirective):
    """One derivation: statement, equation, where it holds."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the statement in a frame."""
        return [_frame(catalogue()[self.arguments[0]])]


class CatalogueDirective(SphinxDirective):
    """Every derivation, in the order of the catalogue."""

    def run(self) -> list[nodes.Node]:
        """Return all statements."""
        return [_frame(entry) for entry in catalogue().values()]


def _frame(entry: dict[str, Any]) -> nodes.Node:
    frame = nodes.admonition(classes=["derivation"])
    frame += nodes.title(text=entry["title"])
    frame += nodes.paragraph(text=entry["statement"])
    frame += nodes.math_block(entry["latex"], entry["latex"], nowrap=False, number=None, label=None)
    foot = nodes.paragraph(classes=["scope"])
    foot += nodes.literal(text=entry["name"])
    foot += nodes.Text(f", proved in {entry['steps']} steps. Scope: {entry['scope']}.")
    frame += foot
    return frame


def step_role(_role: str, rawtext: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[Any]]:
    """Return a step's claim in quotation marks."""
    _, claim = text.split(": ", 1)
    return [nodes.emphasis(rawtext, claim, classes=["step"])], []


def setup(app: Any) -> dict[str, bool]:
    """Register directives and role."""
    app.add_directive("derivation", DerivationDirective)
    app.add_directive("catalogue", CatalogueDirective)
    app.add_role("step", step_role)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
