"""A small study, its verdict, and the report of both: made once, looked at by many tests."""

import numpy as np
import pytest
from pypdf import PdfReader
from small_report import STUDY, evidence, squeezed

from sphspec.report import write_report
from sphspec.report.prepare import prepare
from sphspec.verify.result import Result, RoundTrip, Verdict


@pytest.fixture(scope="session")
def verdict():
    rng = np.random.default_rng(1)
    cases = tuple(STUDY.cases())
    results = (
        Result(
            cases[0].label, "adjoint probe", 1, True, "residual", 2e-15, 1e-13, "all", "a 1e-13 error", "x"
        ),
        Result(cases[1].label, "Monte Carlo: total", 3, True, "log10 p", -400.3, -8.0, "all", "scale", "y"),
    )
    trips = tuple(RoundTrip(case.label, 0.8, 0.81, 0.01, 50) for case in cases[:2])
    runs = tuple(evidence(case, 200, rng) for case in cases)
    return Verdict("small", results, runs, trips, ("nothing else was checked",), 1e-6, 1.5)


@pytest.fixture(scope="session")
def prepared():
    return prepare(STUDY)


@pytest.fixture(scope="session")
def report(verdict, prepared, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "small.pdf"
    write_report(STUDY, verdict, path, prepared=prepared)
    return path


@pytest.fixture(scope="session")
def reader(report):
    return PdfReader(report)


@pytest.fixture(scope="session")
def text(reader):
    return squeezed("".join(page.extract_text() for page in reader.pages))
