"""CV and certificates: their owner adds, fetches, shares and removes them. Nobody else comes here."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.documents import file_name
from apps.core.files import private
from apps.core.views import ServiceFormView

from ..forms import DocumentForm
from ..models import PrivateDocument
from ..services import documents
from .steps import PartMixin


class Documents(PartMixin, ServiceFormView):
    title = _("CV and certificates")
    form_class = DocumentForm
    template_name = "members/steps/documents.html"
    success_url = reverse_lazy("members:profile-documents")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, documents=self.profile.documents.order_by("kind", "name", "pk"))

    def form_valid(self, form):
        typed = form.cleaned_data
        upload = typed.pop("file")
        try:
            documents.add(user=self.request.user, upload=upload, content_type=upload.content_type, **typed)
        except documents.TooManyDocuments:
            text = _("You keep %(most)s documents, as many as fit. Remove one first.") % {"most": documents.MOST}
            form.add_error(None, text)
            return self.form_invalid(form)
        messages.success(self.request, _("The document is kept. You open it, and the IOM team if you let it."))
        return HttpResponseRedirect(self.success_url)


def own_document(request, pk) -> PrivateDocument:
    return get_object_or_404(PrivateDocument.objects.of(request.user).select_related("profile__user"), pk=pk)


@require_safe
def document(request, pk):
    """One's own document, as an attachment."""
    kept = own_document(request, pk)
    name = file_name(kept.name, kept.content_type)
    return private(kept.file, content_type=kept.content_type, download_as=name)


@require_POST
def share_document(request, pk):
    wanted = "for_iom" in request.POST
    documents.share(document=own_document(request, pk), for_iom=wanted)
    done = _("The IOM team may open it, with a purpose.") if wanted else _("From now on only you can open it.")
    messages.success(request, done)
    return redirect("members:profile-documents")


@require_POST
def remove_document(request, pk):
    # Gone already: a second click wanted the same.
    kept = PrivateDocument.objects.of(request.user).in_bulk([pk]).get(pk)
    if kept:
        documents.remove(document=kept)
    messages.success(request, _("The document is removed."))
    return redirect("members:profile-documents")
