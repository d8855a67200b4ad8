"""`./portal bench pages`: what our pages cost beside Django's bare ListView in the same run (goals G1, G2, G7, G8)."""

import argparse
import gzip
import os
import re
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
django.setup()

from django.core.management import call_command

from apps.members.models import Profile

from . import bare_table
from .people import at_least
from .processes import resident
from .report import Goals
from .servers import Server, side_by_side, told

LINKED = re.compile(r"""<(?:link|script|img)\b[^>]*?(?:href|src)=["'](/static/[^"']+)["'][^>]*>""")


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
    seen = {}

    def look(ours):
        seen["memory"] = sum(map(resident, [ours.process.pid, *ours.workers()]))
        seen["visits"] = {name: first_visit(ours, path) for name, path in pages.items()}

    figures = side_by_side({name: (path, {}) for name, path in pages.items()}, options.requests, then=look)
    memory, visits = seen["memory"], seen["visits"]
    best = {name: sum(values) for name, values in figures.items()}
    told(figures)
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
