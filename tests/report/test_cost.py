"""The figure of cost: what a study measured, refused where it is incomplete."""

import tomllib

import pytest
from pydantic import ValidationError

from sphspec.bench.growth import as_toml
from sphspec.report.cost import cost_data, power
from sphspec.report.figures import cost_figure
from sphspec.report.provenance import study_toml
from sphspec.study import CostSetting, Study

COLUMNS = {
    "lmax": (64, 128, 256), "blocks": (0.001, 0.004, 0.032), "products": (0.003, 0.01, 0.16),
    "transforms": (0.0003, 0.002, 0.01),
}  # fmt: skip


def test_rows_and_powers_are_those_of_the_study():
    cost = CostSetting(machine="a machine, 2 cores", **COLUMNS)
    assert power(cost, "blocks") == pytest.approx(3.0)
    assert power(cost, "products") == pytest.approx(4.0)
    data = cost_data(cost)
    assert data["lmax"] == ["64", "128", "256"]
    assert [row[-1] for row in data["rows"]] == ["3.0", "4.0", "2.3"]
    assert all(len(row) == 5 for row in data["rows"])
    assert cost_data(None) is None


def test_figure_names_machine_and_powers():
    drawing = cost_figure(CostSetting(machine="a machine, 2 cores", **COLUMNS))
    assert "a machine, 2 cores" in drawing.caption
    assert "At lmax 256: every block, by recurrence 0.032 s" in drawing.alt


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lmax": (64, 64, 256)}, "lmax must increase"),
        ({"blocks": (0.1, 0.2)}, "blocks must be 3 seconds > 0"),
        ({"products": (0.1, 0.2, -1.0)}, "products must be 3 seconds > 0"),
        ({"transforms": (0.1, 0.2, float("inf"))}, "transforms must be 3 seconds > 0"),
    ],
)
def test_incomplete_measurements_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        CostSetting(machine="m", **{**COLUMNS, **changes})


def test_what_the_command_prints_is_what_a_study_reads(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(as_toml("m, 2 cores", {name: list(values) for name, values in COLUMNS.items()}))
    assert Study.load(path).cost == CostSetting(machine="m, 2 cores", **COLUMNS)


def test_a_printed_study_has_the_measurements():
    study = Study(cost=CostSetting(machine="m", **COLUMNS))
    assert Study(**tomllib.loads(study_toml(study))) == study
