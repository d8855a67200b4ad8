"""A portal in pieces: two servers, a mail server, workers, beats, a web server. Each is killed by its number only."""

import os
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import redis
from django.core.management import call_command
from django.db import connection, connections

from bench.processes import children
from diaspora_portal.child import Child, Trouble
from diaspora_portal.entry.run import CELERY, PYTHON
from diaspora_portal.stand_in import ROOT

from ._ground import ACCEPTS, FOLDER, LOG, LOSSES, SERVICES, SMTP_PORT, WEB_PORT

PATIENCE = 60


class Portal:
    """`with Portal(workers=2, sink=["--delay", "10"]) as portal:` is running, and gone at the end."""

    def __init__(
        self, *, workers=2, concurrency=2, beats=1, web=False, sink=(), celery=CELERY, environment=None, asleep=False
    ):
        """``sink``: options of the mail server, None for no such process; ``asleep``: Celery is started later."""
        self.environment, self.celery, self.asleep = os.environ | (environment or {}), celery, asleep
        self.groups = set()  # of processes whose leader was killed: its children may live on
        self.workers = [self._worker(f"worker{number}", concurrency) for number in range(1, workers + 1)]
        self.beats = [self._beat(f"beat{number}") for number in range(1, beats + 1)]
        self.web = [self._web()] if web else []
        self.mails = [] if sink is None else [self._sink(sink)]
        self.others = []
        self.chance = random.Random(1951)

    def __enter__(self):
        for left in (ACCEPTS, LOSSES):
            left.unlink(missing_ok=True)
        # A log that begins long before the first mail: what it does not name has not arrived.
        yesterday = datetime.now(UTC) - timedelta(days=1)
        LOG.write_text(f"{yesterday.isoformat()} mail postfix/postfix-script[1]: starting the Postfix mail system\n")
        try:
            SERVICES.start()
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
            for child in [*self.mails, *self.web]:
                child.start()
            if self.web:
                until(self._web_answers, "the web server starts", self)
            if not self.asleep:
                self.wake()
        except BaseException:
            self.close()
            raise
        return self

    def wake(self):
        for child in [*self.workers, *self.beats]:
            child.start()
        until(lambda: all(map(senders, self.workers)), "the workers start", self)

    def also(self, name, *argv):
        """Run something more beside the rest."""
        self.others.append(self._child(name, [*PYTHON, *argv]))
        self.others[-1].start()

    def __exit__(self, *error):
        self.close()

    def close(self):
        connections.close_all()
        for child in self.children:
            self._remember(child)
            child.stop(patience=0)
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        SERVICES.stop()

    @property
    def children(self):
        return [*self.others, *self.workers, *self.beats, *self.web, *self.mails]

    # --- killing ------------------------------------------------------------------------------------------------------
    def kill_a_sender(self) -> str | None:
        """kill -9 one process of the workers: one that sends, or the one above it. Says which; None: none lives."""
        living = [(worker, pid) for worker in self.workers if alive(worker) for pid in senders(worker)]
        living += [(worker, worker.process.pid) for worker in self.workers if alive(worker)]
        if not living:
            return None
        worker, pid = self.chance.choice(living)
        leads = pid == worker.process.pid
        self._kill(worker, pid)
        return f"{worker.name}, the one above" if leads else f"{worker.name}, one that sends"

    def kill_everything_of_celery(self):
        """kill -9 each worker, its senders and each beat."""
        for child in [*self.workers, *self.beats]:
            for pid in senders(child) if alive(child) else []:
                self._kill(child, pid)
            if alive(child):
                self._kill(child, child.process.pid)

    def _kill(self, child, pid):
        self._remember(child)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _remember(self, child):
        if child.process:
            self.groups.add(child.process.pid)

    def start_again(self):
        """Whatever was killed, as a supervisor would."""
        for child in [*self.workers, *self.beats]:
            if child.died():
                child.start()

    def flush_broker(self):
        redis.Redis(unix_socket_path=str(SERVICES.sockets / "valkey.sock")).flushall()

    @property
    def broker(self):
        return next(server for server in SERVICES.servers if server.name == "valkey")

    # --- the pieces ---------------------------------------------------------------------------------------------------
    def _child(self, name, argv):
        return Child(name, argv, log=FOLDER / f"{name}.log", env=self.environment, cwd=ROOT)

    def _worker(self, name, concurrency):
        argv = ["worker", "--queues", "mail,default", "--concurrency", str(concurrency)]
        argv += ["--hostname", f"{name}@torture", "--without-mingle", "--without-gossip"]
        return self._child(name, [*self.celery, *argv])

    def _beat(self, name):
        return self._child(name, [*self.celery, "beat", "--schedule", FOLDER / f"{name}.schedule", "--pidfile", ""])

    def _web(self):
        argv = ["gunicorn", "--config", "python:diaspora_portal.gunicorn", "--bind", f"127.0.0.1:{WEB_PORT}"]
        return self._child("web", [*PYTHON, *argv, "--workers", "2"])

    def _web_answers(self):
        with suppress(OSError), urlopen(f"http://127.0.0.1:{WEB_PORT}/healthz", timeout=5) as response:
            return response.status == 200
        return False

    def _sink(self, options):
        argv = ["apps.outbox.tests.smtp_server", "--port", str(SMTP_PORT)]
        argv += ["--log", str(LOG), "--accepts", str(ACCEPTS), "--losses", str(LOSSES)]
        return self._child("mails", [*PYTHON, *argv, *options])


def alive(child) -> bool:
    return child.process is not None and not child.died()


def senders(worker) -> list[int]:
    """The processes in which a worker's tasks run."""
    try:
        return children(worker.process.pid)
    except FileNotFoundError:
        return []


def until(condition, what, portal=None, *, patience=PATIENCE, step=0.05, show=None):
    """Wait; None of the pieces but those that a test kills may die. `show` is told the state now and then."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"Waited {patience} s in vain: {what}.")
        if portal and (dead := next((child for child in [*portal.mails, *portal.web] if child.died()), None)):
            raise Trouble(dead.obituary())
        if show:
            show()
        time.sleep(step)


def rows(sql, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def number(sql, *parameters) -> int:
    return rows(sql, *parameters)[0][0]


if sys.platform != "linux":
    raise Trouble("The torture reads /proc: it runs on Linux.")
