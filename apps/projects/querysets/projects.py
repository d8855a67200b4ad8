"""Projects and their rows, in words. The team of a project sees its drafts; everybody else what is published."""

from functools import reduce
from operator import and_, or_

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Now

from apps.core.publishing import PublishingQuerySet
from apps.core.text import words

from . import counting, finding

RUN_EVERY = "projects.run_every_project"
LANGUAGES = [code for code, _name in settings.LANGUAGES]
MOST_WORDS = 8


class ProjectQuerySet(PublishingQuerySet):
    #: said by `published` of this very queryset: whatever is made from it says no again
    is_all_that_is_public = False

    def published(self):
        public = super().published()
        public.is_all_that_is_public = not self.query.where
        return public

    def visible_to(self, user):
        if not user.is_authenticated or not user.is_staff:
            return self.published()
        if user.has_perm(RUN_EVERY):
            return self
        return self.filter(Q(state=self.model.State.PUBLISHED, public_from__lte=Now()) | Q(_has_in_team(self, user)))

    def run_by(self, user):
        """The projects in whose team somebody is, whatever the role; all, for whoever may run every project."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        if user.has_perm(RUN_EVERY):
            return self
        return self.filter(_has_in_team(self, user))

    def newest_first(self):
        return self.order_by("-sort_year", "pk")

    def funded_by(self, donor):
        return self.filter(partnerships__organisation=donor, partnerships__role="donor")

    def with_a_donor(self):
        return self.filter(partnerships__role="donor").distinct()

    def running_between(self, first_year: int, last_year: int):
        """Those with a period in these years, and those whose years are not known."""
        began = Q(periods__first_year__lte=last_year)
        not_over = Q(periods__last_year__isnull=True) | Q(periods__last_year__gte=first_year)
        return self.filter(Q(periods__isnull=True) | (began & not_over)).distinct()

    def search(self, text: str):
        """Projects in which every word occurs, in any one language; the best match first. Without a word: none.

        A project that has no text in the reader's language is found by what it says in another.
        """
        typed = words(text)[:MOST_WORDS]
        if not typed:
            return self.none()
        asked = {code: reduce(and_, (_word(word, code) for word in typed)) for code in LANGUAGES}
        texts = self.model._meta.get_field("texts").related_model.objects.filter(project=OuterRef("pk"))
        matching = texts.filter(reduce(or_, (Q(language=code, document=query) for code, query in asked.items())))
        ranks = [When(language=code, then=SearchRank("document", query)) for code, query in asked.items()]
        best = matching.annotate(rank=Case(*ranks, output_field=models.FloatField())).order_by("-rank")
        found = self.annotate(rank=Subquery(best.values("rank")[:1])).filter(rank__isnull=False)
        return found.order_by("-rank", "-sort_year", "pk")

    def by_first_year(self):
        """Those whose years are known, what began first before the others."""
        return self.exclude(years=[]).order_by("years__0__0", "pk")

    def countries_of_action(self) -> list[int]:
        """The countries in which any of them acts; of all there are, the table of counts knows."""
        if not self.query.where:
            start = finding.COUNTRY * finding.KIND
            return sorted(token - start for token in counting.of_all() if start < token < start + finding.KIND)
        actions = self.model.countries.through.objects.filter(country=OuterRef("pk"), project__in=self.order_by())
        countries = self.model._meta.get_field("countries").related_model.objects
        return list(countries.filter(Exists(actions)).order_by("pk").values_list("pk", flat=True))

    def in_all(self) -> dict[str, int | None]:
        """How many they are (``number``), and the first year that is known of them (``since``); one query."""
        return self.order_by().aggregate(
            number=models.Count("pk", distinct=True), since=models.Min("periods__first_year")
        )

    def by_token(self) -> dict[int, int]:
        """How many of them hold each token of `facets`; one query."""
        tokens = self.order_by().annotate(token=_Each("facets")).values_list("token")
        return dict(tokens.annotate(number=models.Count("pk")))

    def narrowed(self, facets: dict[int, list[int]]):
        """Those that hold one of the tokens of each facet."""
        return finding.narrowed(self, facets)

    def counted(self, facets: dict[int, list[int]]) -> counting.Found:
        """How many fit, and how many would with one more facet; one query. Cheapest asked before they are ordered."""
        return counting.counted(self, facets)

    def number(self) -> int:
        """How many they are; of all there are, nobody counts."""
        return self.count() if self.query.where else counting.of_all().get(counting.TOTAL, 0)

    def for_page(self):
        """What the frame of a project's page asks; the rest is read as text, see `told.py`."""
        return self.only("slug", "status", "strands", "state", "public_from", "decided_at", "facets", "years")

    def told(self, language: str) -> list[str]:
        """What a row of a list says of each, as JSON text; one query, and no object is made of these wide rows."""
        return finding.told(self, language)

    def for_list(self):
        """What a row of a list shows, and no more of these wide rows."""
        texts = [f"{name}_{code}" for name in ("title", "lead") for code in LANGUAGES]
        return self.only("slug", "status", "state", "public_from", "facets", "years", "sort_year", "changed_at", *texts)

    def for_desk(self):
        """What the administration's front page shows of each."""
        titles = [f"title_{code}" for code in LANGUAGES]
        return self.only("status", "state", "public_from", "years", "changed_at", "lacking", "stale", *titles)


class _Each(models.Func):
    function = "UNNEST"
    output_field = models.IntegerField()
    set_returning = True


def _word(word: str, language: str) -> SearchQuery:
    """A word as it is written or as its language bends it, or the beginning of one."""
    plain = SearchQuery(f"{word}:*", config="portal_simple", search_type="raw")
    return plain | SearchQuery(word, config=f"portal_{language}", search_type="plain")


def _has_in_team(projects, user):
    team = projects.model._meta.get_field("team").related_model
    return Exists(team.objects.filter(project=OuterRef("pk"), user=user))


class PartQuerySet(models.QuerySet):
    """Rows of a project: seen by whoever sees the project."""

    def visible_to(self, user):
        project = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(user))


class TeamQuerySet(models.QuerySet):
    def who_only_read(self):
        return self.filter(role=self.model.Role.READER)

    def visible_to(self, user):
        project = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.run_by(user))

    def of(self, user):
        return self.filter(user=user)


class SourceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def funding(self, projects):
        return self.filter(partnerships__role="donor", partnerships__project__in=projects).distinct()

    def donors(self):
        """Those that fund a project."""
        return self.filter(partnerships__role="donor").distinct()
