"""What members, and the packages that keep accounts, hold of people."""

from django.utils.translation import gettext_lazy as _

from apps.core.personal_data import declare, no_person

SECRET = _("a secret that only the portal may know")
INTERNAL = _("an internal number")
WHILE_ACCOUNT = _("as long as the account")

no_person("sessions name their owner only inside encrypted data and end after 14 days", "sessions.Session")

declare(
    "members.User",
    purpose=_("to sign in and to be written to"),
    retention=_("as long as the account; unconfirmed accounts 30 days"),
    person="pk",
    export=["email", "language", "date_joined", "last_login", "groups"],
    anonymise=["is_active", "is_staff", "is_superuser", "is_sample"],
    exempt={"password": SECRET, "user_permissions": _("given through roles only")},
)
declare(
    "members.Profile",
    purpose=_("to be found and asked for one's skills, as far as the person wants"),
    retention=WHILE_ACCOUNT,
    person="user",
    export=[
        "user", "public_id", "language", "display_name", "headline", "about", "photo", "country", "region", "place",
        "ties", "sectors", "offers_assignments", "offers_remote", "offers_talks", "offers_mentoring",
        "available_from", "listing", "headline_audience", "about_audience", "photo_audience", "residence_audience",
        "ties_audience", "languages_audience", "skills_audience", "sectors_audience", "offer_audience", "created_at",
        "updated_at",
    ],
)  # fmt: skip
declare(
    "members.Profile_ties",
    purpose=_("places a person is connected to, with a consent of its own"),
    retention=_("until the consent is taken back"),
    person="profile__user",
    export=["profile", "country"],
)
declare(
    "members.Profile_sectors",
    purpose=_("to be found by field of work"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "sector"],
)
declare(
    "members.ProfileLanguage",
    purpose=_("to be found by language"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "language", "level"],
)
declare(
    "members.ProfileSkill",
    purpose=_("to be found by skill"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "skill", "level", "years"],
)
declare(
    "members.ProfileOpening",
    purpose=_("to see that nobody reads the directory through"),
    retention=_("90 days"),
    person="reader",
    export=["reader", "day"],
    exempt={"profile": _("another person's profile")},
)
declare(
    "members.DirectoryEntry",
    purpose=_("a copy of the profile for each audience, made to be searched"),
    retention=_("as long as the profile is listed"),
    person="profile__user",
    anonymise=["profile"],
    exempt=dict.fromkeys(
        ["audience", "is_expert", "name_key", "quality", "changed_at", "document", "facets", "card"],
        _("made from the profile, which is in the download"),
    ),
)
declare(
    "members.Consent",
    purpose=_("to prove what was agreed, in which words, and when it was taken back"),
    retention=WHILE_ACCOUNT,
    person="user",
    export=["user", "purpose", "given", "wording", "language", "at"],
)
declare(
    "members.Message",
    purpose=_("to carry messages between members without showing addresses"),
    retention=_("90 days"),
    person="sender",
    export=["sender", "subject", "text", "sent_at"],
    exempt={"recipient": _("another person's account"), "answers": INTERNAL},
)
declare(
    "members.User_groups",
    purpose=_("the roles of staff"),
    retention=WHILE_ACCOUNT,
    person="user",
    export=["user", "group"],
)
declare(
    "members.User_user_permissions",
    purpose=_("not used: rights come with roles"),
    retention=WHILE_ACCOUNT,
    person="user",
    anonymise=["user", "permission"],
)
declare(
    "admin.LogEntry",
    purpose=_("to show who changed what in the administration"),
    retention=_("three years"),
    person="user",
    export=["action_time", "action_flag", "object_repr"],
    exempt={
        "user": INTERNAL,
        "content_type": INTERNAL,
        "object_id": INTERNAL,
        "change_message": _("names of changed fields"),
    },
)
declare(
    "account.EmailAddress",
    purpose=_("to know that an address is confirmed"),
    retention=WHILE_ACCOUNT,
    person="user",
    export=["user", "email", "verified", "primary"],
)
declare(
    "account.EmailConfirmation",
    purpose=_("not used: addresses are confirmed by code"),
    retention=_("none is kept"),
    person="email_address__user",
    export=["created", "sent"],
    exempt={"email_address": INTERNAL, "key": SECRET},
)
declare(
    "mfa.Authenticator",
    purpose=_("the second step of signing in"),
    retention=_("until the person removes it"),
    person="user",
    export=["user", "type", "created_at", "last_used_at"],
    exempt={"data": SECRET},
)
declare(
    "usersessions.UserSession",
    purpose=_("to show a person where he is signed in"),
    retention=_("until the session ends"),
    person="user",
    export=["user", "created_at", "ip", "last_seen_at", "user_agent"],
    exempt={"session_key": SECRET, "data": INTERNAL},
)
