"""Who works on a project: chosen by whoever leads it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.members.models import User

from ..models import TeamMember
from .choices import ChoicesOnceMixin
from .parts import PartFormSet
from .rules import OfAProjectMixin

LEAD = TeamMember.Role.LEAD


class TeamForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and (field := self.fields.get("user")):
            # Somebody else is another row: so the audit tells who came and who left.
            field.choices = [(self.instance.user_id, str(self.instance.user))]
            field.queryset = User.objects.filter(pk=self.instance.user_id)
            field.disabled = True


class TeamFormSet(PartFormSet):
    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not self._should_delete_form(form)]
        if self.has_changed() and not any(form.cleaned_data.get("role") == LEAD for form in kept):
            raise ValidationError(_("Somebody of the team must lead the project. Give another person that role first."))


class TeamInline(OfAProjectMixin, ChoicesOnceMixin, admin.TabularInline):
    model = TeamMember
    form = TeamForm
    formset = TeamFormSet
    edits = "can_choose_team"
    fields = ["user", "role"]
    extra = 1
    classes = ["collapse", "without-headings"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.staff_with("projects", "view_project", "change_project").order_by("email")
            kwargs["help_text"] = _("Staff who hold a right on projects. An administrator gives it.")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
