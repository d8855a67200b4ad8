"""Writes on a member's own profile. Each step is one verb; each ends with the directory brought up to date."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from apps.core import audit
from apps.core.models import Country, Language, Sector, Skill

from .. import permissions
from ..models import Audience, Consent, Profile, ProfileLanguage, ProfileOpening, ProfileSkill, User
from . import consents, directory, photos


class TooManyProfiles(Exception):
    """The reader has opened as many profiles today as a member may."""


class NotAgreed(Exception):
    """Places were to be kept on the strength of a consent that is not held."""


def locked(user: User) -> Profile:
    """Return somebody's profile under its lock; whoever needs the account's as well has taken it before."""
    return Profile.objects.select_for_update().get(user=user)


def told(profile: Profile, part: str) -> None:
    directory.refresh(profile)
    audit.record(actor=profile.user, verb=f"members.{part}_saved", target=profile, person=profile.user_id)


@transaction.atomic
def save_about(*, user: User, photo=None, remove_photo: bool = False, **fields) -> Profile:
    """Save what is given of name, headline, text and residence; the first time, this makes the profile.

    The texts are taken to be in the language of the page on which they were written.

    ``photo`` is an uploaded image, checked by the form; it is stored re-encoded, without its metadata.
    """
    picture = photos.reencoded(photo) if photo else None  # before the lock: it takes a while
    profile, _new = Profile.objects.select_for_update().get_or_create(
        user=user, defaults={"display_name": fields.get("display_name", "")}
    )
    if any(getattr(profile, text) != fields[text] for text in ("headline", "about") if text in fields):
        profile.language = get_language() or user.language
    for name, value in fields.items():
        setattr(profile, name, value)
    if remove_photo or photo:
        photos.let_go(profile)
    if photo:
        profile.photo = picture
    profile.save()
    told(profile, "about")
    return profile


@transaction.atomic
def save_ties(
    *,
    user: User,
    countries: Collection[Country],
    agreed: bool,
    wording: str,
    shown: Iterable[int] | None = None,
    keep: bool = False,
) -> None:
    """Save the places a person is connected to. Without consent none are kept, and an earlier consent is taken back.

    ``keep`` says that the tick stands as the page had shown it: the consent is left as it is by now, neither given nor
    taken back; raises ``NotAgreed`` where it is not held and the tick or a place asks for it. For ``shown`` see
    ``_put``.
    """
    User.objects.locked().get(pk=user.pk)
    profile = locked(user)
    if keep and not Consent.objects.holds(user, Consent.Purpose.TIES):
        if agreed or countries:
            raise NotAgreed
    elif keep or agreed:
        if not keep:
            consents.give(user=user, purpose=Consent.Purpose.TIES, wording=wording)
        _put(profile.ties, countries, shown)
        profile.save()
        told(profile, "ties")
    else:
        consents.withdraw(user=user, purpose=Consent.Purpose.TIES, wording=wording)
        forget_ties(user=user)


@transaction.atomic
def forget_ties(*, user: User) -> None:
    """Without consent no places are kept; also called when the consent is taken back elsewhere."""
    profile = Profile.objects.select_for_update().filter(user=user).first()
    if profile is None or not (profile.ties.exists() or profile.ties_audience != Audience.ONLY_ME):
        return
    profile.ties.clear()
    profile.ties_audience = Audience.ONLY_ME
    profile.save()
    told(profile, "ties")


@transaction.atomic
def save_languages(*, user: User, levels: dict[Language, str], shown: dict[int, str] | None = None) -> None:
    """Save languages with their levels. ``shown`` is what the page had shown, by the number of the language: what is
    not in it came in elsewhere since and stays, and what still stands as in it is left as it is by now."""
    profile = locked(user)
    there = {spoken.language_id: spoken for spoken in profile.languages.all()}
    shown = {pk: spoken.level for pk, spoken in there.items()} if shown is None else shown
    for pk in there.keys() & shown.keys() - {language.pk for language in levels}:
        there[pk].delete()
    for language, level in levels.items():
        if level != shown.get(language.pk):
            ProfileLanguage.objects.update_or_create(profile=profile, language=language, defaults={"level": level})
    profile.save()
    told(profile, "languages")


@transaction.atomic
def add_skill(*, user: User, skill: Skill) -> ProfileSkill:
    """Add one skill; adding it again changes nothing."""
    profile = locked(user)
    owned, _new = ProfileSkill.objects.get_or_create(profile=profile, skill=skill)
    profile.save()
    told(profile, "skills")
    return owned


@transaction.atomic
def save_skills(*, user: User, changes: dict[int, dict], removed: Iterable[int] = ()) -> None:
    """Set level and years of skills a member has, by the id of the skill, and remove those named."""
    profile = locked(user)
    for owned in profile.skills.all():
        if owned.skill_id in removed:
            owned.delete()
        elif owned.skill_id in changes:
            owned.level, owned.years = changes[owned.skill_id]["level"], changes[owned.skill_id]["years"]
            owned.save()
    profile.save()
    told(profile, "skills")


@transaction.atomic
def save_offer(*, user: User, sectors: Iterable[Sector], shown: Iterable[int] | None = None, **fields) -> None:
    """Save what is given of an offer, and the fields of work; for ``shown`` see ``_put``."""
    profile = locked(user)
    for name, value in fields.items():
        setattr(profile, name, value)
    _put(profile.sectors, sectors, shown)
    profile.save()
    told(profile, "offer")


@transaction.atomic
def save_visibility(*, user: User, at_most: dict[str, int] | None = None, **audiences: int) -> None:
    """Save what is given of who finds the profile and who sees each part; it holds from this commit on, everywhere.

    ``at_most`` is what else stood on the page: of that, only what is narrower than by now counts.
    """
    profile = locked(user)
    narrower = {name: value for name, value in (at_most or {}).items() if value < getattr(profile, name)}
    for name, value in (narrower | audiences).items():
        setattr(profile, name, value)
    profile.save()
    told(profile, "visibility")


@transaction.atomic
def open_profile(*, reader: User, profile: Profile) -> None:
    """Count that a member opened somebody's profile today; raises ``TooManyProfiles`` past the day's number."""
    User.objects.locked().get(pk=reader.pk)
    today = timezone.localdate()
    opened = ProfileOpening.objects.filter(reader=reader, day=today)
    if opened.filter(profile=profile).exists():
        return
    if opened.count() >= permissions.PROFILES_A_DAY:
        raise TooManyProfiles
    ProfileOpening.objects.create(reader=reader, profile=profile, day=today)


def _put(own, words: Iterable, shown: Iterable[int] | None) -> None:
    """Keep these words. ``shown`` names those that the page had shown: only what differs from it is put or taken away,
    so that what was chosen elsewhere since stays as it is; without it these words are all."""
    words, there = {word.pk for word in words}, set(own.values_list("pk", flat=True))
    shown = there if shown is None else set(shown)
    own.add(*(words - shown))
    own.remove(*(there & shown - words))
