r"""LaTeX from the Typst that our printer writes: the same formula, bracket by bracket.

latex_of("sqrt(frac(2 ell + 1, 4 pi))") = r"\sqrt{\frac{2 \ell + 1}{4 \pi}}". The translator knows the closed
list of words that the printer uses; everything else raises NotImplementedError. It needs amsmath.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(r'\s*(?:("[^"]*")|([A-Za-z]+(?:\.[a-z]+)*)|([0-9]+)|(<=|>=|!=|\\/|.))')
GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
]
WORDS = {
    **{name: rf"\{name}" for name in GREEK}, "ell": r"\ell", "phi.alt": r"\phi", "infinity": r"\infty",
    "dot": r"\cdot", "dif": r"\mathrm{d}", "partial": r"\partial", "top": r"\top", "mod": r"\bmod",
    "quad": "", "and": r"\text{ and }", "or": r"\text{ or }", "sum": r"\sum", "integral": r"\int",
    "sin": r"\sin", "cos": r"\cos", "ln": r"\ln", "exp": r"\exp", "tr": r"\operatorname{tr}",
}  # fmt: skip
TEXTS = {"if": r"\text{if }", "otherwise": r"\text{otherwise}"}
SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", r"\/": "/"}
WRAPPED = {
    "frac": (r"\frac{", "}{", "}"), "binom": (r"\binom{", "}{", "}"), "sqrt": (r"\sqrt{", "", "}"),
    "root": (r"\sqrt[", "]{", "}"), "abs": (r"\left|", "", r"\right|"),
    "floor": (r"\left\lfloor ", "", r"\right\rfloor"), "overline": (r"\overline{", "", "}"),
    "bold": (r"\boldsymbol{", "", "}"), "upright": (r"\mathrm{", "", "}"), "op": (r"\operatorname{", "", "}"),
    "mat": (r"\begin{pmatrix} ", " & ", r" \end{pmatrix}"),
    "cases": (r"\begin{cases} ", r" \\ ", r" \end{cases}"),
}  # fmt: skip
SUFFIXES = ("_", "^", "'", "!")  # what follows without a space
TALL = re.compile(r"\\(?:frac|binom|sum|int|begin|left)")


@dataclass(frozen=True)
class _Token:
    """A word, a number, a sign or a quoted text; `glued` to what stands before it."""

    text: str
    glued: bool


def latex_of(typst: str) -> str:
    r"""Return a formula of our Typst printer in LaTeX, without the dollars.

    Raises
    ------
    NotImplementedError
        naming the word or sign that is not in the printer's vocabulary.

    >>> latex_of("sqrt(frac(2 ell + 1, 4 pi))")
    '\\sqrt{\\frac{2 \\ell + 1}{4 \\pi}}'
    """
    parser = _Parser(typst)
    text = parser.row(frozenset())
    if parser.left:
        raise NotImplementedError(f"no LaTeX form for {parser.left[0].text!r} here: {typst[:80]}")
    return text


class _Parser:
    """Reads tokens from the left and writes LaTeX."""

    def __init__(self, typst: str) -> None:
        found = list(TOKEN.finditer(typst))
        self.left = [_Token(m.group().strip(), m.group() == m.group().lstrip()) for m in found]

    def row(self, ends: frozenset[str]) -> str:
        """Return everything up to one of the ends."""
        words: list[str] = []
        while self.left and self.left[0].text not in ends:
            word = self._attached()
            if words == ["-"]:  # a sign, not a difference
                words = [f"-{word}"]
            elif word:
                words.append(word)
        return " ".join(words)

    def _attached(self) -> str:
        """Return an atom with its primes, index and exponent."""
        text = self._atom()
        while self.left and self.left[0].text in SUFFIXES:
            mark = self.left.pop(0).text
            text += f"{mark}{{{self._script()}}}" if mark in "_^" else mark
        return text

    def _script(self) -> str:
        if self.left[0].text == "(":
            return ", ".join(self._arguments("(")[0])
        return self._primed()

    def _primed(self) -> str:
        text = self._atom()
        while self.left and self.left[0].text == "'":
            text += self.left.pop(0).text
        return text

    def _atom(self) -> str:
        token = self.left.pop(0)
        word, called = token.text, bool(self.left) and self.left[0].text == "(" and self.left[0].glued
        if word in WRAPPED and called:
            return self._wrapped(word)
        if word == "(":
            self.left.insert(0, token)
            return self._bracketed()
        if word.startswith('"'):
            quoted = word.strip('"')
            return TEXTS.get(quoted, rf"\mathrm{{{quoted}}}")
        if word in WORDS or word in SIGNS:
            return (WORDS | SIGNS)[word]
        if word.isdigit() or (len(word) == 1 and (word.isalpha() or word in "+-=<>!,&")):
            return word
        raise NotImplementedError(f"no LaTeX form for {word!r}")

    def _bracketed(self) -> str:
        parts = ", ".join(self._arguments("(")[0])
        return rf"\left({parts}\right)" if TALL.search(parts) else f"({parts})"

    def _wrapped(self, word: str) -> str:
        rows = self._arguments("(")
        before, between, after = WRAPPED[word]
        inside = r" \\ ".join(between.join(row) for row in rows)
        if word == "bold":
            letter = inside.removeprefix(r"\mathrm{").removesuffix("}")
            return rf"\boldsymbol{{{letter}}}" if letter.startswith("\\") else rf"\mathbf{{{letter}}}"
        if word == "op":
            inside = inside.removeprefix(r"\mathrm{").removesuffix("}")
        return f"{before}{inside}{after}"

    def _arguments(self, opening: str) -> list[list[str]]:
        """Return rows, which ; separates, of arguments, which commas separate."""
        assert self.left.pop(0).text == opening
        rows: list[list[str]] = [[]]
        while True:
            rows[-1].append(self.row(frozenset(",;)")))
            if not self.left:
                raise NotImplementedError("a bracket is not closed")
            end = self.left.pop(0).text
            if end == ")":
                return rows
            if end == ";":
                rows.append([])
