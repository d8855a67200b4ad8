from celery import shared_task
from django.core.management import call_command


@shared_task(name="core.keep_tidy")
def keep_tidy():
    """Let go of sessions that have ended."""
    call_command("clearsessions")
