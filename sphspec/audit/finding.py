"""What an audit says: one Finding, with everything it looked at and the arrays that figures need."""

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Explanation:
    """A hypothesis that was looked at.

    Attributes
    ----------
    defect, detail : name, and what it is about
    log10_p : of the defect's strongest exact test on the last draws it was tested on, corrected for the
        number of tests; -inf where the draws are impossible
    flagged : whether that test was failed on fresh draws
    gain : log-likelihood over the claim's, in nats, less what the fit pays for its freedom; None unfitted
    effect, low, high : size and interval; None unfitted
    meaning : what the effect is
    """

    defect: str
    detail: str
    log10_p: float
    flagged: bool
    gain: float | None
    effect: float | None
    low: float | None
    high: float | None
    meaning: str


@dataclass(frozen=True)
class Caught:
    """The smallest defect of a kind that this audit finds with probability 0.999.

    Attributes
    ----------
    defect, detail : name, and what it is about
    size : of the defect; infinite where none is found
    meaning : what the size is
    """

    defect: str
    detail: str
    size: float
    meaning: str


@dataclass(frozen=True, eq=False)
class Profile:
    """A measured variance against the claimed one.

    Attributes
    ----------
    at : (M,) colatitudes in radians, or orders |m|, or degrees l
    measured, claimed : (M,) mean square of the draws about the claimed mean, and what the claim makes it
    counts : (M,) numbers behind each, draws times points or coefficients
    """

    at: Floats
    measured: Floats
    claimed: Floats
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Finding:
    """The outcome of an audit.

    Attributes
    ----------
    claim : the law that draws were held against
    ok : whether nothing was found
    defect : name of what fits best, None where nothing was found
    detail : what it is about
    effect, interval : size of the defect and its interval at `level`; None where nothing was found
    meaning, interval_how : what the effect is, and how its interval was found
    pole_equator : variance of the field at the poles over that at the equator with its interval, for
        isotropic claims and a defect "m0-power"; None otherwise
    p_value, log10_p : corrected for everything that was looked at; a finding has p_value <= false_alarm
    samples : draws taken
    cure : what would make the generator right, in a sentence
    false_alarm : probability that a correct generator gets any finding
    level : of every interval
    explanations : every hypothesis looked at, the best first
    detectable : what would have been caught with probability 0.999
    latitude, order, degree : variance by colatitude, power by |m| and by l, for figures
    notes : what was not looked at, and what is odd though it is no defect
    seconds : wall-clock time
    """

    claim: str
    ok: bool
    defect: str | None
    detail: str
    effect: float | None
    interval: tuple[float, float] | None
    meaning: str
    interval_how: str
    pole_equator: tuple[float, float, float] | None
    p_value: float
    log10_p: float
    samples: int
    cure: str
    false_alarm: float
    level: float
    explanations: tuple[Explanation, ...]
    detectable: tuple[Caught, ...]
    latitude: Profile
    order: Profile
    degree: Profile
    notes: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Return the finding in a few lines."""
        lines = [f"claim: {self.claim}"]
        if self.ok:
            lines.append(
                f"OK: nothing found in {self.samples} draws (corrected p {self.p_value:.2g}, false alarms "
                f"{self.false_alarm:.0e})"
            )
            lines.append("would have been caught with probability 0.999:")
            lines += [f"  {each.defect}, {each.detail}: {_caught(each)}" for each in self.detectable]
        else:
            lines.append(f"FINDING: {self.defect} ({self.detail})")
            if self.effect is not None and self.interval is not None:
                lines.append(
                    f"  {self.meaning}: {self.effect:.4g}, {self.level:.0%} interval "
                    f"{self.interval[0]:.4g} .. {self.interval[1]:.4g}; {self.interval_how}"
                )
            if self.pole_equator is not None:
                ratio, low, high = self.pole_equator
                lines.append(f"  var(pole)/var(equator): {ratio:.3f}, interval {low:.3f} .. {high:.3f}")
            lines.append(
                f"  log10 p {self.log10_p:.1f} corrected, {self.samples} draws, false alarms "
                f"{self.false_alarm:.0e}"
            )
            lines.append(f"  cure: {self.cure}")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def to_json(self) -> str:
        """Return everything but the duration as JSON text; numbers that are not finite become null."""
        content: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "seconds":
                continue
            if isinstance(value, Profile):
                content[field.name] = {
                    each.name: [_plain(x) for x in getattr(value, each.name).tolist()]
                    for each in fields(value)
                }
            elif field.name in ("explanations", "detectable"):
                content[field.name] = [{k: _plain(v) for k, v in asdict(row).items()} for row in value]
            else:
                content[field.name] = (
                    [_plain(x) for x in value] if isinstance(value, tuple) else _plain(value)
                )
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def _caught(each: Caught) -> str:
    return f"{each.meaning} {each.size:.3g}" if math.isfinite(each.size) else "nothing, too few draws"


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
