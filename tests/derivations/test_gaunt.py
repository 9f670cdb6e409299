"""Planted errors break the proofs of the Gaunt form, the 3j recurrence and the mode-coupling matrix."""

import pytest
from entries import entry_of
from sympy import Eq, I, Integer, Sum, conjugate, sqrt

from derivations import chart, gaunt, mode_coupling, wigner
from derivations.catalogue import catalogue
from derivations.codegen.typst import typst
from derivations.derivation import ProofError, prove
from derivations.symbols import l, l2, l3, m, m2
from derivations.wigner import ThreeJ

reduced, ladder, diagonal, ratio = (
    wigner._reduced_squared,
    wigner.ladder_squared,
    wigner.diagonal,
    wigner.zero_ratio(),
)
WITHOUT_SIGN = gaunt.coefficient(-m, m2, Integer(1))
WITHOUT_CONJUGATE = gaunt.coefficient(m, m2, (-1) ** m)


def over(term):
    return Sum(term, (l3, abs(l - l2), l + l2))


@pytest.mark.parametrize(
    ("module", "attribute", "wrong", "name"),
    [
        (wigner, "_reduced_squared", lambda degree: 2 * reduced(degree), "three-j-elements"),
        (wigner, "ladder_squared", lambda degree: 2 * ladder(degree), "three-j-elements"),
        (wigner, "ladder_squared", lambda degree: 2 * ladder(degree), "three-j-recurrence"),
        (wigner, "diagonal", lambda degree: -diagonal(degree), "three-j-elements"),
        (wigner, "diagonal", lambda degree: -diagonal(degree), "three-j-recurrence"),
        (wigner, "RESIDUAL", wigner.RESIDUAL + wigner.here, "three-j-recurrence"),
        (wigner, "zero_ratio", lambda: ratio.subs(l3, l3 + 1), "three-j-recurrence"),
        (gaunt, "GAUNT", WITHOUT_SIGN, "harmonic-product"),
        (gaunt, "GAUNT", WITHOUT_SIGN, "gaunt-form"),
        (
            gaunt,
            "PRODUCT",
            Eq(gaunt.PRODUCT.lhs, over(gaunt.GAUNT * gaunt.Y(l3, m - m2))),
            "harmonic-product",
        ),
        (
            gaunt,
            "GAUNT_FORM",
            Eq(gaunt.GAUNT_FORM.lhs, over(gaunt.GAUNT * gaunt.u(l3, m2 - m))),
            "gaunt-form",
        ),
        (
            gaunt,
            "GAUNT_FORM",
            Eq(gaunt.GAUNT_FORM.lhs, over(WITHOUT_CONJUGATE * gaunt.u(l3, m - m2))),
            "gaunt-form",
        ),
        (
            gaunt,
            "GAUNT_FORM",
            Eq(gaunt.GAUNT_FORM.lhs, over(gaunt.GAUNT * conjugate(gaunt.u(l3, m - m2)))),
            "gaunt-form",
        ),
        (
            gaunt,
            "GAUNT_FORM",  # the range cut at the upper end
            Eq(gaunt.C(l, m, l2, m2), Sum(gaunt.GAUNT_FORM.rhs.function, (l3, abs(l - l2), l + l2 - 1))),
            "gaunt-form",
        ),
        (
            gaunt,
            "RELATION",
            Eq(gaunt.RELATION.lhs, over(gaunt.coefficient(m, m2, (-1) ** m) * gaunt.u(l3, m + m2))),
            "gaunt-relation",
        ),
        (gaunt, "parity", lambda order: Integer(1), "gaunt-form"),
        (gaunt, "parity", lambda order: Integer(1), "gaunt-relation"),
        (chart, "parity", lambda order: Integer(1), "reality-constraint"),
        (mode_coupling, "FIELD_POWER", mode_coupling.total, "mode-coupling"),
        (mode_coupling, "OVERLAP", mode_coupling.OVERLAP / (2 * l3 + 1), "mode-coupling"),
        (
            mode_coupling,
            "COUPLING",  # l and l' exchanged in the normalisation
            Eq(mode_coupling.COUPLING.lhs, mode_coupling.COUPLING.rhs * (2 * l + 1) / (2 * l2 + 1)),
            "mode-coupling",
        ),
        (
            mode_coupling,
            "PSEUDO",  # the transposed matrix
            Eq(
                mode_coupling.PSEUDO.lhs,
                Sum(mode_coupling.MATRIX[l2, l] * mode_coupling.spectrum(l2), (l2, 0, mode_coupling.lmax)),
            ),
            "pseudo-spectrum",
        ),
    ],
)
def test_planted_error_breaks_the_proof(monkeypatch, module, attribute, wrong, name):
    monkeypatch.setattr(module, attribute, wrong)
    with pytest.raises(ProofError):
        prove(entry_of(name))


def test_three_j_symbol_is_exact_for_numbers_and_stays_a_symbol_otherwise():
    assert ThreeJ(1, 0, 1, 0, 2, 0).doit() == sqrt(30) / 15
    assert ThreeJ(1, 0, 1, 0, 3, 0).doit() == 0
    assert ThreeJ(1, 1, 1, 1, 2, -1).doit() == 0
    assert ThreeJ(l, 0, 1, 0, 2, 0).doit() == ThreeJ(l, 0, 1, 0, 2, 0)


def test_three_j_symbol_is_printed_as_two_rows():
    symbol = ThreeJ(l, -m, l2, m2, l3, m - m2)
    assert typst(symbol) == "mat(ell, ell', L; -m, m', m - m')"
    assert typst(symbol**2 * I) == "upright(i) mat(ell, ell', L; -m, m', m - m')^2"


def test_the_statements_are_what_is_printed():
    assert gaunt.PRODUCT.rhs.function.has(ThreeJ)
    names = {entry.name: entry.expression for entry in catalogue()}
    assert names["gaunt-form"] == gaunt.GAUNT_FORM
    assert names["mode-coupling"] == mode_coupling.COUPLING
