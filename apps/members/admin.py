"""What staff see of people: accounts and their roles, profiles as far as the IOM team may, the ledger of consents.

Messages between members are private and have no place here.
"""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.admin import HouseAdmin, PersonalDataMixin, ReadOnlyAdmin
from apps.core.files import private
from apps.core.text import fold
from apps.core.vocabulary import Word, words

from .models import PARTS, Audience, Consent, Profile, User
from .services import directory

LISTED_FOR = [
    (Audience.ONLY_ME.value, _("Nobody")),
    (Audience.MEMBERS.value, _("Members")),
    (Audience.PUBLIC.value, _("Everyone")),
]
OFFERS = ["offers_assignments", "offers_remote", "offers_talks", "offers_mentoring"]


def _offered(chosen: admin.SimpleListFilter) -> bool:
    """Is the value of the address line one that the filter offers? Anything else filters nothing."""
    return chosen.value() in {str(value) for value, _label in chosen.lookup_choices}


class RoleFilter(admin.SimpleListFilter):
    title, parameter_name = _("role"), "role"

    def lookups(self, request, model_admin):
        return [(str(role.pk), gettext(role.name)) for role in Group.objects.order_by("pk")]

    def queryset(self, request, queryset):
        return queryset.filter(groups=self.value()) if _offered(self) else queryset


@admin.register(User)
class UserAdmin(PersonalDataMixin, HouseAdmin):
    """Accounts are made by people themselves and erased by them; here their roles change, and whether they are open.

    Rights come with roles only, and nobody changes his own. Who is superuser is decided on the server's console.
    """

    list_display = ["email", "name", "roles", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = [RoleFilter, "is_active", "is_staff", "language"]
    list_select_related = ["profile"]
    search_fields = ["email", "profile__display_name"]
    search_help_text = _("An address or a name.")
    ordering = ["-date_joined", "-pk"]
    fields = ["email", "profile_page", "is_active", "is_staff", "groups", "language", "date_joined", "last_login"]
    readonly_fields = ["email", "profile_page", "language", "date_joined", "last_login"]

    def person_of(self, obj):
        return obj.pk

    def get_queryset(self, request):
        roles = Group.objects.filter(user=OuterRef("pk")).order_by("name").values("name")
        return super().get_queryset(request).annotate(role_names=ArraySubquery(roles))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (obj != request.user and (request.user.is_superuser or not obj.is_superuser))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs, widget=CheckboxSelectMultiple)
        field.label_from_instance = lambda role: gettext(role.name)
        field.label, field.help_text = _("Roles"), _("What this person may look after here.")
        return field

    def save_model(self, request, obj, form, change):
        obj.save(update_fields=["is_active", "is_staff"])  # what its owner changes meanwhile stays his
        if profile := Profile.objects.filter(user=obj).first():
            directory.refresh(profile)  # a closed account leaves the directory at once, an opened one comes back

    def record(self, request, obj, deed, **detail):
        rights = {"active": obj.is_active, "staff": obj.is_staff, "roles": [role.name for role in obj.groups.all()]}
        super().record(request, obj, deed, **detail, **rights)

    @admin.display(description=_("name"), ordering="profile__display_name")
    def name(self, user):
        return user.profile.display_name if hasattr(user, "profile") else ""

    @admin.display(description=_("roles"))
    def roles(self, user):
        return ", ".join(gettext(name) for name in user.role_names)

    @admin.display(description=_("profile"))
    def profile_page(self, user):
        if not hasattr(user, "profile"):
            return _("None yet.")
        url = reverse("admin:members_profile_change", args=[user.profile.pk])
        return format_html('<a href="{}">{}</a>', url, user.profile.display_name)


# --- profiles: what the IOM team may see, in the list, its search, its filters and on the page ------------------------
def shown(part: str) -> Q:
    """The profiles whose owner shows this part to the IOM team at least."""
    return Q(**{f"{part}_audience__gte": Audience.IOM})


def by_name(word: Word) -> str:
    return fold(word.name)


class ListingFilter(admin.SimpleListFilter):
    title, parameter_name = _("listed for"), "listed"

    def lookups(self, request, model_admin):
        return LISTED_FOR

    def queryset(self, request, queryset):
        known = {str(audience) for audience, _label in LISTED_FOR}
        return queryset.filter(listing=self.value()) if self.value() in known else queryset


class CountryFilter(admin.SimpleListFilter):
    title, parameter_name = _("country of residence"), "country"

    def lookups(self, request, model_admin):
        profiles = model_admin.get_queryset(request).filter(shown("residence"))
        inhabited = set(profiles.order_by().values_list("country", flat=True).distinct())
        known = [country for country in words("countries").by_id.values() if country.id in inhabited]
        return [(country.code, country.name) for country in sorted(known, key=by_name)]

    def queryset(self, request, queryset):
        return queryset.filter(shown("residence"), country__code=self.value()) if _offered(self) else queryset


class SectorFilter(admin.SimpleListFilter):
    title, parameter_name = _("field of work"), "sector"

    def lookups(self, request, model_admin):
        return [(sector.code, sector.name) for sector in sorted(words("sectors").by_id.values(), key=by_name)]

    def queryset(self, request, queryset):
        return queryset.filter(shown("sectors"), sectors__slug=self.value()) if _offered(self) else queryset


class OfferFilter(admin.SimpleListFilter):
    title, parameter_name = _("offer"), "offer"

    def lookups(self, request, model_admin):
        return [(name, Profile._meta.get_field(name).verbose_name) for name in OFFERS]

    def queryset(self, request, queryset):
        return queryset.filter(shown("offer"), **{self.value(): True}) if self.value() in OFFERS else queryset


@admin.register(Profile)
class ProfileAdmin(PersonalDataMixin, ReadOnlyAdmin):
    """Read only, and a part that its owner shows to nobody is not here, whatever the reader's role."""

    list_display = ["display_name", "seen_headline", "residence", "offer", "listed_for", "updated_at"]
    list_filter = [ListingFilter, CountryFilter, SectorFilter, OfferFilter]
    list_select_related = ["country"]
    search_fields = ["display_name", "seen_headline"]
    search_help_text = _("A name, or words of a headline.")
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
        "offer": ["offer", "available_from"],
    }

    def person_of(self, obj):
        return obj.user_id

    def get_queryset(self, request):
        headline = Case(When(shown("headline"), then=F("headline")), default=Value(""))
        return super().get_queryset(request).annotate(seen_headline=headline)

    def view_on_site(self, profile):
        return profile.get_absolute_url() if profile.is_listed else None

    def get_fields(self, request, obj=None):
        open_parts = [part for part in PARTS if obj and obj.shows(part, Audience.IOM)]
        account = ["account"] if request.user.has_perm("members.view_user") else []
        parts = [name for part in open_parts for name in self.fields_of_part[part]]
        return ["display_name", *account, "listed_for", *parts, "created_at", "updated_at"]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

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
        return ", ".join(str(self.opts.get_field(name).verbose_name) for name in OFFERS if getattr(profile, name))

    @admin.display(description=_("account"))
    def account(self, profile):
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:members_user_change", args=[profile.user_id]),
            gettext("Account %(number)s") % {"number": profile.user_id},
        )

    @admin.display(description=_("photo"))
    def picture(self, profile):
        if not profile.photo:
            return _("None yet.")
        url = reverse("admin:members_profile_photo", args=[profile.pk])
        return format_html('<img class="photo" src="{}" alt="{}" width="120" height="120">', url, profile.display_name)

    def get_urls(self):
        photo = self.admin_site.admin_view(self.photo_view)
        return [path("<int:object_id>/photo/", photo, name="members_profile_photo"), *super().get_urls()]

    def photo_view(self, request, object_id):
        return self._with_purpose(self._photo, request, str(object_id))

    def _photo(self, request, object_id):
        profile = self.get_object(request, object_id)
        if not (profile and self.has_view_permission(request, profile)):
            raise Http404
        if not (profile.photo and profile.shows("photo", Audience.IOM)):
            raise Http404
        return private(profile.photo, content_type="image/webp")

    @admin.display(description=_("languages"))
    def spoken(self, profile):
        return _lines(profile.languages.select_related("language"))

    @admin.display(description=_("skills"))
    def able(self, profile):
        return _lines(profile.skills.select_related("skill"))


def _lines(rows):
    return format_html_join("", "<div>{}</div>", ((row,) for row in rows)) or "-"


@admin.register(Consent)
class ConsentAdmin(PersonalDataMixin, ReadOnlyAdmin):
    """The ledger: every agreement and every withdrawal, in the words that were read."""

    list_display = ["at", "user", "purpose", "given", "language"]
    list_filter = ["at", "purpose", "given"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    search_help_text = _("An address.")
    ordering = ["-at", "-pk"]

    def person_of(self, obj):
        return obj.user_id
