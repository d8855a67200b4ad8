from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, OuterRef, Value, When
from django.forms import CheckboxSelectMultiple
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.core import audit
from apps.core.admin import HouseAdmin, PersonalDataMixin
from apps.core.text import masked

from ..models import User
from ..querysets.profiles import showing
from ..querysets.readers import DAYS, readers
from ..services import erasure


class RoleFilter(admin.SimpleListFilter):
    title, parameter_name = _("role"), "role"

    def lookups(self, request, model_admin):
        return [(str(role.pk), gettext(role.name)) for role in Group.objects.order_by("pk")]

    def queryset(self, request, queryset):
        # A value that is not offered filters nothing.
        offered = {str(value) for value, _label in self.lookup_choices}
        return queryset.filter(groups=self.value()) if self.value() in offered else queryset


@admin.register(User)
class UserAdmin(PersonalDataMixin, HouseAdmin):
    """Accounts are made by people themselves and erased by them; here their roles change, and whether they are open.

    Rights come with roles only, and nobody changes his own. Who is superuser is decided on the server's console.
    """

    list_display = ["address", "name", "roles", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = [RoleFilter, "is_active", "is_staff", "language"]
    search_fields = ["email", "seen_name"]
    search_help_text = _("An address or a name.")
    ordering = ["-date_joined", "-pk"]
    change_list_template = "admin/members/accounts.html"
    fields = ["email", "profile_page", "is_active", "is_staff", "groups", "language", "date_joined", "last_login"]
    readonly_fields = ["email", "profile_page", "language", "date_joined", "last_login"]

    def person_of(self, obj):
        return obj.pk

    def get_queryset(self, request):
        roles = Group.objects.filter(user=OuterRef("pk")).order_by("name").values("name")
        # Who is hidden has no name here, and is found by his address alone.
        name = Case(When(showing("profile__"), then=F("profile__display_name")), default=Value(""))
        return super().get_queryset(request).annotate(role_names=ArraySubquery(roles), seen_name=name)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (obj != request.user and (request.user.is_superuser or not obj.is_superuser))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in {"is_active", "is_staff"}:
            kwargs["show_hidden_initial"] = True  # a page drawn before its owner left, or came back, undoes neither
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs, widget=CheckboxSelectMultiple)
        field.label_from_instance = lambda role: gettext(role.name)
        field.label, field.help_text = _("Roles"), _("What this person may look after here.")
        return field

    def save_model(self, request, obj, form, change):
        if "is_staff" in form.changed_data:
            obj.save(update_fields=["is_staff"])  # what its owner changes meanwhile stays his
        if "is_active" in form.changed_data:
            erasure.open_or_close(user=obj, active=obj.is_active, actor=request.user)
        obj.refresh_from_db(fields=["is_active", "is_staff"])  # the audit says what is, not what an older page showed

    def record(self, request, obj, deed, **detail):
        rights = {"active": obj.is_active, "staff": obj.is_staff, "roles": [role.name for role in obj.groups.all()]}
        super().record(request, obj, deed, **detail, **rights)

    @admin.display(description=_("address"), ordering="email")
    def address(self, user):
        """Colleagues in full; everybody else's whole address is on the account's page, after the purpose."""
        return user.email if user.is_staff else masked(user.email)

    @admin.display(description=_("name"), ordering="seen_name")
    def name(self, user):
        return user.seen_name

    @admin.display(description=_("roles"))
    def roles(self, user):
        return ", ".join(gettext(name) for name in user.role_names)

    @admin.display(description=_("profile"))
    def profile_page(self, user):
        if not hasattr(user, "profile"):
            return _("None yet.")
        url = reverse("admin:members_profile_change", args=[user.profile.pk])
        return format_html('<a href="{}">{}</a>', url, user.profile.display_name)

    # --- who reads much -----------------------------------------------------------------------------------------------
    def may_see_readers(self, request) -> bool:
        return request.user.has_perms(["members.view_user", "core.view_auditentry"])

    def changelist_view(self, request, extra_context=None):
        context = {"may_see_readers": self.may_see_readers(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.readers_view))
        return [path("readers/", view, name="members_user_readers"), *super().get_urls()]

    def readers_view(self, request):
        """Accounts by how much they opened; numbers only, a name is one purpose away."""
        if not self.may_see_readers(request):
            raise PermissionDenied
        audit.read(actor=request.user, person=None, what="listed", model=self.opts.label, searched=False)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Who reads much"),
            "readers": readers(),
            "days": DAYS,
        }
        return TemplateResponse(request, "admin/members/readers.html", context)
