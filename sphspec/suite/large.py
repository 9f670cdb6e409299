"""Problems too large for matrices: maps one by one through ducc0, every coefficient by itself.

The diagonal of Sigma is exact and cheap; sums of x_i^2 over it are chi-square of K whatever couples.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import covariance as generated
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.simulate import DuccWitness
from sphspec.simulate.witness import real_chart
from sphspec.suite.engine import Engine, work_key
from sphspec.suite.montecarlo import CONTROL, Run, distinct, family_results
from sphspec.suite.witnesses import ducc_witness
from sphspec.verify import deterministic as verify
from sphspec.verify import power, stages
from sphspec.verify.budget import CONFIRM
from sphspec.verify.deterministic import SHARED
from sphspec.verify.effects import offset, variance
from sphspec.verify.result import Result
from sphspec.verify.statistics import Family
from sphspec.verify.streams import stream
from sphspec.verify.tails import chi_square
from sphspec.verify.variances import Variances, variance_families

Floats = NDArray[np.float64]
BLOCK = 250  # maps a block
BLIND = "couplings between coefficients; errors shared with the transform that was simulated"


def is_large(cov: NoiseCovariance) -> bool:
    """Tell whether brute force does not fit in memory, and the diagonal and ducc0 have something to say."""
    npix, n = cov.operator.grid.npix, cov.n
    brute = 8.0 * (4 * n * npix + 8 * n * n)
    return cov.operator.plain and ducc_witness(cov.operator) is not None and brute > check.available_memory()


@dataclass(frozen=True, eq=False)
class MapsTask:
    """One stage of a large run: how many maps, of which pixel variance, through which transform.

    Attributes
    ----------
    label : of the case
    witness : ducc0's transform
    deviation : (npix,) of the pixels
    claimed : (n,) variances of the coefficients
    """

    label: str
    witness: DuccWitness
    deviation: Floats
    claimed: Floats
    seed: int
    stage: str
    maps: int

    @property
    def content(self) -> str:
        """Label and pixel deviations."""
        return f"{self.label} maps {sha256(self.deviation.tobytes()).hexdigest()}"

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.maps // BLOCK)

    @cached_property
    def key(self) -> str:
        """A name for everything that decides the sums, code and libraries included."""
        return work_key(self.content, self.seed, self.stage, self.maps, BLOCK)

    def block(self, number: int) -> Variances:
        """Return the sums of one block: random numbers, the transform, and one pass over its result."""
        rng = stream(self.seed, self.content, self.stage, number)
        maps = min(BLOCK, self.maps - number * BLOCK)
        total, squares, mark = self.accumulate(rng, maps)
        _, orders = degrees_orders(self.witness.lmax)
        doubled = np.where(orders == 0, 1.0, np.sqrt(2))
        return Variances(
            maps,
            real_chart(total[None], self.witness.lmax)[0] / np.sqrt(self.claimed),
            np.abs(real_chart(squares.view(np.complex128)[None], self.witness.lmax)[0])
            * doubled
            / self.claimed,
            (mark,),
        )

    def accumulate(self, rng: np.random.Generator, maps: int) -> tuple[NDArray[np.complex128], Floats, str]:
        """Return sums of a_lm (m >= 0, m-major) and of the squares of its parts, and the first's digest."""
        mark, npix = "", self.deviation.size
        size = (self.witness.lmax + 1) * (self.witness.lmax + 2) // 2
        total, squares = np.zeros(size, dtype=np.complex128), np.zeros(2 * size)
        for _ in range(maps):
            values = rng.standard_normal(npix)
            values *= self.deviation
            alm = self.witness.packed(values)[0]
            mark = mark or sha256(alm.tobytes()).hexdigest()[:16]
            total += alm
            parts = alm.view(np.float64)
            np.multiply(parts, parts, out=parts)
            squares += parts
        return total, squares, mark


def large_results(case: str, cov: NoiseCovariance, rng: np.random.Generator) -> Iterator[Result]:
    """Yield what algebra says of a large case: the sum rule of its diagonal, and the adjoint."""
    degrees, _ = degrees_orders(cov.lmax)
    total = float(np.sum(generated.noise_strength(cov.operator.grid.weights, cov.variance)))
    predicted = generated.degree_power(np.arange(cov.lmax + 1), total)
    yield verify.flat_power(case, cov.diagonal(), degrees, predicted)
    maps, vectors = rng.standard_normal((1, cov.operator.grid.npix)), rng.standard_normal((1, cov.n))
    yield verify.adjoint_product(case, cov.operator(maps), vectors, maps, cov.operator.adjoint(vectors), 1.0)


def judge_large(
    run: Run, label: str, cov: NoiseCovariance, engine: Engine, tick: Callable[[], None] = lambda: None
) -> Iterator[Result]:
    """Simulate pixel noise and yield the results of the families that need no matrix."""
    witness = ducc_witness(cov.operator)
    if witness is None or cov.diagonal().min() <= 0:
        raise ValueError(f"{label}: ducc0 cannot simulate it, or a coefficient has no variance")
    degrees, orders = degrees_orders(cov.lmax)
    deviation, claimed = np.sqrt(cov.variance), cov.diagonal()

    def simulate(stage: str, maps: int) -> Variances:
        task = MapsTask(label, witness, deviation, claimed, run.seed, stage, maps)
        summed: Variances = engine.sums(task, tick if stage == "screen" else lambda: None)
        return summed

    sums = simulate("screen", run.samples)
    found = variance_families(sums, degrees, orders)
    flags = stages.flagged(found)
    fresh: dict[str, Family] = {}
    if flags:
        again = simulate("confirm", int(np.ceil(CONFIRM * run.samples)))
        fresh = {family.name: family for family in variance_families(again, degrees, orders)}
    shares = stages.weights(found)
    said = {family.name: (_catches(family, sums, shares[family.name], run), BLIND) for family in found}
    yield from family_results(label, found, flags, fresh, run, said)
    yield _control(label, run, sums, found[0], shares["coefficient"])
    yield distinct(label, sums.marks)


def _catches(family: Family, sums: Variances, share: float, run: Run) -> str:
    tests = power.stages(share, family.log_p.size, sums.count, run.alpha)
    if family.name == "mean":
        found = max(offset(at.samples, at.level, at.miss) for at in tests)
        return f"an offset of {found:.3f} standard deviations in any coefficient"
    return f"a variance error of {_effect(tests):.1%} in any one coefficient"


def _effect(tests: tuple[power.Stage, ...]) -> float:
    return max(variance(at.samples, at.level, at.miss) for at in tests)


def _control(label: str, run: Run, sums: Variances, family: Family, share: float) -> Result:
    """Inflate the first coefficient's variance by 1.5 times what is stated: the first stage must flag it."""
    tests = power.stages(share, family.log_p.size, sums.count, run.alpha)
    effect, limit = CONTROL * _effect(tests), float(np.log10(tests[0].level))
    value = float(chi_square(sums.squares[:1] * (1 + effect), sums.count)[0] / np.log(10))
    return Result(
        label, f"positive control: one variance inflated by {effect:.2%} must be flagged", 3, value < limit,
        "log10 p", value, limit, "(l, m) = (0, 0)", "a test that cannot fail", SHARED,
    )  # fmt: skip
