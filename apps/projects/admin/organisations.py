from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core.admin import BesideEnglishAdmin, ClosedLookupsMixin, HouseAdmin

from ..models import Organisation
from ..services import materials
from .choices import ChoicesOnceMixin
from .materials import UploadForm, UploadsMixin


class OrganisationForm(UploadForm):
    take = staticmethod(materials.take_logo)
    held = "logo"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if (field := self.fields.get("upload")) and not self.instance.logo:
            field.label = _("Logo")

    def link(self):
        """A logo has an address on the pages of projects only."""
        place = self.instance.partnerships.first() if self.instance.pk and self.instance.logo else None
        return format_html('<a href="{}">{}</a>', reverse("projects:logo", args=[place.pk]), _("Logo")) if place else ""

    def is_needed(self):
        return False


@admin.register(Organisation)
class OrganisationAdmin(UploadsMixin, ChoicesOnceMixin, ClosedLookupsMixin, BesideEnglishAdmin, HouseAdmin):
    """Shared by all projects, so looked after by everybody who writes projects."""

    form = OrganisationForm
    change_form_template = "admin/projects/reported.html"
    list_display = ["name", "kind", "country", "to_translate"]
    list_filter = ["kind"]
    list_select_related = ["country"]
    search_fields = ["name_en", "name_fr", "name_nl", "name_de", "slug"]
    ordering = ["name"]
    actions = None
    fields = ["name", "slug", "kind", "country", "website", "upload"]
    prepopulated_fields = {"slug": ["name_en"]}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)
