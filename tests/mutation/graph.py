"""Which modules of derivations/ the mathematics lives in, and which others an error in one reaches."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUMBING = {
    "__init__",
    "__main__",
    "catalogue",
    "checks",
    "pipeline",
}  # order, arguments, files: no mathematics
MATHEMATICS = ("", "exact", "grids")


def path_of(name: str) -> Path:
    """Return the file of a module."""
    path = ROOT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def mathematics() -> tuple[str, ...]:
    """Return the names of the modules that are mutated, sorted."""
    paths = (path for folder in MATHEMATICS for path in (ROOT / "derivations" / folder).glob("*.py"))
    kept = (path.relative_to(ROOT).with_suffix("").parts for path in paths if path.stem not in PLUMBING)
    return tuple(sorted(".".join(parts) for parts in kept))


@cache
def imports() -> dict[str, frozenset[str]]:
    """Return {module: modules of derivations that its text imports}."""
    names = {}
    for path in sorted((ROOT / "derivations").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    found = {}
    for name, path in names.items():
        direct = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("derivations"):
                parts = {f"{node.module}.{alias.name}" for alias in node.names}
                direct |= {part if part in names else node.module for part in parts}
            elif isinstance(node, ast.Import):
                direct |= {alias.name for alias in node.names if alias.name in names}
        found[name] = frozenset(direct - {name})
    return found


@cache
def dependents(name: str) -> tuple[str, ...]:
    """Return the module and all that import it, directly or not: nearest first."""
    order, edge = [name], [name]
    while edge:
        edge = sorted(
            other for other, used in imports().items() if other not in order and not used.isdisjoint(edge)
        )
        order += edge
    return tuple(order)
