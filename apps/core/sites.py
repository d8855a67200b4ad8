"""The admin's own door: closed until a person is staff and, in production, has a second factor."""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


def is_staff_here(user) -> bool:
    """May this person use the staff's pages? In production a second factor is part of the answer."""
    return user.is_active and user.is_staff and (not settings.STAFF_NEED_MFA or is_mfa_enabled(user))


class HouseAdminSite(admin.AdminSite):
    site_title = _("Diaspora Portal")
    site_header = _("Diaspora Portal: administration")
    index_title = _("What you may look after")
    enable_nav_sidebar = True

    def has_permission(self, request):
        return is_staff_here(request.user)

    def login(self, request, extra_context=None):
        user = request.user
        if user.is_authenticated and user.is_staff and not is_staff_here(user):
            messages.warning(request, _("Staff need a second factor. Add one here, then open the administration again."))
            return redirect("mfa_index")
        return secure_admin_login(super().login)(request, extra_context)
