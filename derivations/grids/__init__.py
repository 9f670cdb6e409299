"""Symbolic facts of each family of grids: ring cosines, counts, phases, weights."""
