"""The command line: exit codes, one line for every mistake, JSON, nothing half-written."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from interrupts import interruptible

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "tests" / "data" / "small.toml"


def sphspec(*arguments, folder=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sphspec", *map(str, arguments)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def verified():
    return sphspec("verify", SMALL, "--json", "--no-proofs")  # `sphspec run` below has them


def test_verify_passes_and_prints_json_alone(verified):
    assert verified.returncode == 0, verified.stderr
    verdict = json.loads(verified.stdout)
    assert verdict["ok"] is True
    assert len(verdict["results"]) > 40
    assert {result["tier"] for result in verdict["results"]} == {0, 1, 2, 3}
    assert all(result["catches"] and result["blind"] for result in verdict["results"])


def test_run_derives_verifies_and_writes_the_report(tmp_path):
    finished = sphspec("run", SMALL, folder=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "reports" / "small.pdf").read_bytes().startswith(b"%PDF-")
    assert json.loads((tmp_path / "reports" / "small.json").read_text())["ok"] is True
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["small.json", "small.pdf"]
    assert "PASSED" in finished.stdout
    assert "steps reduced to zero" in finished.stderr
    assert "planted errors" in finished.stdout


@pytest.mark.parametrize(
    ("command", "begun"),
    [
        ("report", "cache/sphspec/blocks/*/block-*.npz"),  # the helper draws, this process simulates
        ("run", "tmp/begun"),  # proofs here, planted errors and figures beside
    ],
)
def test_ctrl_c_ends_every_process_at_once_and_says_so_in_a_line(tmp_path, command, begun):
    (tmp_path / "tmp").mkdir()
    started = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-m", "sphspec", command, SMALL, "--samples", "500000", "-o", "noise.pdf"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=interruptible,
    )  # fmt: skip
    while not any(tmp_path.glob(begun)) and running.poll() is None:
        time.sleep(0.01)
        if command == "run" and time.monotonic() > started + 6:
            (tmp_path / "tmp" / "begun").touch()
    sent = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    _, errors = running.communicate(timeout=60)
    assert time.monotonic() < sent + 5
    assert running.returncode == 130
    assert errors.splitlines()[-1] == "interrupted"
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("noise.*"))


@pytest.mark.nightly  # every proof once more; `sphspec run` derives by day
def test_derive_checks_the_generated_code():
    finished = sphspec("derive")
    assert finished.returncode == 0, finished.stderr
    assert "current:" in finished.stdout


@pytest.mark.parametrize("command", ["", "derive", "verify", "report", "run"])
def test_help_teaches_by_example(command):
    finished = sphspec(*([command] if command else []), "--help")
    assert finished.returncode == 0
    assert "Examples:" in finished.stdout if command else "sphspec run" in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "no-such-file.toml"], "cannot read study no-such-file.toml"),
        (["verify", "reports"], "cannot read study reports"),
        (["verify", SMALL, "--samples", "1"], "--samples"),
        (["verify", SMALL, "--seed", "-4"], "--seed"),
        (["verify", "--colour"], "No such option"),
        (["paint"], "No such command"),
        (["run", SMALL, "-o", "/proc/version/report.pdf"], "cannot write /proc/version/report.pdf"),
        (["run", SMALL, "-o", "/proc/report.pdf"], "cannot write /proc/report.pdf"),
        (["report", SMALL, "-o", "report.txt"], "must end in .pdf"),
        (["report", SMALL, "-o", "/"], "must end in .pdf"),
    ],
)
def test_bad_usage_is_exit_code_2_and_one_clear_line(arguments, message):
    finished = sphspec(*arguments, COLUMNS="300")
    assert finished.returncode == 2
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("lmax = -3", "lmax must be an integer >= 0, got -3"),
        ("lmax = 400", "GiB"),
        ("lmax = 5\nvariance = -1.0", "variance must be a finite number > 0, got -1.0"),
        ("lmax = 5\nunknown = 1", "unknown key 'settings.0.unknown'"),
    ],
)
def test_bad_study_is_exit_code_2_before_any_work(tmp_path, line, message):
    path = tmp_path / "study.toml"
    path.write_text(f'[[settings]]\ngrid = "healpix:nside=64"\n{line}\n')
    finished = sphspec("run", path, folder=tmp_path, COLUMNS="300")
    assert finished.returncode == 2
    assert message in finished.stderr
    assert len(finished.stderr.strip().splitlines()) <= 2
    assert not list(tmp_path.rglob("*.pdf"))
    assert not list(tmp_path.rglob("*.json"))


def test_a_missing_library_is_said_with_its_cure():
    code = (
        "import importlib.util as u; real = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'rich' else real(name, *rest); "
        "from sphspec.__main__ import main; main()"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert finished.returncode == 2
    assert "needs rich: pip install 'sphspec[all]'" in finished.stderr
