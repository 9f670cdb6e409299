"""The generated code is current, deterministic and readable; staleness is found and named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sympy import Piecewise, Rational, Symbol, exp, expand, gamma, sqrt, symbols

from derivations.catalogue import catalogue
from derivations.codegen import writer
from derivations.codegen.fingerprint import fingerprint
from derivations.codegen.in_place import in_place_lines
from derivations.codegen.printer import Printer, stable
from derivations.pipeline import TARGET, build, prove_all

ROOT = Path(__file__).resolve().parents[2]
a, b, c, t = symbols("a b c t")


@pytest.fixture(scope="module")
def files():
    return build(prove_all(catalogue()))


def test_committed_code_is_what_the_derivations_give(files):
    assert writer.differences(files, TARGET) == ""


@pytest.mark.nightly  # by day the comparison runs once, under whatever seed Python takes
@pytest.mark.parametrize("seed", ["4242", "1"])
def test_bytes_do_not_depend_on_the_hash_seed(seed):
    finished = subprocess.run(
        [sys.executable, "-m", "derivations"],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert "steps reduced to zero" in finished.stdout
    assert "current: " in finished.stdout


def test_the_command_lists_the_statements():
    command = [sys.executable, "-m", "derivations", "--list"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for entry in catalogue():
        assert f"{entry.name}: {entry.title}" in finished.stdout


def test_stale_missing_and_left_over_files_are_reported(files, tmp_path):
    writer.write(files, tmp_path)
    assert writer.differences(files, tmp_path) == ""
    (tmp_path / "score.py").unlink()
    (tmp_path / "orphan.py").write_text("")
    (tmp_path / "chart.py").write_text(files["chart.py"].replace("xp.sqrt(2)", "xp.sqrt(3)"))
    report = writer.differences(files, tmp_path)
    assert "missing: score.py" in report
    assert "left over: orphan.py" in report
    assert "differs: chart.py: only the text changed" in report
    assert "-    return xp.where(m == 0, 1, xp.sqrt(3))" in report


def test_a_changed_fingerprint_is_called_a_change_of_mathematics(files, tmp_path):
    writer.write(files, tmp_path)
    changed = dict(files)
    mark = writer.MARK.search(files["chart.py"]).group(1)
    changed["chart.py"] = files["chart.py"].replace(mark, "0.5")
    assert "chart.py: the mathematics changed" in writer.differences(changed, tmp_path)


@pytest.mark.nightly  # every proof once more; `sphspec verify` on stale code is tested by day
def test_stale_code_fails_the_command_and_names_the_cure(project_copy):
    path = project_copy / "sphspec" / "_generated" / "covariance.py"
    path.write_text(path.read_text().replace("variance * w**2", "variance * w"))
    finished = subprocess.run(
        [sys.executable, "-m", "derivations", "--check"],
        cwd=project_copy, env={**os.environ, "PYTHONPATH": str(project_copy)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 1
    assert "python -m derivations --write" in finished.stderr
    assert "-    return variance * w\n+    return variance * w**2" in finished.stderr


def test_writing_is_atomic_and_exact(files, tmp_path):
    assert sorted(writer.write(files, tmp_path)) == sorted(files)
    assert writer.write(files, tmp_path) == []
    (tmp_path / "orphan.py").write_text("")
    assert writer.write(files, tmp_path) == ["orphan.py"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_generated_code_is_formatted():
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    assert ruff, "ruff is part of the test extra"
    finished = subprocess.run(
        [ruff, "format", "--check", str(TARGET)], cwd=ROOT, check=False, capture_output=True
    )
    assert finished.returncode == 0, finished.stdout


def test_fingerprint_keeps_spelling_and_sees_mathematics():
    formula = (a + b) ** 2 * sqrt(c)
    assert fingerprint(formula) == fingerprint(expand(formula))
    assert fingerprint(formula) != fingerprint(formula + Rational(1, 10**20))
    branch = Piecewise((a, t > b), (c, True))
    others = [
        Piecewise((a, t > c), (c, True)),
        Piecewise((a, t > b), (b, True)),
        Piecewise((b, t > b), (c, True)),
    ]
    assert len({fingerprint(value) for value in (branch, *others)}) == 4


def test_printer_keeps_small_differences():
    assert Printer("np").doprint(stable(1 - exp(-a))) == "-np.expm1(-a)"
    assert Printer("np").doprint(stable(c * (a ** (2 * t) - 1))) == "c*np.expm1(2*t*np.log(a))"


def test_printer_refuses_what_numpy_lacks():
    with pytest.raises(NotImplementedError, match="outside NumPy"):
        Printer("np").doprint(gamma(a))
    with pytest.raises(NotImplementedError, match="Piecewise"):
        Printer("np").doprint(Piecewise((a, t > 0), (b, t < 0)))


def test_in_place_code_refuses_what_is_no_sum_of_products():
    assert in_place_lines(a * b - c * t, (a, b, c, t)) == [
        "np.multiply(a, b, out=out)",
        "np.multiply(c, t, out=scratch)",
        "np.subtract(out, scratch, out=out)",
    ]
    with pytest.raises(NotImplementedError, match="sum of products"):
        in_place_lines(2 * a * b, (a, b))
    with pytest.raises(NotImplementedError, match="sum of products"):
        in_place_lines(Symbol("a") * b + c, (a, b, c))
