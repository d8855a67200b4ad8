from celery import shared_task

from .services import accounts


@shared_task(name="members.keep_tidy")
def keep_tidy():
    accounts.keep_tidy()
