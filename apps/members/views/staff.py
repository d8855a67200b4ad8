"""What staff open outside the administration: a member's documents."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views import View

from apps.core.files import private
from apps.core.views import PersonalDataView

from ..models import PrivateDocument
from ..permissions import can_read_document

ENDINGS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
}


class StaffDocument(PersonalDataView, View):
    """A CV or certificate that its owner leaves to the team. The reason is the one given for the profile."""

    what = "document"

    def get_record(self):
        self.document = get_object_or_404(PrivateDocument.objects.select_related("profile"), pk=self.kwargs["pk"])
        if not can_read_document(self.request.user, self.document):
            raise Http404
        return self.document.profile

    def person_of(self, profile):
        return profile.user_id

    def get_target(self):
        return self.document

    def get(self, request, pk):
        document = self.document
        ending = ENDINGS.get(document.content_type, "bin")
        name = f"{slugify(document.name) or document.kind}.{ending}"
        return private(document.file, content_type=document.content_type, download_as=name)
