"""A check that cannot even run is a failed check: what it raised becomes its result."""

from collections.abc import Iterable, Iterator

from sphspec.verify.result import Result

BROKEN = (ValueError, ArithmeticError)


def guarded(case: str, part: str, results: Iterable[Result]) -> Iterator[Result]:
    """Yield the results; where the code under test raises, yield a failed result and stop."""
    try:
        yield from results
    except BROKEN as error:
        yield broken(case, part, error)


def broken(case: str, part: str, error: Exception) -> Result:
    """Return the failed result of a part of the suite that raised."""
    return Result(
        case, f"{part}: the code under test raised {type(error).__name__}", 0, False, "residual",
        float("inf"), 0.0, str(error), "an exception in the code under test", "what would have come after it",
    )  # fmt: skip
