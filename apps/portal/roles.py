"""Roles: Django groups, and what each may do in the administration. One table; the access table stands beside it in
`diaspora_portal/tests/access.py`.

A migration makes the groups; `grant` runs after every migrate, so that a right added here reaches every database.
"""

from django.contrib.auth.models import Group, Permission

CONTENT = ["view", "add", "change"]
READ = ["view"]

ROLES: dict[str, dict[str, list[str]]] = {
    "Project staff": {
        "members.profile": READ,
        "members.consent": READ,
        "core.skill": READ,
        "core.sector": READ,
    },
    "Communications staff": {
        "portal.page": CONTENT,
        "portal.historicalpage": READ,
    },
    "Secretariat": {
        "members.profile": READ,
    },
    "Data-protection focal point": {
        "core.auditentry": READ,
        "members.consent": READ,
        "members.user": READ,
    },
    "Administrator": {
        "members.user": ["view", "change"],
        "members.profile": READ,
        "core.country": CONTENT,
        "core.region": CONTENT,
        "core.sector": CONTENT,
        "core.language": CONTENT,
        "core.skill": CONTENT,
        "portal.page": READ,
    },
}


def grant() -> None:
    """Bring every role's rights to what the table says."""
    for role, rights in ROLES.items():
        group, _new = Group.objects.get_or_create(name=role)
        wanted = {(*model.split("."), verb) for model, verbs in rights.items() for verb in verbs}
        group.permissions.set(
            permission
            for permission in Permission.objects.select_related("content_type")
            if (
                permission.content_type.app_label,
                permission.content_type.model,
                permission.codename.rsplit("_", 1)[0],
            )
            in wanted
        )
