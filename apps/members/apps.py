from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "apps.members"
    label = "members"

    def ready(self):
        from . import personal_data, receivers  # noqa: F401, PLC0415 - they need the models
