"""The mutation runner plants errors in formulas and not in text, and they are killed by whom they should."""

import pytest

from tests.mutation import graph
from tests.mutation.__main__ import sample
from tests.mutation.operators import mutants, mutated

SOURCE = '''
"""Text with 1 + 1 in it."""
from sympy import sin, sqrt

def law(l: int, l2: int) -> int:
    """Return 2."""
    if l < 3:
        raise ValueError(f"l must be below {l + 1}")
    return sqrt(sin(l) - l2 / 2)
'''


def test_text_messages_and_annotations_are_left_alone():
    assert {mutant.line for mutant in mutants(SOURCE)} == {7, 9}


def test_every_kind_of_error_is_planted():
    changes = {(mutant.before, mutant.after) for mutant in mutants(SOURCE)}
    assert {
        ("l < 3", "l <= 3"), ("3", "4"), ("3", "2"), ("sin(l) - l2 / 2", "sin(l) + l2 / 2"),
        ("sin(l)", "cos(l)"), ("l2 / 2", "l2 * 2"), ("l", "l2"), ("sqrt(sin(l) - l2 / 2)", "sin(l) - l2 / 2"),
    } - changes == {("sin(l)", "cos(l)")}  # fmt: skip  # the module has no cos


def test_a_number_beyond_the_last_is_refused():
    with pytest.raises(ValueError, match="below the count"):
        mutated(SOURCE, 10**6)


def test_samples_repeat_and_take_the_modules_in_turn():
    modules = ("derivations.sde", "derivations.score", "derivations.wigner")
    first = sample(modules, 30, 7)
    assert first == sample(modules, 30, 7)
    assert first != sample(modules, 30, 8)
    assert [module for module, _ in first[:6]] == [*modules, *modules]
    assert set(sample(modules, 6, 7)) <= set(first)


def test_an_error_reaches_all_that_import_it():
    reached = graph.dependents("derivations.faulhaber")
    assert reached[0] == "derivations.faulhaber"
    assert {"derivations.closed_forms", "derivations.healpix_forms", "derivations.catalogue"} <= set(reached)
    assert "derivations.sde" not in reached


@pytest.mark.nightly
def test_planted_errors_meet_the_proof_the_generated_code_and_the_tests():
    from tests.mutation.trial import Judge

    judge = Judge()
    judge.control("derivations.exact.components")
    found = {
        judge.judge(module, _mutant(module, before, after)).outcome
        for module, before, after in (
            ("derivations.analysis", "k + 1", "k - 1"),
            ("derivations.exact.components", "l * l + l", "l * l - l"),
        )
    }
    assert found == {"proof", "test"}


def _mutant(module, before, after):
    return next(
        mutant
        for mutant in mutants(graph.path_of(module).read_text())
        if (mutant.before, mutant.after) == (before, after)
    )
