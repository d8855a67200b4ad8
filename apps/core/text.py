"""Words made comparable, for search keys, sort keys and initials; addresses made unreadable."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+", re.UNICODE)
ADDRESS = re.compile(r"([^\s<>@,;:\"'()\[\]])[^\s<>@,;:\"'()\[\]]*@([^\s<>@,;:\"'()\[\]]+)")


def fold(text: str) -> str:
    """Return the text without accents and case: "Émilie Ångström" → "emilie angstrom"."""
    if text.isascii():
        return text.casefold().strip()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().strip()


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order, without punctuation."""
    return WORD.findall(fold(text))


def masked(text: str) -> str:
    """Return a text with its addresses cut short: ``a…@example.org``. Mail servers repeat them in their answers."""
    return ADDRESS.sub(r"\1…@\2", text)
