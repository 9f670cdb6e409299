"""The comparisons of `sphspec bench`, one test each.

python -m pytest -m benchmark -n 0 tests/benchmarks/test_engine.py -s
"""

import pytest

from sphspec.bench import compared, comparisons

CHOSEN = {f"{item.name} against {item.reference}": item for item in comparisons(1024)}


@pytest.mark.benchmark
@pytest.mark.parametrize("name", CHOSEN)
def test_ratio(name, benchmark):
    outcome = compared(CHOSEN[name])
    benchmark.pedantic(CHOSEN[name].prepare()[0], rounds=1)
    benchmark.extra_info["ratio"] = outcome.ratio
    print(f"\n{name}: {outcome.ratio:.3g}, wanted {outcome.goal}; {outcome.ours:.3g} s")
