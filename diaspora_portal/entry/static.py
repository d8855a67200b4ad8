"""collectstatic takes half a minute with hashes and compression: only when something changed."""

import fcntl
import hashlib
import sys
from contextlib import contextmanager

from diaspora_portal.child import Child, Trouble
from diaspora_portal.stand_in import ROOT

from .terminal import step

STAMP = ROOT / "var" / "static.stamp"
COLLECT = [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity", "0"]


@contextmanager
def collected(environment, *, log):
    """Collect, if need be, beside what the block does. Killed half-way, the next start collects again."""
    with STAMP.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would clear each other's files
        wanted = fingerprint()
        if STAMP.exists() and STAMP.read_text() == wanted:
            yield
            return
        STAMP.unlink(missing_ok=True)
        collecting = Child("collectstatic", COLLECT, log=log, env=environment, cwd=ROOT)
        collecting.start()
        try:
            yield
            with step("static files, beside the rest"):
                if collecting.process.wait():
                    raise Trouble(collecting.obituary())
            STAMP.write_text(wanted)
        finally:
            collecting.stop(patience=0)


def fingerprint():
    """Of all that decides what is collected: the packages, our own files and where they are looked for."""
    deciding = ["requirements.txt", "diaspora_portal/settings/base.py", "apps/core/finders.py"]
    files = [*(ROOT / name for name in deciding), *(ROOT / "static").rglob("*")]
    digest = hashlib.sha256()
    for path in sorted(filter(lambda path: path.is_file(), files)):
        digest.update(bytes(path.relative_to(ROOT)) + path.read_bytes())
    return digest.hexdigest()
