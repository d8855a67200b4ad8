from celery import shared_task
from django.core.management import call_command

from . import services


@shared_task(name="core.keep_tidy")
def keep_tidy():
    call_command("clearsessions")
    services.keep_tidy()
