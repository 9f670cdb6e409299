"""Whether a report is current: what it says against what the code gives today.

What needs no random numbers is computed again and compared with the data that the PDF has attached: every
table and every word of `prepare`, the study itself. The verdict is read from the PDF, not made again.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from sphspec.report.prepare import prepare
from sphspec.report.provenance import study_toml
from sphspec.study import Study

VOLATILE = ("reproduction",)  # versions differ from machine to machine
ROUNDING = re.compile("−?[0-9.]+ × 10⁻[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹]")
SHOWN = 40  # characters of a value


def differences(study: Study, pdf: Path) -> list[str]:
    """Return what is no longer so in the report of a study, a line each; none where it is current.

    Raises
    ------
    ValueError
        where pypdf is not installed, or the file is no report of ours.
    """
    attached = _attached(pdf)
    said = attached["reproduction"]["toml"]
    if Study(**tomllib.loads(said)) != study:
        return ["the study was changed: " + _first(said, study_toml(study))]
    if not attached["headline"]["ok"]:
        return ["its verification failed"]
    today = json.loads(json.dumps(prepare(study).document))
    return [
        line
        for key in sorted(today)
        if key not in VOLATILE
        for line in _differing(key, attached.get(key), today[key])
    ]


def _attached(pdf: Path) -> dict[str, Any]:
    try:
        from pypdf import PdfReader
    except ModuleNotFoundError:
        raise ValueError("reading a PDF needs pypdf: pip install 'sphspec[report]'") from None
    try:
        data: dict[str, Any] = json.loads(PdfReader(pdf).attachments["data.json"][0])
    except Exception as error:  # whatever the library makes of a file that is none
        raise ValueError(f"{pdf} is no report of sphspec: {str(error).splitlines()[0]}") from None
    return data


def _differing(place: str, then: Any, now: Any) -> list[str]:
    """Return the first difference below a place, in words."""
    if then == now or (isinstance(then, str) and isinstance(now, str) and _sized(then) == _sized(now)):
        return []
    if isinstance(then, dict) and isinstance(now, dict) and set(then) == set(now):
        return [line for key in now for line in _differing(f"{place}.{key}", then[key], now[key])][:1]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        return [line for at, (old, new) in pairs for line in _differing(f"{place}[{at}]", old, new)][:1]
    return [f"{place}: {str(then)[:SHOWN]!r} is now {str(now)[:SHOWN]!r}"]


def _sized(text: str) -> str:
    """Return a text with what is 1e-10 and less as zero: rounding differs from machine to machine."""
    return ROUNDING.sub("0", text)


def _first(then: str, now: str) -> str:
    old, new = then.splitlines(), now.splitlines()
    lines = [(one, other) for one, other in zip(old, new, strict=False) if one != other]
    return f"{lines[0][0]!r} is now {lines[0][1]!r}" if lines else "lines were added or taken away"
