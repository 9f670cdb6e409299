"""Pages that are listed where there are any: adapters write their own.

```{pages}
:glob:
adapters/*
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.directives.other import TocTree


class PagesDirective(TocTree):
    """A toctree whose patterns may match nothing."""

    def run(self) -> list[nodes.Node]:
        """Return the list, or nothing."""
        present = [line for line in self.content if any(Path(self.env.srcdir).glob(f"{line}.md"))]
        for place in reversed(range(len(self.content))):
            if self.content[place] not in present:
                del self.content[place]
        return super().run() if present else []


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("pages", PagesDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
