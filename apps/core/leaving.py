"""Whether this worker was asked to stop. A long task looks here between two steps, and leaves the rest to the next.

Celery tells only a worker's main process, and lets its children finish; the byte is shared with them, because they
are forked after it was made.
"""

import mmap

from celery.signals import worker_shutting_down

_asked = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def ask(**kwargs) -> None:
    _asked[0] = 1


def asked() -> bool:
    return _asked[0] == 1
