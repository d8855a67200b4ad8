"""The one entry: what it installs, where it listens, what it leaves behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import SimpleNamespace
from urllib.request import urlopen

import pytest

from diaspora_portal.entry import bench, ports, static
from diaspora_portal.stand_in import ROOT

from .test_embedded import folder, runs, soon  # noqa: F401 - folder is a fixture


# --- ./portal ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def portal(tmp_path, monkeypatch):
    """The executable as a module, over a folder of its own, with pip's calls written down."""
    loader = SourceFileLoader("portal_entry", str(ROOT / "portal"))
    portal = module_from_spec(spec_from_loader("portal_entry", loader))
    loader.exec_module(portal)
    portal.ROOT, portal.VENV, portal.PYTHON = tmp_path, tmp_path / ".venv", tmp_path / ".venv/bin/python"
    portal.PYTHON.parent.mkdir(parents=True)
    portal.PYTHON.symlink_to(sys.executable)
    portal.installed, portal.status = [], 0
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9.2.0\n")

    def run(argv, **kwargs):
        if "install" in argv:
            portal.installed.append(argv[-1].name)
            return SimpleNamespace(returncode=portal.status)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(portal, "subprocess", SimpleNamespace(run=run, DEVNULL=None))
    return portal


def test_requirements_are_installed_once_and_again_when_they_change(portal):
    for _ in range(2):
        portal.install("requirements.txt")
    assert portal.installed == ["requirements.txt"]

    (portal.ROOT / "requirements.txt").write_text("Django==5.2.20\n")
    for _ in range(2):
        portal.install("requirements.txt")
        portal.install("requirements-dev.txt")
    assert portal.installed == ["requirements.txt", "requirements.txt", "requirements-dev.txt"]


def test_an_installation_that_failed_is_tried_again(portal):
    portal.status = 1
    with pytest.raises(SystemExit, match="failed"):
        portal.install("requirements.txt")
    portal.status = 0
    portal.install("requirements.txt")
    assert portal.installed == ["requirements.txt", "requirements.txt"]


def test_a_machine_without_pip_and_ensurepip_is_told_which_package_brings_them(portal, monkeypatch):
    monkeypatch.setattr(portal, "find_spec", lambda name: name == "venv")
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        portal.make_venv()


@pytest.mark.parametrize(("argument", "status"), [((), 0), (("--help",), 0), (("nonsense",), 2)])
def test_without_a_known_command_it_prints_what_there_is(argument, status):
    done = subprocess.run([sys.executable, ROOT / "portal", *argument], cwd="/", capture_output=True, text=True)
    assert "./portal run" in done.stdout
    assert done.returncode == status


# --- ports and stamps -------------------------------------------------------------------------------------------------
def test_a_port_in_use_gives_the_next_free_one_and_says_so(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        port = ports.free_port(wanted)
    assert port > wanted
    assert f"port {wanted} is in use: taking {port}" in capsys.readouterr().out


def test_static_files_are_collected_only_when_something_changed(tmp_path, monkeypatch):
    for name in ("requirements.txt", "diaspora_portal/settings/base.py", "static/css/base.css", "var/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    count = tmp_path / "count"
    monkeypatch.setattr(static, "ROOT", tmp_path)
    monkeypatch.setattr(static, "STAMP", tmp_path / "var/static.stamp")
    monkeypatch.setattr(static, "COLLECT", ["sh", "-c", f"echo x >> '{count}'"])

    def collect():
        with static.collected(os.environ, log=tmp_path / "var/static.log"):
            pass
        return count.read_text().count("x")

    assert (collect(), collect()) == (1, 1)
    (tmp_path / "static/css/base.css").write_text("main {}")
    assert (collect(), collect()) == (2, 2)


# --- everything together ----------------------------------------------------------------------------------------------
@pytest.fixture
def clone(folder):  # noqa: F811 - the fixture
    """The checkout as a stranger has it: no var/, nothing running."""
    ignored = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", "node_modules", ".env")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def family(parent):
    """The processes below one, with their command lines."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True).stdout.splitlines()
    rows = [(int(pid), int(ppid), command) for pid, ppid, command in (line.split(None, 2) for line in listed)]
    found = {parent: ""}
    for pid, ppid, command in sorted(rows):
        if ppid in found:
            found[pid] = command
    return found


@pytest.fixture
def start(clone):
    """`./portal run` in the clone, as often as asked."""
    provided = {"DATABASE_URL", "REDIS_URL", "PGHOST", "DJANGO_SETTINGS_MODULE"}  # by ./portal test, to this test
    environment = {name: value for name, value in os.environ.items() if name not in provided}
    runs = []

    def start(port):
        argv = [sys.executable, "-m", "diaspora_portal.entry", "run", "--port", str(port)]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        runs.append(Run(subprocess.Popen(argv, cwd=clone, env=environment, **output)))
        return runs[-1]

    yield start
    for run in runs:
        run.process.terminate()
        run.process.communicate(timeout=60)


def get(url):
    with urlopen(url, timeout=10) as response:  # noqa: S310 - our own
        return response, response.read().decode()


class Run:
    """Its stream, read line by line."""

    def __init__(self, process):
        self.process, self.lines = process, []

    def says(self, what):
        for line in self.process.stdout:
            self.lines.append(line)
            if what in line:
                return line
        raise AssertionError(f"it never said {what!r}:\n{''.join(self.lines)}")


@pytest.mark.slow
def test_run_opens_the_portal_heals_what_dies_and_leaves_no_process(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        first = start(wanted)
        first.says(f"port {wanted} is in use")
        site = first.says("The portal").split()[4]
        first.says("Ctrl-C stops everything")
    assert get(f"{site}en/")[0].status == 200
    assert get(site.replace("localhost", "127.0.0.1") + "en/")[0].status == 200

    os.kill(min(pid for pid, command in family(first.process.pid).items() if "gunicorn" in command), signal.SIGKILL)
    first.says("web was killed by SIGKILL")
    first.says("web starts again")
    first.says("Listening at")
    assert get(f"{site}en/")[0].status == 200

    processes = family(first.process.pid)
    assert len(processes) > 10
    first.process.kill()  # nothing tidies up now, and yet nothing stays
    first.process.communicate()
    assert soon(lambda: not any(map(runs, processes))), [command for pid, command in processes.items() if runs(pid)]

    second = start(wanted)
    second.says("Ctrl-C stops everything")
    assert "static files" not in "".join(second.lines)
    processes = family(second.process.pid)
    second.process.terminate()
    assert "stopped" in second.process.communicate(timeout=60)[0]
    assert not any(map(runs, processes))


# --- ./portal bench ---------------------------------------------------------------------------------------------------
def test_large_pages_are_borrowed_and_given_back(tmp_path, monkeypatch):
    reserved = tmp_path / "nr_hugepages"
    reserved.write_text("7\n")
    monkeypatch.setattr(bench, "RESERVED", reserved)

    with bench.large_pages():
        assert int(reserved.read_text()) > 7

    assert reserved.read_text() == "7\n"


def test_a_bench_without_the_right_to_large_pages_does_without(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RESERVED", tmp_path / "nowhere" / "nr_hugepages")
    ran = []

    with bench.large_pages():
        ran.append(True)

    assert ran
