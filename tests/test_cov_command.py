"""`sphspec cov`: the same bytes whoever computes them, after kills and on a full disk; one line for mistakes."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sphspec import GaussLegendre, Quadrature, noise_covariance, open_covariance

ROOT = Path(__file__).resolve().parents[1]
STUDY = """
name = "tiny"
[[settings]]
grid = "gauss-legendre:nlat={nlat},nlon={nlon}"
lmax = {lmax}
variance = 2.0
"""
LMAX = 96


def start(folder, *options, lmax=LMAX, **keywords):
    study = STUDY.format(lmax=lmax, nlat=lmax + 1, nlon=2 * lmax + 1)
    (folder / f"{lmax}.toml").write_text(study)
    return subprocess.Popen(
        [sys.executable, "-m", "sphspec", "cov", f"{lmax}.toml", *map(str, options)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "COLUMNS": "300"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords,
    )  # fmt: skip


def run(folder, *options, code=0, **keywords):
    running = start(folder, *options, **keywords)
    out, errors = running.communicate(timeout=300)
    assert running.returncode == code, errors
    return out, errors


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the folder, the output and the bytes of a store that one thread wrote undisturbed."""
    folder = tmp_path_factory.mktemp("whole")
    out, errors = run(folder, "-o", "cov.zarr", "--json")
    return folder, json.loads(out), errors, contents(folder / "cov.zarr")


def test_the_store_is_stated_before_and_summed_up_after(whole):
    folder, summary, errors, files = whole
    assert f"lmax={LMAX}: {LMAX + 1} blocks, 633 kB in cov.zarr; at most" in errors
    assert "of memory for 1 worker" in errors
    assert summary["store"] == "cov.zarr"
    assert summary["grid"] == f"gauss-legendre:nlat={LMAX + 1},nlon={2 * LMAX + 1}"
    assert (summary["blocks"], summary["written"], summary["kept"]) == (LMAX + 1, LMAX + 1, 0)
    chunks = {name: content for name, content in files.items() if name.endswith("c/0")}
    assert len(chunks) == LMAX + 1
    assert summary["bytes"] == sum(len(content) - 4 for content in chunks.values())
    assert not summary["coupled"]
    found = open_covariance(folder / "cov.zarr")
    cov = noise_covariance(Quadrature(GaussLegendre(LMAX + 1, 2 * LMAX + 1), LMAX), 2.0)
    assert found.metadata["variance"] == 2.0
    np.testing.assert_allclose(found.diagonal(), cov.diagonal(), rtol=0, atol=1e-14 * cov.diagonal().max())


@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_gives_the_same_bytes(whole, tmp_path, workers):
    out, _ = run(tmp_path, "-o", "cov.zarr", "--workers", workers)
    assert f"{LMAX + 1} blocks written, 0 kept" in out
    assert contents(tmp_path / "cov.zarr") == whole[3]


def test_a_cluster_gives_the_same_bytes_also_when_a_worker_is_killed(whole, tmp_path, capsys):
    distributed = pytest.importorskip("distributed")
    from sphspec.commands import cov
    from sphspec.study import Study

    study = Study.load(whole[0] / f"{LMAX}.toml")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as local:
        victim, finished = next(iter(local.workers.values())).pid, cov.each_result

        def killing(*arguments):
            for number, result in enumerate(finished(*arguments)):
                if number == 0:
                    os.kill(victim, signal.SIGKILL)
                yield result

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cov, "each_result", killing)
            cov.write_covariance(
                study, None, tmp_path / "cov.zarr", 1, local.scheduler_address, resume=False, as_json=True
            )
    assert json.loads(capsys.readouterr().out)["written"] == LMAX + 1
    assert contents(tmp_path / "cov.zarr") == whole[3]


def kills_and_resumes(folder, tries, seed, lmax):
    run(folder, "-o", "whole.zarr", lmax=lmax)
    expected, rng, survived = contents(folder / "whole.zarr"), np.random.default_rng(seed), 0
    for number in range(tries):
        store, workers = folder / f"killed-{number}.zarr", 1 + number % 3
        running, deadline = (
            start(folder, "-o", store.name, "--workers", workers, lmax=lmax),
            time.monotonic() + 60,
        )
        wanted = int(rng.integers(1, lmax // 2))
        while sum(1 for _ in store.glob("C/*/c/0")) < wanted and running.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(float(rng.uniform(0, 0.02)))
        running.kill()
        running.communicate()
        cut = next(iter(sorted(store.glob("C/*/c/0"))))  # and a block that lost its end
        cut.write_bytes(cut.read_bytes()[:-5])
        out, _ = run(folder, "-o", store.name, "--resume", "--workers", workers, "--json", lmax=lmax)
        summary = json.loads(out)
        assert summary["written"] >= 1
        survived += 0 < summary["kept"] < lmax
        assert contents(store) == expected
    return survived


def test_killed_runs_resume_to_the_same_bytes(tmp_path):
    assert kills_and_resumes(tmp_path, 2, 1, 160) >= 1


@pytest.mark.nightly
def test_twenty_killed_runs_resume_to_the_same_bytes(tmp_path):
    assert kills_and_resumes(tmp_path, 20, 2, 320) >= 15


def test_ctrl_c_says_what_is_kept(tmp_path):
    running = start(
        tmp_path, "-o", "cov.zarr", lmax=512
    )  # seconds of blocks: it cannot end before the signal
    while not any(tmp_path.glob("cov.zarr/C/*/c/0")) and running.poll() is None:
        time.sleep(0.002)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "of 513 blocks are kept in cov.zarr; add --resume" in errors


def test_a_full_disk_is_a_clear_error_and_keeps_what_was_written(whole, tmp_path):
    """A limit on the size of files: the small blocks, of high orders, fit."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (14000, 14000))

    _, errors = run(tmp_path, "-o", "cov.zarr", code=2, preexec_fn=limit)
    last = errors.strip().splitlines()[-1]
    assert last.startswith("error: cannot write the block of order 0 (")
    assert last.endswith("blocks are kept in cov.zarr: make room and add --resume")
    assert "File too large" in last
    assert not list((tmp_path / "cov.zarr").rglob("*.partial"))
    run(tmp_path, "-o", "cov.zarr", "--resume")
    assert contents(tmp_path / "cov.zarr") == whole[3]


def test_other_studies_and_stores_that_are_there_are_refused_in_one_line(whole, tmp_path):
    folder, before = whole[0], whole[3]
    for options, message in (
        ((), "cov.zarr exists; add --resume to go on with it"),
        (("--resume", "lmax"), "is the store of another study: its grid is"),
    ):
        other = {"lmax": 64} if "lmax" in options else {}
        options = [option for option in options if option != "lmax"]
        _, errors = run(folder, "-o", "cov.zarr", *options, code=2, **other)
        assert message in errors.strip().splitlines()[-1]
        assert "Traceback" not in errors
    assert contents(folder / "cov.zarr") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "cov.zarr"], "has 7 cases: name one with --setting (1: healpix:nside=8 lmax=16 quadrature;"),
        (["-o", "cov.zarr", "--setting", "8"], "--setting must be an integer from 1 to 7, got 8"),
        (["-o", "cov.zarr", "--setting", "2"], "take Quadrature"),
        (["-o", "cov.zarr", "--setting", "1", "--workers", "0"], "--workers"),
        (["-o", "/proc/cov.zarr", "--setting", "1"], "/proc"),
        (["no-such-file.toml", "-o", "cov.zarr"], "cannot read study no-such-file.toml"),
        (["-o", "cov.zarr", "--setting", "1", "--scheduler", "host"], "looks like tcp://host:8786"),
        (
            ["-o", "cov.zarr", "--setting", "1", "--scheduler", "tcp://a:1", "--workers", "2"],
            "give one of them",
        ),
        ([], "output"),
    ],
)
def test_bad_usage_is_exit_code_2_and_one_clear_line(arguments, message, tmp_path, capsys, monkeypatch):
    from sphspec import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(sys, "argv", ["sphspec", "cov", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "cov.zarr").exists()


def test_a_coupled_grid_is_told_on_the_console_and_in_the_store(tmp_path, capsys, monkeypatch):
    from sphspec import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sphspec", "cov", "-o", "cov.zarr", "--setting", "1"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 0
    assert "blocks m = m'" in capsys.readouterr().err
    assert "blocks m = m'" in open_covariance("cov.zarr").metadata["couplings"]


def test_help_teaches_by_example():
    found = subprocess.run(
        [sys.executable, "-m", "sphspec", "cov", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Examples:" in found.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_memory_stays_below_what_is_stated(tmp_path, workers):
    """Peak resident memory of the command, at a size where holding everything would show."""
    code = "import resource, sys; from sphspec.__main__ import main\ntry: main()\nfinally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    (tmp_path / "study.toml").write_text(STUDY.format(lmax=640, nlat=641, nlon=1281))
    line = ["cov", "study.toml", "-o", "cov.zarr", "--workers", str(workers)]
    found = subprocess.run(
        [sys.executable, "-c", code, *line], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    stated = float(found.stderr.split("at most ")[1].split(" MB")[0]) * 1e6
    assert float(found.stdout.split()[-1]) * 1024 < stated
    assert stated < 0.35e9
