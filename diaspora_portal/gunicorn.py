"""How the web server runs, here and in production. Address and number of workers come from the command line."""

import gc
import os

from django.urls import get_resolver

wsgi_app = "diaspora_portal.wsgi"
worker_class = "gthread"  # a browser opens connections ahead of its requests: one of those must not block a worker
threads = 4
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - the heartbeat never waits for a disk
control_socket_disable = True

reload = os.environ.get("DEBUG") == "True"
preload_app = not reload  # the workers share what was loaded before they were forked


def when_ready(server):
    """Load what the first request would, and keep the collector from touching, and so copying, the shared pages."""
    if preload_app:
        _ = get_resolver().url_patterns
        gc.collect()
        gc.freeze()
