"""`./portal bench mail`: a newsletter through the outbox, beside a bare smtplib loop and django-newsletter's way (G5).

All of them in one run, to the same mail server on this machine, 30 KB a mail. The outbox is the whole of it: Celery's
workers, states in PostgreSQL, personal links, the two commits and two marks of every promise. Each is measured three
times in turn, and the median counts, because the machine is noisy.
"""

import argparse
import os
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


PORT = free_port()
os.environ["EMAIL_URL"] = f"smtp://{HOST}:{PORT}"
django.setup()

from celery import current_app
from django.db import connection

from apps.outbox import wire
from diaspora_portal.stand_in import ROOT

from . import edition, one_by_one
from .processes import children, cpu, descendants
from .report import Goals, percentile, progress

SENDER = "no-reply@bench.example"
PATIENCE = 1200  # seconds for one edition


# --- the three ways ---------------------------------------------------------------------------------------------------
def bare_loop(mails: int) -> float:
    """The yardstick: smtplib sends a ready-made message over one connection. Mails a second."""
    key, values = "0" * 32, edition.SAMPLE
    message = wire.Wire(edition.content()).message(to="reader@bench.example", key=key, values=values)
    server = smtplib.SMTP(HOST, PORT, local_hostname="bench.example")
    start = time.perf_counter()
    for number in range(mails):
        server.sendmail(SENDER, [f"reader{number}@bench.example"], message)
    taken = time.perf_counter() - start
    server.quit()
    return mails / taken


def through_the_outbox(mails: int, workers: int, *, codes: bool = False) -> tuple[float, float, float]:
    """An edition from its planning to its last mail: mails a second, CPU ms a mail, a worker's peak memory in MB.

    With ``codes`` somebody signs up five times a second meanwhile.
    """
    edition.clear()
    with celery(workers) as processes:
        senders = [pid for process in processes for pid in children(process.pid)]
        database = postmaster()
        used = lambda: sum(map(cpu, [*senders, *descendants(database)]))  # noqa: E731 - read twice, here
        before, start = used(), time.perf_counter()
        batch = edition.plan(mails)
        for _ in range(workers):
            current_app.send_task("outbox.deliver")
        looks = 0
        while edition.is_on_its_way(batch):
            if codes:
                edition.code(looks)
            if looks % 20 == 0:
                progress(edition.sent(batch), mails + 1, f"mails, {workers} worker{'s' * (workers > 1)}")
            if time.perf_counter() - start > PATIENCE:
                raise RuntimeError(f"only {edition.sent(batch)} of {mails} mails were sent")
            looks += 1
            time.sleep(0.2 if codes else 0.05)
        taken = time.perf_counter() - start
        progress(mails, mails, f"mails, {workers} worker{'s' * (workers > 1)}")
        if edition.sent(batch) != mails:
            raise RuntimeError(f"{mails} mails were planned and {edition.sent(batch)} sent")
        return mails / taken, (used() - before) / mails, max(map(peak, senders))


# --- around them ------------------------------------------------------------------------------------------------------
@contextmanager
def mail_server():
    """The scripted server of the tests, in a process of its own, keeping nothing."""
    server = subprocess.Popen([sys.executable, "-m", "apps.outbox.tests.smtp_server", "--port", str(PORT)], cwd=ROOT)
    try:
        for _ in range(100):
            try:
                socket.create_connection((HOST, PORT), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def celery(workers: int):
    """So many workers of one sending process each, as production starts them."""
    argv = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "diaspora_portal", "--quiet", "worker"]
    argv += ["--queues", "mail", "--concurrency", "1", "--without-mingle", "--without-gossip", "-I", "bench.edition"]
    argv += ["--loglevel", "ERROR"]
    processes = [
        subprocess.Popen([*argv, "--hostname", f"{number}@bench"], cwd=ROOT, stdout=subprocess.DEVNULL)
        for number in range(workers)
    ]
    try:
        ready = time.monotonic() + 60
        while len(current_app.control.inspect(timeout=1).ping() or {}) < workers:
            if time.monotonic() > ready:
                raise RuntimeError("the workers did not start")
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))


def peak(pid: int) -> float:
    """The most memory that a process ever had resident, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="./portal bench mail")
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--many", type=int, default=100_000, help="recipients of the memory's large edition")
    options = parser.parse_args()
    with mail_server():
        bare, slow, one, two = [], [], [], []
        for _round in range(options.rounds):
            bare.append(bare_loop(options.mails))
            one.append(through_the_outbox(options.mails, 1))
            two.append(through_the_outbox(options.mails, 2))
            slow.append(one_by_one.send(max(200, options.mails // 20), SENDER)[0])
        small = through_the_outbox(1_000, 1)[2]
        large = through_the_outbox(options.many, 2, codes=True)
        waits = edition.waits()
    yardstick, plain = median(bare), median(slow)
    ours_alone, ours = median(row[0] for row in one), median(row[0] for row in two)
    print(f"{options.mails:,} mails of 30 KB, {options.rounds} rounds, mails a second:")
    print(f"  bare smtplib loop, one connection   {yardstick:7.0f}   {[round(n) for n in bare]}")
    print(f"  outbox, one worker                  {ours_alone:7.0f}   {[round(row[0]) for row in one]}")
    print(f"  outbox, two workers                 {ours:7.0f}   {[round(row[0]) for row in two]}")
    print(f"  as django-newsletter does it        {plain:7.0f}   {[round(n) for n in slow]}")
    print(f"  outbox, two workers, {options.many:,} mails {large[0]:7.0f}")
    print(f"  {len(waits)} codes meanwhile: median {percentile(waits, 0.5):.2f} s, p99 {percentile(waits, 0.99):.2f} s")
    print(f"  CPU ms a mail, workers and database {median(row[1] for row in two):7.2f}")
    print(f"  ratio {ours / yardstick:.2f} to the bare loop, {ours / plain:.0f} to django-newsletter's way")
    goals = Goals()
    goals.least("G5-bare-loop", ours / yardstick, 0.8, "x")
    goals.least("G5-django-newsletter", ours / plain, 20, "x")
    goals.most("G5-worker-memory", large[2], 95, "MB")
    goals.most("G5-memory-growth", large[2] / small, 1.05, "x")
    goals.most("code-median", percentile(waits, 0.5), 2, "s")
    goals.most("code-p99", percentile(waits, 0.99), 5, "s")
    return goals.close()


if __name__ == "__main__":
    sys.exit(main())
