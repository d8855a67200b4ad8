"""Choices of a form with many rows: asked of the database once a request, not once a row."""

from django import forms
from django.forms import CheckboxSelectMultiple


class ChoicesOnceMixin:
    """For a ModelAdmin or an inline whose rows choose among sources, organizations, languages or accounts."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return self._asked_once(request, field)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name not in self.filter_horizontal:
            kwargs["widget"] = CheckboxSelectMultiple(attrs={"class": "boxes"})
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.help_text = ""
        return self._asked_once(request, field)

    def _asked_once(self, request, field: forms.ModelChoiceField) -> forms.ModelChoiceField:
        if not hasattr(request, "choices_asked"):
            request.choices_asked = {}
        key = (str(field.queryset.query), getattr(field, "empty_label", None))
        if key not in request.choices_asked:
            request.choices_asked[key] = list(field.choices)
        field.choices = request.choices_asked[key]
        return field
