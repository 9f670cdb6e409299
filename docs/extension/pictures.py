"""Figures that scripts draw while the site is built: docs/figures/NAME.py has `draw() -> Drawing`.

```{drawn} NAME
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

FOLDER = "_pictures"


class DrawnDirective(SphinxDirective):
    """A figure with the caption and the alternative text that its script computes."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Draw, write the SVG, return the figure."""
        name = self.arguments[0]
        drawing = import_module(f"figures.{name}").draw()
        target = Path(self.env.srcdir) / FOLDER / f"{name}.svg"
        target.parent.mkdir(exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != drawing.svg:
            target.write_text(drawing.svg, encoding="utf-8")
        script = Path(self.env.srcdir) / "figures" / f"{name}.py"
        self.env.note_dependency(str(script))
        figure = nodes.figure(classes=["drawn"])
        figure += nodes.image(uri=f"/{FOLDER}/{name}.svg", alt=drawing.alt)
        caption = nodes.caption(text=drawing.caption + " Drawn by ")
        caption += nodes.literal(text=f"docs/figures/{name}.py")
        caption += nodes.Text(".")
        figure += caption
        return [figure]


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("drawn", DrawnDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
