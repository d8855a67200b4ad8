from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import translated
from apps.core.admin import (
    BesideEnglishAdmin,
    BesideEnglishForm,
    ClosedLookupsMixin,
    HouseAdmin,
    PublishingMixin,
    RichTextMixin,
    VersionsMixin,
)
from apps.core.admin.beside import NAMES, to_do
from apps.core.translated import OTHERS

from ..models import Project, Section, TeamMember
from ..services import projects, team, translating
from ..templatetags.project_list import state_tag
from .choices import ChoicesOnceMixin
from .filters import CountryFilter, MineFilter
from .materials import DocumentInline, PictureInline, UploadsMixin, VideoInline
from .parts import (
    CitationInline,
    DeliverableInline,
    IndicatorInline,
    PartnershipInline,
    PeriodInline,
    PhaseInline,
    SectionInline,
)
from .rules import asked
from .team import TeamInline


class ProjectForm(BesideEnglishForm):
    strands = forms.MultipleChoiceField(
        label=gettext_lazy("3E approach"),
        choices=Project.Strand,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "boxes"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):
            slug.required = False
            slug.help_text = _("The last part of the page's address. Empty: made from the English title.")
        if lead := self.fields.get("lead_en"):
            lead.help_text = _("Needed before the project can be published.")

    def clean(self):
        cleaned = super().clean()
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = slugify(cleaned.get("title_en") or "")[:80]
        return cleaned


class KnownPaginator(Paginator):
    @cached_property
    def count(self):
        return self.object_list.number()


class WaitingChangeList(ChangeList):
    """Each row knows what its project waits for, rows and all: one query a page."""

    def get_queryset(self, request, *args, **kwargs):
        return super().get_queryset(request, *args, **kwargs).for_desk()

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        waiting = translating.waiting(self.result_list)
        for project in self.result_list:
            project.waiting = waiting[project.pk]


@admin.register(Project)
class ProjectAdmin(
    UploadsMixin,
    RichTextMixin,
    VersionsMixin,
    PublishingMixin,
    ChoicesOnceMixin,
    ClosedLookupsMixin,
    BesideEnglishAdmin,
    HouseAdmin,
):
    """Each team its own projects: what is not in `run_by` is not there, whatever address is asked for."""

    verbs = projects
    form = ProjectForm
    change_form_template = "admin/projects/reported.html"
    paginator = KnownPaginator
    # Drawn by templatetags.project_list: another column here is another cell there.
    list_display = ["title", "state_tag", "status", "to_translate", "changed_at"]
    list_filter = ["state", "status", CountryFilter, MineFilter]
    search_fields = ["title_en", "title_fr", "title_nl", "title_de", "slug"]
    ordering = ["-changed_at", "-pk"]
    actions = None
    view_on_site = False  # the preview above the form says so better
    prepopulated_fields = {"slug": ["title_en"]}
    filter_horizontal = ["countries", "residences"]
    fieldsets = [
        (None, {"fields": ["title", "lead", "slug"]}),
        (
            gettext_lazy("What, where, for whom"),
            {"fields": ["status", "strands", "sectors", "countries", "residences"]},
        ),
        (gettext_lazy("Whom to ask"), {"fields": ["contact_role", "contact_address"]}),
        (gettext_lazy("For the team"), {"fields": ["notes"]}),
    ]
    inlines = [
        SectionInline,
        PeriodInline,
        PhaseInline,
        PartnershipInline,
        IndicatorInline,
        DeliverableInline,
        DocumentInline,
        VideoInline,
        PictureInline,
        CitationInline,
        TeamInline,
    ]

    # --- who ----------------------------------------------------------------------------------------------------------
    def get_queryset(self, request):
        return super().get_queryset(request).run_by(request.user)

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None or asked(request, "can_see_what_is_private", obj)
        )

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or asked(request, "can_edit", obj))

    def has_delete_permission(self, request, obj=None):
        """Drafts that were never public; whatever was is withdrawn, because others link to it."""
        return obj is not None and projects.was_never_public(obj) and self.may_publish(request, obj)

    def may_publish(self, request, obj):
        return asked(request, "can_publish", obj)

    def get_readonly_fields(self, request, obj=None):
        # Once it may have been read, links lead to its address.
        is_known = obj is not None and not projects.was_never_public(obj)
        return [*super().get_readonly_fields(request, obj), *(["slug"] if is_known else [])]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_inlines(self, request, obj):
        return self.inlines if obj else [inline for inline in self.inlines if inline is not TeamInline]

    # --- list ---------------------------------------------------------------------------------------------------------
    def get_changelist(self, request, **kwargs):
        return WaitingChangeList

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_tag(self, project):
        return state_tag(project.state, self.told(project))

    @admin.display(description=gettext_lazy("to translate"))
    def to_translate(self, project):
        return to_do(project.waiting.lacking, project.waiting.stale)

    # --- writing ------------------------------------------------------------------------------------------------------
    def rows_to_translate(self, obj):
        return translating.rows(obj)

    def write_row(self, request, row, form):
        if isinstance(row, TeamMember):
            team.put(role=row, actor=request.user)
        else:
            projects.write_row(row=row, changed=form.changed_data, confirmed=getattr(form, "confirmed", ()))

    def remove_row(self, request, row):
        if isinstance(row, TeamMember):
            team.take_out(role=row, actor=request.user)
        else:
            projects.remove_row(row=row)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            team.lead(project=obj, user=request.user)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is TeamMember and formset.has_changed():
            team.check(project=form.instance)
            request.team_has_changed = True

    def saved(self, request, obj):
        comment = "team" if getattr(request, "team_has_changed", False) else ""
        projects.saved(project=obj, actor=request.user, comment=comment)

    def restore(self, *, obj, version, actor):
        return projects.restore(project=obj, version=version, actor=actor)

    def delete_model(self, request, obj):
        projects.delete(project=obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except team.NoLead:  # two people took each other out at the same moment
            messages.error(request, _("Nothing was saved: nobody would lead the project any more."))
            return HttpResponseRedirect(request.get_full_path())

    # --- before publishing --------------------------------------------------------------------------------------------
    def warnings(self, obj):
        """What is missing or out of date, row by row; the page shows another language there, or the older text."""
        rows = translating.rows(obj)
        said = []
        for code in OTHERS:
            for names, words in [
                (translated.missing_in, _("%(language)s is missing: %(what)s")),
                (translated.outdated_in, _("%(language)s is out of date: %(what)s")),
            ]:
                what = [self._named(row, texts) for row in rows if (texts := names(row, code))]
                if what:
                    said.append(words % {"language": NAMES[code], "what": "; ".join(what)})
        without = [row for row in rows if isinstance(row, Section) and not row.body_en]
        return said + [_("The section “%(heading)s” has no text in English.") % {"heading": row} for row in without]

    def _named(self, row, texts) -> str:
        labels = ", ".join(str(row._meta.get_field(name).verbose_name) for name in texts)
        return labels if isinstance(row, Project) else f"{row._meta.verbose_name} “{row}”: {labels}"
