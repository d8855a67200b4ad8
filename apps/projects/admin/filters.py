from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core import vocabulary

from ..models import Facet
from ..querysets.finding import KIND


class CountryFilter(admin.SimpleListFilter):
    """The countries of action of the projects that one runs."""

    title, parameter_name = _("country"), "country"

    def lookups(self, request, model_admin):
        known = vocabulary.named("countries", model_admin.get_queryset(request).countries_of_action())
        return sorted(((str(word.id), word.name) for word in known), key=lambda choice: choice[1])

    def choices(self, changelist):
        """As Django's, which writes the rest of the address anew for each of sixty links."""
        offered = super().choices(changelist)
        if changelist.add_facets:
            yield from offered
            return
        yield (everything := next(offered))
        rest, chosen = everything["query_string"], self.value()
        start = f"{rest}{'' if rest == '?' else '&'}{self.parameter_name}="
        for value, name in self.lookup_choices:
            yield {"selected": chosen == value, "query_string": f"{start}{value}", "display": name}

    def queryset(self, request, queryset):
        value = self.value() or ""
        if not value.isdecimal():
            return queryset
        return queryset.filter(facets__contains=[Facet.COUNTRY.token(int(value) % KIND)])


class MineFilter(admin.SimpleListFilter):
    title, parameter_name = _("team"), "team"

    def lookups(self, request, model_admin):
        return [("mine", _("I am in it"))]

    def queryset(self, request, queryset):
        return queryset.filter(team__user=request.user) if self.value() == "mine" else queryset
