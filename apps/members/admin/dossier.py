"""What stands below a profile, once it was said why it is opened: tags, notes, documents, and its history."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core import purposes
from apps.core.files import private

from ..forms.staff import NoteForm, TagsForm
from ..models import Audience, Profile
from ..permissions import can_delete_note
from ..querysets.desk import deeds
from ..services import staff

LATEST = 50  # entries of the history
DEEDS = {
    "read.opened": _("Opened"),
    "read.listed": _("Seen in a list"),
    "read.document": _("A document opened"),
    "read.exported": _("Taken out as a file"),
    "members.note_added": _("A note written"),
    "members.note_deleted": _("A note deleted"),
    "members.tagged": _("Tags changed"),
    "members.user.changed": _("The account changed"),
}
BY_ITS_OWNER = _("Changed by its owner")


@dataclass(frozen=True)
class Moment:
    at: datetime
    what: str
    unit: str


def history(profile: Profile) -> list[Moment]:
    """Who did what with a profile, without a value, the latest first.

    What its owner saves is told without the part: that somebody filled in what he shows to nobody stays his.
    """
    return [
        Moment(entry.at, DEEDS.get(entry.verb, BY_ITS_OWNER), entry.unit)
        for entry in deeds(profile.user, by_staff=DEEDS)[:LATEST]
    ]


class DossierMixin:
    change_form_template = "admin/members/profile.html"

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may = request.user.has_perm
        notes = obj.notes.newest_first() if may("members.view_staffnote") else []
        context |= {
            "may_see_notes": may("members.view_staffnote"),
            "notes": [(note, can_delete_note(request.user, note)) for note in notes],
            "note_form": NoteForm() if may("members.add_staffnote") else None,
            "may_see_tags": may("members.view_tag"),
            "tags": obj.tags.order_by("name") if may("members.view_tag") else [],
            "tags_form": TagsForm(profile=obj) if may("members.add_tag") else None,
            "may_see_documents": may("members.view_privatedocument"),
            "documents": obj.documents.for_the_team() if may("members.view_privatedocument") else [],
            "moments": history(obj),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/photo/", view(self.photo_view), name="members_profile_photo"),
            *(
                path(f"<int:object_id>/{route}/", view(require_POST(ours)), name=f"members_profile_{name}")
                for route, ours, name in [
                    ("notes/add", self.add_note_view, "note_add"),
                    ("notes/<int:note_id>/delete", self.delete_note_view, "note_delete"),
                    ("tags", self.tags_view, "tags"),
                ]
            ),
            *super().get_urls(),
        ]

    def photo_view(self, request, object_id):
        return self._with_purpose(self._photo, request, str(object_id))

    def add_note_view(self, request, object_id):
        return self._with_purpose(self._add_note, request, str(object_id))

    def delete_note_view(self, request, object_id, note_id):
        return self._with_purpose(self._delete_note, request, str(object_id), note_id)

    def tags_view(self, request, object_id):
        return self._with_purpose(self._set_tags, request, str(object_id))

    # --- after the purpose --------------------------------------------------------------------------------------------
    def _opened(self, request, object_id, right: str = "view_profile") -> Profile:
        """The profile, if this person may see it and do what is asked; ``get_object`` asks for the purpose."""
        if not request.user.has_perms(["members.view_profile", f"members.{right}"]):
            raise PermissionDenied
        profile = self.get_object(request, object_id)
        if profile is None:
            raise Http404
        return profile

    def _photo(self, request, object_id):
        profile = self._opened(request, object_id)
        if not (profile.photo and profile.shows("photo", Audience.IOM)):
            raise Http404
        return private(profile.photo, content_type="image/webp")

    def _add_note(self, request, object_id):
        profile = self._opened(request, object_id, "add_staffnote")
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.ask(request, _("New note"), form)
        purpose = purposes.given(request, profile)
        staff.add_note(profile=profile, actor=request.user, text=form.cleaned_data["text"], purpose=purpose)
        return self._back(request, profile, _("The note is kept."))

    def _delete_note(self, request, object_id, note_id):
        profile = self._opened(request, object_id, "view_staffnote")
        try:
            staff.delete_note(note=get_object_or_404(profile.notes, pk=note_id), actor=request.user)
        except staff.NotYours as refusal:
            raise PermissionDenied from refusal
        return self._back(request, profile, _("The note is deleted."))

    def _set_tags(self, request, object_id):
        profile = self._opened(request, object_id, "add_tag")
        form = TagsForm(request.POST, profile=profile)
        if not form.is_valid():
            return self.ask(request, _("Tags"), form)
        staff.set_tags(profile=profile, actor=request.user, **form.cleaned_data)
        return self._back(request, profile, _("The tags are set."))

    def _back(self, request, profile, done):
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:members_profile_change", args=[profile.pk]))
