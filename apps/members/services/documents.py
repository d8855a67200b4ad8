"""CV and certificates as private files: their owner's, and the IOM team's with a purpose if he wants so."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.core import audit

from ..models import PrivateDocument, User
from .profiles import locked

MOST = 10


class TooManyDocuments(Exception):
    """The profile holds as many documents as it may."""


@transaction.atomic
def add(*, user: User, upload, kind: str, name: str, content_type: str, for_iom: bool) -> PrivateDocument:
    """Keep a document that the form has looked at; a new CV takes the place of the old one."""
    profile = locked(user)
    own = profile.documents.filter(kind=kind)
    # A second click on the button is the same wish.
    minute = timezone.now() - timedelta(minutes=1)
    same = own.filter(name=name, size=upload.size, content_type=content_type, uploaded_at__gte=minute).first()
    if same:
        return same
    if kind == PrivateDocument.Kind.CV:
        for old in own:
            _let_go(old)
    if profile.documents.count() >= MOST:
        raise TooManyDocuments
    document = PrivateDocument(
        profile=profile, kind=kind, name=name, content_type=content_type, size=upload.size, for_iom=for_iom
    )
    document.file.save(upload.name, upload, save=False)
    document.save()
    _record(document, "added")
    return document


@transaction.atomic
def share(*, document: PrivateDocument, for_iom: bool) -> None:
    """Let the IOM team open it for a purpose, or no longer."""
    locked(document.profile.user)
    document.for_iom = for_iom
    document.save(update_fields=["for_iom"])
    _record(document, "shared" if for_iom else "kept_to_oneself")


@transaction.atomic
def remove(*, document: PrivateDocument) -> None:
    locked(document.profile.user)
    _record(document, "removed")
    _let_go(document)


def _let_go(document: PrivateDocument) -> None:
    """Take it away, and off the disk once that is committed."""
    storage, name = document.file.storage, document.file.name
    document.delete()
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def _record(document: PrivateDocument, deed: str) -> None:
    owner = document.profile.user
    audit.record(actor=owner, verb=f"members.document_{deed}", target=document, person=owner.pk, kind=document.kind)
