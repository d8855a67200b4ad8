"""`./portal bench NAME …`: a measurement of bench/, on servers of its own whose data is kept for the next time."""

import sys

from diaspora_portal import embedded
from diaspora_portal.stand_in import ROOT

from .terminal import foreground


def main(arguments):
    known = modules("bench")
    name, *rest = arguments or [""]
    if name not in known:
        return f"./portal bench knows: {', '.join(known) or 'nothing yet'}."
    with embedded.permanent("bench") as services:
        migrate = [sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0"]
        measure = [sys.executable, "-m", f"bench.{name}", *rest]
        return foreground(migrate, services.environment) or foreground(measure, services.environment)


def modules(folder):
    return sorted(path.stem for path in (ROOT / folder).glob("[!_]*.py"))
