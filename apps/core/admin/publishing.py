"""Buttons that publish, withdraw and take up again: each calls a service, and says who decided and when."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import AuditEntry
from ..publishing import NEXT, STATE, NotNow, NotReady


def to_be_public(moment: datetime) -> str:
    when = date_format(timezone.localtime(moment, timezone.get_default_timezone()), gettext("j F Y, H:i"))
    return gettext("To be public from %(moment)s (Brussels time)") % {"moment": when}


class PublishForm(forms.Form):
    at = forms.DateTimeField(
        label=_("From when (Brussels time)"),
        required=False,
        help_text=_("Empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at < timezone.now():
            raise forms.ValidationError(_("That moment has passed. Leave it empty to publish now."))
        return at


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A short sentence for colleagues. Kept with your name."),
    )


class PublishingMixin:
    """For a `Publishable` model. ``verbs`` is the app's module of services: publish, withdraw, to_draft."""

    verbs = None

    def may_publish(self, request, obj) -> bool:
        raise NotImplementedError

    def warnings(self, obj) -> list[str]:
        """What whoever publishes should know; it forbids nothing."""
        return []

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        views = {"publish": self.publish_view, "withdraw": self.withdraw_view, "to_draft": self.to_draft_view}
        return [
            *(
                path(
                    f"<path:object_id>/{page.replace('_', '-')}/",
                    self.admin_site.admin_view(view),
                    name=f"{name}_{page}",
                )
                for page, view in views.items()
            ),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["publishing"] = self.standing(request, obj) if obj else None
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def standing(self, request, obj) -> dict:
        """Where the record stands, who decided that and when, and the ways from here."""
        obj = self.model._base_manager.get(pk=obj.pk)  # not what somebody has just typed
        ways = [
            ("publish", STATE.PUBLISHED, _("Publish anew, at another moment") if obj.is_scheduled else _("Publish")),
            ("withdraw", STATE.WITHDRAWN, _("Withdraw")),
            ("to_draft", STATE.DRAFT, _("Take up again as a draft")),
        ]
        may = self.may_publish(request, obj)
        return {
            "words": self.told(obj),
            "page": obj.get_absolute_url(),
            "is_public": obj.is_public,
            "decided_at": obj.decided_at,
            "decided_by": obj.decided_by,
            "reason": self._reason(obj),
            "ways": [
                (label, self._address(obj, page))
                for page, state, label in ways
                if may and state in NEXT[obj.state] and not (page == "publish" and obj.is_public)
            ],
        }

    def told(self, obj) -> str:
        return to_be_public(obj.public_from) if obj.is_scheduled else obj.get_state_display()

    def _reason(self, obj) -> str:
        if obj.state != STATE.WITHDRAWN:
            return ""
        deeds = AuditEntry.objects.filter(
            verb=f"{obj._meta.label_lower}.{STATE.WITHDRAWN}", target_type=obj._meta.label, target_id=str(obj.pk)
        )
        latest = deeds.order_by("-pk").first()
        return latest.detail.get("reason", "") if latest else ""

    # --- decisions ----------------------------------------------------------------------------------------------------
    def publish_view(self, request, object_id):
        obj = self._to_decide(request, object_id)
        form = PublishForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            at = form.cleaned_data["at"]
            return self._decide(request, obj, form, self.verbs.publish, _("It is public now."), at=at)
        return self._ask(request, obj, form, _("Publish"), warnings=self.warnings(obj))

    def withdraw_view(self, request, object_id):
        obj = self._to_decide(request, object_id)
        form = WithdrawForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            return self._decide(request, obj, form, self.verbs.withdraw, _("It is withdrawn."), reason=reason)
        return self._ask(request, obj, form, _("Withdraw"))

    def to_draft_view(self, request, object_id):
        obj = self._to_decide(request, object_id)
        form = forms.Form()
        if request.method == "POST":
            return self._decide(request, obj, form, self.verbs.to_draft, _("It is a draft again."))
        return self._ask(request, obj, form, _("Take up again as a draft"))

    def _to_decide(self, request, object_id):
        obj = self.get_object(request, unquote(str(object_id)))
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            raise Http404
        if not self.may_publish(request, obj):
            raise PermissionDenied
        return obj

    def _decide(self, request, obj, form, verb, done, **values):
        try:
            obj = verb(obj=obj, actor=request.user, **values)
        except NotNow:
            messages.error(request, _("It stands as “%(state)s”: this cannot be done now.") % {"state": self.told(obj)})
        except NotReady as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, self.told(obj) if obj.is_scheduled else done)
        return HttpResponseRedirect(self._address(obj, "change"))

    def _ask(self, request, obj, form, title, warnings=()):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subtitle": str(obj),
            "original": obj,
            "form": form,
            "warnings": warnings,
            "change_url": self._address(obj, "change"),
        }
        return TemplateResponse(request, "admin/core/decide.html", context)

    def _address(self, obj, page, *more) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[obj.pk, *more])
