"""Which statements of the catalogue a study rests on: these are printed, all are attached."""

from collections.abc import Iterator
from typing import Any

from sphspec.processes import VE, VP, CosineVP, OrnsteinUhlenbeck, SubVP
from sphspec.study import Study

ALWAYS = (
    "addition-theorem", "real-covariance", "spectral-covariance", "sum-rule", "distance-from-white",
    "ring-sum", "displacement", "exact-entries", "gaunt-form", "mode-coupling", "symbol-compression",
    "limit-law",
    "left-over", "optimality-gap",
)  # fmt: skip
PROCESS = (
    "spectral-sde", "transition-kernel", "modified-drift", "reverse-sde", "probability-flow", "score-target",
    "spatial-loss", "loss-ratio", "best-degree-score", "sampler-law", "denoiser",
)  # fmt: skip
GRIDS = {
    "healpix": (
        "healpix-rings",
        "healpix-closed-form",
        "healpix-coupling",
        "healpix-anisotropy",
        "round-trip",
    ),
    "gauss-legendre": ("gauss-legendre-rings", "gauss-legendre-condition", "gauss-legendre-growth"),
    "reduced-gaussian": ("octahedral-limit-law",),
}
RULES = {
    "fejer1": "equiangular-fejer1", "fejer2": "equiangular-fejer2",
    "mcewen-wiaux": "equiangular-mcewen-wiaux",
    "clenshaw-curtis": "equiangular-clenshaw-curtis",
}  # fmt: skip
OPERATORS = {"jacobi": "jacobi-operator", "least-squares": "least-squares-operator"}
KERNELS: dict[type, str] = {
    VP: "vp-kernel",
    SubVP: "subvp-kernel",
    VE: "ve-kernel",
    CosineVP: "cosine-kernel",
    OrnsteinUhlenbeck: "ou-kernel",
}


def needed(study: Study, catalogue: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries of the catalogue that a study rests on, in the catalogue's order."""
    names = set(_names(study))
    return [entry for entry in catalogue if entry["name"] in names]


def _names(study: Study) -> Iterator[str]:
    yield from ALWAYS
    yield from PROCESS
    yield KERNELS[type(study.process.make())]
    for setting in study.settings:
        kind, _, arguments = setting.grid.partition(":")
        yield from GRIDS.get(kind, ())
        if kind == "equiangular":
            chosen = [name for rule, name in RULES.items() if f"rule={rule}" in arguments]
            yield from chosen or [RULES["fejer1"]] * ("rule=" not in arguments)
        kinds = [each.partition(":")[0] for each in setting.operators]
        yield from (OPERATORS[name] for name in kinds if name in OPERATORS)
