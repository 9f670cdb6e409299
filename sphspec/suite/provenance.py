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


def run_derivations(
    options: list[str], *, stdout: int | None = None, stderr: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m derivations` with options; the runtime itself never imports SymPy."""
    return subprocess.run(
        [sys.executable, "-m", "derivations", *options],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=stdout,
        stderr=stderr,
        text=True,
        start_new_session=True,  # Ctrl-C ends it through this process, without a traceback
    )


def provenance_result(finished: subprocess.CompletedProcess[str] | None = None) -> Result:
    """Return whether proofs hold and the generated code is current, by a finished check or a new one."""
    if finished is None:
        finished = run_derivations(["--check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ok = finished.returncode == 0
    lines = [line for line in (finished.stderr or "").splitlines() if line.strip()]
    summary = [line for line in finished.stdout.splitlines() if line.startswith("proved")]
    where = "; ".join(summary) if ok else " ".join(lines[:1] + lines[-1:]) or "no output"
    return Result(
        "derivations", "proofs hold, generated code is current", 0, ok, "residual",
        float(finished.returncode), 0.0, where,
        "a broken proof, or a formula edited by hand", "a wrong statement with a valid proof",
    )  # fmt: skip
