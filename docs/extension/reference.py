"""Public names from their docstrings, by the module that they come from.

```{public} sphspec.grids     every name of sphspec.__all__ that lives there
```{callable} sphspec.audit   a module that is called
"""

import inspect
import re
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import sphspec

NAMED = ("Parameters", "Attributes")


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


class CallableDirective(SphinxDirective):
    """A module that is called as a function: its signature and docstring."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the documentation of the call."""
        name = self.arguments[0]
        call = type(getattr(sphspec, name.removeprefix("sphspec."))).__call__
        signature = inspect.signature(call)
        shown = signature.replace(
            parameters=[
                each.replace(annotation=inspect.Parameter.empty)
                for each in list(signature.parameters.values())[1:]
            ],
            return_annotation=inspect.Signature.empty,
        )
        lines = restructured(inspect.cleandoc(call.__doc__ or "").splitlines())
        body = "\n".join("   " + line for line in lines)
        return self.parse_text_to_nodes(f"```{{eval-rst}}\n.. py:function:: {name}{shown}\n\n{body}\n```")


def process(_app: Any, _what: str, _name: str, _value: Any, _options: Any, lines: list[str]) -> None:
    """Make reStructuredText of a docstring, in place."""
    lines[:] = restructured(lines)


def restructured(lines: list[str]) -> list[str]:
    """Return a docstring of plain text, formulas and NumPy's sections as reStructuredText.

    A section becomes a heading with a list of definitions, an indented formula a literal block; what would
    be markup by accident is escaped.
    """
    found: list[str] = []
    section, before, state = "", "", Inline()
    for place, line in enumerate(lines):
        rule = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if rule and set(rule) == {"-"}:
            section = line.strip()
            found.append(f".. rubric:: {section}")
        elif line.strip() and set(line.strip()) == {"-"}:
            found.append("")
        elif line.startswith("    ") and (before == "" or state.formula) and not section:
            found += [*([] if state.formula else ["::", ""]), line]
            state.formula = True
        else:
            state.formula = state.formula and not line.strip()
            found += _definition(line, state) if section in NAMED else [state.escaped(line)]
        before = line.strip()
    return found


def _definition(line: str, state: "Inline") -> list[str]:
    name, colon, meaning = line.partition(" : ")
    if not colon or line.startswith((" ", ">>>")):
        return [state.escaped(line)]
    return [state.escaped(name), "    " + state.escaped(meaning)]


class Inline:
    """Where a docstring's text is: inside of backticks, an example, a formula."""

    literal = example = formula = False

    def escaped(self, line: str) -> str:
        """Return a line with accidental markup escaped; one backtick becomes two."""
        self.example = line.lstrip().startswith((">>>", "...")) or (self.example and bool(line.strip()))
        if self.example:
            return line
        parts = line.split("`")
        for place in range(len(parts)):
            if not self.literal:
                parts[place] = re.sub(r"(\*|\||(?<=\w)_(?!\w))", r"\\\1", parts[place])
            self.literal ^= place < len(parts) - 1
        return "``".join(parts)


def setup(app: Any) -> dict[str, bool]:
    """Register the directives and the treatment of docstrings."""
    app.add_directive("public", PublicDirective)
    app.add_directive("callable", CallableDirective)
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
