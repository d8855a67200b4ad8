"""Towns with more than one name, so that a reader who types "Gand" finds somebody who wrote "Gent"."""

import json
from functools import cache
from pathlib import Path

from .text import fold

DATA = Path(__file__).parent / "data" / "towns.json"


@cache
def _known() -> dict[str, list[str]]:
    towns = json.loads(DATA.read_text(encoding="utf-8"))
    return {fold(name): names for names in towns for name in names}


def every_name(town: str) -> list[str]:
    """Return the town's names in all languages; a town that is not in the list keeps its one name."""
    return _known().get(fold(town), [town] if town else [])
