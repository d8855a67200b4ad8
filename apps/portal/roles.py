"""Roles: Django groups, and what each may do in the administration. One table; what comes of it, page by page, stands
in `diaspora_portal/tests/access.py`.

A migration makes the groups; `grant` runs after every migrate, so that a right added here reaches every database.
"""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_noop as _

CONTENT = ["view", "add", "change"]
READ = ["view"]
NOTES = ["view", "add", "delete"]  # the last of one's own only
SEARCHES = ["view", "add"]  # one's own and shared ones; everybody deletes his own
DECIDE = ["view", "decide"]  # what becomes of a mail: retry, withhold, settle; pause a batch; lift an address

RUN_OWN = [*CONTENT, "delete"]  # deleted is only a draft that was never public
PROJECTS = {
    "projects.project": RUN_OWN,
    "projects.organisation": CONTENT,
    "projects.source": CONTENT,
    "projects.donorreport": ["view", "add"],  # on what is public and on the projects of one's own teams
}

ROLES: dict[str, dict[str, list[str]]] = {
    # Of projects, each team sees and edits its own (`projects/permissions.py`); whoever adds one leads it.
    # Organizations and sources are everybody's. Partners and figures come with the project they belong to.
    # They choose people and write to them: CVs and files of people are theirs alone, addresses the administrator's too.
    _("Project staff"): {
        "members.profile": ["view", "contact", "export"],
        "members.privatedocument": READ,
        "members.staffnote": NOTES,
        "members.tag": ["view", "add"],
        "members.savedsearch": SEARCHES,
        "core.skill": READ,
        "core.sector": READ,
        **PROJECTS,
    },
    # They look after what the office says in four languages, so after the texts of every project.
    # Whoever sends newsletters stops a wrong one and settles what is uncertain: at night too, without asking anybody.
    _("Communications staff"): {
        "portal.page": CONTENT,
        **PROJECTS,
        "projects.project": [*RUN_OWN, "run_every"],
        "outbox.outgoingmail": DECIDE,
        "outbox.mailbatch": READ,
    },
    # The board comes with its app. Until then: the people who may sit on it.
    # What it learns at meetings it notes down; it has no need of a CV, of an address or of a file of people.
    _("Secretariat"): {
        "members.profile": READ,
        "members.staffnote": NOTES,
        "members.tag": READ,
        "members.savedsearch": SEARCHES,
    },
    _("Data-protection focal point"): {
        "core.auditentry": READ,
        "members.consent": READ,
        "members.user": READ,
        "outbox.suppression": READ,
    },
    _("Administrator"): {
        "members.user": ["view", "change"],
        "members.messagereport": ["view", "change"],  # a reported message is read by those who can close an account
        "members.profile": ["view", "contact"],  # the address stands on the account too
        "members.staffnote": READ,  # to answer a person who asks what is noted; choosing people is for projects
        "members.tag": [*CONTENT, "delete"],  # keeps the words in order
        "members.savedsearch": SEARCHES,
        **PROJECTS,
        "projects.project": [*RUN_OWN, "run_every"],  # takes up what a team has left behind
        "core.country": CONTENT,
        "core.region": CONTENT,
        "core.sector": CONTENT,
        "core.language": CONTENT,
        "core.skill": CONTENT,
        "outbox.outgoingmail": DECIDE,
        "outbox.mailbatch": READ,
        "outbox.suppression": READ,
    },
}


@transaction.atomic
def grant() -> None:
    """Bring every role's rights to what the table says. A group that left the table keeps its people and no right."""
    for label in {model.split(".")[0] for rights in ROLES.values() for model in rights}:
        # On a first migrate this runs before Django has made the rights of the app that was migrated last.
        create_permissions(apps.get_app_config(label), verbosity=0)
    known = {
        f"{right.content_type.app_label}.{right.codename}": right
        for right in Permission.objects.select_related("content_type")
    }
    for role, rights in ROLES.items():
        group, _new = Group.objects.get_or_create(name=role)
        group.permissions.set(known[name] for name in names(rights))
    for group in Group.objects.exclude(name__in=ROLES):
        group.permissions.clear()


def names(rights: dict[str, list[str]]) -> list[str]:
    """Return the rights as Django spells them: ``core.change_skill``."""
    return [key.replace(".", f".{verb}_") for key, verbs in rights.items() for verb in verbs]
