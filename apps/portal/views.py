"""Home, the written pages, my space, search, and the small doors of the house: theme, robots, style guide."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView, TemplateView

from apps.core import personal_data
from apps.core.content import render
from apps.core.models import AuditEntry
from apps.members.models import Consent, DataExport, Message, Profile

from . import country, my_space, permissions, work
from .context import THEMES
from .models import Page
from .search import everywhere

READINGS = 3  # the latest openings of a person's data that his own page shows


@method_decorator(login_not_required, name="dispatch")
class Home(TemplateView):
    template_name = "portal/home.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, since=work.since(), years=work.years(), facts=work.facts())


@method_decorator(login_not_required, name="dispatch")
class PageView(DetailView):
    """A page that staff wrote."""

    template_name = "portal/page.html"
    context_object_name = "page"

    def get_queryset(self):
        return Page.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        register = personal_data.declarations() if self.object.slug == "privacy" else []
        return super().get_context_data(**kwargs, body=render(self.object.body), register=register)


class MySpace(TemplateView):
    """What waits for me, and my data at a glance."""

    template_name = "portal/me.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        profile = Profile.objects.of(user).with_everything().first()
        visible = Message.objects.visible_to(user)
        unanswered = visible.waiting_for(user).count()
        return super().get_context_data(
            **kwargs,
            area="me",
            profile=profile,
            waiting=my_space.waiting(profile, unanswered, DataExport.objects.visible_to(user).newest()),
            missing=profile.missing() if profile else [],
            fitting=my_space.fitting(profile),
            received=visible.received_by(user).with_people().with_answer_of(user)[:3],
            seen=my_space.who_sees(profile) if profile else [],
            readings=AuditEntry.objects.about(user).readings().order_by("-at")[:READINGS],
            consents=Consent.objects.given_by(user),
        )


@method_decorator(login_not_required, name="dispatch")
class CountryList(TemplateView):
    """Public: the countries where something happens."""

    template_name = "portal/country/countries.html"

    def get_context_data(self, **kwargs):
        found = country.places(self.request.user)
        of_action = [place for place in found if place.here]
        return super().get_context_data(
            **kwargs,
            of_action=of_action,
            of_residents=[place for place in found if place.of_residents],
            map=country.drawn(of_action),
        )


@method_decorator(login_not_required, name="dispatch")
class CountryPage(TemplateView):
    """Public: what happens for one country; where nothing happens, there is no page."""

    template_name = "portal/country/country.html"

    def get_context_data(self, **kwargs):
        user, word = self.request.user, country.of_slug(self.kwargs["slug"])
        place = word and country.Country(word, user)
        if not (place and place.parts):
            raise Http404
        has_profile = user.is_authenticated and Profile.objects.of(user).exists()
        return super().get_context_data(**kwargs, country=place, axis=country.axis(place), has_profile=has_profile)


@method_decorator(login_not_required, name="dispatch")
class SearchView(TemplateView):
    template_name = "portal/search.html"

    def get_context_data(self, **kwargs):
        text = self.request.GET.get("q", "")[:100].replace("\x00", "")
        return super().get_context_data(**kwargs, q=text, sources=everywhere(text, self.request.user))


@require_safe
def style_guide(request):
    """Every component in every state, for those who build and write the portal."""
    if not permissions.can_use_style_guide(request.user):
        raise PermissionDenied
    return TemplateResponse(request, "portal/styleguide.html")


@login_not_required
@require_POST
def set_theme(request):
    """Remember light or dark in a cookie, and go back to the page."""
    to = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        to = "/"
    response = HttpResponseRedirect(to)
    theme = request.POST.get("theme")
    if theme in THEMES:
        year = settings.LANGUAGE_COOKIE_AGE
        response.set_cookie("theme", theme, max_age=year, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


@login_not_required
@require_safe
def robots(request):
    closed = ["/admin/", "/styleguide/", "/*/accounts/", "/*/me/", "/*/search/", "/*/members/all/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
