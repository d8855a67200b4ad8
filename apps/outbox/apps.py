from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "apps.outbox"
    label = "outbox"
    verbose_name = _("Outgoing mail")

    def ready(self):
        from . import checks, personal_data, receivers  # noqa: F401, PLC0415 - they need the models
