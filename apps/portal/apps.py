from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core import slots


class PortalConfig(AppConfig):
    name = "apps.portal"
    label = "portal"
    verbose_name = _("Pages")

    def ready(self):
        from . import panels, personal_data, receivers  # noqa: F401, PLC0415 - they need the models

        slots.register("project.related", panels.countries_of)
