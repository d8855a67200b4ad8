"""What core offers every app whose content staff write, shown on projects: states, and translations that grow old."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from apps.core import publishing, translated
from apps.core.models import AuditEntry
from apps.members.tests.factories import UserFactory
from apps.projects.models import Project

from .factories import ProjectFactory

pytestmark = pytest.mark.django_db
State = Project.State
DEEDS = {State.PUBLISHED: publishing.publish, State.WITHDRAWN: publishing.withdraw, State.DRAFT: publishing.to_draft}


@pytest.mark.parametrize("to", State)
@pytest.mark.parametrize("of", State)
def test_states_follow_each_other_as_the_table_says_and_in_no_other_way(of, to):
    project, actor = ProjectFactory(state=of, public_from=timezone.now()), UserFactory()

    if to in publishing.NEXT[of] | {of}:
        assert DEEDS[to](obj=project, actor=actor).state == to
    else:
        with pytest.raises(publishing.NotNow):
            DEEDS[to](obj=project, actor=actor)
        assert Project.objects.get().state == of


def test_who_decided_what_and_when_is_written_and_a_second_click_writes_nothing():
    actor, project = UserFactory(), ProjectFactory()

    for _click in range(2):
        publishing.publish(obj=project, actor=actor)
    publishing.withdraw(obj=project, actor=actor, reason="Wrong year")

    told = AuditEntry.objects.filter(target_id=str(project.pk)).order_by("pk")
    assert [(entry.verb, entry.actor_id, entry.detail) for entry in told] == [
        ("projects.project.published", actor.pk, {"from": "draft"}),
        ("projects.project.withdrawn", actor.pk, {"from": "published", "reason": "Wrong year"}),
    ]
    project.refresh_from_db()
    assert project.decided_by == actor
    assert timezone.now() - project.decided_at < timedelta(minutes=1)


def test_what_is_published_for_later_is_public_once_the_moment_has_come_without_any_job():
    soon, past = timezone.now() + timedelta(hours=1), timezone.now() - timedelta(hours=1)
    project = publishing.publish(obj=ProjectFactory(), actor=None, at=soon)
    assert (project.is_public, project.is_scheduled) == (False, True)
    assert list(Project.objects.published()) == []
    assert list(Project.objects.scheduled()) == [project]

    publishing.publish(obj=project, actor=None, at=past)
    project.refresh_from_db()
    assert (project.is_public, project.is_scheduled) == (True, False)
    assert list(Project.objects.published()) == [project]


def test_the_database_knows_no_published_record_without_a_moment():
    with pytest.raises(IntegrityError):
        Project.objects.filter(pk=ProjectFactory().pk).update(state=State.PUBLISHED)


# --- translations -----------------------------------------------------------------------------------------------------
def lists(project) -> tuple[list, list]:
    project.refresh_from_db()
    return project.lacking, project.stale


def test_a_translation_is_missing_then_there_then_older_than_its_english_until_somebody_says_it_holds():
    project = ProjectFactory(title_en="Nurses", title_fr="Infirmières")
    translated.write(project)
    assert lists(project) == (["de", "nl"], [])

    project.title_en = "Nurses and midwives"
    translated.write(project, changed={"title_en"})
    assert lists(project) == (["de", "nl"], ["fr"])

    translated.write(project, confirmed={"fr"})
    assert lists(project) == (["de", "nl"], [])

    project.title_en = "Midwives"
    translated.write(project, changed={"title_en"})
    project.title_fr = "Sages-femmes"
    translated.write(project, changed={"title_fr"})
    assert lists(project) == (["de", "nl"], [])


def test_an_english_text_brought_back_makes_its_translation_hold_again():
    project = ProjectFactory(title_en="Nurses", title_fr="Infirmières")
    translated.write(project)
    for english in ("Midwives", "Nurses"):
        project.title_en = english
        translated.write(project, changed={"title_en"})

    assert lists(project)[1] == []


def test_what_has_no_english_lacks_nothing():
    project = ProjectFactory(title_en="Nurses", title_fr="A", title_nl="B", title_de="C", lead_en="", lead_fr="Seul")
    translated.write(project)

    assert lists(project) == ([], [])
