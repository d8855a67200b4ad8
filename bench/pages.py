"""`./portal bench pages`: what our pages cost beside Django's bare ListView in the same run (goals G1, G2, G7, G8).

CPU milliseconds a request are those of web workers and database backends together, from /proc: requests a second
wobble with the machine, this figure hardly does.
"""

import argparse
import contextlib
import gzip
import http.client
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
django.setup()

from django.core.management import call_command
from django.db import connection

from apps.members.models import Profile
from diaspora_portal.entry.ports import free_port
from diaspora_portal.entry.static import collected
from diaspora_portal.stand_in import ROOT

from . import bare_table
from .people import at_least
from .processes import children, cpu, resident
from .report import Goals

LINKED = re.compile(r"""<(?:link|script|img)\b[^>]*?(?:href|src)=["'](/static/[^"']+)["'][^>]*>""")


class Server:
    """One gunicorn with two workers, as `./portal run` starts it."""

    def __init__(self, application: str, near: int):
        self.port = free_port(near)
        argv = [sys.executable, "-m", "gunicorn", "--config", "diaspora_portal/gunicorn.py", application]
        argv += ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "warning"]
        self.process = subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.DEVNULL)
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


def cost(server: Server, path: str, requests: int) -> list[float]:
    """CPU milliseconds a request of the web workers and of the database, after a warm-up of both workers."""
    for _ in range(30):
        server.get(path)
        server.connection.close()  # another connection, perhaps the other worker
    database = postmaster()

    def used() -> list[float]:
        return [sum(map(cpu, server.workers())), sum(map(cpu, children(database)))]

    before = used()
    for _ in range(requests):
        server.get(path)
    return [(after - start) / requests for after, start in zip(used(), before, strict=True)]


def first_visit(server: Server, path: str) -> dict[str, dict[str, int]]:
    """What a first visit loads, in bytes over the wire: the page, what it links, the fonts that its CSS names."""
    page = server.get(path, **{"Accept-Encoding": "gzip"})
    loaded = {path: len(page.body)}
    html = gzip.decompress(page.body).decode() if page.getheader("Content-Encoding") == "gzip" else page.body.decode()
    preloaded = {m.group(1) for m in LINKED.finditer(html)}
    for url in preloaded:
        if re.search(r"/(og|touch|favicon)\.", url):
            continue  # a browser takes one icon, and the picture is for others' pages
        loaded[url] = len(server.get(url, **{"Accept-Encoding": "gzip, br"}).body)
    kinds = {"fonts": 0, "js": 0, "rest": 0}
    for url, size in loaded.items():
        kinds["fonts" if ".woff2" in url else "js" if url.endswith(".js") else "rest"] += size
    return {"bytes": loaded, "kinds": kinds, "html": len(html.encode())}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./portal bench pages")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--members", type=int, default=5_000)
    options = parser.parse_args()
    at_least(options.members)
    call_command("load_pages", verbosity=0)
    bare_table.make()
    profile = Profile.objects.public_experts().order_by("-pk").first()
    pages = {
        "home": "/en/",
        "directory": "/en/members/?field=health",
        "profile": profile.get_absolute_url().replace("/en-us/", "/en/"),
    }
    with collected(os.environ, log=ROOT / "var" / "log" / "static.log"):
        pass
    ours, bare = Server("diaspora_portal.wsgi", 8600), Bare("bench.bare", 8700)
    try:
        ours.wait()
        bare.wait()
        rounds = 3
        figures = {name: [] for name in (*pages, "bare", "constant")}
        for _round in range(rounds):  # in turn, so that a noisy minute hits all alike
            figures["bare"].append(cost(bare, "/", options.requests // rounds))
            figures["constant"].append(cost(bare, "/constant", options.requests // rounds))
            for name, path in pages.items():
                figures[name].append(cost(ours, path, options.requests // rounds))
        parts = {name: sorted(values, key=sum)[len(values) // 2] for name, values in figures.items()}
        best = {name: sum(values) for name, values in parts.items()}
        memory = sum(map(resident, [ours.process.pid, *ours.workers()]))
        visits = {name: first_visit(ours, path) for name, path in pages.items()}
    finally:
        ours.stop()
        bare.stop()
    print("CPU ms a request, application and database, median of three rounds")
    for name, value in best.items():
        web, database = parts[name]
        ratio = value / best["bare"]
        print(f"  {name:10} {value:6.2f}   {ratio:5.2f} x bare ListView   (web {web:.2f}, database {database:.2f})")
    for name, visit in visits.items():
        kinds = visit["kinds"]
        print(
            f"  {name:10} first visit"
            f" {kinds['rest'] + kinds['js']:,} bytes without fonts ({visit['html']:,}"
            f" of HTML before compression), fonts {kinds['fonts']:,}, JavaScript {kinds['js']:,},"
            f" {len(visit['bytes'])} requests"
        )
    print(f"  two web workers and their master {memory:.0f} MB resident (shared pages once)")
    goals = Goals()
    goals.most("G1-directory", best["directory"] / best["bare"], 1.5, "x")
    goals.most("G2-profile", best["profile"] / best["bare"], 1.0, "x")
    for name, visit in visits.items():
        kinds = visit["kinds"]
        goals.most(f"G7-{name}-bytes", (kinds["rest"] + kinds["js"]) / 1024, 100, "KB")
        goals.most(f"G7-{name}-fonts", kinds["fonts"] / 1024, 62, "KB")
        goals.most(f"G7-{name}-requests", len(visit["bytes"]), 12)
        goals.most(f"G7-{name}-js", kinds["js"] / 1024, 25, "KB")
    goals.most("G8-memory", memory, 160, "MB")
    return goals.close()


if __name__ == "__main__":
    sys.exit(main())
