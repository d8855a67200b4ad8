from celery import shared_task

from .services import accounts, directory


@shared_task(name="members.keep_tidy")
def keep_tidy():
    accounts.keep_tidy()


@shared_task(name="members.rebuild_directory", time_limit=3600, soft_time_limit=3500)
def rebuild_directory():
    for _done in directory.rebuild():
        pass
