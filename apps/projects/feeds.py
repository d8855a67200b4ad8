"""News of projects for feed readers, in the language of the address."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .models import Project

MOST = 30


class ProjectFeed(Feed):
    """The newest public projects; nobody's own drafts, whoever asks."""

    feed_type = Atom1Feed

    def title(self):
        return _("Projects of IOM Belgium and Luxembourg with diaspora communities")

    subtitle = title

    def link(self):
        return reverse("projects:project-list")

    def feed_url(self):
        return reverse("projects:feed")

    def items(self):
        return Project.objects.published().for_list().order_by("-public_from")[:MOST]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.lead

    def item_pubdate(self, item):
        return item.public_from

    def item_updateddate(self, item):
        return max(item.changed_at, item.public_from)

    def item_guid(self, item):
        return item.get_absolute_url()


feed = login_not_required(require_safe(ProjectFeed()))
