"""What the nights say of one configuration: its blocks counted in order, and the verdict of all of them."""

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

import numpy as np

from sphspec.suite.draws import Draws
from sphspec.suite.engine import CHUNK
from sphspec.suite.ledger import Ledger
from sphspec.suite.montecarlo import OUTSIDE, Claim
from sphspec.verify.budget import POWER
from sphspec.verify.deterministic import EPS
from sphspec.verify.eprocess import Reach, Weighed, reach, weigh
from sphspec.verify.moments import Sums, merge, sums_of
from sphspec.verify.streams import stream

DRAWS = 4096  # a block: n (n + 1)/2 doubles are kept for so many


@dataclass(frozen=True)
class Finding:
    """What the ledger says of one configuration, all nights together.

    Attributes
    ----------
    case : grid, band limit, operator and law
    blocks, draws : counted so far; blocks behind a gap wait until it is filled
    log10_e, limit : evidence against the claim, 0 is none, and what it must reach to be red on its own
    component : the error that would explain it best
    fault : what is wrong whatever the evidence says, or ""
    reach : smallest errors found by now with probability 0.999, None before the first block
    """

    case: str
    blocks: int
    draws: int
    log10_e: float
    limit: float
    component: str
    fault: str
    reach: Reach | None

    @property
    def ok(self) -> bool:
        """Whether this configuration alone gives no reason for red."""
        return not self.fault and self.log10_e < self.limit


@dataclass(frozen=True)
class DeepVerdict:
    """All configurations of an epoch.

    Attributes
    ----------
    study : its name
    epoch, alpha : number of this state of code and study in the ledger, and its false-alarm rate
    log10_e, limit : of the mean of E over configurations, and where it is red
    alarm : what was found when the limit was first reached, or ""
    findings : every configuration
    """

    study: str
    epoch: int
    alpha: float
    log10_e: float
    limit: float
    alarm: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was ever found in this epoch."""
        return not self.alarm and not any(finding.fault for finding in self.findings)

    def to_json(self) -> str:
        """Return the verdict as JSON text."""
        return json.dumps({"ok": self.ok, **asdict(self)}, indent=1, ensure_ascii=False, allow_nan=False)


class Configuration:
    """One law, its key in the ledger, and the sums counted so far.

    The key, and with it every stream, is of the epoch too: what draws said before nobody's choice of a new
    study or of other code can lean on.
    """

    def __init__(self, draws: Draws, steps: int, seed: int, epoch: str) -> None:
        self.draws, self.seed, self.claim = draws, seed, Claim.of(draws.cov)
        self.paths = -(-DRAWS // steps)
        self.chunk = max(1, int(CHUNK / 8 / draws.normals))
        content = f"{draws.content} paths={self.paths} chunk={self.chunk} seed={seed}"
        self.key = sha256(f"{epoch} {content}".encode()).hexdigest()
        self.counted = 0
        self.sums: Sums | None = None
        self.marks: set[str] = set()
        self.repeated = 0
        self.weighed = Weighed(0.0, "nothing")

    def block(self, number: int) -> Sums:
        """Return the sums of a block; its stream is of this configuration alone, code included."""
        rng = stream(self.seed, self.draws.content, f"deep {self.key}", number)
        parts = []
        for first in range(0, self.paths, self.chunk):
            values = self.draws.values(rng, min(self.chunk, self.paths - first))
            parts.append(sums_of(*self.draws.cov.whiten(values)))
        return merge(parts)

    def catch_up(self, ledger: Ledger) -> None:
        """Count what was stored since the last look, by whomever, in order."""
        before = self.counted
        for sums in ledger.blocks(self.key, self.counted):
            self.repeated += sum(mark in self.marks for mark in sums.marks)
            self.marks.update(sums.marks)
            bare = replace(sums, marks=())
            self.sums = bare if self.sums is None else merge([self.sums, bare])
            self.counted += 1
        if self.sums is not None and self.counted > before:
            self.weighed = weigh(self.sums, self.claim.degrees, self.claim.orders, self.claim.directions)

    def finding(self, log_threshold: float) -> Finding:
        """Return what is known."""
        log_e, limit = self.weighed.log_e / np.log(10), log_threshold / np.log(10)
        draws = 0 if self.sums is None else self.sums.count
        found = reach(draws, self.claim.degrees.size, log_threshold, POWER) if draws else None
        return Finding(
            self.draws.label,
            self.counted,
            draws,
            log_e,
            limit,
            self.weighed.component,
            self._fault(),
            found,
        )

    def _fault(self) -> str:
        if self.repeated:
            return f"{self.repeated} blocks begin with a draw that another one began with"
        n = self.draws.cov.n
        if self.sums is not None and self.sums.outside > OUTSIDE * np.sqrt(n * EPS):
            return f"draws leave the range of Sigma, by {self.sums.outside:.1e} of their size"
        return ""
