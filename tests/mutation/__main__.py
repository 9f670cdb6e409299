"""python -m tests.mutation [--module M ...] [--sample N] [--seed S] [--results FILE]: from the root.

Without --sample all mutants are tried, which takes hours. With --results the outcomes are appended to FILE,
one JSON line each, and what is in it already is not tried again.
"""

import argparse
import json
import random
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path

from tests.mutation import graph
from tests.mutation.operators import Mutant, mutants
from tests.mutation.trial import Judge, tests_of

UNDECIDED = ("survived", "timeout", "error")
KINDS = ("proof", "mathematics", "printed", "test", *UNDECIDED)


def main(arguments: list[str] | None = None) -> int:
    """Try mutants, print one line each, counts and survivors; return 1 where one survived."""
    options = _parser().parse_args(arguments)
    chosen = sample(options.module or graph.mathematics(), options.sample, options.seed)
    done = _read(options.results)
    if options.list:
        print(f"{len(chosen)} mutants")
        return 0
    judge = Judge(tests=not options.no_tests)
    for module in {tests_of(module): module for module, _ in chosen}.values():
        judge.control(module)
    for module, mutant in chosen:
        if (module, mutant.number) in done:
            continue
        outcome = judge.judge(module, mutant)
        done[module, mutant.number] = json.loads(outcome.to_json())
        if options.results:
            with options.results.open("a") as file:
                file.write(outcome.to_json() + "\n")
        print(_line(done[module, mutant.number]), flush=True)
    tried = [done[module, mutant.number] for module, mutant in chosen]
    print(table(tried))
    survivors = [entry for entry in tried if entry["outcome"] in UNDECIDED]
    for entry in survivors:
        print(_line(entry))
    return 1 if survivors else 0


def sample(modules: tuple[str, ...] | list[str], count: int | None, seed: int) -> list[tuple[str, Mutant]]:
    """Return mutants: all, or count of them, one module after the other in turn, random inside each."""
    shuffled = []
    for module in modules:
        found = [(module, mutant) for mutant in mutants(graph.path_of(module).read_text())]
        if count is not None:
            random.Random(f"{seed} {module}").shuffle(found)
        shuffled.append(found)
    turns = [entry for turn in zip_longest(*shuffled) for entry in turn if entry is not None]
    return turns if count is None else turns[:count]


def table(tried: list[dict[str, object]]) -> str:
    """Return the counts, a line for each module and one for all."""
    counts: dict[str, Counter[str]] = {}
    for entry in tried:
        counts.setdefault(str(entry["module"]), Counter())[str(entry["outcome"]).split(" ")[0]] += 1
    counts = dict(sorted(counts.items()))
    counts["all"] = sum(counts.values(), Counter())
    lines = [f"{'module':44}{'mutants':>9}" + "".join(f"{kind:>12}" for kind in KINDS)]
    for name, counter in counts.items():
        cells = "".join(f"{counter[kind]:>12}" for kind in KINDS)
        lines.append(f"{name:44}{counter.total():>9}{cells}")
    return "\n".join(lines)


def _line(entry: dict[str, object]) -> str:
    mutant = entry["mutant"]
    assert isinstance(mutant, dict)
    where = f"{entry['module']}:{mutant['line']} {mutant['function']} #{mutant['number']}"
    return f"{entry['outcome']:12}{where}: {mutant['before']}  ->  {mutant['after']}  [{entry['detail']}]"


def _read(path: Path | None) -> dict[tuple[str, int], dict[str, object]]:
    if path is None or not path.exists():
        return {}
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return {(entry["module"], entry["mutant"]["number"]): entry for entry in entries}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "--module", action="append", metavar="NAME", help="e.g. derivations.wigner; may be repeated"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="how many; the modules take turns")
    parser.add_argument("--seed", type=int, default=0, help="of the sample, default 0")
    parser.add_argument("--results", type=Path, help="file of outcomes; resumes")
    parser.add_argument("--no-tests", action="store_true", help="proofs and generated code alone")
    parser.add_argument("--list", action="store_true", help="count the mutants, try none")
    return parser


if __name__ == "__main__":
    sys.exit(main())
