"""A planted error is found, shrunk and reported the same on every run: no verdict is a matter of luck."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
PROGRAM = """
import sys
sys.path[:0] = [{tests!r}, {here!r}]
import hypothesis, planted
try:
    planted.{law}()
except BaseException as error:
    print(type(error).__name__)
for line in planted.TRACE:
    print(line)
"""


@cache
def run(law, hash_seed):
    """Return the error's name, then every problem that was tried with its verdict, in order."""
    program = PROGRAM.format(tests=str(ROOT / "tests"), here=str(HERE.parent), law=law)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    name, *trace = done.stdout.splitlines()
    return name, trace


@pytest.mark.parametrize("law", ["coupling_left_out", "variance_thirty_percent_off"])
def test_a_planted_error_gives_the_same_examples_twice(law):
    name, trace = run(law, "1")
    assert name == "AssertionError"  # not Flaky: the same example had the same verdict when it was repeated
    assert (name, trace) == run(law, "4242")
    verdicts = {}
    for line in trace:
        verdict, problem = line.split(" ", 1)
        assert verdicts.setdefault(problem, verdict) == verdict
    assert {"fail"} <= set(verdicts.values())


def test_the_minimal_example_is_small():
    _, trace = run("coupling_left_out", "1")
    assert trace[-1].startswith("fail")
    assert '"mask"' not in trace[-1]
    assert '"scale": 1.0' in trace[-1]
