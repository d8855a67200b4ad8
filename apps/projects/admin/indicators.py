from django.contrib import admin
from django.core.exceptions import ValidationError

from apps.core import history
from apps.core.admin import BesideEnglishAdmin, BesideEnglishInline, ClosedLookupsMixin, HouseAdmin

from ..models import Figure, Indicator, Project
from ..services import projects
from .choices import ChoicesOnceMixin
from .parts import IndicatorForm, PartFormSet
from .rules import asked


class FigureFormSet(PartFormSet):
    def clean(self):
        """Two figures without a date are a pair that Django does not look for."""
        super().clean()
        kept = [form.cleaned_data for form in self.forms if not self._should_delete_form(form)]
        undated = [row for row in kept if row.get("source") and row.get("on", "wrong") is None]
        if len(undated) > 1:
            raise ValidationError(self.get_unique_error_message(("indicator", "on")))


class FigureInline(ChoicesOnceMixin, BesideEnglishInline, admin.StackedInline):
    model = Figure
    formset = FigureFormSet
    fields = ["value", "bound", "on", "precision", "source", "note"]
    extra = 1

    def has_view_permission(self, request, obj=None):
        return obj is None or asked(request, "can_see_what_is_private", obj.project)

    def has_change_permission(self, request, obj=None):
        return obj is None or asked(request, "can_edit", obj.project)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(Indicator)
class IndicatorAdmin(ChoicesOnceMixin, ClosedLookupsMixin, BesideEnglishAdmin, HouseAdmin):
    """One indicator of a project with the figures reported for it; reached from the project's form."""

    form = IndicatorForm
    fields = ["name", "target", "bound", "source", "counter"]
    inlines = [FigureInline]

    def get_queryset(self, request):
        own = Project.objects.run_by(request.user)
        return super().get_queryset(request).filter(project__in=own).select_related("project")

    def get_model_perms(self, request):
        return {}  # not on the front page

    def has_add_permission(self, request):
        return False  # added on the project's form

    def has_delete_permission(self, request, obj=None):
        return obj is not None and asked(request, "can_edit", obj.project)

    def has_view_permission(self, request, obj=None):
        may = request.user.has_perm("projects.view_project")
        return may and (obj is None or asked(request, "can_see_what_is_private", obj.project))

    def has_change_permission(self, request, obj=None):
        may = request.user.has_perm("projects.change_project")
        return may and (obj is None or asked(request, "can_edit", obj.project))

    def rows_to_translate(self, obj):
        return [obj, *obj.figures.all()]

    def save_model(self, request, obj, form, change):
        history.begin(obj=obj.project)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        projects.saved(project=form.instance.project, actor=request.user)

    def delete_model(self, request, obj):
        history.begin(obj=obj.project)
        super().delete_model(request, obj)
        projects.saved(project=obj.project, actor=request.user)

    def write_row(self, request, row, form):
        projects.write_row(row=row, changed=form.changed_data, confirmed=getattr(form, "confirmed", ()))
