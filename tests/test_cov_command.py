"""`sphspec cov`: the same bytes whoever computes them, after kills, on a full disk; one line for mistakes."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from interrupts import interruptible

from sphspec import GaussLegendre, Quadrature, noise_covariance, open_covariance
from sphspec.cli import main

ROOT = Path(__file__).resolve().parents[1]
STUDY = """
name = "tiny"
[[settings]]
grid = "gauss-legendre:nlat={nlat},nlon={nlon}"
lmax = {lmax}
variance = 2.0
"""
LMAX = 48


def study(folder, lmax=LMAX):
    text = STUDY.format(lmax=lmax, nlat=lmax + 1, nlon=2 * lmax + 1)
    (folder / f"{lmax}.toml").write_text(text)
    return f"{lmax}.toml"


def start(folder, *options, lmax=LMAX):
    return subprocess.Popen(
        [sys.executable, "-m", "sphspec", "cov", study(folder, lmax), *map(str, options)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible,
    )  # fmt: skip


def finish(folder, *options, lmax=LMAX):
    running = start(folder, *options, "--json", lmax=lmax)
    out, errors = running.communicate(timeout=300)
    assert running.returncode == 0, errors
    return json.loads(out)


@pytest.fixture
def command(monkeypatch, capsys):
    """Return a function that runs the command in this process: exit code, output, errors."""

    def run(folder, *options):
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "300")
        monkeypatch.setattr(sys, "argv", ["sphspec", "cov", *map(str, options)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, errors = capsys.readouterr()
        assert "Traceback" not in errors
        return stopped.value.code, out, errors

    return run


def contents(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the folder, summary and bytes of a store that a process of its own wrote undisturbed."""
    folder = tmp_path_factory.mktemp("whole")
    summary = finish(folder, "-o", "cov.zarr")
    return folder, summary, contents(folder / "cov.zarr")


def test_the_store_is_summed_up_and_holds_the_study_s_covariance(whole):
    folder, summary, files = whole
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


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_workers_gives_the_same_bytes_stated_before(whole, tmp_path, command, workers):
    code, out, errors = command(tmp_path, study(tmp_path), "-o", "cov.zarr", "--workers", workers)
    assert code == 0
    size = f"{LMAX + 1} blocks, {whole[1]['bytes'] / 1000:.3g} kB in cov.zarr; at most "
    assert size in errors
    assert f"of memory for {workers} worker" in errors
    assert f"{LMAX + 1} blocks written, 0 kept" in out
    assert contents(tmp_path / "cov.zarr") == whole[2]


def test_a_cluster_gives_the_same_bytes_also_when_a_worker_is_killed(whole, tmp_path, capsys):
    distributed = pytest.importorskip("distributed")
    from sphspec.commands import cov
    from sphspec.study import Study

    chosen = Study.load(whole[0] / study(whole[0]))
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
                chosen, None, tmp_path / "cov.zarr", 1, local.scheduler_address, resume=False, as_json=True
            )
    assert json.loads(capsys.readouterr().out)["written"] == LMAX + 1
    assert contents(tmp_path / "cov.zarr") == whole[2]


def kills_and_resumes(folder, expected, tries, seed, lmax):
    rng, survived = np.random.default_rng(seed), 0
    for number in range(tries):
        store, workers = folder / f"killed-{number}.zarr", 1 + number % 3
        running = start(folder, "-o", store.name, "--workers", workers, lmax=lmax)
        deadline, wanted = time.monotonic() + 60, int(rng.integers(1, lmax // 2))
        while sum(1 for _ in store.glob("C/*/c/0")) < wanted and running.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(float(rng.uniform(0, 0.02)))
        running.kill()
        running.communicate()
        cut = min(store.glob("C/*/c/0"))  # and one block has lost its end
        cut.write_bytes(cut.read_bytes()[:-5])
        summary = finish(folder, "-o", store.name, "--resume", "--workers", workers, lmax=lmax)
        assert summary["written"] + summary["kept"] == lmax + 1
        assert summary["written"] >= 1
        survived += 0 < summary["kept"] < lmax
        assert contents(store) == expected
    return survived


def test_a_killed_run_resumes_to_the_same_bytes(whole, tmp_path):
    assert kills_and_resumes(tmp_path, whole[2], 1, 1, LMAX)


@pytest.mark.nightly
def test_twenty_killed_runs_resume_to_the_same_bytes(tmp_path):
    finish(tmp_path, "-o", "whole.zarr", lmax=320)
    assert kills_and_resumes(tmp_path, contents(tmp_path / "whole.zarr"), 20, 2, 320) >= 15


def test_ctrl_c_says_what_is_kept(tmp_path):
    running = start(
        tmp_path, "-o", "cov.zarr", lmax=512
    )  # seconds of blocks: it cannot end before the signal
    while not any(tmp_path.glob("cov.zarr/C/*/c/0")) and running.poll() is None:
        time.sleep(0.002)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "of 513 blocks are kept in cov.zarr: add --resume" in errors


@pytest.fixture
def small_files():
    """Limit the size of files to 2500 bytes: blocks of high orders fit, others do not."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, hard))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_a_clear_error_and_keeps_what_was_written(whole, tmp_path, command, request):
    given = study(tmp_path)
    command(tmp_path, given, "-o", "cov.zarr")
    for order in range(20):  # of a store that was cut short: these are to be written
        (tmp_path / "cov.zarr" / "C" / f"{order:05d}" / "c" / "0").unlink()
    enough = request.getfixturevalue("small_files")
    code, _, errors = command(tmp_path, given, "-o", "cov.zarr", "--resume", "--workers", 2)
    enough()
    last = errors.strip().splitlines()[-1]
    assert code == 2
    assert last.startswith("error: cannot write the block of order ")
    assert "File too large; make room; at least " in last
    assert last.endswith(f"at least {LMAX + 1 - 20} of {LMAX + 1} blocks are kept in cov.zarr: "
                         "add --resume to go on")  # fmt: skip
    assert not list((tmp_path / "cov.zarr").rglob("*.partial"))
    code, out, _ = command(tmp_path, given, "-o", "cov.zarr", "--resume", "--json")
    assert LMAX + 1 - 20 <= json.loads(out)["kept"] < LMAX + 1
    assert contents(tmp_path / "cov.zarr") == whole[2]


def test_other_studies_and_stores_that_are_there_are_refused_in_one_line(whole, command):
    folder, _, before = whole
    for name, options, message in (
        (study(folder), (), "cov.zarr exists; add --resume to go on with it"),
        (study(folder, 40), ("--resume",), "is the store of another study: its grid is"),
    ):
        code, _, errors = command(folder, name, "-o", "cov.zarr", *options)
        assert code == 2
        assert message in errors.strip().splitlines()[-1]
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
def test_bad_usage_is_exit_code_2_and_one_clear_line(arguments, message, tmp_path, command):
    code, _, errors = command(tmp_path, *arguments)
    assert code == 2
    assert message in errors
    assert not (tmp_path / "cov.zarr").exists()


def test_a_coupled_grid_is_told_on_the_console_and_in_the_store(tmp_path, command):
    code, _, errors = command(tmp_path, "-o", "cov.zarr", "--setting", "1")
    assert code == 0
    assert "blocks m = m'" in errors
    assert "blocks m = m'" in open_covariance(tmp_path / "cov.zarr").metadata["couplings"]


def test_a_cluster_that_does_not_see_the_store_is_refused(tmp_path):
    from sphspec.commands import cov
    from sphspec.store import Writer, source_of

    class Elsewhere:
        """A client whose worker sees another disk."""

        def run(self, *_):
            return {"tcp://there:1": None}

    writer = Writer(source_of(Quadrature(GaussLegendre(3, 5), 2)), tmp_path / "cov.zarr")
    parts = writer.begin(resume=False)
    with pytest.raises(
        ValueError, match=r"worker tcp://there:1 does not see the store at .*cov.zarr; put it"
    ):
        next(cov._on_cluster(Elsewhere(), writer, parts))


def test_help_teaches_by_example(command, tmp_path):
    code, out, _ = command(tmp_path, "--help")
    assert code == 0
    assert "Examples:" in out


PEAK = """
import resource
from sphspec.__main__ import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.nightly  # 0.7 GB
@pytest.mark.parametrize("workers", [1, 2])
def test_peak_memory_is_what_was_stated_and_a_fraction_of_the_store(tmp_path, workers):
    line = [study(tmp_path, 1024), "-o", "cov.zarr", "--workers", str(workers)]
    found = subprocess.run(
        [sys.executable, "-c", PEAK, "cov", *line], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    stated = float(found.stderr.split("at most ")[1].split(" MB")[0]) * 1e6
    assert float(found.stdout.split()[-1]) * 1024 < stated < 0.45e9


def test_writing_holds_a_group_a_worker_and_no_more(tmp_path):
    from sphspec.store import Writer, source_of

    writer = Writer(source_of(Quadrature(GaussLegendre(257, 513), 256)), tmp_path / "cov.zarr")
    parts = writer.begin(resume=False)
    sum(writer.on_threads(parts[-1:], 1))  # imports and compiles
    tracemalloc.start()
    sum(writer.on_threads(parts[:4], 1))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    table = 8 * 64 * 260 * 3  # of the engine
    assert peak < writer.memory(1) + table + 1e6
    assert 4 * writer.memory(1) < writer.source.layout.total
