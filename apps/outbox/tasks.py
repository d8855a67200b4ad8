from celery import shared_task

from . import services
from .services import reconciling


@shared_task(name="outbox.deliver")
def deliver():
    services.deliver_due()


@shared_task(name="outbox.sweep")
def sweep():
    services.sweep()


@shared_task(name="outbox.reconcile")
def reconcile():
    reconciling.read_log()
    reconciling.settle_by_policy()


@shared_task(name="outbox.keep_tidy")
def keep_tidy():
    services.keep_tidy()
