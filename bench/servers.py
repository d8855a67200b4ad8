"""Portals and the bare ListView as gunicorn serves them, and what a request costs the processor, from /proc.

Requests a second wobble with the machine, CPU milliseconds hardly do; still, only what was measured in the same run
is compared.
"""

import contextlib
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from diaspora_portal.entry.ports import free_port
from diaspora_portal.entry.static import collected
from diaspora_portal.stand_in import ROOT

from .processes import children, cpu


class Server:
    """One gunicorn with two workers, as `./portal run` starts it."""

    def __init__(self, application: str, near: int):
        self.port = free_port(near)
        argv = [sys.executable, "-m", "gunicorn", "--config", "diaspora_portal/gunicorn.py", application]
        argv += ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "warning"]
        environment = os.environ | {"DEMO_ALLOWED": "False"}  # as in production, which asks nothing about samples
        self.process = subprocess.Popen(argv, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path: str, **headers) -> http.client.HTTPResponse:
        try:
            self.connection.request("GET", path, headers=headers)
            response = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # kept open too long while the other server had its turn
            self.connection.close()
            return self.get(path, **headers)
        response.body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return response

    def wait(self) -> None:
        for _attempt in range(100):
            with contextlib.suppress(OSError):
                self.get("/constant" if self.bare else "/healthz")
                return
            self.connection.close()
            time.sleep(0.2)
        raise RuntimeError("the server did not start")

    bare = False

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


class Bare(Server):
    bare = True


def postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    status = Path(f"/proc/{backend}/status").read_text()
    return int(re.search(r"PPid:\s+(\d+)", status).group(1))


def cost(server: Server, path: str, requests: int, **headers) -> list[float]:
    """CPU milliseconds a request of the web workers and of the database, after a warm-up of both workers."""
    for _ in range(30):
        server.get(path, **headers)
        server.connection.close()  # another connection, perhaps the other worker
    database = postmaster()

    def used() -> list[float]:
        return [sum(map(cpu, server.workers())), sum(map(cpu, children(database)))]

    before = used()
    for _ in range(requests):
        server.get(path, **headers)
    return [(after - start) / requests for after, start in zip(used(), before, strict=True)]


def collect() -> None:
    """Bring the static files up to date: pages name them by their hashes."""
    log = ROOT / "var" / "log" / "static.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with collected(os.environ, log=log):
        pass


def side_by_side(
    pages: dict[str, tuple[str, dict]], requests: int, rounds: int = 3, then: Callable = lambda ours: None
) -> dict[str, list[float]]:
    """Serve ours and the bare one, and measure them in turn, so that a noisy minute hits all alike.

    ``pages``: name → path and headers. Returns CPU milliseconds a request, ``[web, database]``, the median of the
    rounds, with "bare" and "constant" among them. ``then`` is called with our server before it stops.
    """
    collect()
    ours, bare = Server("diaspora_portal.wsgi", 8600), Bare("bench.bare", 8700)
    try:
        ours.wait()
        bare.wait()
        figures = {name: [] for name in (*pages, "bare", "constant")}
        for _round in range(rounds):
            figures["bare"].append(cost(bare, "/", requests // rounds))
            figures["constant"].append(cost(bare, "/constant", requests // rounds))
            for name, (path, headers) in pages.items():
                figures[name].append(cost(ours, path, requests // rounds, **headers))
        then(ours)
    finally:
        ours.stop()
        bare.stop()
    return {name: sorted(values, key=sum)[len(values) // 2] for name, values in figures.items()}


def told(figures: dict[str, list[float]]) -> None:
    print("CPU ms a request, application and database, median of three rounds")
    for name, (web, database) in figures.items():
        whole = web + database
        ratio = whole / sum(figures["bare"])
        print(f"  {name:12} {whole:6.2f}   {ratio:5.2f} x bare ListView   (web {web:.2f}, database {database:.2f})")
