"""Code generation: expressions in, text out; only `writer` touches files."""
