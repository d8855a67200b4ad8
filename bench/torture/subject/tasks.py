from celery import shared_task

from . import planner


@shared_task(name="torture.plan")
def plan():
    planner.plan()
