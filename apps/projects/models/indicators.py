"""Targets and what was achieved: counted from records where there are records, else as a source reported it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.translated import Translated

from ..querysets.indicators import FigureQuerySet, IndicatorQuerySet
from .project import Part, Source


class Bound(models.TextChoices):
    """How a number is meant."""

    EXACTLY = "exactly", _("exactly")
    AT_LEAST = "at_least", _("at least")
    MORE_THAN = "more_than", _("more than")


class Indicator(Part):
    name = models.CharField(_("what is counted"), max_length=160)
    target = models.PositiveIntegerField(_("target"), null=True, blank=True)
    bound = models.CharField(_("the target means"), max_length=10, choices=Bound, default=Bound.EXACTLY)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source of the target")
    )
    #: name of a counter of the slot ``indicator.counters``; empty where no records exist
    counter = models.CharField(_("counted from"), max_length=60, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta(Part.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self):
        return self.name


class Figure(Translated):
    """What a source reports at a date, or at none: then it counts as the oldest. Not used where records are counted."""

    class Precision(models.TextChoices):
        YEAR = "year", _("year")
        MONTH = "month", _("month")
        DAY = "day", _("day")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="figures", verbose_name=_("indicator"))
    value = models.PositiveIntegerField(_("how many"))
    bound = models.CharField(_("means"), max_length=10, choices=Bound, default=Bound.EXACTLY)
    on = models.DateField(_("as at"), null=True, blank=True, help_text=_("Empty: the source bears no date."))
    precision = models.CharField(_("the date is known to the"), max_length=5, choices=Precision, default=Precision.DAY)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = [models.F("on").desc(nulls_last=True), "-id"]
        verbose_name = _("reported figure")
        verbose_name_plural = _("reported figures")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "on"],
                name="a_figure_once_a_day",
                nulls_distinct=False,
                violation_error_message=_("There is already a figure of that day, or one without a date."),
            )
        ]

    def __str__(self):
        return f"{self.value} ({self.on})"


class Deliverable(Part):
    """What was planned beside what was delivered, where the texts tell both."""

    label = models.CharField(_("what"), max_length=120)
    planned = models.TextField(_("planned"), max_length=600, blank=True)
    planned_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source of the plan")
    )
    delivered = models.TextField(_("delivered"), max_length=600, blank=True)
    delivered_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source of what was delivered")
    )

    class Meta(Part.Meta):
        verbose_name = _("planned and delivered")
        verbose_name_plural = _("planned and delivered")
        constraints = [
            models.CheckConstraint(
                condition=~Q(planned="") | ~Q(delivered=""),
                name="deliverable_says_something",
                violation_error_message=_("Say what was planned, what was delivered, or both."),
            )
        ]

    def __str__(self):
        return self.label
