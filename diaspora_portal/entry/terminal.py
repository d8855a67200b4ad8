"""The one readable stream: a short prefix for each process, coloured where a person looks."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

COLOURS = {"portal": "1", "web": "32", "worker": "34", "sender": "33", "beat": "36", "mails": "35"}


def say(text, name="portal"):
    prefix = f"{name:>7} │ "
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        prefix = f"\033[{COLOURS[name]}m{prefix}\033[0m"
    for line in text.splitlines():
        print(prefix + line, flush=True)


@contextmanager
def step(what):
    """Say how long it took, once it is done."""
    start = time.monotonic()
    yield
    say(f"{what} · {time.monotonic() - start:.1f} s")


class Follower:
    """Copies what a child logs into the stream."""

    def __init__(self, child):
        self.child, self.process, self.position = child, None, 0

    def follow(self):
        if self.process is not self.child.process:  # started again, with an empty log
            self.process, self.position = self.child.process, 0
        with self.child.log.open("rb") as log:
            log.seek(self.position)
            lines, newline, _unfinished = log.read().rpartition(b"\n")
        self.position += len(lines + newline)
        say(lines.decode(errors="replace"), self.child.name)


def foreground(argv, environment):
    """Run a command that has the terminal to itself: Ctrl-C is its to answer."""
    process = subprocess.Popen(argv, env=environment)
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
    finally:
        process.terminate()
        process.wait()
