from django.contrib import admin
from django.forms import Textarea
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.admin import HouseAdmin, PersonalDataMixin

from ..models import MessageReport
from ..services import reports


@admin.register(MessageReport)
class MessageReportAdmin(PersonalDataMixin, HouseAdmin):
    """The desk of reported messages: the one way to a message between members.

    Each opening is told to whoever reported it. The sender is told of nothing, as the page of the report promises: the
    entry names the report, and no more of him.
    Saving what was done closes the report. An account is closed on its own page.
    """

    list_display = ["at", "state", "closed_at", "closed_by"]
    list_filter = ["state", "at"]
    list_select_related = ["closed_by"]
    ordering = ["-state", "at", "pk"]  # open ones first, the oldest on top
    fields = ["state", "at", "reason", "sender", "recipient", "sent", "subject", "text", "answer"]

    def person_of(self, obj):
        return obj.message.recipient_id

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        still_open = obj is None or obj.state == MessageReport.State.OPEN
        return still_open and super().has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        closed = ["closed_by", "closed_at"] if obj and obj.state == MessageReport.State.CLOSED else []
        return [*self.fields, *closed]

    def get_readonly_fields(self, request, obj=None):
        return [name for name in self.get_fields(request, obj) if name != "answer"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "answer":
            field.required, field.widget = True, Textarea(attrs={"rows": 3, "cols": 60})
            field.help_text = _("With this the report is closed. Neither of the two people reads it.")
        return field

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        only_one_way_to_save = {"show_save_and_continue": False} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, only_one_way_to_save)

    def save_model(self, request, obj, form, change):
        reports.close(report=obj, actor=request.user, answer=form.cleaned_data["answer"])

    @admin.display(description=_("sender"))
    def sender(self, report):
        return _account(report.message.sender)

    @admin.display(description=_("recipient"))
    def recipient(self, report):
        return _account(report.message.recipient)

    @admin.display(description=_("sent"))
    def sent(self, report):
        return date_format(localtime(report.message.sent_at), gettext("j F Y, H:i"))

    @admin.display(description=_("subject"))
    def subject(self, report):
        return report.message.subject

    @admin.display(description=_("message"))
    def text(self, report):
        return format_html_join("", "<div>{}</div>", ((line,) for line in report.message.text.splitlines()))


def _account(person):
    """The name, with the way to the account's page, where it can be closed by those with the right to it."""
    name = person.profile.display_name if hasattr(person, "profile") else gettext("A member")
    number = gettext("Account %(number)s") % {"number": person.pk}
    return format_html('{} (<a href="{}">{}</a>)', name, reverse("admin:members_user_change", args=[person.pk]), number)
