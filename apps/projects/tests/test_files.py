"""Documents, films, captions, pictures and logos: who gets them, under which name, and for how long they are kept."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from apps.core.documents import ODT
from apps.core.files import key_of
from apps.members.tests.factories import UserFactory

from .factories import (
    DocumentFactory,
    PartnershipFactory,
    PictureFactory,
    ProjectFactory,
    VideoFactory,
    addresses_of,
)

pytestmark = pytest.mark.django_db

FILM = bytes(range(256)) * 4


@pytest.fixture
def of_a_team(client):
    """Somebody signed in, who works on another project."""
    user = UserFactory(is_staff=True)
    ProjectFactory(team=[user])
    client.force_login(user)
    return user


def answers(client, asked):
    return {what: fetched(client, address)[0].status_code for what, address in asked.items()}


def fetched(client, address, **headers):
    response = client.get(address, headers=headers)
    return response, response.getvalue()


# --- who gets them ----------------------------------------------------------------------------------------------------
def test_everybody_gets_the_files_of_a_public_project(client):
    asked = addresses_of(ProjectFactory(published=True))

    assert answers(client, asked) == dict.fromkeys(asked, 200)


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_the_files_of_a_project_that_is_not_public_are_for_its_team(client, of_a_team, state):
    asked = addresses_of(ProjectFactory(state=state))
    own = addresses_of(ProjectFactory(state=state, team=[of_a_team]))

    assert answers(client, asked) == dict.fromkeys(asked, 404)
    assert answers(client, own) == dict.fromkeys(own, 200)
    client.logout()
    assert answers(client, own) == dict.fromkeys(own, 404)


def test_a_document_of_the_team_is_not_there_for_others(client, of_a_team):
    theirs = DocumentFactory(project=ProjectFactory(published=True), is_public=False)
    own = DocumentFactory(project=ProjectFactory(published=True, team=[of_a_team]), is_public=False)

    asked = {"theirs": theirs.get_absolute_url(), "own": own.get_absolute_url()}

    assert answers(client, asked) == {"theirs": 404, "own": 200}
    client.logout()
    assert answers(client, asked) == {"theirs": 404, "own": 404}


def test_what_is_not_there_is_not_found(client):
    project = ProjectFactory(published=True)
    elsewhere = VideoFactory(project=project, file=None, captions=None, url="https://films.example/1")
    partner = PartnershipFactory(project=project)

    asked = {
        "a film elsewhere": reverse("projects:video", args=[elsewhere.pk]),
        "its captions": reverse("projects:captions", args=[elsewhere.pk]),
        "no logo": reverse("projects:logo", args=[partner.pk]),
        "another size": reverse("projects:picture", args=[PictureFactory(project=project).pk, "huge"]),
    }

    assert answers(client, asked) == dict.fromkeys(asked, 404)


# --- how --------------------------------------------------------------------------------------------------------------
def test_a_document_is_saved_under_its_title(client):
    document = DocumentFactory(title_en="Report: 2018/19", content_type=ODT)

    response, data = fetched(client, document.get_absolute_url())

    assert data == b"%PDF-1.4 sample"
    assert response["Content-Disposition"] == 'attachment; filename="Report 2018 19.odt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"


def test_a_document_keeps_its_address_when_its_file_is_replaced(client):
    document = DocumentFactory()
    address = document.get_absolute_url()

    document.file.save("other.pdf", ContentFile(b"%PDF-1.7 new"))

    assert fetched(client, address)[1] == b"%PDF-1.7 new"


@pytest.mark.parametrize(("size", "data"), [("large", b"large"), ("small", b"small")])
def test_a_public_picture_is_kept_as_long_as_its_address_names_its_content(client, size, data):
    image = PictureFactory(project=ProjectFactory(published=True))
    address = reverse("projects:picture", args=[image.pk, size])
    key = key_of((image.image if size == "large" else image.small).name)

    response, got = fetched(client, f"{address}?v={key}")

    assert (got, response["Cache-Control"]) == (data, "public, max-age=31536000, immutable")
    assert fetched(client, f"{address}?v=old")[0]["Cache-Control"] == "private, no-cache"


def test_a_picture_of_a_draft_is_never_kept_for_others(client):
    user = UserFactory(is_staff=True)
    image = PictureFactory(project=ProjectFactory(team=[user]))
    client.force_login(user)

    address = reverse("projects:picture", args=[image.pk, "large"])

    assert fetched(client, f"{address}?v={key_of(image.image.name)}")[0]["Cache-Control"] == "private, no-cache"


def test_a_film_is_sent_in_the_parts_that_a_player_asks_for_even_where_pages_are_packed(client):
    address = reverse("projects:video", args=[VideoFactory(file__data=FILM).pk])

    whole, data = fetched(client, address, accept_encoding="gzip")
    part, some = fetched(client, address, accept_encoding="gzip", range="bytes=1000-")

    assert (whole.status_code, data, whole["Content-Length"]) == (200, FILM, "1024")
    assert (part.status_code, some) == (206, FILM[1000:])
    assert (part["Content-Range"], part["Content-Length"], part["Content-Type"]) == (
        "bytes 1000-1023/1024",
        "24",
        "video/webm",
    )
