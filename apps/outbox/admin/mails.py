from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from apps.core.admin import PersonalDataMixin, ReadOnlyAdmin
from apps.core.text import masked

from .. import kinds
from ..forms import ReasonForm
from ..models import WAITING, MailBatch, OutgoingMail
from ..permissions import can_decide, can_read_outbox
from . import previews, status, story
from .decisions import DECISIONS, UNCERTAIN, Decision, as_action, decide, offered
from .words import moment, short, title_of

AT_ONCE = 1000  # mails that one press of a button decides about: each takes a transaction
LATEST = 20  # batches that the filter names


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request, model_admin):
        return [(kind.name, title_of(kind.name)) for kind in kinds.every()]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class BatchFilter(admin.SimpleListFilter):
    title, parameter_name = _("batch"), "batch"

    def lookups(self, request, model_admin):
        return [(str(batch.pk), batch.name) for batch in MailBatch.objects.order_by("-pk")[:LATEST]]

    def queryset(self, request, queryset):
        # Older batches are not offered here; their own pages lead to their mails.
        return queryset.filter(batch=self.value()) if (self.value() or "").isdecimal() else queryset


def two_lines(first: str, second: str) -> str:
    return format_html("{}<small>{}</small>", first, second) if second else first


class ExactSearch:
    """A search that an index answers: a number, a Message-ID or a whole address, and nothing in part."""

    def get_search_results(self, request, queryset, search_term):
        return (queryset.known_as(search_term) if search_term else queryset), False


@admin.register(OutgoingMail)
class MailAdmin(PersonalDataMixin, ExactSearch, ReadOnlyAdmin):
    """Nothing is written here: what is decided about a mail is carried out by services, with the name of who did.

    The list masks addresses. One mail is opened with a purpose; of what its recipient reads, staff see only what the
    portal itself wrote (`story.may_be_read`).
    """

    list_display = ["number", "state_and_answer", "kind_and_lane", "recipient", "when"]
    list_display_links = ["number"]
    list_filter = ["state", "lane", KindFilter, BatchFilter]
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    search_fields = ["message_key"]  # so that there is a search; see ExactSearch
    search_help_text = _("A number, a Message-ID, or a whole address.")
    ordering = ["-pk"]
    actions = [as_action(decision) for decision in DECISIONS.values()]
    change_list_template = "admin/outbox/mails.html"
    change_form_template = "admin/outbox/mail.html"
    fields = readonly_fields = [
        "state", "kind_title", "lane", "batch", "to", "person", "message_id", "about_id", "attempts", "expires_at",
        "answer",
    ]  # fmt: skip

    def person_of(self, obj):
        return obj.person_id

    def get_queryset(self, request):
        return super().get_queryset(request).defer("values")

    def has_decide_permission(self, request):
        return can_decide(request.user)

    # --- columns: none can be sorted by, for that would read the whole table ------------------------------------------
    @admin.display(description=_("number"))
    def number(self, mail):
        return mail.pk

    @admin.display(description=_("state, and answer of the mail server"))
    def state_and_answer(self, mail):
        return two_lines(mail.get_state_display(), masked(story.answer(mail)))

    @admin.display(description=_("kind and lane"))
    def kind_and_lane(self, mail):
        return two_lines(title_of(mail.kind), short(mail.lane))

    @admin.display(description=_("recipient"))
    def recipient(self, mail):
        return masked(mail.to)

    @admin.display(description=_("queued, and sent or next attempt"))
    def when(self, mail):
        then = moment(mail.sent_at)
        if mail.state in WAITING:
            then = gettext("next attempt %(moment)s") % {"moment": moment(mail.next_attempt_at)}
        return two_lines(moment(mail.created_at), then)

    # --- the story of one mail ----------------------------------------------------------------------------------------
    @admin.display(description=_("kind"))
    def kind_title(self, mail):
        return title_of(mail.kind)

    @admin.display(description="Message-ID")
    def message_id(self, mail):
        return mail.message_id

    @admin.display(description=_("answer of the mail server"))
    def answer(self, mail):
        return story.answer(mail)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= {
            "title": gettext("Mail %(number)s") % {"number": obj.pk},
            "subtitle": title_of(obj.kind),
            "moments": story.time_line(obj),
            "may_be_read": story.may_be_read(obj),
            "filled": story.filled(obj),
            "decisions": offered(obj) if can_decide(request.user) else [],
            "reason_form": ReasonForm(auto_id="withhold_%s"),
            **previews.look(request),
        }
        if context["filled"]:
            context |= {
                "headers": story.headers(obj),
                "language": obj.content.language,
                "frame": reverse("admin:outbox_outgoingmail_body", args=[obj.pk]),
            }
        return previews.with_frame(super().render_change_form)(request, context, *args, obj=obj, **kwargs)

    def body_view(self, request, object_id):
        return self._with_purpose(self._body, request, str(object_id))

    def _body(self, request, object_id):
        mail = self.get_object(request, object_id)
        if mail is None or not (filled := story.filled(mail)):
            raise Http404
        return previews.framed(filled.html)

    # --- decisions ----------------------------------------------------------------------------------------------------
    def decide_view(self, request, object_id):
        """A button on one mail. Nothing of the mail is shown, so it asks for no purpose."""
        if not can_decide(request.user):
            raise PermissionDenied
        mail = get_object_or_404(self.get_queryset(request), pk=object_id)
        decision = DECISIONS.get(request.POST.get("decision", ""))
        if decision is None:
            raise BadRequest("no such decision")
        why = {}
        if decision.asks_why:
            form = ReasonForm(request.POST)
            if not form.is_valid():
                return self._ask_why(request, decision, form, kept=[("decision", decision.name)], count=1)
            why = form.cleaned_data
        self._tell(request, decision, *decide(decision, [mail], actor=request.user, **why))
        if request.POST.get("back") == "status":
            return HttpResponseRedirect(reverse("admin:outbox_outgoingmail_status"))
        return HttpResponseRedirect(reverse("admin:outbox_outgoingmail_change", args=[mail.pk]))

    def decide_selected(self, request, queryset, decision: Decision):
        """The same for rows chosen in the list. Those in another state stay as they are."""
        everything = request.POST.get("select_across") == "1"
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        why = {}
        if decision.asks_why:
            form = ReasonForm(request.POST if "reason" in request.POST else None)
            if not form.is_valid():
                kept = [("action", decision.name), ("select_across", request.POST.get("select_across", "0"))]
                kept += [(ACTION_CHECKBOX_NAME, number) for number in chosen]
                return self._ask_why(request, decision, form, kept=kept, count=None if everything else len(chosen))
            why = form.cleaned_data
        mails = list(queryset.in_state(*decision.states).order_by("pk")[:AT_ONCE])
        done, refusals = decide(decision, mails, actor=request.user, **why)
        self._tell(request, decision, done, refusals, stayed=0 if everything else len(chosen) - len(mails))
        if everything and len(mails) == AT_ONCE:
            messages.warning(request, _("These were the first thousand: do the same again for the next."))
        return None

    def _ask_why(self, request, decision, form, *, kept, count):
        context = self._page(request) | {"title": decision.label, "form": form, "kept": kept, "count": count}
        return TemplateResponse(request, "admin/outbox/reason.html", context)

    def _tell(self, request, decision, done, refusals, stayed=0):
        if done:
            messages.success(request, decision.done % {"count": done})
        for refusal in refusals[:3]:
            messages.warning(request, refusal)
        if stayed or len(refusals) > 3:
            count = stayed + max(0, len(refusals) - 3)
            others = ngettext(
                "%(count)d mail stayed as it was, because its state allows nothing else.",
                "%(count)d mails stayed as they were, because their state allows nothing else.",
                count,
            )
            messages.warning(request, others % {"count": count})

    # --- the status and the previews ----------------------------------------------------------------------------------
    def get_urls(self):
        routes = [
            ("status/", require_GET(self.status_view), "status"),
            ("preview/", require_GET(self.preview_index_view), "preview"),
            ("preview/<str:kind>/<str:language>/", require_GET(self.preview_view), "preview_mail"),
            ("preview/<str:kind>/<str:language>/html/", require_GET(self.preview_html_view), "preview_html"),
            ("<int:object_id>/decide/", require_POST(self.decide_view), "decide"),
            ("<int:object_id>/body/", self.body_view, "body"),
        ]
        ours = [
            path(route, self.admin_site.admin_view(view), name=f"outbox_outgoingmail_{name}")
            for route, view, name in routes
        ]
        return [*ours, *super().get_urls()]

    def status_view(self, request):
        context = self._page(request) | status.figures() | {"title": _("Status of the outbox")}
        context["decisions"] = UNCERTAIN if can_decide(request.user) else []
        return TemplateResponse(request, "admin/outbox/status.html", context)

    def preview_index_view(self, request):
        return previews.index(request, self._page(request))

    def preview_view(self, request, kind, language):
        return previews.page(request, self._page(request), kind, language)

    def preview_html_view(self, request, kind, language):
        self._page(request)
        return previews.framed(previews.sample(kind, language).html)

    def _page(self, request) -> dict:
        """What every page of ours needs, for whoever may read the outbox."""
        if not can_read_outbox(request.user):
            raise PermissionDenied
        return {**self.admin_site.each_context(request), "opts": self.opts}
