"""The bench times what it says, and its table tells what is too slow."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sphspec.bench import Comparison, compare, compared, comparisons
from sphspec.commands.bench import _table

ROOT = Path(__file__).resolve().parents[1]


class Clock:
    """Time that passes only where work says so."""

    now = 0.0

    def work(self, seconds):
        """Return work of so many seconds."""

        def pass_by():
            self.now += seconds

        return pass_by


@pytest.fixture
def clock(monkeypatch):
    """Return a clock in place of the machine's."""
    clock = Clock()
    monkeypatch.setattr(compare.time, "perf_counter", lambda: clock.now)
    return clock


def test_a_ratio_counts_the_share_that_is_timed(clock):
    work = lambda: (clock.work(1.0), clock.work(2.0))  # noqa: E731
    outcome = compared(Comparison("short", "long", work, 0.5, share=0.1), 3)
    assert outcome.ratio == pytest.approx(1.0 / 20.0)
    assert outcome.ok
    assert not compared(Comparison("short", "long", work, 0.4), 1).ok


def test_the_first_round_is_not_counted_and_the_median_is(clock):
    seconds = iter([100.0, 1.0, 1.0, 1.0, 1.0, 9.0, 1.0, 3.0, 1.0])
    work = lambda: clock.work(next(seconds))()  # noqa: E731
    outcome = compared(Comparison("uneven", "steady", lambda: (work, work), 1.0), 3)
    assert outcome.ratio == pytest.approx(3.0)


def test_short_work_is_done_several_times_in_a_row(clock):
    calls = []

    def short():
        calls.append(clock.now)
        clock.now += 0.001

    outcome = compared(Comparison("short", "long", lambda: (short, clock.work(1.0)), 1.0), 3)
    assert len(calls) == 2 + 3 * 10
    assert outcome.ours == pytest.approx(0.001)


def test_every_comparison_is_prepared_on_its_own():
    chosen = comparisons(512)
    assert len({(item.name, item.reference) for item in chosen}) == len(chosen)
    assert all((item.goal is None or item.goal > 0) and 0 < item.share <= 1 for item in chosen)
    assert _table([]).row_count == 0


def test_bad_usage_is_one_line():
    finished = subprocess.run(
        [sys.executable, "-m", "sphspec", "bench", "--lmax", "8"],
        cwd=ROOT, env={**os.environ, "COLUMNS": "200"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 2
    assert "--lmax must be an integer from 512 to 2048, got 8" in finished.stderr


def test_outcomes_are_json():
    outcome = compared(Comparison("ours", "theirs", lambda: (int, int), 100.0), 1)
    assert json.loads(json.dumps(vars(outcome)))["rounds"] == 1
