"""Who may do what here, asked of `permissions` once a request, not once a row."""

from .. import permissions
from ..models import Project


def asked(request, rule: str, project: Project) -> bool:
    """The answer of ``permissions.<rule>`` for the person who asks."""
    if not hasattr(request, "rules_asked"):
        request.rules_asked = {}
    key = (rule, project.pk)
    if key not in request.rules_asked:
        request.rules_asked[key] = getattr(permissions, rule)(request.user, project)
    return request.rules_asked[key]


class OfAProjectMixin:
    """For the rows of a project: whoever may see or edit the project sees or edits them."""

    edits = "can_edit"

    def has_view_permission(self, request, obj=None):
        return obj is None or asked(request, "can_see_what_is_private", obj)

    def has_change_permission(self, request, obj=None):
        return obj is None or asked(request, self.edits, obj)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)
