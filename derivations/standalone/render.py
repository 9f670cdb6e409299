"""A standalone module as text: the law's numbers, the process's kernels, the derivation in words."""

import re
import textwrap
from dataclasses import replace
from importlib.resources import files
from string import Template

from derivations.catalogue import catalogue
from derivations.codegen.render import render_function
from derivations.derivation import Derivation, Kernel
from derivations.exact.grid import ExactGrid
from derivations.grids.enclosed import EnclosedGrid
from derivations.pipeline import modules
from derivations.standalone.enclosed_law import enclosed_law
from derivations.standalone.exact_law import exact_law
from derivations.standalone.law import Law

WIDTH = 88
LMAX = 48  # about 10^5 .. 10^6 numbers in the text
PROCESSES = {  # generated module of each process, defaults of its two parameters, and what they must be
    "vp": ("sde_vp", (0.1, 20.0), "0 < beta_min <= beta_max < np.inf"),
    "sub-vp": ("sde_subvp", (0.1, 20.0), "0 < beta_min <= beta_max < np.inf"),
    "ve": ("sde_ve", (0.01, 50.0), "0 < sigma_min <= sigma_max < np.inf"),
    "cosine-vp": ("sde_cosine", (0.008, 0.01), "0 <= offset < np.inf and 0 < cutoff < 1"),
    "ornstein-uhlenbeck": (
        "sde_ou",
        (1.0, 1.0),
        "0 <= reversion < np.inf and 0 < diffusion < np.inf",
    ),
}
PRIVATE = (
    ("sde", ("forward_drift", "reverse_drift", "probability_flow")),
    ("score", ("residual", "target")),
)
STATEMENTS = ("spectral-covariance", "sum-rule", "ring-sum", "exact-entries")
PROCESS_STATEMENTS = ("spectral-sde", "reverse-sde", "probability-flow", "score-target")
SIGNATURES = {
    "drift": ("alpha: Any, t: Value", "Value"),
    "diffusion": ("t: Value", "Value"),
    "marginal": ("alpha0: Any, t: Value", "tuple[Value, Value]"),
    "reverse_drift": ("alpha: Any, t: Value, score: Score", "Value"),
    "probability_flow": ("alpha: Any, t: Value, score: Score", "Value"),
    "score_target": ("alpha_t: Any, alpha0: Any, t: Value", "Value"),
    "_times": ("t: Value", "Value"),
}


def standalone_module(
    grid: ExactGrid | EnclosedGrid, lmax: int, process: str = "vp", *, name: str = "", command: str = ""
) -> str:
    """Return the source of a module that needs NumPy alone: Sigma, its factor, the SDE and its score target.

    Parameters
    ----------
    grid : a grid of derivations.grids, exact or enclosed
    lmax : band limit, inclusive, >= 0
    process : "vp", "sub-vp", "ve", "cosine-vp" or "ornstein-uhlenbeck"
    name : what the grid is called in the text
    command : what wrote the module, for its docstring

    Raises
    ------
    ValueError
        for an unknown process, a negative lmax, or a grid whose entries cannot be had.
    """
    if process not in PROCESSES:
        raise ValueError(f"unknown process {process!r}; known: {', '.join(sorted(PROCESSES))}")
    if not 0 <= lmax <= LMAX:
        raise ValueError(
            f"lmax must be from 0 to {LMAX} in a standalone module, whose text grows as lmax^4, got {lmax}. "
            f"Beyond, use sphspec.noise_covariance"
        )
    law = enclosed_law(grid, lmax) if isinstance(grid, EnclosedGrid) else exact_law(grid, lmax)
    called = name or repr(grid)
    derivations = {entry.name: entry for entry in catalogue()}
    module, defaults, allowed = PROCESSES[process]
    kernels = _kernels(module)
    parameters = [argument.name for argument, _ in kernels[0][1].arguments[1:]]
    texts = {
        "title": f"The exact law of noise on {called}, analysed to lmax={lmax}.",
        "summary": _summary(law, called),
        "statements": _statements(derivations, grid.sources, module),
        "command": command or "derivations.standalone.standalone_module",
        "grid": called,
        "lmax": law.lmax,
        "size": (law.lmax + 1) ** 2,
        "rank": law.rank,
        "columns": law.columns,
        "meaning": law.meaning,
        "entry_type": law.entry_type,
        "entries": "".join(f"    ({e.row}, {e.column}, {e.exact}, {e.value!r}),\n" for e in law.entries),
        "factor": "".join(f"    ({i}, {j}, {value!r}),\n" for i, j, value in law.factor),
        "names": ", ".join(parameters),
        "allowed": allowed,
        "given": ", ".join(f"{{{name}}}" for name in parameters),
        "kernels": "\n\n".join(render_function(*pair, WIDTH, "_xp") for pair in kernels),
        **{f"def_{function}": _signature(function, parameters, defaults) for function in SIGNATURES},
    }
    template = files("derivations.standalone").joinpath("template.txt").read_text(encoding="utf-8")
    return Template(template).substitute(texts)


def _summary(law: Law, called: str) -> str:
    return _filled(
        f"Independent Gaussian noise of unit variance per unit time on the points of {called}, analysed by "
        f"the quadrature transform A = Phi^T W of that grid, gives v_t = A w_t with covariance t Sigma: "
        f"{len(law.entries)} non-zero entries in the upper triangle, rank {law.rank} of "
        f"{(law.lmax + 1) ** 2}."
    )


def _statements(derivations: dict[str, Derivation], sources: tuple[str, ...], module: str) -> str:
    kernel = f"{module.removeprefix('sde_')}-kernel"
    names = (*STATEMENTS[:2], *sources, *STATEMENTS[2:], kernel, *PROCESS_STATEMENTS)
    chosen = (derivations[name] for name in names)
    return "\n\n".join(
        _filled(f"{entry.title}. {entry.statement} Source: {entry.reference}.") for entry in chosen
    )


def _kernels(module: str) -> list[tuple[Derivation, Kernel]]:
    grouped = modules(catalogue())
    shared = [
        (derivation, replace(kernel, name=f"_{kernel.name}"))
        for source, names in PRIVATE
        for derivation, kernel in grouped[source]
        if kernel.name in names
    ]
    return [*grouped[module], *shared]


def _signature(function: str, parameters: list[str], defaults: tuple[float, ...]) -> str:
    """Return the def line of a function as the formatter breaks it."""
    leading, returns = SIGNATURES[function]
    given = [f"{name}: float = {value}" for name, value in zip(parameters, defaults, strict=True)]
    arguments = ", ".join([leading, *given])
    line = f"def {function}({arguments}) -> {returns}:"
    if len(line) <= WIDTH:
        return line
    if len(arguments) + 4 <= WIDTH:
        return f"def {function}(\n    {arguments}\n) -> {returns}:"
    rows = "".join(f"    {argument},\n" for argument in [*leading.split(", "), *given])
    return f"def {function}(\n{rows}) -> {returns}:"


def _filled(text: str) -> str:
    plain = re.sub(r"\s+", " ", text).replace("\\", "\\\\")
    return textwrap.fill(plain, WIDTH, break_long_words=False, break_on_hyphens=False)
