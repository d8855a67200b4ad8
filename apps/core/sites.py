"""The admin's own door: closed until a person is staff and, in production, has a second factor."""

from functools import wraps

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


def is_staff_here(user) -> bool:
    """May this person use the staff's pages? In production a second factor is part of the answer."""
    return user.is_active and user.is_staff and (not settings.STAFF_NEED_MFA or is_mfa_enabled(user))


@method_decorator([never_cache, login_not_required], name="login")
class HouseAdminSite(admin.AdminSite):
    """Signing in and out, and all about passwords, is allauth's: here are only ways to it."""

    site_title = _("Diaspora Portal")
    site_header = _("Diaspora Portal: administration")
    index_title = _("What you may look after")
    enable_nav_sidebar = True

    def register(self, model_or_iterable, admin_class=None, **options):
        """Take our own only: the ModelAdmins that packages bring write no audit entry and ask for no purpose."""
        if getattr(admin_class, "of_the_house", False):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        return is_staff_here(request.user)

    def admin_view(self, view, cacheable=False):
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def in_the_readers_language(request, *args, **kwargs):
            # These addresses have no language in them: the account's decides, until the next request.
            if request.user.is_authenticated:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
            return guarded(request, *args, **kwargs)

        return in_the_readers_language

    def get_urls(self):
        # Django's own would tell the address of any record to anybody on the staff.
        guarded = self.admin_view(self.view_on_site)
        return [path("r/<path:content_type_id>/<path:object_id>/", guarded, name="view_on_site"), *super().get_urls()]

    def view_on_site(self, request, content_type_id, object_id):
        """On to the public page of a record that one sees in the administration."""
        numbers = content_type_id.isdecimal() and object_id.isdecimal()
        kind = get_object_or_404(ContentType, pk=content_type_id) if numbers else None
        page = self._registry.get(kind.model_class()) if kind else None
        if page is None or not page.has_view_or_change_permission(request):
            raise Http404
        get_object_or_404(page.get_queryset(request), pk=object_id)
        return shortcut(request, content_type_id, object_id)

    def login(self, request, extra_context=None):
        user = request.user
        if user.is_authenticated and user.is_staff and not is_staff_here(user):
            add_one = _("Staff need a second factor. Add one here, then open the administration again.")
            messages.warning(request, add_one)
            return redirect("mfa_index")
        # Never Django's own form, on which a password alone would do.
        return secure_admin_login(lambda request: redirect("admin:index"))(request)

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")
