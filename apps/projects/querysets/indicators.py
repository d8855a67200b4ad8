from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from .projects import PartQuerySet

OF_A_FIGURE = {"id", "value", "bound", "on", "precision"}
OF_A_SOURCE = {"id", "slug", "published", "url"}


class IndicatorQuerySet(PartQuerySet):
    def one(self, number: int):
        return self.filter(pk=number)

    def of_projects(self, projects):
        return self.filter(project__in=projects)

    def with_target(self):
        return self.filter(target__isnull=False)

    def with_figures(self, at):
        """Each with ``newest``: the newest reported figure that is not later than this day, with its source.

        A figure of a source without a date counts as the oldest.

        As JSON of the same query, so that a page pays one query for its indicators.
        """
        figures = self.model._meta.get_field("figures").related_model
        newest = figures.objects.filter(Q(on__lte=at) | Q(on=None), indicator=OuterRef("pk")).newest_first()
        source = figures._meta.get_field("source").related_model
        told = JSONObject(
            **{name: name for name in OF_A_FIGURE | _languages_of(figures, "note")},
            source=JSONObject(**{name: f"source__{name}" for name in OF_A_SOURCE | _languages_of(source, "title")}),
        )
        return self.select_related("source").annotate(newest=Subquery(newest.raw_values(told=told)[:1]))


class FigureQuerySet(models.QuerySet):
    def visible_to(self, user):
        project = self.model._meta.get_field("indicator").related_model._meta.get_field("project").related_model
        return self.filter(indicator__project__in=project.objects.visible_to(user))

    def of_indicator(self, indicator):
        return self.filter(indicator=indicator).select_related("source")

    def newest_first(self):
        return self.order_by(F("on").desc(nulls_last=True), "-pk")


def _languages_of(model, name: str) -> set[str]:
    return {field.name for field in model._meta.fields if field.name.startswith(f"{name}_")}
