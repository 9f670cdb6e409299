"""What a study says of cost: seconds against the band limit, and the powers with which they grow."""

from typing import Any

import numpy as np

from sphspec.report import words
from sphspec.study import CostSetting

KINDS = {
    "blocks": "every block, by recurrence",
    "products": "the same by matrix products",
    "transforms": "one transform and its adjoint",
}


def power(cost: CostSetting, kind: str) -> float:
    """Return p of seconds ~ lmax^p between the two largest band limits."""
    seconds = getattr(cost, kind)
    return float(np.log(seconds[-1] / seconds[-2]) / np.log(cost.lmax[-1] / cost.lmax[-2]))


def cost_data(cost: CostSetting | None) -> dict[str, Any] | None:
    """Return the machine, and a row a kind: seconds by band limit, then the power at the end."""
    if cost is None:
        return None
    rows = [
        [title, *(words.number(value) for value in getattr(cost, kind)), f"{power(cost, kind):.1f}"]
        for kind, title in KINDS.items()
    ]
    return {"machine": cost.machine, "lmax": [str(lmax) for lmax in cost.lmax], "rows": rows}
