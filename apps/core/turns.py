"""Turns: threads of a process do one after another, in the order in which they came, what shared would end late."""

from collections import deque
from threading import Lock


class Turns:
    """A lock that is handed to whoever has waited longest; Python's own goes to whoever happens to ask."""

    def __init__(self):
        self._guard, self._waiting, self._taken = Lock(), deque(), False

    def __enter__(self):
        with self._guard:
            if not self._taken:
                self._taken = True
                return self
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()
        return self

    def __exit__(self, *error):
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()  # taken still, by another
            else:
                self._taken = False
