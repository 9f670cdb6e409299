"""Tier 4: evidence that grows from night to night, in a ledger, about a few fixed configurations.

An epoch is one state of code, libraries and study. Its level is that of the k-th epoch in the ledger,

    alpha_k = NIGHTLY false_alarm 6/(pi^2 k^2),   sum over k = NIGHTLY false_alarm,

and it is red once the mean of E over its configurations reaches 1/alpha_k: each E is a martingale under the
claim, so is their mean, and Ville's inequality holds for it however the nights are cut. Red stays red.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy import special

from sphspec.covariance import noise_covariance
from sphspec.study import Setting, Study
from sphspec.suite.draws import BrownianDraws, Draws
from sphspec.suite.guard import BROKEN
from sphspec.suite.identity import code_digest
from sphspec.suite.ledger import Alarm, Ledger
from sphspec.suite.nights import Configuration, DeepVerdict
from sphspec.suite.prepared import preflight
from sphspec.suite.threads import one_thread
from sphspec.suite.witnesses import simulated_through
from sphspec.verify.budget import NIGHTLY

Tell = Callable[[DeepVerdict, float], None]


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


def run_deep(
    study: Study,
    path: Path,
    seconds: float,
    tell: Tell = lambda _verdict, _left: None,
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
    laws, budget = _laws(study), study.budget
    contents = " ".join(draws.content for draws in laws)
    key = sha256(f"{contents} {budget.seed} {budget.false_alarm} {code_digest()}".encode()).hexdigest()
    configurations = [Configuration(draws, len(budget.times), budget.seed, key) for draws in laws]
    end = time.monotonic() + seconds
    with Ledger(path) as ledger, one_thread():
        state = _Epoch(study, ledger, ledger.epoch(key), configurations)
        state.look()
        with suppress(KeyboardInterrupt):
            _work(state, end, tell, blocks, started=seconds > 0)
        return state.look()


def level(false_alarm: float, epoch: int) -> float:
    """Return the false-alarm rate of an epoch; over all epochs they add to NIGHTLY false_alarm."""
    return NIGHTLY * false_alarm * 6 / (np.pi * epoch) ** 2


class _Epoch:
    """The configurations of a study and what they say together."""

    def __init__(
        self, study: Study, ledger: Ledger, number: int, configurations: list[Configuration]
    ) -> None:
        self.study, self.ledger, self.number, self.configurations = study, ledger, number, configurations
        self.alpha = level(study.budget.false_alarm, number)

    def look(self, fresh: Configuration | None = None) -> DeepVerdict:
        """Count what is new in all configurations, or in one, and return the verdict."""
        for item in self.configurations if fresh is None else (fresh,):
            item.catch_up(self.ledger)
        said = [item.weighed for item in self.configurations]
        together = float(special.logsumexp([each.log_e for each in said])) - np.log(len(said))
        log_e, limit = together / np.log(10), -np.log10(self.alpha)
        if log_e >= limit:
            worst = max(self.configurations, key=lambda item: item.weighed.log_e)
            self.ledger.raise_alarm(
                self.number, Alarm(log_e, f"{worst.draws.label}: {worst.weighed.component}")
            )
        alarm = self.ledger.alarm(self.number)
        alone = -np.log(self.alpha) + np.log(len(said))  # one configuration against the mean
        return DeepVerdict(
            self.study.name, self.number, self.alpha, log_e, limit, alarm.found if alarm else "",
            tuple(item.finding(alone) for item in self.configurations),
        )  # fmt: skip

    def broken(self, item: Configuration, error: Exception) -> None:
        """Turn the epoch red: the code under test raised."""
        found = f"{item.draws.label}: the code under test raised {type(error).__name__}: {error}"
        self.ledger.raise_alarm(self.number, Alarm(0.0, found))


def _work(state: _Epoch, end: float, tell: Tell, blocks: int | None, started: bool) -> None:
    """Compute blocks until the end; a first round is finished unless there is no time at all."""
    full: set[str] = set()
    while len(full) < len(state.configurations):
        for item in state.configurations:
            if not started and time.monotonic() >= end:
                return
            number = state.ledger.claim(item.key, blocks)
            if number is None:
                full.add(item.key)
                continue
            try:
                sums = item.block(number)
            except BROKEN as error:
                state.broken(item, error)
                return
            except BaseException:
                state.ledger.release(item.key, number)
                raise
            state.ledger.store(item.key, number, sums)
            tell(state.look(item), max(0.0, end - time.monotonic()))
        started = False


def _laws(study: Study) -> list[Draws]:
    """Return Brownian motion of every case: all that the covariance and its growth in time have to say."""
    found: list[Draws] = []
    for case in study.cases():
        cov = noise_covariance(case.operator, case.variance)
        witness = simulated_through(cov.operator)
        found.append(BrownianDraws(f"{case.label} Brownian motion", cov, witness, study.budget.times))
    return found
