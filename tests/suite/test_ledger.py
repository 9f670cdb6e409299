"""The ledger: nothing is counted twice or lost, whoever is killed and however many write."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from interrupts import interruptible

from sphspec.study import Setting, Study
from sphspec.suite.deep import run_deep
from sphspec.suite.ledger import APPLICATION, Alarm, Ledger
from sphspec.suite.packing import pack, unpack
from sphspec.verify.moments import sums_of

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = 12
STUDY = Study(
    name="tiny",
    settings=(
        Setting(grid="icosahedron", lmax=(2,)),
        Setting(grid="gauss-legendre:nlat=4,nlon=7", lmax=(3,)),
    ),
)
WRITER = f"""
import sys
from pathlib import Path
from sphspec.suite.deep import run_deep
from sphspec.study import Study
study = Study.model_validate_json(sys.argv[2])
print("ready", flush=True)
run_deep(study, Path(sys.argv[1]), 300.0, blocks={BLOCKS})
"""


def writer(path):
    """Start a process that fills a ledger up to BLOCKS blocks of every configuration."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), STUDY.model_dump_json()],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        preexec_fn=interruptible,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    return process


def contents(path):
    """Return every stored block: configuration, number and all bytes."""
    with sqlite3.connect(path) as base:
        return base.execute("SELECT * FROM blocks ORDER BY configuration, number").fetchall()


def sums(rng, rank=5):
    return sums_of(rng.standard_normal((7, 3, rank)), 1e-17)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """One writer, never stopped: the verdict and the bytes that every other way must give."""
    path = tmp_path_factory.mktemp("ledger") / "whole.sqlite"
    return run_deep(STUDY, path, 300.0, blocks=BLOCKS), contents(path)


def killed_again_and_again(path, tries, seed):
    """Kill writers at random moments, then let one finish."""
    rng, killed = np.random.default_rng(seed), 0
    for _ in range(tries):
        process = writer(path)
        time.sleep(float(rng.uniform(0.0, 0.8)))
        killed += process.poll() is None
        process.kill()
        process.wait()
        process.stdout.close()
    return killed


@pytest.mark.parametrize("tries", [3, pytest.param(20, marks=pytest.mark.nightly)])
def test_kill_at_any_moment_changes_nothing(tmp_path, uninterrupted, tries):
    path = tmp_path / "killed.sqlite"
    assert killed_again_and_again(path, tries, seed=tries) > 0
    verdict = run_deep(STUDY, path, 300.0, blocks=BLOCKS)
    assert (verdict, contents(path)) == uninterrupted


def test_two_writers_share_the_work_and_change_nothing(tmp_path, uninterrupted):
    path = tmp_path / "shared.sqlite"
    together = [writer(path), writer(path)]
    assert [process.wait(timeout=120) for process in together] == [0, 0]
    for process in together:
        process.stdout.close()
    assert (run_deep(STUDY, path, 0.0), contents(path)) == uninterrupted


def test_ctrl_c_ends_cleanly_and_gives_the_block_back(tmp_path, uninterrupted):
    path = tmp_path / "interrupted.sqlite"
    process = writer(path)
    while not path.exists() or not Ledger(path)._base.execute("SELECT count(*) FROM blocks").fetchone()[0]:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    verdict = run_deep(STUDY, path, 300.0, blocks=BLOCKS)
    assert (verdict, contents(path)) == uninterrupted


def test_an_abandoned_claim_keeps_its_number(tmp_path, rng):
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert [ledger.claim("one"), ledger.claim("one"), ledger.claim("other")] == [0, 1, 0]
        ledger.store("one", 1, sums(rng))
        assert list(ledger.blocks("one", 0)) == []  # block 0 is missing
        ledger.release("one", 0)
        assert ledger.claim("one") == 0
        ledger._base.execute("UPDATE claims SET process = ?", (dead_process(),))
        assert ledger.claim("one") == 0
        ledger._base.execute("UPDATE claims SET host = 'elsewhere'")
        assert ledger.claim("one") == 2
        ledger._base.execute("UPDATE claims SET expires = ? WHERE number = 0", (time.time() - 1,))
        assert ledger.claim("one") == 0
        assert ledger.claim("one", limit=3) is None
        ledger.store("one", 0, sums(rng))
        assert len(list(ledger.blocks("one", 0))) == 2


def test_a_block_stored_twice_counts_once(tmp_path, rng):
    first, second = sums(rng), sums(rng)
    with Ledger(tmp_path / "a.sqlite") as ledger:
        for block in (first, second):
            ledger.store("one", 0, block)
        (kept,) = ledger.blocks("one", 0)
    assert pack(kept) == pack(first)


def test_sums_come_back_to_the_last_bit(rng):
    block = sums(rng)
    again = unpack(pack(block))
    assert again.count == block.count
    assert again.marks == block.marks
    assert (again.outside, again.energy) == (block.outside, block.energy)
    for name in ("total", "products", "steps", "lagged", "shape"):
        assert getattr(again, name).tobytes() == getattr(block, name).tobytes()


def test_epochs_are_numbered_and_alarms_stay(tmp_path):
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert [ledger.epoch("x"), ledger.epoch("y"), ledger.epoch("x")] == [1, 2, 1]
        assert ledger.alarm(1) is None
        ledger.raise_alarm(1, Alarm(7.0, "first"))
        ledger.raise_alarm(1, Alarm(9.0, "second"))
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert ledger.alarm(1) == Alarm(7.0, "first")


def test_files_that_are_no_ledgers_are_refused_and_left_alone(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("not a database " * 100)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as base:
        base.execute("CREATE TABLE songs (title TEXT)")
    newer = tmp_path / "newer.sqlite"
    with sqlite3.connect(newer) as base:
        base.execute("CREATE TABLE epochs (number INTEGER)")
        base.execute(f"PRAGMA application_id = {APPLICATION}")
        base.execute("PRAGMA user_version = 99")
    for path, message in (
        (text, "damaged or no ledger"),
        (foreign, "another program's"),
        (newer, "has schema 99, this sphspec knows 1"),
    ):
        before = path.read_bytes()
        with pytest.raises(ValueError, match=message):
            Ledger(path)
        assert path.read_bytes() == before
    with pytest.raises(ValueError, match="cannot write"):
        Ledger(Path("/proc/ledger.sqlite"))
    with pytest.raises(ValueError, match="cannot use ledger"):
        Ledger(tmp_path)


def test_a_changed_block_is_noticed(tmp_path, rng):
    path = tmp_path / "a.sqlite"
    with Ledger(path) as ledger:
        ledger.store("one", 0, sums(rng))
        ledger._base.execute("UPDATE blocks SET number = 1 WHERE number = 0")
        with pytest.raises(ValueError, match="block 1 of configuration one does not have its checksum"):
            list(ledger.blocks("one", 1))


def test_a_full_disk_keeps_what_was_stored(tmp_path, rng):
    with Ledger(tmp_path / "a.sqlite") as ledger:
        ledger.store("one", 0, sums(rng))
        pages = ledger._base.execute("PRAGMA page_count").fetchone()[0]
        ledger._base.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ValueError, match="database or disk is full; what was stored is kept"):
            ledger.store("one", 1, sums(rng, rank=200))
        assert len(list(ledger.blocks("one", 0))) == 1


def dead_process():
    """Return the number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
