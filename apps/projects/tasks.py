from celery import shared_task

from .services import indexing, reports


@shared_task(name="projects.build_reports", time_limit=600, soft_time_limit=540)
def build_reports():
    reports.build_all()


@shared_task(name="projects.keep_tidy")
def keep_tidy():
    reports.keep_tidy()
    indexing.fold_counts()
