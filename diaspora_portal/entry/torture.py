"""`./portal torture [--full] [NAME …]`: kill things and count what is lost. One module of bench/torture/ a test."""

import os
import subprocess
import sys

from .bench import modules


def main(arguments):
    known = sorted(modules("bench/torture"), key=lambda name: (len(name), name))  # T-F9 before T-F12
    full = [argument for argument in arguments if argument == "--full"]
    names = [module_of(argument) for argument in arguments if argument != "--full"] or known
    if not known or not set(names) <= set(known):
        return f"./portal torture knows: {', '.join(map(title_of, known)) or 'nothing yet'}."
    figures, failed = [], 0
    for name in names:
        status, told = told_by([sys.executable, "-m", f"bench.torture.{name}", *full])
        figures += told or [f"TORTURE {title_of(name)} ended with status {status} fail"]
        failed = failed or status
    if len(names) > 1:
        print("", *figures, f"{sum(line.endswith(' pass') for line in figures)} of {len(names)} pass.", sep="\n")
    return failed


def module_of(title):
    """T-F1, t-f1 and t_f1 are the same test."""
    return title.lower().replace("-", "_")


def title_of(module):
    return module.upper().replace("_", "-") if module.startswith("t_") else module


def told_by(argv):
    """Run a test in the foreground; return its status and its line of figures. Ctrl-C is its to answer."""
    process = subprocess.Popen(argv, env=os.environ, stdout=subprocess.PIPE, text=True)
    told = []
    try:
        while True:
            try:
                for line in process.stdout:
                    print(line, end="", flush=True)
                    told += [line.rstrip()] * line.startswith("TORTURE ")
                return process.wait(), told
            except KeyboardInterrupt:
                continue
    finally:
        process.terminate()
        process.wait()
