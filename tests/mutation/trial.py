"""One trial: a fork of a process that has proved everything, with one module mutated.

Order: import; for each catalogued module that the error reaches, nearest first, its proofs, then its
generated code and its printed formulas; then the module's own tests. The first that objects kills.

- "proof": a step no longer reduces to zero, or the derivation cannot be built (a crash is an objection);
- "mathematics": a kernel's fingerprint, name or arguments, or a table's rows, are not the committed ones;
- "printed": the formula in the catalogue is no longer the committed one;
- "test": an example in the module's docstrings or a test of `TESTS` fails;
- "error": pytest itself did not get so far, which says nothing of the mutant;
- "timeout": no answer in time, which is listed apart; "survived": nobody objects.
"""

import doctest
import faulthandler
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

from tests.mutation import graph
from tests.mutation.operators import Mutant, mutated

PROOF_SECONDS, TEST_SECONDS = 60, 150
MEMORY = 3 << 30
DERIVATIONS = "tests/derivations"
PLANTED = "not planted and not wrong and not proof_reduces"  # a fork has run the proofs; these plant errors
TESTS = {
    "derivations.derivation": ("test_derivation.py",),
    "derivations.closed_forms": ("test_closed_form.py", "test_expansion.py"),
    "derivations.faulhaber": ("test_closed_form.py",),
    "derivations.healpix_forms": ("test_closed_form.py",),
    "derivations.healpix_tables": ("test_closed_form.py",),
    "derivations.expansion": ("test_expansion.py",),
    "derivations.expansion_trust": ("test_expansion.py",),
    "derivations.gaunt": ("test_gaunt.py",),
    "derivations.wigner": ("test_gaunt.py",),
    "derivations.mode_coupling": ("test_gaunt.py",),
    "derivations.exact": ("test_exact.py", "test_closed_form.py"),
    "derivations.grids": ("test_exact.py",),
    "derivations.grids.enclosed": ("test_standalone.py",),
}
QUIET = (
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)  # imported before pytest ran
SHARED = (
    "pytest",
    "numpy",
    "scipy.special",
    "hypothesis",
    "healpy",
    "sphspec",
    "sphspec.specs",
)  # imported once
SLOW = "formatted_typed or ring_weights_of_healpy or bad_requests"


@dataclass(frozen=True)
class Outcome:
    """What happened to a mutant: by whom it was killed, with what words, in how many seconds."""

    module: str
    mutant: Mutant
    outcome: str
    detail: str
    seconds: float

    def to_json(self) -> str:
        """Return one line."""
        return json.dumps(asdict(self))


class Planted(MetaPathFinder, Loader):
    """Imports the mutated module in place of the one on disk."""

    def __init__(self, name: str, code: object) -> None:
        self.name, self.code = name, code

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Find the mutated module alone."""
        return ModuleSpec(name, self, origin=str(graph.path_of(name))) if name == self.name else None

    def exec_module(self, module: object) -> None:
        """Run the mutated text."""
        exec(self.code, vars(module))  # a text of this repository, changed by operators.py


class Judge:
    """Judges mutants in forks; the fork finds proofs and imports of other modules in the cache."""

    def __init__(self, tests: bool = True) -> None:
        self.tests = tests
        for name in SHARED if tests else ():
            importlib.import_module(name)
        self.committed = {}
        for source in _catalogue().SOURCES:
            for entry in source.derivations():
                _module("derivations.derivation").prove(entry)
                self.committed[entry.name] = _signature(entry)
        _check_committed(self.committed)

    def control(self, module: str) -> None:
        """Refuse a module whose tests object to the text as it is: they would kill everything."""
        if self.tests:
            outcome, detail = _in_fork(lambda: _failing_test(module, None), "test", TEST_SECONDS)
            if outcome != "survived":
                raise ValueError(f"tests of {module} must pass before they judge, got {outcome}: {detail}")

    def judge(self, module: str, mutant: Mutant) -> Outcome:
        """Return what kills one mutant."""
        begun = time.monotonic()
        outcome, detail = _in_fork(lambda: self._objection(module, mutant), "proof", PROOF_SECONDS)
        if outcome == "survived" and self.tests:
            outcome, detail = _in_fork(lambda: _failing_test(module, mutant), "test", TEST_SECONDS)
        return Outcome(module, mutant, outcome, detail, round(time.monotonic() - begun, 2))

    def _objection(self, module: str, mutant: Mutant) -> tuple[str, str]:
        try:
            plant(module, mutant)
            sources = {source.__name__: source for source in _catalogue().SOURCES}
        except Exception as failure:
            return "proof", f"import: {failure!r}"
        for name in graph.dependents(module):
            if name not in sources:
                continue
            try:
                entries = sources[name].derivations()
                for entry in entries:
                    _module("derivations.derivation").prove(entry)
            except Exception as failure:
                return "proof", f"{name}: {type(failure).__name__}: {failure}"
            for entry in entries:
                changed = self._changed(entry)
                if changed:
                    return changed, entry.name
        return "survived", ""

    def _changed(self, entry: object) -> str:
        try:
            now, then = _signature(entry), self.committed[entry.name]
        except Exception as failure:
            return f"mathematics ({failure!r})"
        if now[0] != then[0]:
            return "mathematics"
        return "printed" if now[1] != then[1] and _printed(now[1]) != _printed(then[1]) else ""


def plant(module: str, mutant: Mutant) -> None:
    """Put the mutated module in place of the one that was imported; all that use it import it anew."""
    path = graph.path_of(module)
    code = compile(mutated(path.read_text(), mutant.number), str(path), "exec")
    for name in graph.dependents(module):
        sys.modules.pop(name, None)
        package, _, short = name.rpartition(".")
        if package in sys.modules:  # else `from package import module` finds the old one
            vars(sys.modules[package]).pop(short, None)
    sys.meta_path.insert(0, Planted(module, code))


def _failing_test(module: str, mutant: Mutant | None) -> tuple[str, str]:
    import pytest

    class First:
        """Remembers the first failure."""

        name = ""

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed and not self.name:
                self.name = report.nodeid

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            if report.failed and not self.name:
                self.name = report.nodeid

    if mutant is not None:
        plant(module, mutant)
    if doctest.testmod(importlib.import_module(module)).failed:
        return "test", "the example in a docstring"
    files = tests_of(module)
    first = First()
    chosen = f"({PLANTED}) and not ({SLOW})"
    code = pytest.main(
        ["-x", "-q", "-n", "0", *QUIET, "--import-mode=importlib", "-k", chosen, *files],
        plugins=[first],
    )
    if first.name:
        return "test", first.name
    return ("survived", "") if code == 0 else ("error", f"pytest ends with {code}")


def tests_of(module: str) -> tuple[str, ...]:
    """Return the test files of a module, or of its package."""
    while module:
        if module in TESTS:
            return tuple(f"{DERIVATIONS}/{name}" for name in TESTS[module])
        module = module.rpartition(".")[0]
    return (f"{DERIVATIONS}/test_catalogue.py",)


def _in_fork(work: Callable[[], tuple[str, str]], tier: str, seconds: int) -> tuple[str, str]:
    """Return what a forked process answers; silence past the limit is a timeout, death a crash."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(work, writer, seconds)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if text:
        outcome, detail = json.loads(text)
        return outcome, detail[:300]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return "timeout", f"more than {seconds} s"
    return tier, f"crash: status {status}"


def _answer(work: Callable[[], tuple[str, str]], writer: int, seconds: int) -> None:
    """Run in the fork; never returns."""
    faulthandler.disable()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    try:
        answer = work()
    except BaseException as failure:
        answer = ("error", repr(failure))
    os.write(writer, json.dumps(answer).encode())
    os._exit(0)


def _module(name: str) -> object:
    return importlib.import_module(name)


def _catalogue() -> object:
    return _module("derivations.catalogue")


def _signature(entry: object) -> tuple[str, object]:
    """Return what `--check` compares of a derivation: (kernels and tables, printed expressions)."""
    fingerprint = _module("derivations.codegen.fingerprint").fingerprint
    kernels = [
        [
            kernel.module,
            kernel.name,
            [argument[0].name for argument in kernel.arguments],
            fingerprint(kernel.value),
        ]
        for kernel in entry.kernels
    ]
    tables = [[table.module, table.name, table.rows, fingerprint(table.value)] for table in entry.tables]
    printed = (entry.expression, tuple((example.name, example.expression) for example in entry.examples))
    return repr([kernels, tables]), printed


def _printed(expressions: tuple[object, tuple[tuple[str, object], ...]]) -> list[str]:
    typst = _module("derivations.codegen.typst").typst
    return [typst(expressions[0]), *(typst(example) for _, example in expressions[1])]


def _check_committed(signatures: dict[str, tuple[str, object]]) -> None:
    """Refuse to start where the generated code is stale: every mutant would be killed by it."""
    path = _module("derivations.pipeline").TARGET / "catalogue.json"
    for entry in json.loads(path.read_text()):
        if not all(kernel["fingerprint"] in signatures[entry["name"]][0] for kernel in entry["kernels"]):
            raise ValueError(f"generated code of {entry['name']} is stale; run python -m derivations --write")
