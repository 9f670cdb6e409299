"""The same bytes from one process, several, and a cluster; after kills and on a full disk."""

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
from interrupts import interruptible

from sphspec import Healpix, Quadrature, noise_covariance
from sphspec.simulate import HealpyWitness
from sphspec.suite.cluster import Cluster
from sphspec.suite.draws import BrownianDraws
from sphspec.suite.engine import Inline, Task
from sphspec.suite.packing import pack, unpack
from sphspec.suite.store import Store
from sphspec.suite.workers import Processes
from sphspec.verify.moments import merge

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
name = "tiny"
[[settings]]
grid = "healpix:nside=2"
lmax = 4
[budget]
samples = 6000
"""


def draws(lmax=4):
    grid = Healpix(2)
    cov = noise_covariance(Quadrature(grid, lmax), 1.0 + np.cos(grid.theta) ** 2)
    return BrownianDraws("engines", cov, HealpyWitness(grid, lmax, 0), (0.25, 1.0))


def task(paths=3500):
    return Task(draws(), 5, "screen", paths)


@pytest.fixture(scope="module")
def plain():
    return pack(Inline().sums(task()))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_processes_gives_the_same_bytes(plain, workers):
    engine = Processes(workers)
    try:
        assert pack(engine.sums(task())) == plain
    finally:
        engine.close()


def killed_on_a_cluster(work, after, pause):
    """Return the sums of a cluster of two, one of which is killed (-9) after so many blocks."""
    distributed = pytest.importorskip("distributed")
    done = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as local:
        engine = Cluster(local.scheduler_address)
        victim = next(iter(local.workers.values())).pid

        def kill():
            done.append(1)
            if len(done) == after:
                time.sleep(pause)
                os.kill(victim, signal.SIGKILL)

        try:
            return engine.sums(work, kill)
        finally:
            assert len(done) >= after
            engine.close()


def test_a_cluster_gives_the_same_bytes_also_when_a_worker_is_killed():
    found = killed_on_a_cluster(task(9500), 1, 0.0)
    assert pack(found) == pack(Inline().sums(task(9500)))
    assert len(set(found.marks)) == task(9500).blocks


@pytest.mark.nightly
def test_twenty_clusters_that_lose_a_worker_give_the_same_bytes():
    rng, plain = np.random.default_rng(3), pack(Inline().sums(task(19500)))
    for _ in range(20):
        after, pause = int(rng.integers(1, 15)), float(rng.uniform(0, 0.05))
        assert pack(killed_on_a_cluster(task(19500), after, pause)) == plain


def test_a_killed_process_is_replaced_and_nothing_counted_twice(tmp_path):
    engine = Processes(2, Store(tmp_path))
    killed = []

    def kill():
        if not killed:
            killed.append(next(iter(engine._pool._processes)))
            os.kill(killed[0], signal.SIGKILL)

    try:
        found = engine.sums(task(9500), kill)
    finally:
        engine.close()
    assert killed
    assert pack(found) == pack(Inline().sums(task(9500)))
    assert found.count == 2 * 9500


class Deadly:
    """Work whose blocks end their process."""

    label, key, blocks = "deadly", "deadly", 2

    def block(self, _number):
        """End the process."""
        os.kill(os.getpid(), signal.SIGKILL)


class Faulty:
    """Work whose blocks raise."""

    label, key, blocks = "faulty", "faulty", 2

    def block(self, number):
        """Raise."""
        raise ValueError(f"wrong in block {number}")


def test_workers_that_die_again_and_again_are_given_up_and_errors_come_through():
    engine = Processes(1)
    try:
        with pytest.raises(OSError, match="3 times a worker died before it finished a block of deadly"):
            engine.sums(Deadly())
        with pytest.raises(ValueError, match="wrong in block"):
            engine.sums(Faulty())
    finally:
        engine.close()


def test_packing_is_exact_and_its_bytes_depend_on_the_sums_alone(plain):
    assert pack(unpack(plain)) == plain
    time.sleep(2.1)  # the times in zip archives go by two seconds
    assert pack(unpack(plain)) == plain
    with pytest.raises(ValueError, match="no sums of a block"):
        unpack(plain[: len(plain) // 2])
    with pytest.raises(ValueError, match="no sums of a block"):
        unpack(b"something else")


def test_blocks_of_chunks_are_what_they_would_be_in_one_piece(monkeypatch):
    whole = task(700).block(0)
    monkeypatch.setattr("sphspec.suite.engine.CHUNK", 8.0 * draws().normals * 64)
    parts = task(700).block(0)
    assert parts.marks == whole.marks
    np.testing.assert_allclose(parts.products, whole.products, rtol=1e-12, atol=1e-10)


def test_finished_blocks_are_taken_up_and_damaged_ones_computed_again(tmp_path, monkeypatch, plain):
    first = Inline(Store(tmp_path))
    first.sums(task())
    key, computed = task().key, []
    store = Store(tmp_path, resume=True)
    store.path(key, 1).write_bytes(store.path(key, 1).read_bytes()[:100])
    store.path(key, 3).unlink()
    store.path(key, 2).write_bytes(store.path(key, 0).read_bytes())  # another block's
    block = Task.block
    monkeypatch.setattr(Task, "block", lambda self, number: computed.append(number) or block(self, number))
    assert pack(Inline(store).sums(task())) == plain
    assert computed == [1, 2, 3]
    computed.clear()
    assert pack(Inline(Store(tmp_path)).sums(task())) == plain  # without resume: anew
    assert computed == [0, 1, 2, 3]


def test_blocks_of_other_code_or_seed_are_not_taken_up(monkeypatch):
    keys = {task().key, Task(draws(), 6, "screen", 3500).key, Task(draws(), 5, "confirm", 3500).key}
    monkeypatch.setattr("sphspec.suite.engine.code_digest", lambda: "other")
    assert len({*keys, task().key}) == 4


def test_blocks_are_removed_once_the_verdict_is_there(tmp_path):
    engine = Inline(Store(tmp_path))
    engine.sums(task())
    assert engine.store.kept() == 4
    engine.finish()
    assert not list(tmp_path.iterdir())


def test_blocks_that_nobody_went_on_with_are_removed(tmp_path):
    engine, old = Inline(Store(tmp_path)), time.time() - 31 * 86400
    engine.sums(task(1500))
    engine.store.ready()
    assert engine.store.kept() == 2
    os.utime(engine.store.path(task(1500).key, 0), (old, old))
    engine.store.ready()
    assert engine.store.kept() == 2  # the other is new
    os.utime(engine.store.path(task(1500).key, 1), (old, old))
    engine.store.ready()
    assert engine.store.kept() == 0


def test_a_store_that_is_no_folder_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"blocks cannot be kept in .*file"):
        Store(tmp_path / "file").ready()


def test_merging_depends_on_the_order_of_blocks_alone():
    blocks = [task().block(number) for number in range(4)]
    assert pack(merge(blocks)) == pack(merge(list(blocks)))
    assert pack(merge(blocks[::-1])) != pack(merge(blocks))


# ------------------------------------------------------------------ the command line


def command(folder, *options):
    (folder / "tiny.toml").write_text(STUDY)
    line = [
        sys.executable,
        "-m",
        "sphspec",
        "verify",
        "tiny.toml",
        "--json",
        "--store",
        "blocks",
        "--no-proofs",
    ]
    return [*line, *options], {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def start(folder, *options, **keywords):
    line, environment = command(folder, *options)
    return subprocess.Popen(
        line,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
        **keywords,
    )


def finish(folder, *options):
    running = start(folder, *options)
    out, errors = running.communicate(timeout=300)
    assert running.returncode == 0, errors
    return json.loads(out)


def statistics(verdict):
    return [(run["case"], run["samples"], run["digest"]) for run in verdict["monte_carlo"]]


def kills_and_resumes(folder, tries, seed):
    whole = finish(folder)
    rng = np.random.default_rng(seed)
    survived = 0
    for _ in range(tries):
        running = start(folder)
        deadline, blocks = time.monotonic() + 120, folder / "blocks"
        wanted = int(rng.integers(1, 12))
        while sum(1 for _ in blocks.glob("*/block-*.npz")) < wanted and running.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(float(rng.uniform(0, 0.05)))
        running.kill()
        running.communicate()
        survived += any(blocks.glob("*/block-*.npz"))
        resumed = finish(folder, "--resume")
        assert statistics(resumed) == statistics(whole)
        assert resumed == whole
    return survived


def test_a_killed_run_resumes_to_the_same_verdict_and_bytes(tmp_path):
    assert kills_and_resumes(tmp_path, 1, 1)


@pytest.mark.nightly
def test_twenty_killed_runs_resume_to_the_same_verdict_and_bytes(tmp_path):
    assert kills_and_resumes(tmp_path, 20, 2) >= 15


def test_ctrl_c_says_what_is_kept(tmp_path):
    running = start(tmp_path, "--samples", "200000")  # seconds of blocks: it cannot end before the signal
    while not any((tmp_path / "blocks").glob("*/block-*.npz")) and running.poll() is None:
        time.sleep(0.002)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "finished blocks are kept in blocks" in errors
    assert "--resume" in errors


def test_a_full_disk_is_a_clear_error_and_keeps_what_was_written(tmp_path):
    """A limit on the size of files: blocks of the small study fit, those of a larger band limit do not."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    whole = finish(tmp_path)
    two = STUDY.replace("lmax = 4", "lmax = [4, 8]")
    line, environment = command(tmp_path)
    (tmp_path / "tiny.toml").write_text(two)
    found = subprocess.run(
        line, cwd=tmp_path, env=environment, preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert "cannot write a block of" in found.stderr
    assert "finished blocks are kept in blocks" in found.stderr
    assert "--resume" in found.stderr
    assert len(list((tmp_path / "blocks").glob("*/block-*.npz"))) >= 6
    again = subprocess.run(
        [*line, "--resume"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    found = statistics(json.loads(again.stdout))
    assert set(statistics(whole)) <= set(found)


def test_bad_schedulers_are_one_line(tmp_path):
    line, environment = command(tmp_path, "--scheduler", "tcp://127.0.0.1:9")
    found = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr.strip().splitlines()[-1].startswith("error: no Dask scheduler answers at")
