"""The exact entries of low degree, asked of the derivations in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from sphspec.report import words
from sphspec.report.cases import Measured
from sphspec.suite.provenance import ROOT, can_derive

LMAX = 2
DIGITS = 12
LONGEST = 60  # characters of a formula that fits into a cell; longer numbers are given as doubles


@dataclass(frozen=True)
class Asked:
    """A question that is being answered while other work goes on; `process` is None where nobody can."""

    process: subprocess.Popen[str] | None

    @classmethod
    def of(cls, measured: tuple[Measured, ...]) -> "Asked":
        """Ask for the exact entries of all grids with exact sums."""
        names = list(dict.fromkeys(item.cov.operator.grid.name for item in measured if _is_exact(item)))
        if not names or not can_derive():
            return cls(None)
        command = [sys.executable, "-m", "derivations.exact", *names, "--lmax", str(LMAX)]
        asked = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,  # Ctrl-C does not reach it: it ends by itself in a second, silently
        )  # fmt: skip
        return cls(asked)

    def answer(self) -> list[dict[str, Any]]:
        """Return a table a grid, each with the rows of its entries.

        Raises
        ------
        RuntimeError
            where the derivations fail.
        """
        if self.process is None:
            return []
        text, errors = self.process.communicate()
        if self.process.returncode:
            said = (errors.splitlines() or ["no output"])[-1]
            raise RuntimeError(f"the derivations could not list exact entries: {said}")
        return [
            {"grid": words.grid_title(name), "lmax": str(LMAX), "rows": [_row(entry) for entry in entries]}
            for name, entries in json.loads(text).items()
            if entries
        ]


def _is_exact(item: Measured) -> bool:
    kind, _, rest = item.cov.operator.grid.name.partition(":")
    return kind in ("healpix", "gauss-legendre", "equiangular") and "weights=" not in rest


def _row(entry: dict[str, Any]) -> dict[str, str]:
    pair = f"({entry['l']}, {entry['m']}), ({entry['l2']}, {entry['m2']})".replace("-", words.MINUS)
    short = len(entry["typst"]) <= LONGEST
    return {
        "entry": pair,
        "typst": entry["typst"] if short else "",
        "alt": entry["latex"] if short else "",
        "value": words.number(entry["value"], DIGITS),
    }
