"""`./portal torture [--full] [NAME …]`: kill things and count what is lost. One module of bench/torture/ a test."""

import os
import sys

from .bench import modules
from .terminal import foreground


def main(arguments):
    known = modules("bench/torture")
    full = [argument for argument in arguments if argument == "--full"]
    names = [argument for argument in arguments if argument != "--full"] or known
    if not known or not set(names) <= set(known):
        return f"./portal torture knows: {', '.join(known) or 'nothing yet'}."
    return max(foreground([sys.executable, "-m", f"bench.torture.{name}", *full], os.environ) for name in names)
