"""Public names from their docstrings, by the module that they come from.

    ```{public} sphspec.grids    every name of sphspec.__all__ that lives there
"""

import re
from typing import Any

import sphspec
from docutils import nodes
from sphinx.util.docutils import SphinxDirective



def names_of(module: str) -> list[str]:
    """Return the public names whose home a module is."""
    return sorted(name for name in sphspec.__all__ if sphspec._HOME.get(name) == module)


class PublicDirective(SphinxDirective):
    """The public names of a module."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the documentation of each."""
        module = self.arguments[0]
        lines: list[str] = []
        for name in names_of(module):
            value = getattr(sphspec, name)
            kind = "class" if isinstance(value, type) else "function"
            lines += [f".. auto{kind}:: sphspec.{name}"]
            if kind == "class":
                lines += ["   :members:"]
            lines += [""]
        if not lines:
            raise self.error(f"{module} has no public names")
        return self.parse_text_to_nodes("```{eval-rst}\n" + "\n".join(lines) + "\n```")


def plain(_app: Any, _what: str, _name: str, _value: Any, _options: Any, lines: list[str]) -> None:
    """Make reStructuredText of a docstring that was written as plain text, with formulas in it."""
    example = False
    for place, line in enumerate(lines):
        example = line.lstrip().startswith((">>>", "...")) or (example and bool(line.strip()))
        if not example:
            lines[place] = _escaped(line)


def _escaped(line: str) -> str:
    """Escape what is outside of backticks; one backtick becomes two."""
    parts = line.split("`")
    for place, part in enumerate(parts):
        if place % 2 == 0:
            parts[place] = re.sub(r"(\*|\||(?<=\w)_(?!\w))", r"\\\1", part)
    return "``".join(parts) if len(parts) % 2 else line


def setup(app: Any) -> dict[str, bool]:
    """Register the directive, and the docstrings' treatment before napoleon's."""
    app.add_directive("public", PublicDirective)
    app.connect("autodoc-process-docstring", plain, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
