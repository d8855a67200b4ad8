from celery import shared_task

from .services import directory, erasure, export, matching, suspension, tidying


@shared_task(name="members.keep_tidy")
def keep_tidy():
    tidying.keep_tidy()
    directory.fold_counts()


@shared_task(name="members.rebuild_directory", time_limit=3600, soft_time_limit=3500)
def rebuild_directory():
    for _done in directory.rebuild():
        pass


@shared_task(name="members.bring_back")
def bring_back():
    suspension.bring_back()


@shared_task(name="members.let_go_of_stray_files")
def let_go_of_stray_files():
    tidying.let_go_of_stray_files()


@shared_task(name="members.build_exports", time_limit=3600, soft_time_limit=3500)
def build_exports():
    export.build_all()


@shared_task(name="members.erase_due")
def erase_due():
    erasure.erase_due()


@shared_task(name="members.tell_matches", time_limit=3600, soft_time_limit=3500)
def tell_matches():
    matching.tell_matches()
