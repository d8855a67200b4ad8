"""`./portal bench NAME …`: a measurement of bench/, on servers of its own whose data is kept for the next time."""

import re
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

from diaspora_portal import embedded
from diaspora_portal.stand_in import ROOT

from .terminal import foreground

RESERVED = Path("/proc/sys/vm/nr_hugepages")


def main(arguments):
    known = modules("bench")
    name, *rest = arguments or [""]
    if name not in known:
        return f"./portal bench knows: {', '.join(known) or 'nothing yet'}."
    with large_pages(), embedded.permanent("bench") as services:
        migrate = [sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0"]
        measure = [sys.executable, "-m", f"bench.{name}", *rest]
        return foreground(migrate, services.environment) or foreground(measure, services.environment)


@contextmanager
def large_pages():
    """Lend PostgreSQL large pages for its memory, as the README advises; without the right to, it does without."""
    before = None
    with suppress(OSError):
        kilobytes = int(re.search(r"Hugepagesize: +(\d+) kB", Path("/proc/meminfo").read_text()).group(1))
        before = RESERVED.read_text()
        wanted = (embedded.buffers() * 1024 * 11 // 10) // kilobytes  # a tenth for what is not pages of tables
        RESERVED.write_text(str(max(int(before), wanted)))
    try:
        yield
    finally:
        if before is not None:
            with suppress(OSError):
                RESERVED.write_text(before)


def modules(folder):
    return sorted(path.stem for path in (ROOT / folder).glob("[!_]*.py"))
