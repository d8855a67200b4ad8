"""The search over profiles: one form above the list, and the searches that are kept and asked anew each time."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Value
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..forms.staff import SavedSearchForm, StaffSearchForm, found_by, kept, left_aside
from ..models import Profile, SavedSearch
from ..permissions import can_delete_search
from ..querysets.skills import skills_named
from ..services import staff

MOST_SHOWN = 20  # saved searches beside the list: each is counted


class Asked(admin.ListFilter):
    """Every criterion of the staff's search as one filter; the page draws its form above the list."""

    title = _("search")
    parameter_names = list(StaffSearchForm.base_fields)

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.parameter_names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = StaffSearchForm(self.used_parameters)

    def has_output(self):
        return True

    def expected_parameters(self):
        return self.parameter_names

    def choices(self, changelist):
        return []

    def queryset(self, request, queryset):
        return self.form.narrow(queryset)

    def skills(self) -> list:
        """What the typed skill may mean, nearest first: to go on with where nothing was found."""
        return skills_named(self.used_parameters.get("skill", ""), most=5)


class WordSearch:
    """The words of the search go through what each profile tells the team.

    Who is hidden for a time, or waits for the end of his account, is in no list and no search, nor in a file made of
    them: all three pass here. His page still opens by its address.
    """

    def get_search_results(self, request, queryset, search_term):
        return queryset.showing().telling(search_term), False


class SavedSearchesMixin:
    change_list_template = "admin/members/profiles.html"

    def changelist_view(self, request, extra_context=None):
        query = kept(request.GET.urlencode())
        saved = self._saved(request) if request.user.has_perm("members.view_savedsearch") else []
        context = {
            "saved": saved,
            "asked": query,
            "save_form": SavedSearchForm(initial={"query": query})
            if query and request.user.has_perm("members.add_savedsearch")
            else None,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def _saved(self, request) -> list[SavedSearch]:
        """One's own and those that colleagues share, each with the number of people whom it finds now; two queries."""
        searches = list(SavedSearch.objects.visible_to(request.user).by_name()[:MOST_SHOWN])
        profiles = Profile.objects.visible_to(request.user).showing()
        counts = [_count(search.pk, found_by(search.query, profiles)) for search in searches]
        numbers = dict(counts[0].union(*counts[1:], all=True)) if counts else {}
        for search in searches:
            search.people = numbers.get(search.pk, 0)
            search.left_aside = left_aside(search.query)
            search.may_be_deleted = can_delete_search(request.user, search)
        return searches

    def get_urls(self):
        ours = [
            ("searches/save/", self.save_search_view, "search_save"),
            ("searches/<int:search_id>/delete/", self.delete_search_view, "search_delete"),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(require_POST(view)), name=f"members_profile_{name}")
                for route, view, name in ours
            ),
            *super().get_urls(),
        ]

    def save_search_view(self, request):
        if not request.user.has_perms(["members.view_profile", "members.add_savedsearch"]):
            raise PermissionDenied
        form = SavedSearchForm(request.POST)
        if not form.is_valid():
            return self.ask(request, _("Save this search"), form)
        search = staff.save_search(owner=request.user, **form.cleaned_data)
        messages.success(request, _("The search is saved. It finds whoever fits on the day it is opened."))
        return HttpResponseRedirect(f"{reverse('admin:members_profile_changelist')}?{search.query}")

    def delete_search_view(self, request, search_id):
        search = get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=search_id)
        try:
            staff.delete_search(search=search, actor=request.user)
        except staff.NotYours as refusal:
            raise PermissionDenied from refusal
        messages.success(request, _("The saved search is gone."))
        return HttpResponseRedirect(reverse("admin:members_profile_changelist"))


def _count(number: int, profiles):
    rows = profiles.order_by().annotate(search=Value(number)).values("search")
    return rows.annotate(people=Count("pk", distinct=True)).values_list("search", "people")
