from django.db.models import Q

from .projects import PartQuerySet


class DocumentQuerySet(PartQuerySet):
    def visible_to(self, user):
        """Those of projects that one sees; what is for the team only, to the team."""
        own = self.model._meta.get_field("project").related_model.objects.run_by(user)
        return super().visible_to(user).filter(Q(is_public=True) | Q(project__in=own))
