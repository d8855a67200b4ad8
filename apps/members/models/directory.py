from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..querysets.directory import DirectoryCountQuerySet, DirectoryQuerySet
from .profile import Audience, Profile


class Facet(models.IntegerChoices):
    """A kind of facet. A token is kind × 1,000,000 + the term's id, so that one ``int[]`` holds them all."""

    SECTOR = 1
    TIE = 2
    LANGUAGE = 3
    OFFER = 4
    LIVES = 5  # a region's id, or COUNTRIES + a country's

    def token(self, number: int) -> int:
        return self.value * 1_000_000 + number


class DirectoryEntry(models.Model):
    """What one audience may find and read of one listed member: nothing else is in the row.

    Rewritten in the transaction of every change; a hidden field is in neither the document, nor the facets, nor
    the card, so that no search can find it out.

    The table has a partition an audience, each with its indexes (migration 0006): two people of one list stand side
    by side, nobody of the other between them, and a search meets half the pages.
    """

    pk = models.CompositePrimaryKey("profile_id", "audience")
    # Fixed widths first, then what a search reads of the many that it goes through.
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="entries", db_index=False)
    changed_at = models.DateTimeField()
    audience = models.PositiveSmallIntegerField(choices=Audience.choices)
    quality = models.PositiveSmallIntegerField(default=0)
    # A search walks along the shelves until it has found enough: 1/64 of the people, then up to twice as many, and so
    # on, so that no list is read much further than twice what is needed. Who stands where is as good as chance, 64 in a
    # row together, so that they share pages on the disk.
    shelf = models.GeneratedField(
        expression=models.Func(
            F("profile_id"), template="width_bucket((%(expressions)s >> 6) & 63, ARRAY[1, 2, 4, 8, 16, 32]::bigint[])"
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    is_expert = models.BooleanField(default=False)
    facets = ArrayField(models.IntegerField())  # kind by kind, in their order
    name_key = models.CharField(max_length=100)
    document = SearchVectorField()
    card = models.JSONField()

    objects = DirectoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("directory entry")
        verbose_name_plural = _("directory entries")
        constraints = [
            models.CheckConstraint(condition=~Q(audience=3) | Q(is_expert=True), name="everyone_finds_experts"),
        ]

    def __str__(self):
        return f"{self.name_key} ({self.get_audience_display()})"


class DirectoryCount(models.Model):
    """How many people an audience finds, and how many of them carry a facet: lists without text count nobody.

    A trigger on the entries writes what each change adds and takes away, in its own transaction; the sum of the rows
    is the number. So no two people who save wait for each other, and no way of deleting an entry is forgotten.
    """

    audience = models.PositiveSmallIntegerField(choices=Audience.choices)
    is_expert = models.BooleanField()
    token = models.IntegerField()
    people = models.IntegerField(help_text=_("Added; below zero, taken away."))

    objects = DirectoryCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of the directory")
        verbose_name_plural = _("counts of the directory")

    def __str__(self):
        return f"{self.token}: {self.people:+} ({self.get_audience_display()})"
