"""Two stages: every hypothesis is screened, the few that look wrong are tested again on fresh draws.

P(false alarm) = P(screened) P(confirmed | screened) <= SCREEN * (alpha/SCREEN): the draws of the second stage
are independent of the first, and its hypotheses are fixed by the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sphspec.verify.budget import FLAGGED, SCREEN, SHARES
from sphspec.verify.statistics import Family


@dataclass(frozen=True)
class Flag:
    """A hypothesis that the first stage could not clear.

    Attributes
    ----------
    family, member : which hypothesis
    log_p : natural log of its weighted p, Bonferroni inside the family and shares between them
    where : the coefficients that it is about
    """

    family: str
    member: int
    log_p: float
    where: str


def weights(found: Sequence[Family]) -> dict[str, float]:
    """Return the share of every family that is there, adding to 1."""
    total = sum(SHARES[family.name] for family in found)
    return {family.name: SHARES[family.name] / total for family in found}


def flagged(found: Sequence[Family]) -> tuple[Flag, ...]:
    """Return the hypotheses whose weighted p is below SCREEN, the FLAGGED smallest at most."""
    shares, flags = weights(found), []
    for family in found:
        weighted = family.log_p + np.log(family.log_p.size) - np.log(shares[family.name])
        for member in np.flatnonzero(weighted < np.log(SCREEN)):
            place = int(member)
            flags.append(Flag(family.name, place, float(weighted[place]), family.label(place)))
    return tuple(sorted(flags, key=lambda flag: (flag.log_p, flag.family, flag.member))[:FLAGGED])


def merged(found: Sequence[Family]) -> float:
    """Return log10 of the smallest weighted p of all families, at most 0."""
    shares = weights(found)
    return min(0.0, *(family.corrected - float(np.log10(shares[family.name])) for family in found))


def confirm_level(alpha: float, flags: int) -> float:
    """Return the level at which each flagged hypothesis is tested on fresh draws, (alpha/SCREEN)/flags."""
    return alpha / SCREEN / max(1, flags)
