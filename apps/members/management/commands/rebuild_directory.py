import gc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import sleep

from django.core.management.base import BaseCommand
from django.db import connections
from django.db.models import Max

from apps.members.models import Profile
from apps.members.services import directory


class Command(BaseCommand):
    help = "Rewrite the directory from the profiles, while it stays open; can be stopped and started again."

    def add_arguments(self, parser):
        parser.add_argument("--processes", type=int, default=1, help="How many share the work.")
        parser.add_argument("--after", type=int, default=0, help="Leave the profiles up to this number as they are.")

    def handle(self, processes, after, **options):
        todo = Profile.objects.to_be_found().filter(pk__gt=after)
        total, newest = todo.count(), todo.aggregate(Max("pk"))["pk__max"] or after
        ends = [after + (newest - after) * share // processes for share in range(processes + 1)]
        fork = get_context("fork")
        counter = fork.Value("l", 0)
        connections.close_all()  # a connection must not be shared with a child
        with ProcessPoolExecutor(processes, fork, initializer=keep, initargs=[counter]) as pool:
            parts = [pool.submit(rewrite, *part) for part in zip(ends, ends[1:], strict=False)]
            while not all(part.done() for part in parts):
                sleep(1)
                self.stdout.write(f"\r{counter.value:,} of {total:,} profiles", ending="")
                self.stdout.flush()
            for part in parts:
                part.result()
        self.stdout.write(f"\r{counter.value:,} of {total:,} profiles")


def keep(counter):
    """Give a child the number that all of them count up. It lives for this only, and leaves nothing in circles."""
    gc.disable()
    global done  # noqa: PLW0603 - a child has no other way to get at it
    done = counter


def rewrite(after, until):
    before = 0
    for now in directory.rebuild(after=after, until=until):
        with done.get_lock():
            done.value += now - before
        before = now
