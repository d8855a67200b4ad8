from django.db import models

from .projects import PartQuerySet


class IndicatorQuerySet(PartQuerySet):
    pass


class FigureQuerySet(models.QuerySet):
    def visible_to(self, user):
        project = self.model._meta.get_field("indicator").related_model._meta.get_field("project").related_model
        return self.filter(indicator__project__in=project.objects.visible_to(user))
