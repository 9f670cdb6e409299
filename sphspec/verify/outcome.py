"""What the tiers made of a planted error, or of the truth."""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What the tiers made of one mutant.

    Attributes
    ----------
    number : in the registry, from 1; 0 for the truth
    mutant : name
    error : in words
    grid : of the fixture
    must : the tiers that must kill it; none for the truth
    distance : |E|_F/|Sigma|_F of a wrong covariance; nan for a simulator
    margins : by tier that has a say, the largest of value/limit, above 1 where it kills
    killed : the tiers that killed it
    log_p : smallest log10 p of the Monte Carlo run, on fresh draws where it was flagged
    """

    number: int
    mutant: str
    error: str
    grid: str
    must: tuple[str, ...]
    distance: float
    margins: dict[str, float]
    killed: tuple[str, ...]
    log_p: float

    @property
    def ok(self) -> bool:
        """Whether every tier that must kill it does; for the truth, whether none does."""
        return set(self.must) <= set(self.killed) if self.must else not self.killed

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON; numbers that are not finite become None."""
        return {
            "number": self.number, "mutant": self.mutant, "error": self.error, "grid": self.grid,
            "must_be_killed_by": list(self.must), "killed_by": list(self.killed), "ok": self.ok,
            "distance": _finite(self.distance), "log10_p": _finite(self.log_p),
            "margins": {tier: _finite(value) for tier, value in self.margins.items()},
        }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
