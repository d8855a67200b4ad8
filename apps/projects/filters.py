"""From the query string to what is asked of the projects, and from the counts back to facets."""

from functools import cache, cached_property, lru_cache

import django_filters
from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core import facets
from apps.core.vocabulary import Word, words

from .models import Facet, Project
from .querysets.counting import Found
from .querysets.finding import LONGEST, SPAN


def statuses() -> dict[str, Word]:
    return _choices(Project.Status, get_language())


def strands() -> dict[str, Word]:
    return _choices(Project.Strand, get_language())


@lru_cache(maxsize=16)
def _choices(kind: type[TextChoices], language: str) -> dict[str, Word]:
    return {code: Word(number, code, str(label)) for number, (code, label) in enumerate(kind.choices)}


@cache
def spans() -> dict[str, Word]:
    """Five years each, from 2001 on, when the work began: ``2001`` → "2001–2005"."""
    return {str(year): Word(year, str(year), f"{year}–{year + SPAN - 1}") for year in range(1951, 2101, SPAN)}


def _known(vocabulary: dict[str, Word], codes: list[str]) -> list[Word]:
    return [vocabulary[code] for code in codes if code in vocabulary]


FACETS = {
    "status": (Facet.STATUS, _("Status"), statuses),
    "country": (Facet.COUNTRY, _("Country"), lambda: words("countries").by_code),
    "lives": (Facet.RESIDENCE, _("Diaspora living in"), lambda: words("countries").by_code),
    "field": (Facet.SECTOR, _("Field"), lambda: words("sectors").by_code),
    "years": (Facet.YEAR, _("Years"), spans),
    "approach": (Facet.STRAND, _("3E approach"), strands),
}


class ProjectFilter(django_filters.FilterSet):
    _kept_form_class = None

    q = django_filters.CharFilter()
    status = facets.CodesFilter()
    country = facets.CodesFilter()
    lives = facets.CodesFilter()
    field = facets.CodesFilter()
    years = facets.CodesFilter()
    approach = facets.CodesFilter()
    page = django_filters.NumberFilter(min_value=1, max_value=10_000)

    class Meta:
        model = Project
        fields = []

    def get_form_class(self):
        """The same for every request, so made once: nothing in it follows from the request."""
        kept = type(self)._kept_form_class
        if kept is None:
            kept = type(self)._kept_form_class = super().get_form_class()
        return kept

    @cached_property
    def asked(self) -> dict:
        """The valid part of the query string."""
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def text(self) -> str:
        return (self.asked.get("q") or "")[:LONGEST]

    @property
    def number(self) -> int:
        """Of the page that is asked for."""
        return int(self.asked.get("page") or 1)

    @cached_property
    def chosen(self) -> dict[str, list[Word]]:
        """The selected words of each facet, unknown codes left aside."""
        return {
            name: _known(vocabulary(), codes) if (codes := self.asked.get(name)) else []
            for name, (_kind, _label, vocabulary) in FACETS.items()
        }

    @property
    def tokens(self) -> dict[Facet, list[int]]:
        """What the projects are narrowed to: facet → tokens, any of which will do."""
        kinds = {FACETS[name][0]: chosen for name, chosen in self.chosen.items() if chosen}
        return {kind: [kind.token(word.id) for word in chosen] for kind, chosen in kinds.items()}

    def groups(self, found: Found) -> list[facets.Group]:
        return [
            facets.group(
                name,
                str(label),
                vocabulary(),
                found.counts,
                start=kind.token(0),
                checked={word.code for word in self.chosen[name]},
                sampled=kind in found.sampled,
            )
            for name, (kind, label, vocabulary) in FACETS.items()
        ]
