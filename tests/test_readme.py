"""The README's example runs, and its commands are the ones that CI runs."""

import re
import subprocess
import sys
from pathlib import Path

from documents import blocks as blocks_of

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return blocks_of(README, language)


def test_example_runs():
    example, large, exact, grids, training = blocks("python")
    finished = subprocess.run(
        [sys.executable, "-c", large], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = finished.stdout.splitlines()
    assert lines[0] == "-2.76264e+06, 3.74102e-05"
    assert re.fullmatch(r"1\d iterations, \|x - x\*\|_Sigma <= \de-0[67], residual \de-\d\d", lines[1])
    assert lines[2].startswith("condition ")
    finished = subprocess.run(
        [sys.executable, "-c", training], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert finished.stdout.startswith("(4,) (4, 576) ")
    assert float(finished.stdout.split()[-1]) < 0.05
    finished = subprocess.run(
        [sys.executable, "-c", grids], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = finished.stdout.splitlines()
    assert lines[0].startswith("pi*(1 + 5/(108*N_side**2)")
    assert lines[1].endswith(" from the limit law")
    assert lines[2].startswith("True")
    assert lines[3] == "(289, 289)"
    finished = subprocess.run(
        [sys.executable, "-c", exact], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert finished.stdout.startswith("-sqrt(5)*pi/16384\nZeros(entries=6561, nonzero=841")
    assert len(example.strip().splitlines()) <= 16
    finished = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "condition number 6.28, white would be 1\n(4, 576)\n"


def test_second_command_is_what_ci_runs():
    setup, tests = blocks("sh")
    assert "sphspec run" in setup
    assert tests.strip() in (ROOT / ".ci" / "run").read_text()


def test_picture_and_links_exist():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).is_file(), target


def test_every_extra_that_the_readme_names_exists():
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"derive", "verify", "report", "dask", "test", "all"} <= extras.keys()
