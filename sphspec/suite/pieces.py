"""The pieces of a study's verification: this process does them from the front, a helper from the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sphspec.helper import Helper, Offer
from sphspec.operator import Operator
from sphspec.simulate import DirectWitness
from sphspec.study import MARGINAL_TIMES, Study
from sphspec.suite.engine import Blockwise, Engine, Inline
from sphspec.suite.montecarlo import Run
from sphspec.suite.parts import DYNAMICS, ENTRIES, exact_part, judged, large_part, laws_of
from sphspec.suite.prepared import Prepared, prepare
from sphspec.suite.probes import DENSE
from sphspec.suite.progress import Progress
from sphspec.suite.store import Store
from sphspec.suite.threads import one_thread
from sphspec.suite.witnesses import direct_witness
from sphspec.verify.result import Evidence, Result, RoundTrip

MANY = DENSE  # coefficients above which a case is many pieces: below, its laws share their directions
BROWNIAN, LEADING = 1, len(MARGINAL_TIMES) + 2  # laws of a case, and of the first case of a grid
REHEARSED = 1  # the first law of one time: a second stage of it takes the least


@dataclass(frozen=True)
class Piece:
    """Part of the work on a case.

    Attributes
    ----------
    case : its number in the study
    exact : halves of what is exact
    laws : places of those that are simulated
    rehearse : the positive control of the law at REHEARSED is drawn again whatever it says
    """

    case: int
    exact: tuple[int, ...] = ()
    laws: tuple[int, ...] = ()
    rehearse: bool = False


@dataclass(frozen=True, eq=False)
class Part:
    """What one piece gives: `keys` of the blocks on disk, `steps` of its progress."""

    results: list[Result]
    evidence: list[Evidence]
    trips: list[RoundTrip]
    notes: list[str]
    keys: frozenset[str] = frozenset()
    steps: int = 0


class Brute:
    """The brute-force twin of the last case: halves of what is exact share its matrices."""

    def __init__(self) -> None:
        self._last: tuple[Operator, DirectWitness] | None = None

    def of(self, operator: Operator) -> DirectWitness:
        """Return the twin of an operator."""
        if self._last is None or self._last[0] is not operator:
            self._last = operator, direct_witness(operator)
        return self._last[1]


@dataclass(frozen=True, eq=False)
class Work:
    """A study with its cases made ready, and how it is simulated."""

    study: Study
    run: Run
    prepared: Sequence[Prepared]
    brute: Brute = field(default_factory=Brute)

    def pieces(self) -> list[Piece]:
        """Return the pieces in the order of the verdict; the first that is not large rehearses."""
        found, rehearse = list[Piece](), True
        for number, item in enumerate(self.prepared):
            if item.large:
                found.append(Piece(number))
                continue
            laws = tuple(range(LEADING if item.leading else BROWNIAN))
            apart = item.cov.n > MANY
            found += [Piece(number, exact=half) for half in _grouped((ENTRIES, DYNAMICS), apart=apart)]
            for group in _grouped(laws, apart=apart):
                found.append(Piece(number, laws=group, rehearse=rehearse and REHEARSED in group))
            rehearse = False
        return found

    def part(self, piece: Piece, engine: Engine, progress: Progress) -> Part:
        """Do a piece."""
        item = self.prepared[piece.case]
        if item.large:
            return self._large(item, engine, progress)
        process, evidence = self.study.process.make(), list[Evidence]()
        if piece.exact:
            results, trip = exact_part(
                self.study, item, process, progress, piece.exact, self.brute.of(item.cov.operator)
            )
            return Part(results, evidence, [trip] if trip else [], [])
        laws = islice(laws_of(self.study, item, process, self.run), piece.laws[0], piece.laws[-1] + 1)
        again = REHEARSED - piece.laws[0] if piece.rehearse else None
        results = judged(item.case.label, laws, self.run, engine, progress, evidence, rehearse=again)
        return Part(results, evidence, [], [])

    def _large(self, item: Prepared, engine: Engine, progress: Progress) -> Part:
        note = (
            f"{item.case.label}: too large for brute force ({item.cov.n} coefficients, "
            f"{item.cov.operator.grid.npix} points); only its sum rule, its adjoint and its variances "
            f"were checked, not its couplings"
        )
        return Part(large_part(self.study, item, self.run, engine, progress), [], [], [note])


def _grouped(places: tuple[int, ...], *, apart: bool) -> list[tuple[int, ...]]:
    return [(place,) for place in places] if apart else [places]


class Shared:
    """Pieces that a helper may take from the end."""

    def __init__(self, work: Work, engine: Engine, progress: Progress, helper: Helper | None) -> None:
        self.work, self.engine, self.progress = work, engine, progress
        self._pieces = work.pieces()
        self._offers: dict[Piece, Offer] = {}
        if helper is not None and isinstance(engine, Blockwise):
            for piece in reversed(self._pieces[1:]):  # the first is begun here at once
                self._offers[piece] = helper.offer(_beside, work.study, work.run, piece, engine.store)
        self._done: dict[Piece, Part] = {}

    def advance(self) -> None:
        """Do here all that the helper has not begun."""
        for piece in self._pieces:
            offer = self._offers.get(piece)
            if offer is None or not offer.taken():
                self._done[piece] = self.work.part(piece, self.engine, self.progress)

    def parts(self) -> list[Part]:
        """Return all parts in order, the helper's when they are there."""
        for piece, offer in reversed(self._offers.items()):
            if piece not in self._done:
                message = f"{self.work.prepared[piece.case].case.label}: done beside"
                self.progress(message)
                part = self._done[piece] = offer.result()
                self.progress(message, advance=part.steps)
                if isinstance(self.engine, Blockwise):
                    self.engine.adopt(part.keys)
        return [self._done[piece] for piece in self._pieces]


def _beside(study: Study, run: Run, piece: Piece, store: Store | None) -> Part:
    """Return what a piece gives, done by the helper."""
    steps = 0

    def count(message: str, advance: int = 0, total: int | None = None) -> None:
        nonlocal steps
        del message, total
        steps += advance

    engine = Inline(store)
    with one_thread():
        part = Work(study, run, prepare(study)).part(piece, engine, count)
    return replace(part, keys=engine.keys, steps=steps)
