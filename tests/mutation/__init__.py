"""Mutation testing of derivations/: what a wrong formula there would meet.

1. `operators.mutants(source)`  -> the small errors that can be made in a module, one by one
2. `graph.dependents(name)`     -> which modules a module's error reaches
3. `trial.judge(mutant)`        -> a fork with the mutated module: proofs, generated code, then tests
4. `__main__`                   -> python -m tests.mutation: samples, judges, counts, lists the survivors

SURVIVORS.md holds every survivor with the reason why it is no error, or with how it was mended.
"""
