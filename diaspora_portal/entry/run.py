"""`./portal run`: the whole portal on this machine, until Ctrl-C."""

import argparse
import subprocess
import sys
import time
from urllib.request import urlopen

from diaspora_portal import embedded
from diaspora_portal.child import Child, Trouble
from diaspora_portal.stand_in import ROOT

from .ports import free_port
from .static import collected
from .terminal import Follower, say, step

PATIENCE = 60  # seconds for the web server to answer
PYTHON = [sys.executable, "-m"]
# As root Celery warns at length, which is for servers.
CELERY = [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", "celery"]
CELERY += ["--app", "diaspora_portal", "--quiet"]
# Two, so that no long job holds up a code that somebody waits for.
WORKERS = {"sender": "mail", "worker": "default"}


def main(arguments):
    run = Run(_options(arguments))
    try:
        run.open()
        run.look_after_it()
    except KeyboardInterrupt:
        say("stopping; Ctrl-C again kills")
    finally:
        run.close()


class Run:
    def __init__(self, options):
        self.started = time.monotonic()
        self.debug = options.debug
        self.services = embedded.permanent(tended=True)
        self.port, self.smtp_port, self.mails_port = map(free_port, (options.port, 1025, 8025))
        self.site = f"http://localhost:{self.port}"
        self.folder = ROOT / "var" / "run" / str(self.port)  # a second run beside this one has its own
        self.children, self.followers = [], []

    def open(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        with step(f"PostgreSQL and Valkey, data in {self.services.folder}"):
            self.services.start()
        with collected(self.environment, log=self.folder / "static.log"):
            accounts = self._prepare()
        with step("web server and mail page"):
            self._start("mails", "web")
            self._wait_for_the_web()
        self._start(*WORKERS, "beat")
        say(f"ready after {time.monotonic() - self.started:.1f} s")
        self._announce(accounts)

    def look_after_it(self):
        while True:
            self._tick()

    def close(self):
        """In the reverse order of their start: the servers last, since everybody needs them."""
        patience = 15
        for child in self.children[1:]:  # all but the mail page, to which a mail may be on its way
            child.ask_to_stop()
        while self.children:
            try:
                self.children[-1].stop(patience)
                self.children.pop()
            except KeyboardInterrupt:
                patience = 0
        self.services.stop()
        say("stopped")

    @property
    def environment(self):
        return self.services.environment | {
            "DEBUG": str(self.debug),
            "SITE_URL": self.site,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",  # never to real people from here
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare(self):
        prepare = [*PYTHON, "diaspora_portal.entry", "prepare"]
        done = subprocess.run(prepare, env=self.environment, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise Trouble("The database could not be prepared: see above.")
        return done.stdout

    def _start(self, *names):
        commands = self._commands()
        for name in names:
            child = Child(name, commands[name], log=self.folder / f"{name}.log", env=self.environment, cwd=ROOT)
            self.children.append(child)
            self.followers.append(Follower(child))
            child.start()

    def _commands(self):
        ports = ["--smtp-port", str(self.smtp_port), "--page-port", str(self.mails_port)]
        web = ["--config", "python:diaspora_portal.gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        beat = ["--schedule", self.folder / "beat", "--pidfile", ""]
        return {
            "mails": [*PYTHON, "diaspora_portal.entry", "sink", *ports],
            "web": [*PYTHON, "gunicorn", *web],
            **{name: worker(name, queues) for name, queues in WORKERS.items()},
            "beat": [*CELERY, "beat", *beat],
        }

    def _tick(self):
        time.sleep(0.2)
        for follower in self.followers:
            follower.follow()
        for child in (self.services, *self.children):
            child.tend(say)

    def _wait_for_the_web(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._tick()
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return
            except OSError:
                continue
        raise Trouble(f"The web server did not answer on {self.site}/healthz: see above.")

    def _announce(self, accounts):
        say(f"\nThe portal  {self.site}/  (127.0.0.1 answers too, but passkeys need the name)")
        say(f"Its mails   http://localhost:{self.mails_port}/\n\n{accounts}\nCtrl-C stops everything.")


def worker(name, queues):
    """The command of one Celery worker, which does one thing at a time."""
    options = ["--queues", queues, "--concurrency", "1", "--without-mingle", "--without-gossip"]
    return [*CELERY, "worker", "--hostname", f"{name}@%h", *options]


def _options(arguments):
    parser = argparse.ArgumentParser(prog="./portal run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--debug", action="store_true", help="Django's DEBUG, and reload when code changes")
    return parser.parse_args(arguments)
