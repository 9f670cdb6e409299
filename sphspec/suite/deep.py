"""Tier 4: evidence that grows from night to night, in a ledger, about a few fixed configurations.

An epoch is one state of code, libraries and study. Its level is that of the k-th epoch in the ledger,

    alpha_k = NIGHTLY false_alarm 6/(pi^2 k^2),   sum over k = NIGHTLY false_alarm,

and it is red once the mean of E over its configurations reaches 1/alpha_k: each E is a martingale under the
claim, so is their mean, and Ville's inequality holds for it however the nights are cut. What was red stays red.
"""

import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import special
from threadpoolctl import threadpool_limits

from sphspec.covariance import noise_covariance
from sphspec.study import Setting, Study
from sphspec.suite.draws import BrownianDraws, Draws
from sphspec.suite.engine import CHUNK
from sphspec.suite.ledger import Alarm, Ledger
from sphspec.suite.montecarlo import OUTSIDE, Claim
from sphspec.suite.run import preflight
from sphspec.suite.witnesses import direct_witness, healpy_witness
from sphspec.verify.budget import NIGHTLY, POWER
from sphspec.verify.deterministic import EPS
from sphspec.verify.eprocess import Reach, Testimony, reach, testimony
from sphspec.verify.moments import Sums, merge, sums_of
from sphspec.verify.streams import stream

DRAWS = 4096  # a block: n (n + 1)/2 doubles are kept for so many
LIBRARIES = ("numpy", "scipy", "ducc0", "healpy")  # their versions are part of what is tested
ROOT = Path(__file__).resolve().parents[1]


def deep_study() -> Study:
    """Return the default study of nightly evidence, the file reports/deep.toml."""
    return Study(
        name="deep",
        title="Evidence from night to night",
        settings=(
            Setting(grid="healpix:nside=4", lmax=(8,), operators=("quadrature", "jacobi:iterations=3")),
            Setting(grid="gauss-legendre:nlat=9,nlon=17", lmax=(8,)),
            Setting(grid="equiangular:nlat=17,nlon=32,rule=clenshaw-curtis", lmax=(8,)),
            Setting(grid="fibonacci:npix=400", lmax=(8,), operators=("least-squares",)),
        ),
    )


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


class _Configuration:
    """One law, its key in the ledger, and the sums counted so far."""

    def __init__(self, draws: Draws, steps: int, seed: int, code: str) -> None:
        self.draws, self.seed, self.claim = draws, seed, Claim.of(draws.cov)
        self.paths = -(-DRAWS // steps)
        self.chunk = max(1, int(CHUNK / 8 / steps / draws.cov.operator.grid.npix))
        content = f"{draws.content} paths={self.paths} chunk={self.chunk} seed={seed} {code}"
        self.key = sha256(content.encode()).hexdigest()
        self.counted = 0
        self.sums: Sums | None = None
        self.marks: set[str] = set()
        self.repeated = 0
        self.testimony = Testimony(0.0, "nothing")

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
            self.testimony = testimony(self.sums, self.claim.degrees, self.claim.orders)

    def finding(self, log_threshold: float) -> Finding:
        """Return what is known."""
        log_e, limit = self.testimony.log_e / np.log(10), log_threshold / np.log(10)
        draws = 0 if self.sums is None else self.sums.count
        found = reach(draws, self.claim.degrees.size, log_threshold, POWER) if draws else None
        return Finding(
            self.draws.label,
            self.counted,
            draws,
            log_e,
            limit,
            self.testimony.component,
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


def run_deep(
    study: Study,
    path: Path,
    seconds: float,
    tell: Callable[[DeepVerdict, float], None] = lambda verdict, left: None,
    blocks: int | None = None,
) -> DeepVerdict:
    """Add blocks to a ledger, the configurations in turn, until time is up; return what it says by now.

    Parameters
    ----------
    study : whose cases are the configurations
    path : the ledger, made where there is none
    seconds : wall-clock time; the block that is being computed is finished
    tell : called after every block with the verdict so far and the seconds left
    blocks : stop also when every configuration has so many, whoever computed them

    Ctrl-C gives the unfinished block back and ends like the clock.

    Raises
    ------
    ValueError
        before any work for a study that cannot run here or a file that is no ledger; later where it cannot be
        written, with what was stored kept.
    """
    preflight(study)
    code = code_digest()
    configurations = [
        _Configuration(draws, len(study.budget.times), study.budget.seed, code) for draws in _laws(study)
    ]
    key = sha256(" ".join(item.key for item in configurations).encode()).hexdigest()
    end = time.monotonic() + seconds
    with Ledger(path) as ledger, threadpool_limits(1):
        state = _Epoch(study, ledger, ledger.epoch(key), configurations)
        state.look()
        try:
            _work(state, end, tell, blocks)
        except KeyboardInterrupt:
            pass
        return state.look()


def code_digest() -> str:
    """Return a digest of the sources of sphspec and of the versions of what it computes with."""
    digest = sha256()
    for path in sorted(ROOT.rglob("*.py")):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    libraries = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return sha256(f"{digest.hexdigest()} {libraries} {platform.machine()}".encode()).hexdigest()


def level(false_alarm: float, epoch: int) -> float:
    """Return the false-alarm rate of an epoch; over all epochs they add to NIGHTLY false_alarm."""
    return NIGHTLY * false_alarm * 6 / (np.pi * epoch) ** 2


class _Epoch:
    """The configurations of a study and what they say together."""

    def __init__(
        self, study: Study, ledger: Ledger, number: int, configurations: list[_Configuration]
    ) -> None:
        self.study, self.ledger, self.number, self.configurations = study, ledger, number, configurations
        self.alpha = level(study.budget.false_alarm, number)

    def look(self, fresh: _Configuration | None = None) -> DeepVerdict:
        """Count what is new in all configurations, or in one, and return the verdict."""
        for item in self.configurations if fresh is None else (fresh,):
            item.catch_up(self.ledger)
        said = [item.testimony for item in self.configurations]
        together = float(special.logsumexp([each.log_e for each in said])) - np.log(len(said))
        log_e, limit = together / np.log(10), -np.log10(self.alpha)
        if log_e >= limit:
            worst = max(self.configurations, key=lambda item: item.testimony.log_e)
            self.ledger.raise_alarm(
                self.number, Alarm(log_e, f"{worst.draws.label}: {worst.testimony.component}")
            )
        alarm = self.ledger.alarm(self.number)
        alone = -np.log(self.alpha) + np.log(len(said))  # one configuration against the mean
        return DeepVerdict(
            self.study.name, self.number, self.alpha, log_e, limit, alarm.found if alarm else "",
            tuple(item.finding(alone) for item in self.configurations),
        )  # fmt: skip


def _work(state: _Epoch, end: float, tell: Callable[[DeepVerdict, float], None], blocks: int | None) -> None:
    full: set[str] = set()
    while len(full) < len(state.configurations):
        for item in state.configurations:
            if time.monotonic() >= end:
                return
            number = state.ledger.claim(item.key, blocks)
            if number is None:
                full.add(item.key)
                continue
            try:
                sums = item.block(number)
            except BaseException:
                state.ledger.release(item.key, number)
                raise
            state.ledger.store(item.key, number, sums)
            tell(state.look(item), max(0.0, end - time.monotonic()))


def _laws(study: Study) -> list[Draws]:
    """Return Brownian motion of every case: all that the covariance and its growth in time have to say."""
    found: list[Draws] = []
    for case in study.cases():
        cov = noise_covariance(case.operator, case.variance)
        witness = healpy_witness(cov.operator) or direct_witness(cov.operator)
        found.append(BrownianDraws(f"{case.label} Brownian motion", cov, witness, study.budget.times))
    return found
