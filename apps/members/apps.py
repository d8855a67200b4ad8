from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "apps.members"
    label = "members"
    verbose_name = _("Members")

    def ready(self):
        from . import kinds, personal_data, receivers  # noqa: F401, PLC0415 - they need the models
        from .services import tidying  # noqa: F401, PLC0415 - its rules of retention
