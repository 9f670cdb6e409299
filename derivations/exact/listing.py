"""The exact entries of low degree, for people to read: one line of JSON for each grid."""

from typing import Any

from derivations.codegen.latex import latex_of
from derivations.codegen.typst import typst
from derivations.exact import exact_covariance


def listing(grid: Any, lmax: int) -> list[dict[str, Any]] | None:
    """Return E[a_lm conj(a_l'm')] of unit pixel noise that are not zero, l >= l', m >= 0.

    Each entry has its degrees and orders, the number in Typst and LaTeX, and as a double. What is listed
    determines the rest: C is Hermitian, and C_(l,-m,l',-m') = (-1)^(m + m') conj(C_(lm,l'm')). None where
    the grid has no exact sums.
    """
    try:
        entries = exact_covariance(grid, lmax)
    except ValueError:
        return None
    found = []
    for (l, m, l2, m2), value in entries.items():
        if (l, m) < (l2, m2) or m < 0:
            continue
        text = typst(value)
        found.append(
            {
                "l": l,
                "m": m,
                "l2": l2,
                "m2": m2,
                "typst": text,
                "latex": latex_of(text),
                "value": float(value),
            }
        )
    return found
