from celery import shared_task
from django.core.management import call_command

from .services import let_go


@shared_task(name="core.keep_tidy")
def keep_tidy():
    call_command("clearsessions")
    let_go()
