"""Rewrite what each audience may find of a person. Called in the transaction of every change of a profile."""

import json
from collections.abc import Iterator

from django.db import connection, transaction
from psycopg2.extras import execute_values

from apps.core.text import fold
from apps.core.towns import every_name

from ..models import COUNTRIES, PARTS, Audience, DirectoryEntry, Facet, Profile

OFFERS = {
    1: "offers_assignments",
    2: "offers_remote",
    3: "offers_talks",
    4: "offers_mentoring",
}
LANGUAGES = ("en", "fr", "nl", "de")

ROW = """(%s, %s, %s, %s, %s, %s, %s::int[], %s,
    setweight(to_tsvector('portal_simple', %s), 'A')
    || setweight(to_tsvector('portal_simple', %s) || to_tsvector(%s::regconfig, %s), 'B')
    || setweight(array_to_tsvector(%s::text[]) || to_tsvector('portal_simple', %s), 'C')
    || setweight(to_tsvector('portal_simple', %s) || to_tsvector(%s::regconfig, %s), 'D'))"""
WRITE = """
    INSERT INTO members_directoryentry
        (profile_id, audience, is_expert, name_key, quality, changed_at, facets, card, document)
    VALUES %s
    ON CONFLICT (profile_id, audience) DO UPDATE SET
        is_expert = EXCLUDED.is_expert, name_key = EXCLUDED.name_key, quality = EXCLUDED.quality,
        changed_at = EXCLUDED.changed_at, facets = EXCLUDED.facets, card = EXCLUDED.card, document = EXCLUDED.document
"""


@transaction.atomic
def refresh(profile: Profile) -> None:
    """Bring a member's directory entries to what the profile says now; entries of a lost audience are gone at once."""
    Profile.objects.select_for_update().get(pk=profile.pk)  # nothing older may be written after something newer
    profile = Profile.objects.with_everything().get(pk=profile.pk)
    audiences = _audiences(profile)
    DirectoryEntry.objects.filter(profile=profile).exclude(audience__in=audiences).delete()
    _write([_row(profile, audience) for audience in audiences])


def rebuild(batch: int = 500) -> Iterator[int]:
    """Rewrite every entry, a batch a transaction, while the directory stays open; yields how many profiles are done.

    Needed when a term's name has changed: documents hold the names of places and fields.
    """
    after = done = 0
    while True:
        with transaction.atomic():
            # Locked, so that nobody's newer choice is overwritten by what was read a moment before.
            profiles = list(
                Profile.objects.to_be_found()
                .select_for_update(of=("self",))
                .filter(pk__gt=after)
                .order_by("pk")[:batch]
            )
            if not profiles:
                return
            people = Profile.objects.with_everything().in_bulk([profile.pk for profile in profiles]).values()
            wanted = {(profile.pk, audience): profile for profile in people for audience in _audiences(profile)}
            for entry in DirectoryEntry.objects.filter(profile__in=people):
                if (entry.profile_id, entry.audience) not in wanted:
                    entry.delete()
            _write([_row(profile, audience) for (_pk, audience), profile in wanted.items()])
        after, done = profiles[-1].pk, done + len(profiles)
        yield done


def _audiences(profile: Profile) -> list[Audience]:
    """Members find everybody who is listed for them; everyone finds the experts among those listed for everyone."""
    if not profile.user.is_active:
        return []
    wanted = {Audience.MEMBERS: profile.is_listed, Audience.PUBLIC: profile.is_expert}
    return [audience for audience, listed in wanted.items() if listed]


def _write(rows: list[list]) -> None:
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, WRITE, rows, template=ROW, page_size=len(rows))


def _row(profile: Profile, audience: Audience) -> list:
    """The values of one entry: nothing that this audience may not see goes in."""
    shown = {part for part in PARTS if profile.shows(part, audience)}
    skills = [owned for owned in profile.skills.all() if "skills" in shown]
    languages = [spoken for spoken in profile.languages.all() if "languages" in shown]
    sectors = [sector for sector in profile.sectors.all() if "sectors" in shown]
    ties = [country for country in profile.ties.all() if "ties" in shown]
    offers = [number for number, name in OFFERS.items() if "offer" in shown and getattr(profile, name)]
    headline = profile.headline if "headline" in shown else ""
    about = profile.about if "about" in shown else ""
    residence = [profile.region, profile.country] if "residence" in shown else []
    place = profile.place if "residence" in shown else ""

    facets = (
        [Facet.SECTOR.token(sector.pk) for sector in sectors]
        + [Facet.TIE.token(country.pk) for country in ties]
        + [Facet.LANGUAGE.token(spoken.language_id) for spoken in languages]
        + [Facet.OFFER.token(number) for number in offers]
        + [Facet.LIVES.token(region.pk) for region in residence[:1] if region]
        + [Facet.LIVES.token(COUNTRIES + country.pk) for country in residence[1:] if country]
    )
    card = {
        "id": profile.public_id,
        "name": profile.display_name,
        "headline": headline,
        "place": place,
        "region": residence[0].pk if residence and residence[0] else None,
        "country": residence[1].pk if residence and residence[1] else None,
        "ties": [country.pk for country in ties],
        "languages": [spoken.language_id for spoken in languages],
        "sectors": [sector.pk for sector in sectors],
        "offers": offers,
        "from": profile.available_from.isoformat() if "offer" in shown and profile.available_from else None,
        "photo": bool(profile.photo) and "photo" in shown,
    }
    places = " ".join(
        [*every_name(place), *(_names(term) for term in residence if term), *(_names(country) for country in ties)]
    )
    # "#" is no letter: nobody can write himself under a skill by typing its number.
    skill_words = sorted({f"#{number}" for owned in skills for number in owned.skill.lineage})
    config = f"portal_{profile.language}"
    return [
        profile.pk,
        audience.value,
        profile.is_expert,
        fold(profile.display_name),
        _quality(card, about, skills),
        profile.updated_at,
        facets,
        json.dumps(card, ensure_ascii=False),
        profile.display_name,
        f"{headline} {places}",
        config,
        headline,
        skill_words,
        " ".join(_names(term) for term in [*sectors, *(spoken.language for spoken in languages)]),
        about,
        config,
        about,
    ]


def _names(term) -> str:
    """A term's names in all four languages: a reader finds "Gent" and "Gand"."""
    return " ".join(dict.fromkeys(getattr(term, f"name_{code}") or "" for code in LANGUAGES))


def _quality(card: dict, about: str, skills: list) -> int:
    """How much a reader learns from the card, 0 to 10: those who tell more stand first, nobody is ranked by merit."""
    told = [card["headline"], card["place"], card["languages"], card["sectors"], card["offers"], card["photo"], about]
    return sum(bool(part) for part in told) + min(len(skills), 3)
