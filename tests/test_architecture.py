"""Who may import whom: read from the source, transitively for the simulator."""

import ast
from pathlib import Path

import pytest

from sphspec import _HOME

ROOT = Path(__file__).resolve().parents[1]
LAYERS = [
    "_arrays",
    "_cores",
    "_generated",
    "helper",
    "_random",
    "_validate",
    "pixels",
    "conventions",
    "described",
    "formulas",
    "labelled",
    "grids",
    "harmonics",
    "healpix_forms",
    "wigner",
    "engine",
    "gram",
    "transform",
    "operator",
    "analysis",
    "resampling",
    "implicit",
    "covariance",
    "store",
    "noise_design",
    "precision",
    "processes",
    "dynamics",
    "data_covariance",
    "gramian",
    "drifts",
    "gathered_noise",
    "linear_dynamics",
    "parametrisation",
    "sampling",
    "samplers",
    "sde",
    "sampler",
    "metrics",
    "losses",
    "minimisers",
    "bias",
    "end_to_end",
    "claim",
    "claims",
    "simulate",
    "verify",
    "audit",
    "spectra",
    "plugins",
    "specs",
    "adapters",
    "testing",
    "study",
    "files",
    "audit_study",
    "targets",
    "suite",
    "bench",
    "plot",
    "report",
    "console",
    "commands",
    "cli",
]
FACADES = {"sphspec", "sphspec.__main__", "sphspec.verify"}
FORMULAS = {
    "_generated",
    "conventions",
    "harmonics",
    "engine",
    "gram",
    "transform",
    "operator",
    "analysis",
    "resampling",
    "implicit",
    "covariance",
    "store",
    "noise_design",
    "healpix_forms",
    "wigner",
    "precision",
    "dynamics",
    "data_covariance",
    "gramian",
    "drifts",
    "gathered_noise",
    "linear_dynamics",
    "parametrisation",
    "sampling",
    "samplers",
    "sde",
    "sampler",
    "metrics",
    "losses",
    "minimisers",
    "bias",
    "end_to_end",
    "claim",
    "claims",
}
THIRD_PARTY_OF_CORE = {"numpy", "scipy", "ducc0"}
OPTIONAL = {
    "adapters": {"glass", "healpy", "pyshtools", "s2fft", "torch", "torch_harmonics"},  # when they draw
    "_arrays": {"array_api_compat", "jax", "torch"},  # when their arrays come
    "_random": {"jax", "torch"},
    "bench": {"healpy", "pymaster", "threadpoolctl"},
    "engine": {
        "numba",
        "llvmlite",
    },  # imported with the first block that it computes; the one brings the other
    "grids": {"healpy"},  # its ring weights, read when they are asked for
    "simulate": {"healpy"},
    "store": {"zarr", "google_crc32c", "llvmlite"},  # with the first store that is opened
    "study": {"pydantic"},
    "files": {"astropy", "h5py", "xarray", "zarr"},  # with the first file of their kind
    "labelled": {"xarray"},
    "audit_study": {"pydantic"},
    "helper": {"module"},  # whichever is named
    "targets": {"module"},  # the same
    "suite": {"threadpoolctl", "distributed", "healpy"},
    "plot": {"matplotlib"},
    "report": {"matplotlib", "pypdf", "typst"},
    "cli": {"typer", "rich"},
    "console": {"rich"},
    "commands": {"pydantic", "rich", "typer"},
    "__main__": set(),
}


def sources(root):
    for package in ("derivations", "sphspec"):
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            for alias in node.names:  # a lazy public name stands for the module it comes from
                home = _HOME.get(alias.name) if node.module == "sphspec" else None
                yield home or f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield ast.unparse(node.args[0]).strip("'\"")


def top(module):
    return module.split(".")[0]


def layer(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "sphspec" else None


def violations(root):
    stdlib = set(__import__("sys").stdlib_module_names)
    found = []
    for module, path in sources(root):
        for name in imports(path):
            package = top(name)
            if top(module) == "derivations":
                if package not in {"derivations", "sympy", "flint"} | stdlib:
                    found.append(f"{module} imports {name}: derivations know SymPy alone")
                continue
            if package == "derivations" or package in {"sympy", "mpmath"}:
                found.append(f"{module} imports {name}: the runtime never does")
            if module in FACADES:
                continue
            allowed = THIRD_PARTY_OF_CORE | OPTIONAL.get(layer(module), set()) | stdlib | {"sphspec"}
            if layer(module) == "_generated":
                allowed = {"numpy", "typing", "sphspec"}  # of sphspec only what stands above
            if package not in allowed:
                found.append(f"{module} imports {name}: not among its libraries")
            here, there = layer(module), layer(name)
            if here in LAYERS and there in LAYERS and LAYERS.index(there) > LAYERS.index(here):
                found.append(f"{module} imports {name}: it stands below")
            if here == "verify" and there not in (None, "verify", "_validate"):
                found.append(f"{module} imports {name}: the judges see arrays only")
    return found + simulator_violations(root)


def simulator_violations(root):
    graph = {module: set(imports(path)) for module, path in sources(root)}
    reached, queue = set(), [module for module in graph if layer(module) == "simulate"]
    while queue:
        module = queue.pop()
        if module in reached:
            continue
        reached.add(module)
        queue += [name for name in graph.get(module, ()) if top(name) == "sphspec" and name != "sphspec"]
    return [f"the simulator reaches {module}" for module in sorted(reached) if layer(module) in FORMULAS]


def test_every_import_points_up():
    assert violations(ROOT) == []


def test_every_module_has_a_layer():
    known = {*LAYERS, "__main__", None}
    assert {layer(module) for module, _ in sources(ROOT)} <= known


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("sphspec/sde.py", "import sympy", "the runtime never does"),
        ("sphspec/covariance/noise.py", "import derivations.sde", "the runtime never does"),
        ("derivations/sde.py", "import sphspec.sde", "derivations know SymPy alone"),
        ("derivations/sde.py", "import numpy", "derivations know SymPy alone"),
        (
            "sphspec/simulate/brownian.py",
            "from sphspec._generated import covariance",
            "the simulator reaches",
        ),
        ("sphspec/grids/ring.py", "from sphspec.conventions import size", "the simulator reaches"),
        ("sphspec/grids/ring.py", "import sphspec.covariance", "it stands below"),
        ("sphspec/verify/power.py", "from sphspec.simulate import vp", "the judges see arrays only"),
        ("sphspec/simulate/transition.py", "from sphspec import noise_covariance", "the simulator reaches"),
        ("sphspec/grids/ring.py", "from sphspec import noise_covariance", "the simulator reaches"),
        ("sphspec/sde.py", "import importlib; importlib.import_module('sympy')", "the runtime never does"),
        ("sphspec/analysis.py", "import healpy", "not among its libraries"),
    ],
)
def test_planted_violation_is_caught(project_copy, file, line, complaint):
    path = project_copy / file
    path.write_text(path.read_text() + f"\n{line}\n")
    assert any(complaint in found for found in violations(project_copy))
