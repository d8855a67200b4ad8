from django.db import models
from django.db.models import Q
from django.utils.translation import get_language


class PageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def search(self, text: str):
        """Pages whose title, opening or text hold every word, in the reader's language."""
        language = get_language()
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(**{f"title_{language}__icontains": word})
                | Q(**{f"lead_{language}__icontains": word})
                | Q(**{f"body_{language}__icontains": word})
            )
        return found
