"""Plain text of statements and checks, cut into pieces that the template sets as text, index or power.

"lambda_lm(z)^2 <= 1e-13" becomes λ, index lm, (z), power 2, ≤ 10⁻¹³.
"""

import re

from sphspec.report.words import power_of_ten

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "lambda": "λ",
    "mu": "μ",
    "omega": "ω",
    "phi": "φ",
    "pi": "π",
    "theta": "θ",
    "xi": "ξ",
    "Delta": "Δ",
    "Lambda": "Λ",
    "Phi": "Φ",
    "Sigma": "Σ",
}
SIGNS = {"<=": "≤", ">=": "≥", "<-": "←", "f~": "f̃", "^*": "*"}
WORD = re.compile(rf"(?<![A-Za-z])({'|'.join(GREEK)})(?![A-Za-z])")
SCRIPT = re.compile(r"([_^])(\([^()]*\)|-?[\w′]+)")
FLOAT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([-+]?\d+)")
PRIME = re.compile(r"(?<![A-Za-z])((?:[A-Za-z]+_)?l|[A-Za-z])'(?:(m)')?(?![A-Za-z])")
MINUS = re.compile(r"(?<![A-Za-z]{2})-(?![A-Za-z]{2})|-(?=Im|Re)")


def pieces(text: str) -> list[list[str]]:
    """Return [kind, text] pieces, kind being "text", "sub" or "super".

    >>> pieces("A_(l+1) of alpha^-1")
    [['text', 'A'], ['sub', 'l+1'], ['text', ' of α'], ['super', '−1']]
    """
    readable = FLOAT.sub(_float, text)
    readable = PRIME.sub(lambda found: f"{found[1]}′" + (f"{found[2]}′" if found[2] else ""), readable)
    readable = WORD.sub(lambda found: GREEK[found[1]], readable)
    readable = re.sub(r"(?<=φ)0", "_0", readable)
    readable = re.sub(r"\bsqrt(?=2|\()", "√", readable)
    for plain, sign in SIGNS.items():
        readable = readable.replace(plain, sign)
    found, end = [], 0
    for script in SCRIPT.finditer(readable):
        found.append(["text", MINUS.sub("−", readable[end : script.start()])])
        inside = script[2].removeprefix("(").removesuffix(")").replace("-", "−")
        found.append(["sub" if script[1] == "_" else "super", inside])
        end = script.end()
    found.append(["text", MINUS.sub("−", readable[end:])])
    return [piece for piece in found if piece[1]]


def _float(found: re.Match[str]) -> str:
    ten = power_of_ten(int(found[2]))
    return ten if found[1] == "1" else f"{found[1]} × {ten}"
