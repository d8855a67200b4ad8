"""A folder, and the addresses of servers that are not started yet, in the environment: before Django is set up."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from diaspora_portal.embedded import Services
from diaspora_portal.entry.ports import free_port
from diaspora_portal.stand_in import private_folder

FOLDER = private_folder(Path(tempfile.mkdtemp(prefix=f"portal-torture-{os.getpid()}-", dir="/tmp")))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

for name in ("DATABASE_URL", "REDIS_URL"):  # whatever is named outside is not to be tortured
    os.environ.pop(name, None)
SERVICES = Services(FOLDER, FOLDER / "sockets")
FIRST_PORT = 10_000 + 10 * (os.getpid() % 2_000)  # two tests at once must not find the same one free
SMTP_PORT, WEB_PORT = free_port(FIRST_PORT), free_port(FIRST_PORT + 5)
LOG, ACCEPTS, LOSSES = FOLDER / "mail.log", FOLDER / "accepts", FOLDER / "losses"
os.environ |= SERVICES.environment | {
    "DJANGO_SETTINGS_MODULE": "bench.torture._settings",
    "SECRET_KEY": secrets.token_hex(),
    "EMAIL_URL": f"smtp://127.0.0.1:{SMTP_PORT}",
    "SITE_URL": f"http://127.0.0.1:{WEB_PORT}",
    "MAIL_LOG": str(LOG),
}
