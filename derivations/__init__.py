"""Symbolic derivations: SymPy and the standard library only; the runtime never imports them."""
