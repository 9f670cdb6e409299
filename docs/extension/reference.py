"""Public names from their docstrings, by the module that they come from.

    ```{public} sphspec.grids     every name of sphspec.__all__ that lives there
    ```{callable} sphspec.audit   a module that is called
"""

import inspect
import re
from typing import Any

import sphspec
from docutils import nodes
from sphinx.ext.napoleon import NumpyDocstring
from sphinx.util.docutils import SphinxDirective



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
        lines = described(inspect.cleandoc(call.__doc__ or "").splitlines())
        escape(lines)
        text = str(NumpyDocstring(lines, self.config))
        body = "\n".join("   " + line for line in text.splitlines())
        source = f".. py:function:: {name}{shown}\n\n{body}"
        return self.parse_text_to_nodes("```{eval-rst}\n" + source + "\n```")


def plain(_app: Any, _what: str, _name: str, _value: Any, _options: Any, lines: list[str]) -> None:
    """Make reStructuredText of a docstring that was written as plain text, with formulas in it."""
    lines[:] = described(lines)
    escape(lines)


def described(lines: list[str]) -> list[str]:
    """Return a docstring in which `name : meaning` has the meaning below the name, as napoleon expects it."""
    found: list[str] = []
    section = ""
    for place, line in enumerate(lines):
        if place + 1 < len(lines) and set(lines[place + 1].strip()) == {"-"}:
            section = line.strip()
        name, colon, meaning = line.partition(" : ")
        if section in NAMED and colon and not line.startswith(" "):
            found += [name, "    " + meaning]
        else:
            found.append(line)
    return found


def escape(lines: list[str]) -> None:
    """Escape what is outside of backticks and examples, in place; one backtick becomes two."""
    example, literal = False, False
    for place, line in enumerate(lines):
        example = line.lstrip().startswith((">>>", "...")) or (example and bool(line.strip()))
        if example:
            continue
        parts = line.split("`")
        for number in range(len(parts)):
            if not literal:
                parts[number] = re.sub(r"(\*|\||(?<=\w)_(?!\w))", r"\\\1", parts[number])
            literal ^= number < len(parts) - 1
        lines[place] = "``".join(parts)


def setup(app: Any) -> dict[str, bool]:
    """Register the directive, and the docstrings' treatment before napoleon's."""
    app.add_directive("public", PublicDirective)
    app.add_directive("callable", CallableDirective)
    app.connect("autodoc-process-docstring", plain, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
