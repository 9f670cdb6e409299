"""The audit: draw, screen, confirm on fresh draws, name what fits best; more draws until a budget is used.

Round j of R screens K_j fresh draws at level SCREEN and tests what it flags again on CONFIRM K_j fresh draws
at false_alarm/(R SCREEN)/flags:

    P(any finding | claim) <= sum_j SCREEN * false_alarm/(R SCREEN) = false_alarm
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.audit.batch import Batch
from sphspec.audit.cures import CURES
from sphspec.audit.detectable import detectable
from sphspec.audit.draws import Source
from sphspec.audit.evidence import Suspect, Tests, suspects, tests, weighted
from sphspec.audit.finding import Explanation, Finding
from sphspec.audit.fit import LEVEL, Fit
from sphspec.audit.hypotheses import Dictionary
from sphspec.audit.law import Law
from sphspec.audit.naming import explain
from sphspec.audit.profiles import degree_profile, latitude_profile, order_profile, pole_to_equator
from sphspec.audit.repeats import Repeats
from sphspec.claim import Claim
from sphspec.verify.budget import CONFIRM, SCREEN

Floats = NDArray[np.float64]
SIZES = (128, 1024, 8192)  # draws of the screens
FEWEST = 24  # draws of a screen
WORK = 3e10  # multiplications of a screen's second moments, at most
LN10 = float(np.log(10.0))


@dataclass(frozen=True)
class Options:
    """How an audit is run.

    Attributes
    ----------
    sizes : draws of the screens, in turn
    false_alarm : probability of a finding on a correct generator, over all rounds
    seconds : after which no further round is started
    """

    sizes: tuple[int, ...]
    false_alarm: float
    seconds: float


def run(
    target: Any,
    claim: Claim,
    rng: np.random.Generator,
    *,
    samples: int | None = None,
    false_alarm: float = 1e-6,
    seconds: float = 10.0,
    kind: str | None = None,
) -> Finding:
    """Audit a sampler, or a fixed set of draws (size, k), against a claim; see `sphspec.audit`."""
    start = time.perf_counter()
    source, law = Source.of(target, claim, rng, kind), Law.of(claim)
    options = Options(_sizes(source, law, samples), false_alarm, seconds)
    dictionary, repeats = Dictionary(law, source.kind), Repeats.of(source)
    taken, last, spent, steady = repeats.drawn, None, 0.0, 0.0
    for number, size in enumerate(options.sizes):
        if repeats.found:
            break
        ratio = size / options.sizes[number - 1] if number else 0.0
        if time.perf_counter() - start + ratio * spent + steady > seconds and number:
            break
        begun = time.perf_counter()
        screen, repeats = _batch(law, source, size, taken, repeats)
        taken += size
        spent, begun = time.perf_counter() - begun, time.perf_counter()
        found = tests(dictionary, screen)
        steady = time.perf_counter() - begun
        flags = suspects(found)
        last = _Round(screen, found, flags, (), len(options.sizes))
        if not flags:
            continue
        again, repeats = _batch(law, source, _confirming(size), taken, repeats)
        taken += again.count
        fresh = tests(dictionary, again)
        confirmed = _confirm(flags, fresh, options)
        last = _Round(again, fresh, flags, confirmed, len(options.sizes))
        if any(log_p <= np.log(false_alarm) for log_p in confirmed):
            break
    if last is None:  # the probe was enough
        batch, repeats = _batch(law, source, FEWEST, 0, repeats)
        last = _Round(batch, (), (), (), len(options.sizes))
    return _finding(dictionary, source, options, last, repeats, taken, start)


@dataclass(frozen=True)
class _Round:
    """What the last round saw: `confirmed` are corrected log p of the flags on fresh draws."""

    batch: Batch
    found: tuple[Tests, ...]
    flags: tuple[Suspect, ...]
    confirmed: tuple[float, ...]
    rounds: int


def _sizes(source: Source, law: Law, samples: int | None) -> tuple[int, ...]:
    """Return the draws of each screen: all of them and their confirmations are `samples` at most."""
    available = samples
    if source.fixed is not None:
        size = source.fixed.shape[0] if samples is None else min(samples, source.fixed.shape[0])
        if size < (1 + CONFIRM) * FEWEST:
            raise ValueError(
                f"an audit needs at least {int(np.ceil((1 + CONFIRM) * FEWEST))} draws, got {size}; draw more"
            )
        return (int(size / (1 + CONFIRM)) - 1,)
    if available is None:
        most = max(SIZES[0], int(WORK / max(law.rank, 1) ** 2))
        return tuple(sorted({min(size, most) for size in SIZES}))
    check.integer("samples", available, int(np.ceil((1 + CONFIRM) * FEWEST)) + 1)
    found: list[int] = []
    left = int(available)
    for size in SIZES:
        here = min(size, int(left / (1 + CONFIRM)) - 1)
        if here < FEWEST or (found and here <= found[-1]):
            break
        found.append(here)
        left -= here + _confirming(here)
    return tuple(found)


def _confirming(size: int) -> int:
    """Return how many draws confirm so many; an even number, whose halves may be compared."""
    return 2 * int(np.ceil(CONFIRM * size / 2))


def _batch(law: Law, source: Source, size: int, first: int, repeats: Repeats) -> tuple[Batch, Repeats]:
    values = source.draw(size, first)
    batch = Batch.of(law, values, source.kind)
    assert batch.sums.count == size  # computed here, where time is taken
    return batch, repeats.with_draws(values) if source.fixed is None else repeats


def _confirm(flags: tuple[Suspect, ...], fresh: tuple[Tests, ...], options: Options) -> tuple[float, ...]:
    """Return log p of each flag on fresh draws, so corrected that it may be held against false_alarm."""
    factor = np.log(len(options.sizes) * SCREEN * len(flags))
    return tuple(min(0.0, float(fresh[flag.place[0]].family.log_p[flag.place[1]]) + factor) for flag in flags)


def _finding(
    dictionary: Dictionary,
    source: Source,
    options: Options,
    last: _Round,
    repeats: Repeats,
    taken: int,
    start: float,
) -> Finding:
    limit = np.log(options.false_alarm)
    certain = {
        flag.defect: log_p for flag, log_p in zip(last.flags, last.confirmed, strict=True) if log_p <= limit
    }
    if repeats.found:
        certain = {"dependent-draws": repeats.log_p}
    fits = explain(dictionary, last.batch, certain, repeats)
    best = fits[0] if certain else None
    if best is not None:
        log_p = certain.get(best.defect, min(certain.values()))
    else:
        screened = [float(values.min()) for values in weighted(last.found)]
        log_p = min(0.0, *screened) if not last.confirmed else max(limit, min(last.confirmed))
    ratio = None
    if best is not None and best.defect == "m0-power" and source.claim.isotropic:
        ratio = pole_to_equator(last.batch, best.estimate)
    return Finding(
        claim=source.claim.name,
        ok=best is None,
        defect=None if best is None else best.defect,
        detail="" if best is None else best.detail,
        effect=None if best is None else best.effect,
        interval=None if best is None else best.interval,
        meaning="" if best is None else best.meaning,
        interval_how="" if best is None else best.how,
        pole_equator=ratio,
        p_value=float(np.exp(log_p)),
        log10_p=log_p / LN10,
        samples=taken,
        cure="" if best is None else CURES[best.defect],
        false_alarm=options.false_alarm,
        level=LEVEL,
        explanations=tuple(_explanations(last, certain, fits)),
        detectable=detectable(dictionary, last.batch, last.found, options.false_alarm / last.rounds)
        if best is None
        else (),
        latitude=latitude_profile(last.batch),
        order=order_profile(last.batch),
        degree=degree_profile(last.batch),
        notes=repeats.notes,
        seconds=time.perf_counter() - start,
    )


def _explanations(last: _Round, certain: dict[str, float], fits: list[Fit]) -> Iterator[Explanation]:
    """Yield every defect's best fit and tests, those with fits first."""
    values: dict[str, tuple[float, str]] = {}
    for each, weighed in zip(last.found, weighted(last.found), strict=True):
        member = int(weighed.argmin())
        pair = (min(0.0, float(weighed[member])), each.family.label(member))
        if each.defect not in values or pair[0] < values[each.defect][0]:
            values[each.defect] = pair
    for fit in fits:
        log_p = certain.get(fit.defect, values.get(fit.defect, (0.0, ""))[0])
        yield Explanation(
            fit.defect, fit.detail, log_p / LN10, fit.defect in certain, fit.score(last.batch.count),
            *fit.estimate, fit.meaning,
        )  # fmt: skip
    seen = {fit.defect for fit in fits}
    for defect in sorted(set(values) - seen):
        log_p, detail = values[defect]
        yield Explanation(defect, detail, log_p / LN10, defect in certain, None, None, None, None, "")
