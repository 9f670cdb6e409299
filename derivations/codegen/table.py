"""Tables of integers as source text: a dictionary, wrapped to the line length, with its fingerprint."""

import textwrap

from derivations.codegen.fingerprint import fingerprint
from derivations.derivation import Derivation, Table

WIDTH = 110


def render_table(derivation: Derivation, table: Table) -> str:
    """Return the assignment of a table with the text that explains it."""
    rows = "".join(_row(key, row) for key, row in sorted(table.rows))
    key = ", ".join(["int"] * len(table.key))
    columns = ", ".join(["int"] * (len(table.row) - 1) + ["tuple[int, ...]"])
    heading = f"({', '.join(table.key)}): ({', '.join(table.row)})"
    return (
        f"# fmt: off\n{table.name}: dict[tuple[{key}], tuple[{columns}]] = {{\n"
        f"    # {heading}\n{rows}}}\n# fmt: on\n"
        f'"""{textwrap.fill(table.meaning + ".", WIDTH - 4)}\n\n'
        f"Derivation: {derivation.name}\nFingerprint: {fingerprint(table.value)}\n"
        f'"""\n'
    )


def _row(key: tuple[int, ...], row: tuple[int | tuple[int, ...], ...]) -> str:
    return textwrap.fill(
        f"{key}: {row},", WIDTH, initial_indent="    ", subsequent_indent="        ", break_long_words=False,
        break_on_hyphens=False,
    ) + "\n"  # fmt: skip
