from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..querysets.users import UserManager


class User(AbstractBaseUser, PermissionsMixin):
    """An account: an address, a password, a language. What a person tells of himself is in the profile."""

    email = models.EmailField(_("email address"), unique=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_sample = models.BooleanField(_("sample"), default=False, editable=False, help_text=_("Invented for the demo."))
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    warned_at = models.DateTimeField(
        _("told that the unused account will be deleted"), null=True, blank=True, editable=False
    )

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]
        # Every page asks whether there are any.
        indexes = [
            models.Index(fields=["id"], condition=models.Q(is_sample=True), name="user_samples"),
            models.Index(fields=["id"], condition=models.Q(is_active=False), name="user_closed"),
        ]

    def __str__(self):
        return self.email
