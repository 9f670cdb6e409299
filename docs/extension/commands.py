"""Help of the commands, as the commands print it.

    ```{help} audit
"""

import os
import subprocess
import sys
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

WIDTH = 100


def help_text(command: str) -> str:
    """Return what `sphspec COMMAND --help` prints."""
    environment = {**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"}
    words = [sys.executable, "-m", "sphspec", *command.split(), "--help"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=True)
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


class HelpDirective(SphinxDirective):
    """The help of a command; without an argument, of all."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return it as it is printed."""
        text = help_text(self.arguments[0] if self.arguments else "")
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("help", HelpDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
