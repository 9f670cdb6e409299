"""What long work tells of its progress."""

from typing import Protocol


class Progress(Protocol):
    """What the suite tells of its progress: a total number of steps first, then step by step."""

    def __call__(self, message: str, advance: int = 0, total: int | None = None) -> None:
        """Show a message; add finished steps; set the total."""


def silent(message: str, advance: int = 0, total: int | None = None) -> None:
    """Show nothing."""
    del message, advance, total
