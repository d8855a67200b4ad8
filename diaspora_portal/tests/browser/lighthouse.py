"""`python -m diaspora_portal.tests.browser.lighthouse NPM`: Google's verdict on the pages of the design.

NPM is the folder with the node_modules of the slow checks. Accessibility and best practices are gates at 100;
performance is the median of five runs as a phone with a slow network, printed and not judged.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from diaspora_portal import embedded
from diaspora_portal.entry.test import chromium

from .portal import running

GATES = ("accessibility", "best-practices")
RUNS = 5
TRIES = 8
CHROME = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"


class Lighthouse:
    def __init__(self, npm, environment):
        node = next(Path(npm).resolve().glob("node_modules/node-linux-*/bin/node"))
        self.argv = [node, Path(npm).resolve() / "node_modules/lighthouse/cli/index.js"]
        self.environment = environment | {"CHROME_PATH": chromium()}

    def report(self, url, *categories):
        options = ["--output=json", "--quiet", CHROME, f"--only-categories={','.join(categories)}"]
        for _attempt in range(TRIES):
            done = subprocess.run([*self.argv, url, *options], env=self.environment, capture_output=True, text=True)
            if not done.returncode:
                return json.loads(done.stdout)
            # Chromium now and then gives it no trace (NO_NAVSTART); no verdict is lost, for there was none.
            print(f"Lighthouse could not measure {url}, once more: {done.stderr.strip()[-200:]}", flush=True)
        raise RuntimeError(f"Lighthouse failed {TRIES} times on {url}:\n{done.stderr}")


def score(report, category):
    return round(report["categories"][category]["score"] * 100)


def complaints(report, category):
    """The audits that cost points, with the first thing each found."""
    for wanted in report["categories"][category]["auditRefs"]:
        audit = report["audits"][wanted["id"]]
        if wanted["weight"] and audit["score"] is not None and audit["score"] < 1:
            items = audit.get("details", {}).get("items", [])
            yield f"    {audit['id']}: {audit['title']} {json.dumps(items[:1])[:400]}"


def main(npm):
    fallen = False
    with embedded.temporary() as services, running(services.environment) as portal:
        lighthouse = Lighthouse(npm, portal.environment)
        pages = {"home": "/en/", "directory": "/en/members/", "profile": f"/en/members/{portal.expert()}/"}
        for name, path in pages.items():
            reports = [lighthouse.report(portal.url + path, "performance", *GATES)]
            reports += [lighthouse.report(portal.url + path, "performance") for _ in range(RUNS - 1)]
            gates = {category: score(reports[0], category) for category in GATES}
            runs = sorted(score(report, "performance") for report in reports)
            shift = max(report["audits"]["cumulative-layout-shift"]["numericValue"] for report in reports)
            print(f"{name}: {gates}, performance {median(runs)} (of {runs}), layout shift {shift}", flush=True)
            for category in GATES:
                print(*complaints(reports[0], category), sep="\n", end="")
            fallen |= min(gates.values()) < 100
    print("Lighthouse: " + ("a gate is below 100." if fallen else "100 at every gate."))
    return fallen


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
