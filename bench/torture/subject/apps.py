import os

from django.apps import AppConfig


class SubjectConfig(AppConfig):
    """What the tests send mails about. An app, so that workers know its kinds as they know everybody's."""

    name = "bench.torture.subject"
    label = "torture"

    def ready(self):
        from apps.outbox import kinds  # noqa: PLC0415 - it needs the models
        from apps.outbox.models import Lane  # noqa: PLC0415
        from diaspora_portal.celery import app  # noqa: PLC0415

        how = {"sample": {"number": "1"}, "ready_made": True}
        wait, drop, repeat = kinds.WhenUncertain.WAIT, kinds.WhenUncertain.DROP, kinds.WhenUncertain.REPEAT
        kinds.register("torture.code", lane=Lane.ACCOUNT, when_uncertain=repeat, **how)
        kinds.register("torture.notice", lane=Lane.NOTICE, when_uncertain=wait, **how)
        kinds.register("torture.reminder", lane=Lane.NOTICE, when_uncertain=drop, **how)
        kinds.register("torture.edition", lane=Lane.BULK, when_uncertain=wait, **how)
        if "TORTURE_PLANS" in os.environ:
            app.conf.beat_schedule["torture.plan"] = {"task": "torture.plan", "schedule": 1.0}
