"""What members, and the packages that keep accounts, hold of people."""

from django.utils.translation import gettext_lazy as _

from apps.core.personal_data import declare, no_person

from .querysets.messages import told_to_its_sender

SECRET = _("a secret that only the portal may know")
INTERNAL = _("an internal number")
WHILE_ACCOUNT = _("as long as the account")

no_person("numbers of people, by field, place, language and offer", "members.DirectoryCount")
no_person("what a call, an assignment or a request asks for", "members.Criteria", "members.Criterion")
no_person("words that staff choose; on whose profile they stand is declared by itself", "members.Tag")
no_person("sessions name their owner only inside encrypted data and end after 14 days", "sessions.Session")

declare(
    "members.User",
    purpose=_("to sign in and to be written to"),
    retention=_("as long as the account; unconfirmed accounts 30 days, unused ones two years"),
    person="pk",
    export=["email", "language", "date_joined", "last_login", "warned_at", "groups"],
    anonymise=["is_active", "is_staff", "is_superuser", "is_sample"],
    exempt={"password": SECRET, "user_permissions": _("given through roles only")},
)
declare(
    "members.Profile",
    purpose=_("to be found and asked for one's skills, as far as the person wants"),
    retention=WHILE_ACCOUNT,
    person="user",
    export=[
        "user", "public_id", "language", "display_name", "other_name", "headline", "about", "photo", "country",
        "region", "place", "ties", "sectors", "offers_assignments", "offers_remote", "offers_talks", "offers_mentoring",
        "offers_training", "career_audience", "education_audience", "availability_audience", "links_audience",
        "available_from", "listing", "headline_audience", "about_audience", "photo_audience", "residence_audience",
        "ties_audience", "languages_audience", "skills_audience", "sectors_audience", "offer_audience", "created_at",
        "suspended_until", "match_pace", "matched_at", "updated_at",
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
    "members.Occupation",
    purpose=_("to show what a person does and did, and to be found by it"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "title", "organisation", "country", "started_on", "ended_on", "text"],
)
declare(
    "members.Degree",
    purpose=_("to show what a person learned, and to be found by it"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "title", "institution", "country", "year", "level"],
)
declare(
    "members.Availability",
    purpose=_("to find the calls and assignments that fit a person’s time"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "starts_on", "ends_on", "min_weeks", "max_weeks", "on_site", "remote", "countries"],
)
declare(
    "members.Availability_countries",
    purpose=_("countries that a person is ready to go to"),
    retention=WHILE_ACCOUNT,
    person="availability__profile__user",
    export=["availability", "country"],
)
declare(
    "members.Link",
    purpose=_("to show a person’s work elsewhere"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "label", "url"],
)
declare(
    "members.PrivateDocument",
    purpose=_("to have a CV and certificates at hand when a call asks for them"),
    retention=_("until the person removes it, and as long as the account"),
    person="profile__user",
    export=["profile", "kind", "name", "file", "content_type", "size", "for_iom", "uploaded_at"],
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
        ["audience", "is_expert", "name_key", "quality", "changed_at", "document", "facets", "card", "shelf"],
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
    retention=_("90 days; reported ones until 90 days after the report is closed"),
    person="sender",
    export=["sender", "subject", "text", "sent_at"],
    exempt={"recipient": _("another person's account"), "answers": INTERNAL},
    copied=told_to_its_sender,
)
declare(
    "members.Follow",
    purpose=_("to be told of news of a country or a field of work"),
    retention=_("until the person stops following"),
    person="user",
    export=["user", "country", "sector", "at"],
)
declare(
    "members.ToldMatch",
    purpose=_("not to write twice about the same thing that looks for people"),
    retention=_("as long as that thing asks for people, at most as long as the account"),
    person="profile__user",
    export=["profile", "criteria", "at"],
)
declare(
    "members.Block",
    purpose=_("not to be seen by somebody; the other is not told"),
    retention=_("until the person takes it back"),
    person="blocker",
    export=["blocker", "at"],
    exempt={"blocked": _("another person's account")},
)
declare(
    "members.MessageReport",
    purpose=_("to look into a message that its reader reported"),
    retention=_("90 days after it is closed"),
    person="message__recipient",
    export=["reason", "state", "at", "closed_at"],
    exempt={
        "message": INTERNAL,
        "answer": _("what staff decided about another person"),
        "closed_by": _("another person's account"),
    },
)
declare(
    "members.DataGrant",
    purpose=_("to prove what was shared with whom, with whose agreement, and when that was taken back"),
    retention=WHILE_ACCOUNT,
    person="user",
    export=["user", "to", "parts", "purpose", "wording", "language", "given_at", "until", "withdrawn_at"],
)
declare(
    "members.DataExport",
    purpose=_("to hand a person the copy of his data"),
    retention=_("the file 7 days; that there was one as long as the account"),
    person="user",
    export=["user", "state", "asked_at", "ready_at", "expires_at"],
    exempt={
        "file": _("the copy itself"),
        "done": _("how far a worker has come"),
        "lease_until": _("how far a worker has come"),
    },
)
declare(
    "members.Erasure",
    purpose=_("to delete an account when its owner wants so, and to let him change his mind"),
    retention=_("14 days"),
    person="user",
    export=["user", "asked_at", "due_at"],
    exempt={"cancel_key": SECRET},
)
declare(
    "members.ErasedAccount",
    purpose=_("to erase an account again when a backup is restored that still has it"),
    retention=_("for good"),
    person="",
    exempt=dict.fromkeys(["user_id", "erased_at"], _("a number that leads to nobody any more")),
)
declare(
    "members.StaffNote",
    purpose=_("what the team wants to remember of a person: a talk, an agreement, an advice"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["profile", "unit", "text", "at"],
    exempt={"author": _("another person's account")},
)
declare(
    "members.Tag_profiles",
    purpose=_("words by which the team finds profiles again"),
    retention=WHILE_ACCOUNT,
    person="profile__user",
    export=["tag", "profile"],
)
declare(
    "members.SavedSearch",
    purpose=_("searches that staff keep, to ask them anew"),
    retention=WHILE_ACCOUNT,
    person="owner",
    export=["owner", "name", "query", "shared", "at"],
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
