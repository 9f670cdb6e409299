"""Whether the generated code is what the derivations give, asked of them in a process of its own."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from sphspec.verify.result import Result

ROOT = Path(__file__).resolve().parents[2]


def can_derive() -> bool:
    """Tell whether the derivations, SymPy and python-flint are installed."""
    libraries = all(find_spec(name) is not None for name in ("sympy", "flint"))
    return libraries and (ROOT / "derivations" / "__main__.py").is_file()


def provenance_result() -> Result:
    """Run every proof and compare the generated code; the runtime itself never imports SymPy."""
    finished = subprocess.run(
        [sys.executable, "-m", "derivations", "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    ok = finished.returncode == 0
    lines = [line for line in finished.stderr.splitlines() if line.strip()]
    summary = [line for line in finished.stdout.splitlines() if line.startswith("proved")]
    where = "; ".join(summary) if ok else " ".join(lines[:1] + lines[-1:]) or "no output"
    return Result(
        "derivations", "proofs hold, generated code is current", 0, ok, "residual",
        float(finished.returncode), 0.0, where,
        "a broken proof, or a formula edited by hand", "a wrong statement with a valid proof",
    )  # fmt: skip
