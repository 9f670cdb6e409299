"""The report's bytes depend on the verdict and on SOURCE_DATE_EPOCH, and on nothing else."""

import os
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from small_report import STUDY

from sphspec.report.typesetting import EPOCH

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import pickle, sys
from pathlib import Path
from sphspec.report import write_report
study, verdict = pickle.loads(Path(sys.argv[1]).read_bytes())
write_report(study, verdict, Path(sys.argv[2]))
"""


@pytest.fixture(scope="session")
def made(verdict, tmp_path_factory):
    """Return a function that makes the report in a process of its own."""
    folder = tmp_path_factory.mktemp("same")
    (folder / "verdict.pickle").write_bytes(pickle.dumps((STUDY, verdict)))

    def make(name, **environment):
        subprocess.run(
            [sys.executable, "-c", CODE, folder / "verdict.pickle", folder / name],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, cwd=folder, check=True,
        )  # fmt: skip
        return (folder / name).read_bytes()

    return make


def test_another_process_hash_seed_and_time_zone_give_the_same_bytes(made, report):
    assert made("kolkata.pdf", PYTHONHASHSEED="7", TZ="Asia/Kolkata") == report.read_bytes()


@pytest.mark.nightly
def test_epoch_changes_the_date_and_the_bytes_and_no_word(made, report):
    later = [
        made(f"{seed}.pdf", PYTHONHASHSEED=seed, TZ=zone, SOURCE_DATE_EPOCH=str(EPOCH + 86400))
        for seed, zone in (("1", "UTC"), ("99", "America/New_York"))
    ]
    assert later[0] == later[1] != report.read_bytes()
    assert read(later[0]).metadata.creation_date.timestamp() == EPOCH + 86400
    assert texts(later[0]) == texts(report.read_bytes())


def read(pdf):
    return PdfReader(BytesIO(pdf))


def texts(pdf):
    return [page.extract_text() for page in read(pdf).pages]
