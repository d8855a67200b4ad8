from django.db import models
from django.db.models import Q


class DonorReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever asked for it, and whoever runs the project it is about."""
        project = self.model._meta.get_field("project").related_model
        if user.has_perm("projects.run_every_project"):
            return self
        return self.filter(Q(asked_by=user.pk) | Q(project__in=project.objects.run_by(user)))

    def to_be_built(self, now):
        """Asked for, and in nobody's hands."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(free, state=self.model.State.ASKED)

    def like(self, report):
        """Those that the same person asked for with the same words."""
        same = ("donor", "project", "first_day", "last_day", "language", "asked_by")
        return self.filter(**{name: getattr(report, name) for name in same})

    def asked_before(self, moment):
        return self.filter(asked_at__lt=moment)
