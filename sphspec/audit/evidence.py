"""The tests of an audit: every named defect's statistics with exact laws, on one batch of draws.

Each returns log p of its members, two-sided, as the families of `sphspec.verify`; a defect's families share
its part of the error budget equally, and all defects have equal parts.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec.audit.batch import Batch
from sphspec.audit.hypotheses import Dictionary
from sphspec.audit.pixels import pixel_families
from sphspec.verify.budget import SCREEN
from sphspec.verify.statistics import Family, families
from sphspec.verify.tails import chi_square

Floats = NDArray[np.float64]
BEYOND = 1e-8  # share of squares beyond lmax, or off the range: amplitudes of 1e-4
NAMED = {
    "total": "scale",
    "degree": "degree-trend",
    "order": "latitude-variance",
    "coefficient": "latitude-variance",
    "mean": "mean",
    "pair": "coupling",
    "omnibus": "coupling",
    "shape": "non-gaussian",
    "paths": "dependent-draws",
}


@dataclass(frozen=True, eq=False)
class Tests:
    """Families of one defect: `family.log_p` of each is two-sided and exact."""

    defect: str
    family: Family


@dataclass(frozen=True)
class Suspect:
    """A hypothesis that a screen could not clear.

    Attributes
    ----------
    defect : name
    place : number of the family, and of the member in it
    log_p : natural log of the weighted p
    detail : what it is about
    """

    defect: str
    place: tuple[int, int]
    log_p: float
    detail: str


def tests(dictionary: Dictionary, batch: Batch) -> tuple[Tests, ...]:
    """Return all tests of a batch, in the same order for every batch of a law."""
    return tuple(_tests(dictionary, batch))


def weighted(found: Sequence[Tests]) -> list[Floats]:
    """Return log of every p over its share of the budget: the least of all is Bonferroni's."""
    shares = Counter(each.defect for each in found)
    return [
        each.family.log_p + np.log(each.family.log_p.size * shares[each.defect] * len(shares))
        for each in found
    ]


def suspects(found: Sequence[Tests]) -> tuple[Suspect, ...]:
    """Return the worst member of every defect whose weighted p is below SCREEN."""
    worst: dict[str, Suspect] = {}
    for number, (each, values) in enumerate(zip(found, weighted(found), strict=True)):
        member = int(values.argmin())
        suspect = Suspect(each.defect, (number, member), float(values[member]), each.family.label(member))
        if suspect.log_p < np.log(SCREEN) and (
            each.defect not in worst or suspect.log_p < worst[each.defect].log_p
        ):
            worst[each.defect] = suspect
    return tuple(sorted(worst.values(), key=lambda suspect: (suspect.log_p, suspect.defect)))


def _tests(dictionary: Dictionary, batch: Batch) -> Iterator[Tests]:
    law = batch.law
    for family in families(batch.sums, law.degrees[law.kept], law.orders[law.kept]):
        yield Tests(NAMED[family.name], family)
    for group in dictionary.groups:
        if group.defect == "scale":
            continue
        value = np.sum(np.asarray(group.whitener.T @ batch.alpha[:, group.mask].T) ** 2)
        log_p = chi_square(np.array([value]), batch.count * group.whitener.shape[1])
        yield Tests(group.defect, Family(group.defect, log_p, (group.detail,).__getitem__))
    for each in dictionary.named:
        log_p = np.array([each.form.log_p(batch)])
        yield Tests(each.defect, Family(each.defect, log_p, (each.detail,).__getitem__))
    if law.claim.band_limited and batch.maps is not None:
        yield _certain("degree-trend", "power beyond lmax", batch.beyond)
    if law.rank < law.n:
        named = "degree-trend" if law.claim.isotropic else "isotropic-for-sigma"
        yield _certain(named, "draws where the claim has no variance", batch.outside)
    if batch.pixels is not None:
        for defect, family in pixel_families(law, batch.pixels):
            yield Tests(defect, family)


def _certain(defect: str, detail: str, share: float) -> Tests:
    """Return the test of something that the claim makes 0 up to rounding: its p is 0 or 1."""
    log_p = np.array([-np.inf if share > BEYOND else 0.0])
    return Tests(defect, Family(defect, log_p, (detail,).__getitem__))
