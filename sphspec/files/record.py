"""What our files say beside the numbers: one line of JSON, the same in every format."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from sphspec.described import versions
from sphspec.files.draws import COEFFICIENTS, MAPS, Draws, Floats

NAME = "sphspec_draws"  # of the attribute, entry or header card that holds the line
VERSION = 1
VALUES = "values"
KINDS = {"maps": MAPS, "map": MAPS, "coefficients": COEFFICIENTS, "alm": COEFFICIENTS, "alpha": COEFFICIENTS}
KNOWN = ("grid", "weights", "operator", "lmax", "convention", "units", "seed", "versions", "ordering")


@dataclass(frozen=True, eq=False)
class Found:
    """What a file holds, before it is looked at.

    Attributes
    ----------
    values : numbers as they are stored, (size, k) or (k,)
    kind : "maps", "coefficients", or None where the file does not say
    metadata : what the file says
    digest : of the values, where we wrote it
    """

    values: Any
    kind: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    digest: str | None = None


def record_text(draws: Draws) -> str:
    """Return what is written beside the values of draws, in ASCII."""
    said = {
        "version": VERSION, "kind": draws.kind, "metadata": dict(draws.metadata),
        "sha256": values_digest(draws.values), "written_by": versions(),
    }  # fmt: skip
    return json.dumps(said, sort_keys=True)


def found_with(text: str, values: Any) -> Found:
    """Return values with what a line of ours says of them; ValueError where it is none."""
    try:
        said = json.loads(text)
        version, metadata = said["version"], {"versions": said["written_by"]} | said["metadata"]
        found = Found(values, said["kind"], metadata, said["sha256"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError("the description beside the values is damaged; write the file again") from None
    if version != VERSION:
        raise ValueError(f"it was written in version {version!r} of this format, known is {VERSION}")
    return found


def found_foreign(values: Any, name: str, said: Mapping[str, Any]) -> Found:
    """Return values that somebody else wrote, their kind by their name, metadata under the names we know."""
    return Found(values, KINDS.get(name), {key: said[key] for key in KNOWN if key in said})


def pick_name(names: list[str]) -> str:
    """Return which of the named arrays holds the draws; ValueError where that is not clear."""
    fitting = [name for name in names if name == VALUES or name in KINDS] or names
    if len(fitting) != 1:
        listed = ", ".join(sorted(map(str, names))[:8]) or "none"
        raise ValueError(
            f"it must hold one array of draws, named e.g. 'maps' or 'coefficients'; it has {listed}"
        )
    return fitting[0]


def values_digest(values: Floats) -> str:
    """Return 32 hexadecimal digits of the SHA-256 of values (size, k), little-endian doubles."""
    return sha256(np.ascontiguousarray(values, dtype="<f8").data).hexdigest()[:32]


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Turn whatever a library makes of a damaged file into one line."""
    try:
        yield
    except Exception as error:
        said = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise ValueError(
            f"cannot read {path} as {what}: {said[0] if said else type(error).__name__}"
        ) from None
