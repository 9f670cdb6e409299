"""An error planted in a derivation turns the verification red, with exit code 1 and the place named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "data" / "small.toml"

# file, right, wrong, the checks that must fail, what the failure must name
ERRORS = {
    "w for w^2": (
        "derivations/covariance.py",
        "STRENGTH = w**2 * s2",
        "STRENGTH = w * s2",
        {"every entry by brute force (scipy)", "adjoint probe", "Monte Carlo: total"},
        "entry (",
    ),
    "sqrt2 of the chart dropped": (
        "derivations/chart.py",
        "    (root,) = solve(gram[0, 0] - 1, factor)",
        "    (root,) = solve(2 * gram[0, 0] - 1, factor)",
        {"every entry by brute force (scipy)", "operator on random maps"},
        "entry (",
    ),
    "one coupling dropped": (
        "derivations/ring_sum.py",
        "    return chart.real_covariance().subs(",
        "    return chart.real_covariance().subs({chart.p_re: 0}).subs(",
        {"every entry by brute force (scipy)", "adjoint probe"},
        "entry (",
    ),
    "iter=0's covariance given for iter=3": (
        "derivations/analysis.py",
        "FILTERED = Q * SIGMA * Q.T",
        "FILTERED = SIGMA + 0 * Q",
        {"every entry by unit pixels through healpy.map2alm(iter=3)"},
        "jacobi:iterations=3",
    ),
    "1/w^2 for 1/w in the whitening variance": (
        "derivations/noise_design.py",
        "FLATTENING = c / weight",
        "FLATTENING = c / weight**2",
        {"isotropising variance: Sigma = c I"},
        "gauss-legendre",
    ),
    "closed forms with one cap for two": (
        "derivations/closed_forms.py",
        "fmpq(8, 12)",
        "fmpq(4, 12)",
        {"closed forms to lmax 8 at nside 3, unit pixels through healpy.map2alm(iter=0)"},
        "entry (",
    ),
    "march with the row above for the row below": (
        "derivations/ring_sum.py",
        "    return (upper2 * right + lower2 * left - upper * below) * inverse",
        "    return (upper2 * right + lower2 * left + upper * below) * inverse",
        {"every entry by brute force (scipy)", "adjoint probe"},
        "entry (",
    ),
    "beta for beta/2 in the flow": (
        "derivations/reverse.py",
        "FLOW_SHARE = Rational(1, 2)",
        "FLOW_SHARE = Integer(1)",
        {"probability flow carries the marginal"},
        "entry (",
    ),
}


def command(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.nightly  # each takes half a minute
@pytest.mark.parametrize("name", list(ERRORS))
def test_planted_error_turns_verify_red(project_copy, name):
    file, right, wrong, checks, place = ERRORS[name]
    path = project_copy / file
    text = path.read_text()
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong))
    written = command(project_copy, "derivations", "--write", "--unproved")
    assert written.returncode == 0, written.stderr
    assert "proof failed" in written.stderr
    verified = command(project_copy, "sphspec", "verify", str(SMALL), "--json")
    assert verified.returncode == 1, verified.stderr
    results = json.loads(verified.stdout)["results"]
    failed = {result["check"]: result for result in results if not result["ok"]}
    assert checks <= failed.keys()
    assert any(place in result["case"] + result["where"] for result in failed.values())
    assert "proofs hold, generated code is current" in failed


def test_what_is_not_proved_is_not_written(project_copy):
    path = project_copy / "derivations" / "covariance.py"
    path.write_text(path.read_text().replace("STRENGTH = w**2 * s2", "STRENGTH = w * s2"))
    before = (project_copy / "sphspec" / "_generated" / "covariance.py").read_bytes()
    refused = command(project_copy, "derivations", "--write")
    assert refused.returncode == 1
    assert "proof failed: spectral-covariance" in refused.stderr
    assert (project_copy / "sphspec" / "_generated" / "covariance.py").read_bytes() == before


@pytest.mark.nightly
def test_error_in_the_generated_code_turns_verify_red(project_copy):
    path = project_copy / "sphspec" / "_generated" / "covariance.py"
    path.write_text(path.read_text().replace("variance * w**2", "variance * w"))
    verified = command(project_copy, "sphspec", "verify", str(SMALL))
    assert verified.returncode == 1
    assert "FAILED" in verified.stdout
    assert "every entry by brute force (scipy)" in verified.stdout
    assert "the mathematics changed" in verified.stdout or "only the text changed" in verified.stdout
