"""The Celery application and, in one table, every periodic job of the project.

Intervals in seconds rather than crontabs: they have no clock change. Two beats at once do no harm,
because every job asks PostgreSQL what is due. A worker names its settings (DJANGO_SETTINGS_MODULE) or does not start.
"""

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

HOUR = 3600.0

app = Celery("diaspora_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()

app.conf.worker_consumer = "diaspora_portal.consumer:Consumer"
app.conf.task_queues = [Queue("default"), Queue("mail")]
app.conf.beat_schedule = {
    "members.keep_tidy": {"task": "members.keep_tidy", "schedule": HOUR},
    "members.build_exports": {"task": "members.build_exports", "schedule": 60.0},
    "members.erase_due": {"task": "members.erase_due", "schedule": 600.0},
    "members.let_go_of_stray_files": {"task": "members.let_go_of_stray_files", "schedule": 24 * HOUR},
    "members.tell_matches": {"task": "members.tell_matches", "schedule": 600.0},
    "members.bring_back": {"task": "members.bring_back", "schedule": 600.0},
    "projects.build_reports": {"task": "projects.build_reports", "schedule": 60.0},
    "projects.keep_tidy": {"task": "projects.keep_tidy", "schedule": HOUR},
    "outbox.sweep": {"task": "outbox.sweep", "schedule": 5.0},
    "outbox.reconcile": {"task": "outbox.reconcile", "schedule": 30.0},
    "outbox.keep_tidy": {"task": "outbox.keep_tidy", "schedule": HOUR},
    "core.keep_tidy": {"task": "core.keep_tidy", "schedule": HOUR},
}


@setup_logging.connect
def keep_djangos_logging(**kwargs):
    """Celery would replace the structured logs by its own."""
