"""The report: what its PDF says is what was computed, its bytes do not change, and failures leave nothing."""

import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from pypdf import PdfReader
from small_report import STUDY, squeezed

from sphspec.covariance import noise_covariance
from sphspec.plot.couplings import couplings
from sphspec.report import checks, data, limit, prose, words, write_report
from sphspec.report.cases import grouped, measure
from sphspec.report.figures import covariance_maps, heatmaps, mask_figure
from sphspec.report.masks import masked_example
from sphspec.report.provenance import study_toml
from sphspec.report.round_trip import predicted_trips, simulated_trips
from sphspec.report.typesetting import EPOCH
from sphspec.study import Study
from sphspec.suite.mutants import mutants_result
from sphspec.verify.fixture import TIERS
from sphspec.verify.mutants import MUTANTS
from sphspec.verify.outcome import Outcome


def test_pdf_has_pages_a_title_and_a_language(reader):
    assert 6 <= len(reader.pages) <= 30
    assert reader.metadata.title == "A small study"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(reader.outline) >= 8


def test_text_says_passed_and_holds_no_leftovers(reader, text):
    assert "VerificationPASSED:2checks" in text
    assert "FAILED" not in text
    assert "??" not in text
    words_ = "\n".join(page.extract_text() for page in reader.pages)
    assert re.findall(r"\b(?:None|NaN|nan|inf|undefined|null)\b", words_) == []


def test_first_sentence_is_the_sum_rule(text):
    start = text.index("Thesumrule:")
    flat = [item.flatness for item in measure(STUDY, str) if item.flatness is not None]
    deviation = squeezed(words.number(max(flat), 2))
    assert deviation in text[start : start + 400]


def test_every_cell_of_the_summary_is_in_the_text(text):
    for row in data.summary(measure(STUDY, str)):
        assert squeezed("".join(row)) in text or all(squeezed(cell) in text for cell in row)


def test_every_kind_of_number_of_the_summary_is_formatted_from_the_covariance():
    (first, *_), (row, *_) = measure(STUDY, str), data.summary(measure(STUDY, str))
    cov = noise_covariance(first.case.operator, first.case.variance)
    values = np.linalg.eigvalsh(cov.dense())
    assert row[5] == words.number(values[-1] / values[0])
    correlation = cov.dense() / np.sqrt(np.outer(cov.diagonal(), cov.diagonal()))
    assert row[6] == words.number(np.abs(correlation - np.diag(np.diagonal(correlation))).max())


def test_distances_from_the_limit_law_and_designs_are_in_the_text(text):
    measured = measure(STUDY, str)
    tables = limit.limit_data(limit.spectra_of(measured))
    rows = [*tables["families"], *tables["cases"], *limit.design_data(limit.designs_of(measured))]
    assert len(rows) == len(limit.FAMILIES) + 2 + 2
    for row in rows:
        assert all(squeezed(cell) in text for cell in row)


def test_design_and_spectrum_rows_are_those_of_the_covariance():
    (item,) = (m for m in measure(STUDY, str) if "Gauss" in m.grid)
    (design,) = limit.designs_of((item,))
    sigma = noise_covariance(item.case.operator, design.design.variance).dense()
    assert design.design.exact
    assert np.abs(sigma / sigma[0, 0] - np.eye(25)).max() < 1e-13
    (spectrum,) = limit.spectra_of((item,))
    values = np.linalg.eigvalsh(noise_covariance(item.case.operator).dense()) * 45 / (4 * np.pi)
    np.testing.assert_allclose(spectrum.eigenvalues, values, rtol=1e-12)
    assert limit.limit_data((spectrum,))["cases"][0][3] == words.number(spectrum.distance)


def test_every_formula_is_titled_in_the_text(text):
    for entry in data.formulas(STUDY)["formulas"]:
        assert squeezed(entry["title"]) in text


def test_same_verdict_gives_the_same_bytes(report, verdict, tmp_path):
    write_report(STUDY, verdict, tmp_path / "again.pdf")  # prepared again
    assert (tmp_path / "again.pdf").read_bytes() == report.read_bytes()


def test_date_follows_source_date_epoch(verdict, prepared, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH + 86400))
    write_report(STUDY, replace(verdict, evidence=()), tmp_path / "later.pdf", prepared=prepared)
    assert PdfReader(tmp_path / "later.pdf").metadata.creation_date.timestamp() == EPOCH + 86400
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ValueError, match="SOURCE_DATE_EPOCH must be seconds"):
        write_report(STUDY, verdict, tmp_path / "never.pdf")


def test_failed_verdict_prints_failed_and_where(verdict, prepared, tmp_path):
    failed = replace(verdict.results[0], ok=False, where="entry (3, 4)")
    broken = replace(verdict, results=(failed, *verdict.results[1:]), evidence=(), round_trip=())
    write_report(STUDY, broken, tmp_path / "failed.pdf", prepared=prepared)
    text = squeezed("".join(page.extract_text() for page in PdfReader(tmp_path / "failed.pdf").pages))
    assert "VerificationFAILED:2checks,1failed" in text
    assert "Failedchecks." in text
    assert "entry(3,4)" in text
    assert "PASSED" not in text


def test_unwritable_folder_is_refused_before_any_work(verdict, tmp_path):
    (tmp_path / "file").write_text("in the way")
    told = []
    with pytest.raises(ValueError, match="cannot write"):
        write_report(STUDY, verdict, tmp_path / "file" / "out.pdf", told.append)
    assert told == []
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_failure_in_typesetting_leaves_the_old_file(verdict, tmp_path, monkeypatch):
    target = tmp_path / "old.pdf"
    target.write_text("old")
    monkeypatch.setattr(data, "formulas", lambda _: {"formulas": [{"typst": "frac(1"}], "others": "0"})
    with pytest.raises(RuntimeError, match="typesetting the report failed"):
        write_report(STUDY, replace(verdict, evidence=()), target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old.pdf"]


def test_round_trip_after_least_squares_returns_the_share_of_the_directions(verdict):
    for trip in simulated_trips(predicted_trips(measure(STUDY, str)), verdict):
        grid = trip.measured.cov.operator.grid
        assert trip.predicted.projected == pytest.approx(np.sqrt(trip.measured.cov.n / grid.npix), rel=1e-12)
        assert trip.curve[-1] == trip.predicted


def test_pairs_of_degrees_hold_the_extremes_of_the_entries():
    cov = measure(STUDY, str)[0].cov
    entries, pairs = (couplings(cov, entries=flag) for flag in (True, False))
    for l in range(cov.lmax + 1):
        for l2 in range(cov.lmax + 1):
            part = entries.signed[l * l : (l + 1) ** 2, l2 * l2 : (l2 + 1) ** 2]
            extreme = part.ravel()[np.abs(part).argmax()]
            assert abs(pairs.signed[l, l2]) == pytest.approx(abs(extreme), abs=1e-15)


def test_large_maps_are_drawn_by_pairs_of_degrees(monkeypatch):
    monkeypatch.setattr(heatmaps, "ENTRIES", {1: 10, 2: 10, 3: 10})
    (drawing,) = covariance_maps(grouped(measure(STUDY, str))[0])
    assert "size of that extreme" in drawing.caption


def outcome(number, must, killed, margins):
    return Outcome(number, f"error {number}", "what", "grid", must, 0.1, margins, killed, -3.0)


def test_planted_errors_are_told_with_what_found_them(verdict):
    registered = data.planted(verdict)
    assert registered["count"] is None
    assert [row[0] for row in registered["rows"]] == [mutant.name for mutant in MUTANTS]
    algebra, probe, _, draws = TIERS
    outcomes = (
        outcome(0, (), (), {algebra: 0.5}),
        outcome(1, (algebra,), (algebra, draws), {algebra: 1.5e12, probe: 0.3, draws: 31.0}),
        outcome(2, (probe,), (), {probe: 0.9}),
    )
    found = data.planted(replace(verdict, mutants=outcomes))
    assert (found["count"], found["found"], found["truth"], found["truths"]) == ("2", "1", "1", "1")
    absent = data.ABSENT
    assert found["rows"] == [
        ["error 1", "what", "1.5 × 10¹²", absent, absent, "31"],
        ["error 2", "what", absent, absent, absent, absent],
    ]
    result = mutants_result(outcomes)
    assert not result.ok
    assert result.where == "error 2"
    assert mutants_result(outcomes[:2]).ok
    assert not mutants_result([replace(outcomes[0], killed=(algebra,))]).ok


@pytest.mark.parametrize("study", [Study(), STUDY], ids=lambda study: study.name)
def test_printed_study_reads_back(study):
    assert Study(**tomllib.loads(study_toml(study))) == study


@pytest.mark.parametrize(
    ("plain", "set_in_type"),
    [
        ("Sigma^-1 v", "Σ[−1] v"),
        ("E[v_t v_t^T]", "E[v(t) v(t)[T]]"),
        ("lambda_l'm' at l'", "λ(l′m′) at l′"),
        ("Rodrigues' formula, cos-cos", "Rodrigues' formula, cos-cos"),
        ("l^2-m^2 <= 6e-14", "l[2]−m[2] ≤ 6 × 10⁻¹⁴"),
        ("healpy.map2alm(iter=3)", "healpy.map2alm(iter=3)"),
    ],
)
def test_prose_is_set_with_indices_and_powers(plain, set_in_type):
    marks = {"text": "{}", "sub": "({})", "super": "[{}]"}
    assert "".join(marks[kind].format(piece) for kind, piece in prose.pieces(plain)) == set_in_type


def test_masked_example_is_the_same_matrix_twice():
    example = masked_example()
    assert 0 < example.kept < 1
    assert example.gaunt_error <= 1e-13
    assert example.coupling_error <= 1e-13
    blocks = example.cov.dense()
    assert example.squares[2, 3] == pytest.approx((blocks[4:9, 9:16] ** 2).sum() / 5, rel=1e-13)
    assert ((example.leaked > 0) & (example.leaked < 1)).all()


def test_a_wrong_coupling_matrix_shows_in_the_caption():
    example = masked_example()
    wrong = replace(example, coupling=2 * example.coupling)
    assert words.number(wrong.coupling_error, 2) in mask_figure(wrong).caption
    assert wrong.coupling_error > 0.1


def test_section_on_masks_names_its_numbers(text):
    example = masked_example()
    assert "MasksandtheGauntform" in text
    for share in (example.kept, example.leaked.max()):
        assert squeezed(words.percent(float(share))) in text


@pytest.mark.parametrize(
    ("check", "general"),
    [
        ("3j symbols obey their recurrence", "3j symbols obey their recurrence"),
        ("closed forms to lmax 8 at nside 3", "closed forms to lmax … at nside …"),
        ("variance inflated by 1.43% must be rejected", "variance inflated by …% must be rejected"),
    ],
)
def test_checks_that_differ_in_numbers_share_a_name(check, general):
    assert checks._without_numbers(check) == general
