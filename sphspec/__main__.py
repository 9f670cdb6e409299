"""The `sphspec` command; also `python -m sphspec`."""

import os
import sys
from importlib.util import find_spec

NEEDED = ("typer", "rich", "pydantic")


def main() -> None:
    """Run the command line; exit code 0 passed, 1 verification failed, 2 bad usage."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        needed = ", ".join(missing)
        print(f"sphspec: the command needs {needed}: pip install 'sphspec[all]'", file=sys.stderr)
        sys.exit(2)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not epoch.isdigit():  # numpy reads it when it is imported, and would fail there
        expected = "must be seconds since 1970, a whole number >= 0"
        print(f"error: SOURCE_DATE_EPOCH {expected}, got {epoch!r}", file=sys.stderr)
        sys.exit(2)
    from sphspec.cli import main as command
    from sphspec.helper import leave_quickly

    leave_quickly()
    command()


if __name__ == "__main__":
    main()
