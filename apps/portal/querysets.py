from django.db import models
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.utils.translation import get_language

MOST_WORDS = 8


class PageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def to_translate(self):
        """Pages that lack a language, or whose text in one is older than the English."""
        return self.exclude(lacking=[], stale=[]).order_by("slug")

    def search(self, text: str):
        """Pages whose title, opening and text hold every word, as the reader sees them: in English where need be."""
        found = self.annotate(words=Concat(*map(_as_read, ("title", "lead", "body")), output_field=CharField()))
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(words__icontains=word)
        return found


def _as_read(field: str):
    """A text in the reader's language or else in English, without its markup, and a space after it."""
    own = NullIf(F(f"{field}_{get_language()}"), Value(""))
    text = Coalesce(own, F(f"{field}_en"), Value(""), output_field=CharField())
    return Concat(Func(text, Value("<[^>]+>"), Value(" "), Value("g"), function="regexp_replace"), Value(" "))
