from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from . import roles


@receiver(post_migrate, sender=apps.get_app_config("portal"))
def grant_roles(**kwargs):
    """Portal stands last among our apps, so every model's rights exist by now."""
    roles.grant()
