from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.generic import ListView

from apps.core import audit
from apps.core.facets import pager

from .. import numbers
from ..models import Figure, Indicator
from ..permissions import can_see_what_is_private


@method_decorator(login_not_required, name="dispatch")
class NumberPage(ListView):
    """Public: what stands behind a number. Records and the choice of a day are for the project's team."""

    template_name = "projects/number.html"
    paginate_by = 50

    @cached_property
    def indicator(self):
        indicators = Indicator.objects.visible_to(self.request.user).select_related("project")
        return get_object_or_404(indicators, pk=self.kwargs["pk"])

    @cached_property
    def is_team(self):
        return can_see_what_is_private(self.request.user, self.indicator.project)

    @cached_property
    def number(self):
        day = asked_day(self.request.GET.get("day", "")) if self.is_team else localdate()
        (number,) = numbers.achieved(Indicator.objects.one(self.indicator.pk), at=day, in_full=self.is_team)
        return number

    def get_queryset(self):
        counter = self.number.counter
        if not (counter and self.is_team):
            return Indicator.objects.none()
        if counter.counts_people:
            audit.read(actor=self.request.user, person=None, what="listed", target=self.indicator, counter=counter.key)
        return counter.seen_by(self.request.user, self.indicator.project_id, self.number.at)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        return context | {
            "number": self.number,
            "project": self.indicator.project,
            "is_team": self.is_team,
            "today": localdate(),
            "rows": [self.number.counter.told(record) for record in page],
            "pager": pager(self.request.GET, page.number, page.paginator.num_pages),
            "reported": [
                (figure, numbers.in_words(figure.value, figure.bound), numbers.reported(figure))
                for figure in Figure.objects.of_indicator(self.indicator).newest_first()
            ],
        }


def asked_day(text: str):
    """The day of the address; today where it names none, or one to come."""
    try:
        return min(forms.DateField().clean(text), localdate())
    except ValidationError:
        return localdate()
