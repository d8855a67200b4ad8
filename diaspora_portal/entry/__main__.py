import os
import signal
import sys
from importlib import import_module

import environ

from diaspora_portal.child import Trouble
from diaspora_portal.stand_in import ROOT


def main():
    # Ended from outside, we still stop what we started; and a shell's background job was told to ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, frame: sys.exit(128 + number))
    environ.Env.read_env(ROOT / ".env")  # a database named there is used too
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
    command, *arguments = sys.argv[1:]
    try:
        return import_module(f"diaspora_portal.entry.{command}").main(arguments)
    except Trouble as trouble:
        return f"\n{trouble}"  # sys.exit prints it and ends with status 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
