from django.contrib import admin
from django.db.models import Case, F, Value, When
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core.admin import PersonalDataMixin, ReadOnlyAdmin

from ..forms.staff import LISTED_FOR
from ..models import PARTS, Audience, Profile
from ..querysets.profiles import LATEST_STUDY, LATEST_WORK
from ..querysets.staff import shown
from ..templatetags.profiles import free, studied, worked
from .dossier import DossierMixin
from .exporting import ExportMixin
from .searching import Asked, SavedSearchesMixin, WordSearch

#: how somebody comes in a time in which he is free: on site, at a distance
WAYS = {
    (True, True): _("on site or at a distance"),
    (True, False): _("on site"),
    (False, True): _("at a distance"),
    (False, False): "",
}


@admin.register(Profile)
class ProfileAdmin(PersonalDataMixin, WordSearch, SavedSearchesMixin, DossierMixin, ExportMixin, ReadOnlyAdmin):
    """Read only, and a part that its owner shows to nobody is not here, whatever the reader's role.

    What staff add beside a profile (notes, tags, saved searches) goes through services.
    """

    list_display = ["display_name", "seen_headline", "residence", "offer", "listed_for", "updated_at"]
    list_filter = [Asked]
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["country"]
    search_fields = ["display_name"]  # so that there is a search; see WordSearch
    search_help_text = _("A name, or words of what the profile tells the team.")
    ordering = ["-updated_at", "-pk"]
    fields_of_part = {
        "headline": ["headline"],
        "about": ["text"],
        "photo": ["picture"],
        "residence": ["residence", "region", "place"],
        "ties": ["ties"],
        "languages": ["spoken"],
        "skills": ["able"],
        "sectors": ["sectors"],
        "career": ["worked"],
        "education": ["studied"],
        "offer": ["offer", "available_from"],
        "availability": ["free"],
        "links": ["links"],
    }

    def person_of(self, obj):
        return obj.user_id

    def get_queryset(self, request):
        headline = Case(When(shown("headline"), then=F("headline")), default=Value(""))
        return super().get_queryset(request).annotate(seen_headline=headline)

    def view_on_site(self, profile):
        return profile.get_absolute_url() if profile.is_listed and profile.is_showing else None

    def get_fields(self, request, obj=None):
        open_parts = [part for part in PARTS if obj and obj.shows(part, Audience.IOM)]
        account = ["account"] if request.user.has_perm("members.view_user") else []
        contact = ["contact"] if request.user.has_perm("members.contact_profile") else []
        parts = [name for part in open_parts for name in self.fields_of_part[part]]
        names = ["display_name", "other_name", *(_away(obj) if obj else [])]
        return [*names, *contact, *account, "listed_for", *parts, "created_at", "updated_at"]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    def ask(self, request, title, form, *, kept=(), people=0):
        """A page of one form, for what the page before could not take; what was chosen waits in hidden fields."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "kept": kept,
            "people": people,
        }
        return TemplateResponse(request, "admin/members/ask.html", context)

    @admin.display(description=_("headline"))
    def seen_headline(self, profile):
        return profile.seen_headline

    @admin.display(description=_("about"))
    def text(self, profile):
        return profile.about

    @admin.display(description=_("listed for"), ordering="listing")
    def listed_for(self, profile):
        return dict(LISTED_FOR)[profile.listing]

    @admin.display(description=_("lives in"))
    def residence(self, profile):
        return profile.country if profile.shows("residence", Audience.IOM) else None

    @admin.display(description=_("offers"))
    def offer(self, profile):
        if not profile.shows("offer", Audience.IOM):
            return ""
        return ", ".join(str(self.opts.get_field(offer.field).verbose_name) for offer in profile.offers)

    @admin.display(description=_("address"))
    def contact(self, profile):
        return profile.user.email

    @admin.display(description=_("account"))
    def account(self, profile):
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:members_user_change", args=[profile.user_id]),
            gettext("Account %(number)s") % {"number": profile.user_id},
        )

    @admin.display(description=_("account"))
    def closed(self, profile):
        return _("This account is closed")

    @admin.display(description=_("deleted at"))
    def deleted_at(self, profile):
        return date_format(localtime(profile.user.erasure.due_at), gettext("j F Y, H:i"))

    @admin.display(description=_("photo"))
    def picture(self, profile):
        if not profile.photo:
            return _("None yet.")
        url = reverse("admin:members_profile_photo", args=[profile.pk])
        return format_html('<img class="photo" src="{}" alt="{}" width="120" height="120">', url, profile.display_name)

    @admin.display(description=_("languages"))
    def spoken(self, profile):
        return _lines(profile.languages.select_related("language"))

    @admin.display(description=_("skills"))
    def able(self, profile):
        return _lines(profile.skills.select_related("skill"))

    @admin.display(description=_("work"))
    def worked(self, profile):
        jobs = profile.occupations.select_related("country").order_by(*LATEST_WORK)
        return _lines(_told(job.title, worked(job), job.text) for job in jobs)

    @admin.display(description=_("degrees and training"))
    def studied(self, profile):
        degrees = profile.degrees.select_related("country").order_by(*LATEST_STUDY)
        return _lines(_told(degree.title, _studied(degree)) for degree in degrees)

    @admin.display(description=_("free"))
    def free(self, profile):
        windows = profile.availabilities.prefetch_related("countries").order_by("starts_on", "pk")
        return _lines(
            _told(
                free(window),
                WAYS[window.on_site, window.remote],
                *_weeks(window),
                ", ".join(map(str, window.countries.all())),
            )
            for window in windows
        )

    @admin.display(description=_("links"))
    def links(self, profile):
        return _lines(_told(link.label, link.url) for link in profile.links.order_by("pk"))


def _away(profile) -> list[str]:
    """What says why nobody finds the profile: it is hidden for a time, or its account is closed and perhaps to go."""
    if profile.is_showing:
        return []
    if profile.user.is_active:
        return ["suspended_until"]
    return ["closed", "deleted_at"] if hasattr(profile.user, "erasure") else ["closed"]


def _told(*said) -> str:
    """A row of a profile in one line, as its page tells it."""
    return " · ".join(str(word) for word in said if word)


def _weeks(window) -> list[str]:
    least = ngettext("at least %(weeks)s week", "at least %(weeks)s weeks", window.min_weeks or 0)
    most = ngettext("at most %(weeks)s week", "at most %(weeks)s weeks", window.max_weeks or 0)
    told = [(window.min_weeks, least), (window.max_weeks, most)]
    return [words % {"weeks": weeks} for weeks, words in told if weeks]


def _studied(degree) -> str:
    level = gettext(", European level %(level)s") % {"level": degree.level} if degree.level else ""
    return f"{studied(degree)}{level}".removeprefix(", ")


def _lines(rows):
    return format_html_join("", "<div>{}</div>", ((row,) for row in rows)) or "-"
