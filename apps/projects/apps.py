from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "apps.projects"
    label = "projects"
    verbose_name = _("Projects")

    def ready(self):
        from . import personal_data, receivers  # noqa: F401, PLC0415 - they need the models
        from .services import reports  # noqa: F401, PLC0415 - its rule of retention
