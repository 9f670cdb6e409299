"""Help of the commands, as the commands print it.

```{help} audit
"""

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from typer.testing import CliRunner

WIDTH = 100


def help_text(command: str) -> str:
    """Return what `sphspec COMMAND --help` prints."""
    from sphspec.cli import app

    environment = {"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"}
    done = CliRunner().invoke(app, [*command.split(), "--help"], env=environment, prog_name="sphspec")
    if done.exit_code:
        raise ValueError(f"sphspec {command} --help: exit code {done.exit_code}\n{done.output}")
    return "\n".join(line.rstrip() for line in done.output.strip().splitlines())


class HelpDirective(SphinxDirective):
    """The help of a command."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return it as it is printed."""
        text = help_text(self.arguments[0])
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("help", HelpDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
