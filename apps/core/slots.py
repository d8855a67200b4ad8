"""Named places in a lower app's page that upper apps fill.

The lower app says ``fill("member.sections", request, profile)``; the upper one registers a function in its
``AppConfig.ready``. So a page can show what its app must not import.

``request.user`` is whoever the page is drawn for: where somebody sees his own page as others get it, nobody's account.

``project.related`` is asked with a project and takes rows with ``title``, ``template`` (rendered with the row as
``row``) and ``place``: "side" for a box beside the page's text, "" for a section of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

_fillers: dict[str, list[Callable]] = defaultdict(list)


def register(slot: str, function: Callable[[Any, Any], Iterable]) -> None:
    """Let ``function(request, obj)`` add rows to a slot; it may cost a fixed number of queries only."""
    if function not in _fillers[slot]:
        _fillers[slot].append(function)


def fill(slot: str, request, obj) -> list:
    """Return every registered row, in the order of registration; an empty list when nobody filled the slot."""
    return [row for function in _fillers[slot] for row in function(request, obj)]
