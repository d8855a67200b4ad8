from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from apps.members.models import Profile
from apps.projects.sitemaps import Projects

from . import country
from .models import Page


class Doors(Sitemap):
    i18n = alternates = True

    def items(self):
        return ["portal:home", "members:directory", "projects:project-list", "portal:countries"]

    def location(self, item):
        return reverse(item)


class Pages(Sitemap):
    i18n = alternates = True

    def items(self):
        return Page.objects.order_by("slug")

    def lastmod(self, item):
        return item.changed_at


class Experts(Sitemap):
    """People who chose to be found by everyone."""

    i18n = alternates = True
    limit = 1000

    def items(self):
        return Profile.objects.public_experts().order_by("pk").only("public_id", "updated_at")

    def lastmod(self, item):
        return item.updated_at


class Countries(Sitemap):
    """Those where something happens for everyone."""

    i18n = alternates = True

    def items(self):
        return [place.code for place in country.places(AnonymousUser())]

    def location(self, item):
        return country.address(item)


SITEMAPS = {"doors": Doors, "pages": Pages, "experts": Experts, "projects": Projects, "countries": Countries}
