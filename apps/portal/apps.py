from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "apps.portal"
    label = "portal"
    verbose_name = _("Pages")

    def ready(self):
        from . import personal_data, receivers  # noqa: F401, PLC0415 - they need the models
