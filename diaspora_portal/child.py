"""A process that belongs to ours: it logs to a file, is started again when it dies, and does not outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


class Trouble(Exception):
    """A sentence for the person at the terminal."""


class Child:
    """One process, in a group of its own, so that Ctrl-C reaches it only through us."""

    def __init__(self, name, argv, *, log, stop_with=signal.SIGTERM, before=None, **popen):
        self.name, self.argv, self.log, self.stop_with = name, argv, Path(log), stop_with
        self.before, self.popen = before, popen
        self.process, self.deaths, self.again_at = None, [], None

    def start(self):
        if self.before:
            self.before()
        self.again_at = None
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # A change of user forgets the death signal: Popen changes it first and calls this last.
                preexec_fn=partial(_die_with, os.getpid(), self.stop_with),
                **self.popen,
            )

    def died(self):
        return self.process is not None and self.process.poll() is not None

    def tend(self, say):
        """After a death: say what happened, start again a little later, give up at the third in a minute."""
        if not self.died():
            return
        now = time.monotonic()
        if self.again_at is None:
            say(self.obituary())
            self.kill_the_rest()
            self.deaths = [then for then in self.deaths if now - then < 60] + [now]
            if len(self.deaths) == 3:
                raise Trouble(f"{self.name} died three times in a minute.")
            self.again_at = now + len(self.deaths)
            say(f"{self.name} starts again in {len(self.deaths)} s.")
        elif now >= self.again_at:
            self.start()

    def obituary(self):
        status = self.process.returncode
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        last_lines = self.log.read_text(errors="replace").splitlines()[-12:]
        return "\n    ".join([f"{self.name} {how}. Its last lines:", *last_lines])

    def ask_to_stop(self):
        if self.process is not None:
            self.process.send_signal(self.stop_with)

    def stop(self, patience=10):
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.ask_to_stop()
            self.process.wait(patience)
        self.kill_the_rest()
        self.process.wait()
        self.process = None

    def kill_the_rest(self):
        with suppress(ProcessLookupError, PermissionError):  # PermissionError: macOS, when only zombies are left
            os.killpg(self.process.pid, signal.SIGKILL)


def _die_with(parent, stop_with):
    """Linux tells a process when its parent is gone."""
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, stop_with)
        if os.getppid() != parent:  # it went before we asked
            os.kill(os.getpid(), signal.SIGKILL)
