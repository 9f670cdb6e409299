"""Several studies in one report; what a report says beside the code of today; a helper changes no bit."""

import json

import numpy as np
import pytest
from pdf_pages import document_of
from small_report import STUDY, squeezed

from derivations.exact.listing import listing
from derivations.grids.spec import parse_grid
from sphspec.cli import main
from sphspec.covariance import noise_covariance
from sphspec.helper import helping
from sphspec.report import current, exact_table, operators, theorems, words
from sphspec.report.cases import largest_plain, measure
from sphspec.report.compare import compared
from sphspec.report.provenance import study_toml
from sphspec.study import Budget, Setting, Study
from sphspec.suite import run_suite

OTHER = STUDY.model_copy(
    update={"name": "other", "title": "Another", "settings": (Setting(grid="fibonacci:npix=60", lmax=3),)}
)


def test_compared_studies_have_all_settings_once():
    both = compared([STUDY, OTHER, STUDY])
    assert both.name == "small-other"
    assert both.title == "A small study / Another"
    assert both.settings == (*STUDY.settings, *OTHER.settings)
    assert compared([STUDY]) is STUDY


def test_studies_of_another_budget_are_not_compared():
    longer = OTHER.model_copy(update={"budget": Budget(samples=300)})
    with pytest.raises(ValueError, match=r"need the same budget: small has .*200.*, other has .*300"):
        compared([STUDY, longer])
    with pytest.raises(ValueError, match="at least one study"):
        compared([])


def test_grids_are_compared_where_there_are_several(prepared):
    names = [item.setting for item in largest_plain(prepared.measured)]
    assert names == ["HEALPix nside 2, lmax 5", "Gauss-Legendre nlat 5, nlon 9, lmax 4"]
    assert len(prepared.drawn["compared"]) == 2
    assert all(name.split(",")[0] in prepared.drawn["compared"][0].alt for name in names)


def test_operators_side_by_side_are_those_of_the_covariances(prepared):
    rows = prepared.document["operators"]
    assert [row[1] for row in rows] == [
        "Quadrature (iter = 0)", "Jacobi (iter = 1)", "Jacobi (iter = 3)", "Least squares",
    ]  # fmt: skip
    item = prepared.measured[0]
    assert rows[0][2] == words.number(noise_covariance(item.cov.operator).isotropy().condition)
    harmonics = item.cov.operator.synthesis(np.eye(item.cov.n))
    back = item.cov.operator(harmonics)
    assert rows[0][5] == words.number(float(np.abs(np.linalg.eigvalsh((back + back.T) / 2) - 1).max()), 2)
    weighted = operators.side_by_side(
        measure(Study(settings=(Setting(grid="healpix:nside=2", lmax=4),)), str)
    )
    assert weighted[1][1] == "Quadrature with ring weights"


def test_exact_entries_are_those_of_the_covariance(prepared):
    for table, item in zip(prepared.document["exact"], largest_plain(prepared.measured), strict=True):
        sigma, lmax = item.cov.dense(), int(table["lmax"])
        assert lmax == exact_table.LMAX
        assert table["grid"] == item.grid
        for row in listing(parse_grid(item.cov.operator.grid.name), lmax):
            if row["m"] == row["m2"] == 0:
                i, j = row["l"] * (row["l"] + 1), row["l2"] * (row["l2"] + 1)
                assert sigma[i, j] == pytest.approx(row["value"], rel=1e-12)
        assert len(table["rows"]) == len(listing(parse_grid(item.cov.operator.grid.name), lmax))
    assert listing(parse_grid("fibonacci:npix=20"), 2) is None


def test_a_study_prints_the_theorems_that_it_rests_on():
    catalogue = [
        {"name": name} for name in (*theorems.ALWAYS, *theorems.GRIDS["healpix"], "gauss-legendre-rings")
    ]
    names = {entry["name"] for entry in theorems.needed(OTHER, catalogue)}
    assert names == set(theorems.ALWAYS)
    assert "healpix-rings" in {entry["name"] for entry in theorems.needed(STUDY, catalogue)}
    ours = {entry["name"] for entry in json.loads(json.dumps(theorems_of_all()))}
    for group in (theorems.ALWAYS, theorems.PROCESS, *theorems.GRIDS.values()):
        assert set(group) <= ours
    assert {*theorems.RULES.values(), *theorems.OPERATORS.values(), *theorems.KERNELS.values()} <= ours


def theorems_of_all():
    from sphspec.formulas import catalogue

    return catalogue()


def test_a_report_of_today_is_current_and_an_older_one_is_not(report, monkeypatch, tmp_path):
    assert current.differences(STUDY, report) == []
    changed = STUDY.model_copy(update={"title": "Another title"})
    assert current.differences(changed, report) == [
        "the study was changed: 'title = \"A small study\"' is now 'title = \"Another title\"'"
    ]
    real = current.prepare
    monkeypatch.setattr(current, "prepare", lambda study: _altered(real(study)))
    (line,) = current.differences(STUDY, report)
    assert line.startswith("summary[0][5]: ")
    assert line.endswith(" is now '9.99'")
    (tmp_path / "none.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(ValueError, match=r"none\.pdf is no report of sphspec"):
        current.differences(STUDY, tmp_path / "none.pdf")


def _altered(prepared):
    prepared.document["summary"][0][5] = "9.99"
    return prepared


def command(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["sphspec", "report", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code


def test_check_tells_which_reports_are_current(report, monkeypatch, tmp_path, capsys):
    study = tmp_path / "small.toml"
    study.write_text(study_toml(STUDY), encoding="utf-8")
    assert command(monkeypatch, "--check", study) == 2
    assert "small.pdf does not exist; make it with sphspec report" in " ".join(
        capsys.readouterr().err.split()
    )
    study.with_suffix(".pdf").write_bytes(report.read_bytes())
    assert command(monkeypatch, "--check", study) == 0
    assert "current" in capsys.readouterr().out
    study.write_text(study_toml(STUDY).replace("A small", "A changed"), encoding="utf-8")
    assert command(monkeypatch, "--check", study, "--json") == 1
    assert next(iter(json.loads(capsys.readouterr().out).values()))[0].startswith("the study was changed")
    assert command(monkeypatch, "--check", study, "-o", tmp_path / "x.pdf") == 2
    monkeypatch.chdir(tmp_path)
    assert command(monkeypatch, "--check") == 2


def test_the_three_numbers_are_those_of_the_case_farthest_from_white(prepared, text):
    worst = max(prepared.measured, key=lambda item: item.isotropy.kl)
    numbers = prepared.document["numbers"]
    assert numbers["case"] == worst.title
    assert [value for value, _ in numbers["numbers"]] == [
        words.number(worst.isotropy.condition), words.number(worst.isotropy.coupling),
        f"{words.number(worst.isotropy.kl)} nats",
    ]  # fmt: skip
    assert all(squeezed(value) in text for value, _ in numbers["numbers"])


def test_a_helper_changes_no_bit_of_the_verdict():
    study = STUDY.model_copy(update={"budget": Budget(samples=100)})
    alone = run_suite(study, derivations=False)
    with helping() as helper:
        beside = run_suite(study, derivations=False, helper=helper)
    assert strip(alone) == strip(beside)


def strip(verdict):
    content = json.loads(verdict.to_json())
    content.pop("seconds", None)
    return content


def test_the_attached_data_is_the_document(reader, prepared):
    attached = document_of(reader)
    for key, value in json.loads(json.dumps(prepared.document)).items():
        assert attached[key] == value
