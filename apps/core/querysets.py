from django.db import models
from django.db.models import Q

from .text import fold


class TermQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def offered(self, kept=()):
        """What a form offers: the terms in use, and the retired ones that the record at hand still has."""
        return self.filter(Q(active=True) | Q(pk__in=[term.pk for term in kept if term]))

    def by_name(self) -> list:
        """The terms in the reader's alphabet, accents and case aside; a list, for these tables are short."""
        return sorted(self, key=lambda term: (fold(term.name), term.name))

    def visible_to(self, user):
        return self


def numbers_in(text: str) -> list[int]:
    """The words of a search that may be numbers of accounts."""
    return [int(word) for word in text.split() if word.isdecimal() and len(word) < 19]


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("core.view_auditentry") else self.none()

    def readings(self):
        """Openings of personal data, as opposed to deeds."""
        return self.filter(verb__startswith=f"{self.model.READ}.")

    def about(self, user):
        return self.filter(person_id=user.pk)

    def done_by(self, user, verb):
        return self.filter(actor_id=user.pk, verb=verb)

    def telling(self, text):
        """Every word is the number of an account, an object or a request, or stands in what was done.

        What concerns a person is found by the account's number alone, for which a purpose is asked; the number of a
        profile would go round it.
        """
        found = self
        for word in text.split():
            said = Q(target_id=word, person_id=None) | Q(request_id=word) | Q(verb__icontains=word)
            for number in numbers_in(word):
                said |= Q(actor_id=number) | Q(person_id=number)
            found = found.filter(said)
        return found

    def since(self, moment):
        return self.filter(at__gte=moment)

    def by_reader(self):
        """Rows of who, which verb, how many times."""
        rows = self.filter(actor_id__isnull=False).order_by().values_list("actor_id", "verb")
        return rows.annotate(times=models.Count("pk"))

    def before(self, moment):
        return self.filter(at__lt=moment)
