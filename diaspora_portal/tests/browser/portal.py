"""The real thing, for the tests that look at it: gunicorn on `settings.dev`, with demo data and a letter box.

`python -m diaspora_portal.tests.browser.portal COMMAND …` runs a command beside one, with its address in PORTAL_URL.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg2

from diaspora_portal import embedded
from diaspora_portal.child import Child
from diaspora_portal.entry.ports import free_port
from diaspora_portal.entry.run import worker
from diaspora_portal.entry.sink import HERE, smtp
from diaspora_portal.entry.sink.letters import body_of, read
from diaspora_portal.entry.static import collected
from diaspora_portal.entry.terminal import foreground
from diaspora_portal.stand_in import ROOT

DATABASE = "portal_browser"  # beside the one of the other tests, in the same cluster
QUEUES = 1  # the number of Valkey's database for its tasks; other tests use another one
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "diaspora_portal/gunicorn.py", "--workers", "2"]
PATIENCE = 60  # seconds for the web server to answer
RENDER = """
import sys, django
django.setup()
from django.template.loader import render_to_string
from django.utils.translation import activate
activate(sys.argv[2])
print(render_to_string(sys.argv[1]))
"""


def held_place(near):
    """A listening socket on a free port, so that nobody else takes it while the portal is prepared."""
    while True:
        place = socket.socket()
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind(("127.0.0.1", free_port(near)))
            place.listen()
        except OSError:  # somebody was quicker
            place.close()
        else:
            return place


@contextmanager
def running(environment):
    """A portal over the servers that the environment names; it stops with the block."""
    with tempfile.TemporaryDirectory(prefix="portal-browser-") as folder, letter_box(Path(folder)) as letters:
        portal = Portal(Path(folder), letters, environment)
        with collected(portal.environment, log=portal.folder / "static.log"):
            portal.prepare()
        portal.start()
        try:
            yield portal
        finally:
            portal.stop()


class Portal:
    def __init__(self, folder, letters, environment):
        self.folder, self.letters, self.cluster = folder, letters, environment["DATABASE_URL"]
        self.place = held_place(8700)
        self.port = self.place.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.environment = environment | {
            "DATABASE_URL": urlsplit(self.cluster)._replace(path=f"/{DATABASE}").geturl(),
            "DJANGO_SETTINGS_MODULE": "diaspora_portal.settings.dev",
            "EMAIL_URL": f"smtp://127.0.0.1:{letters.port}",
            "MEDIA_ROOT": str(folder / "media"),
            "SECRET_KEY": "only for tests",
            "REDIS_URL": queues_of(environment["REDIS_URL"], QUEUES),
            "SITE_URL": self.url,
        }
        self.web = self._child("web", [*GUNICORN, "--bind", f"127.0.0.1:{self.port}"])
        # Each letter is rung for after its commit, so there is no beat.
        self.worker = self._child("worker", worker("worker", "mail,default"))

    def _child(self, name, argv):
        return Child(name, argv, log=self.folder / f"{name}.log", env=self.environment, cwd=ROOT)

    def prepare(self):
        """A database of its own with taxonomy, pages and demo data: what `./portal run` does at its first start."""
        connection = psycopg2.connect(self.cluster)
        connection.autocommit = True  # CREATE DATABASE refuses a transaction
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()
        argv = [sys.executable, "-m", "diaspora_portal.entry", "prepare"]
        done = subprocess.run(argv, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"The portal's database could not be prepared:\n{done.stderr}")
        self.password = re.search(r"password of all: (\S+)", done.stdout)[1]

    def start(self):
        self.worker.start()
        self.place.close()
        self.web.start()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self.web.died():
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The web server did not start:\n{self.log()}")

    def stop(self):
        self.place.close()
        self.web.stop()
        self.worker.stop()

    def log(self, lines=16):
        """The web server's last lines."""
        return "\n".join((self.folder / "web.log").read_text(errors="replace").splitlines()[-lines:])

    @cache  # noqa: B019 - one portal a session
    def expert(self):
        """The public number of somebody in the directory: none of the demo accounts, who come first."""
        with urlopen(f"{self.url}/en/members/?sort=name", timeout=30) as answer:
            return re.findall(r"/en/members/(\w{10})/", answer.read().decode())[-1]

    def rendered(self, template, language):
        """A page that needs no request, with the addresses of the collected static files."""
        argv = [sys.executable, "-c", RENDER, template, language]
        return subprocess.run(argv, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True).stdout


def queues_of(redis, number):
    """The address of the same Redis, with the database of this number: nobody else hears what is rung there."""
    if redis.startswith("redis+socket:"):  # as Celery has it
        return f"{redis}?virtual_host={number}"
    return urlsplit(redis)._replace(path=f"/{number}").geturl()


@contextmanager
def letter_box(folder):
    """The mail server of `./portal run`, in a thread and with a folder of its own."""
    server = smtp.Server((HERE, 0), folder / "mail")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Letters(server.folder, server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class Letters:
    """What the portal sent."""

    def __init__(self, folder, port):
        self.folder, self.port, self.opened = folder, port, set()

    def next_to(self, address):
        """The oldest mail to this address that nobody opened yet; one may still be under way."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for path in sorted(set(self.folder.glob("*.eml")) - self.opened):
                letter = read(path)
                if letter["To"] == address:
                    self.opened.add(path)
                    return letter
            time.sleep(0.1)
        raise AssertionError(f"No mail to {address} came.")

    def code_for(self, address):
        """The code that the next mail to this address holds, alone on its line."""
        text = body_of(self.next_to(address), "plain")
        return re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", text, re.MULTILINE)[1]

    def link_for(self, address):
        """The path of the first link of the next mail to this address that leads to a page of the reader's space."""
        text = body_of(self.next_to(address), "plain")
        return re.search(r"^https?://[^/\s]+(/\w\w/me/\S+)$", text, re.MULTILINE)[1]


def main(command):
    with embedded.temporary() as services, running(services.environment) as portal:
        return foreground(command, portal.environment | {"PORTAL_URL": portal.url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
