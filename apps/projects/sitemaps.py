from django.contrib.sitemaps import Sitemap

from .models import Project


class Projects(Sitemap):
    i18n = alternates = True
    limit = 1000

    def items(self):
        return Project.objects.published().for_list().order_by("pk")

    def lastmod(self, item):
        return item.changed_at
