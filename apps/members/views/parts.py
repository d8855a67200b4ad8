"""The parts of a profile that hold several rows: work and study, times when somebody is free, links."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country
from apps.core.views import ServiceFormView

from ..forms import DegreeRows, LinkRows, OccupationRows, WindowRows
from ..services import career
from .steps import PartMixin


def initial_of(rows, *names: str) -> list[dict]:
    """What the rows that are there say, for a form; the words they speak of by number."""
    return [{"id": row.pk, **{name: row.serializable_value(name) for name in names}} for row in rows]


class RowsMixin(PartMixin):
    """A page of rows; what was typed is not mixed with what is stored, so that a second click is the same wish."""

    @cached_property
    def countries(self) -> list[Country]:
        return Country.objects.offered(self.kept_countries()).by_name()

    def kept_countries(self) -> list:
        return []

    def rows(self, formset, prefix, initial, **kwargs):
        if self.request.method == "POST":
            return formset(self.request.POST, prefix=prefix, **kwargs)
        return formset(prefix=prefix, initial=initial, **kwargs)


class Career(RowsMixin, ServiceFormView):
    """Two kinds of rows in one form: what somebody did, and what he learned."""

    title = _("Work and study")
    template_name = "members/steps/career.html"
    done = _("Your work and study are saved.")

    def kept_countries(self):
        return [row.country for row in (*self.profile.occupations.all(), *self.profile.degrees.all())]

    @cached_property
    def work(self):
        names = ("title", "organisation", "country", "started_on", "ended_on", "text")
        initial = initial_of(self.profile.occupations.all(), *names)
        return self.rows(OccupationRows, "work", initial, offered=self.countries)

    @cached_property
    def study(self):
        initial = initial_of(self.profile.degrees.all(), "title", "institution", "country", "year", "level")
        return self.rows(DegreeRows, "study", initial, offered=self.countries)

    def get_form(self):
        return self.work

    def get_context_data(self, **kwargs):
        kinds = [
            (self.work, _("Work"), _("Another job or engagement")),
            (self.study, _("Degrees and training"), _("Another degree or training")),
        ]
        return super().get_context_data(**kwargs, kinds=kinds)

    def post(self, request, *args, **kwargs):
        right = all([self.work.is_valid(), self.study.is_valid()])  # noqa: C419 - both show their errors
        return self.form_valid(self.work) if right else self.form_invalid(self.work)

    def save(self, form):
        career.save_career(user=self.request.user, occupations=self.work.rows(), degrees=self.study.rows())


class Availability(RowsMixin, ServiceFormView):
    title = _("When you are free")
    template_name = "members/steps/availability.html"
    done = _("The times when you are free are saved.")

    def kept_countries(self):
        return [country for window in self.profile.availabilities.all() for country in window.countries.all()]

    def get_form(self):
        windows = self.profile.availabilities.all()
        initial = initial_of(windows, "starts_on", "ends_on", "min_weeks", "max_weeks", "on_site", "remote")
        for row, window in zip(initial, windows, strict=True):
            row["countries"] = [country.pk for country in window.countries.all()]
        near = [country.pk for country in self.profile.ties.all()]
        return self.rows(WindowRows, "free", initial, offered=self.countries, near=near)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"kinds": [(context["form"], self.title, _("Another time"))]}

    def save(self, form):
        career.save_availability(user=self.request.user, windows=form.rows())


class Links(RowsMixin, ServiceFormView):
    title = _("Links")
    template_name = "members/steps/links.html"
    done = _("Your links are saved.")

    def get_form(self):
        return self.rows(LinkRows, "link", initial_of(self.profile.links.all(), "label", "url"))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"kinds": [(context["form"], self.title, _("Another link"))]}

    def save(self, form):
        career.save_links(user=self.request.user, links=form.rows())
