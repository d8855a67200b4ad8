"""What a project gives to read, to watch and to look at. Addresses name rows: a new file keeps the link."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.core.documents import file_name
from apps.core.files import kept_long, key_of, playable, private

from ..models import Document, Partnership, Picture, Video

SIZES = {"small": "small", "large": "image"}  # the name in an address: the field


@login_not_required
@require_safe
def document(request, pk):
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    name = file_name(found.title, found.content_type)
    return private(found.file, content_type=found.content_type, download_as=name)


@login_not_required
@require_safe
def video(request, pk):
    """A film of our own; what stands elsewhere is linked to, never passed on."""
    found = get_object_or_404(Video.objects.visible_to(request.user), pk=pk)
    if not found.file:
        raise Http404
    return playable(request, found.file, content_type=found.content_type)


@login_not_required
@require_safe
def captions(request, pk):
    found = get_object_or_404(Video.objects.visible_to(request.user), pk=pk)
    if not found.captions:
        raise Http404
    return private(found.captions, content_type="text/vtt; charset=utf-8")


@login_not_required
@require_safe
def picture(request, pk, size):
    found = get_object_or_404(Picture.objects.visible_to(request.user).select_related("project"), pk=pk)
    if size not in SIZES or not getattr(found, SIZES[size]):
        raise Http404
    return image(request, getattr(found, SIZES[size]), found.project)


@login_not_required
@require_safe
def logo(request, pk):
    """The logo of a partner, as part of the project that names it."""
    found = Partnership.objects.visible_to(request.user).select_related("project", "organisation")
    found = get_object_or_404(found, pk=pk)
    if not found.organisation.logo:
        raise Http404
    return image(request, found.organisation.logo, found.project)


def image(request, file, project):
    """Kept for long where the address names this very content and everybody may see it."""
    response = private(file, content_type="image/webp")
    if project.is_public and request.GET.get("v") == key_of(file.name):
        kept_long(response)
    return response
