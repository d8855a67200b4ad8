from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.db import connection, models
from django.db.models import Q

RIGHTS = """
    SELECT app_label || '.' || codename FROM auth_permission AS own
    JOIN django_content_type AS kind ON kind.id = content_type_id
    WHERE own.id IN (
        SELECT permission_id FROM members_user_user_permissions WHERE user_id = %(user)s
        UNION ALL
        SELECT permission_id FROM auth_group_permissions
        WHERE group_id IN (SELECT group_id FROM members_user_groups WHERE user_id = %(user)s)
    )
"""


def rights_of(user) -> set[str]:
    """The permissions that somebody has been given, himself or with a group; one query."""
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS, {"user": user.pk})
        return {right for (right,) in cursor.fetchall()}


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("members.view_user") else self.filter(pk=user.pk)

    def locked(self):
        """Under their locks until the transaction ends. One order everywhere, so that no two wait for each other: the
        account first, then its profile, then what hangs on that.

        The key stays free: a row that names this person, a message or a mail, asks for it at its commit, when its
        writer may hold another lock already. Only who deletes the account takes the key too.
        """
        return self.select_for_update(no_key=True)

    def followers_of(self, *, country=None, sector=None):
        """Whom an app with news of a country or of a field writes to; each person once."""
        followed = Q(country=country, country__isnull=False) | Q(sector=sector, sector__isnull=False)
        follows = apps.get_model("members", "follow").objects.filter(followed)
        return self.filter(pk__in=follows.values("user"), is_active=True)

    def staff_with(self, app, *rights):
        """Whoever may open the administration and holds one of these rights there: of a role, of his own, or all."""
        of_a_role = Q(groups__permissions__content_type__app_label=app, groups__permissions__codename__in=rights)
        own = Q(user_permissions__content_type__app_label=app, user_permissions__codename__in=rights)
        holders = self.model._base_manager.filter(of_a_role | own | Q(is_superuser=True))
        return self.filter(pk__in=holders.values("pk"), is_staff=True, is_active=True)

    def closed(self):
        return self.filter(is_active=False)

    def samples(self):
        """Invented people of the demo."""
        return self.filter(is_sample=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        """Make an account; the address is kept in lower case, as people mean it."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def of_address(self, email):
        """Whose address this is: of who has confirmed it, else of who registered with it; None: nobody's.

        Always two questions, because the time an answer takes must not tell whether somebody is known.
        """
        email = email.lower()
        confirmed = self.filter(emailaddress__email=email, emailaddress__verified=True).first()
        registered = self.filter(email=email).first()
        return confirmed or registered

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)
