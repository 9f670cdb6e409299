"""Two properties with an error planted in the claim; TRACE keeps what Hypothesis tried, in order."""

from dataclasses import dataclass

import numpy as np
from hypothesis import assume, given, settings
from problems import build, key, no_noise, problems

from sphspec import conventions, noise_covariance
from sphspec.covariance import NoiseCovariance
from sphspec.suite.draws import BrownianDraws
from sphspec.suite.engine import Inline
from sphspec.suite.montecarlo import Run, judge
from sphspec.suite.witnesses import direct_witness
from sphspec.verify.deterministic import same_entries

TRACE: list[str] = []
REPEATED = settings(max_examples=40, derandomize=True, database=None, deadline=None, print_blob=False)


@dataclass(frozen=True, eq=False)
class Claimed:
    """Draws of one law, claimed to be of another."""

    draws: BrownianDraws
    cov: NoiseCovariance

    @property
    def label(self):
        """Return the label of the draws."""
        return self.draws.label

    @property
    def normals(self):
        """Return the number of normals a path."""
        return self.draws.normals

    @property
    def content(self):
        """Return the key of the draws' streams."""
        return self.draws.content

    def values(self, rng, paths):
        """Return draws of the true law."""
        return self.draws.values(rng, paths)


def note(problem, results):
    """Keep the verdict, then raise where it is a failure."""
    failed = [result.check for result in results if not result.ok]
    TRACE.append(f"{'fail' if failed else 'pass'} {key(problem)}")
    assert not failed, failed


@REPEATED
@given(problem=problems())
def coupling_left_out(problem):
    """Compare Sigma without its entries between orders, without any random numbers."""
    cov = build(problem)
    assume(not no_noise(cov))
    _, orders = conventions.degrees_orders(cov.lmax)
    wrong = np.where(orders[:, None] == orders, cov.dense(), 0.0)
    direct = direct_witness(cov.operator)
    brute = (direct.matrix * cov.variance) @ direct.matrix.T
    names = [str(order) for order in orders]
    note(problem, [same_entries("planted", "entries", wrong, brute, names, 1e-6, 1e-6)])


@REPEATED
@given(problem=problems())
def variance_thirty_percent_off(problem):
    """Judge random draws by a claim 30 % below their variance."""
    cov = build(problem)
    assume(not no_noise(cov))
    draws = BrownianDraws(key(problem), cov, direct_witness(cov.operator), (1.0,))
    claim = noise_covariance(cov.operator, cov.variance * 0.7)
    note(problem, judge(Run(200, 20260128, 1e-9), Claimed(draws, claim), Inline())[0])
