"""Rewrite what each audience may find of a person. Called in the transaction of every change of a profile."""

import json
from collections.abc import Iterator

from django.db import connection, transaction
from psycopg2.extras import execute_values

from apps.core.text import fold
from apps.core.towns import every_name

from ..models import COUNTRIES, PARTS, Audience, DirectoryCount, DirectoryEntry, Facet, Profile
from .loading import Loader

as_json = json.JSONEncoder(ensure_ascii=False).encode

ROW = """(%s, %s::smallint, %s, %s, %s::smallint, %s, %s::int[], %s::jsonb,
    setweight(to_tsvector('portal_simple', %s), 'A')
    || setweight(to_tsvector('portal_simple', %s) || to_tsvector(%s::regconfig, %s), 'B')
    || setweight(array_to_tsvector(%s::text[]) || to_tsvector('portal_simple', %s), 'C')
    || setweight(to_tsvector('portal_simple', %s) || to_tsvector(%s::regconfig, %s), 'D'))"""
# What is right already is left out before it meets the conflict: that locks a row even where nothing is then written.
WRITE = """
    WITH told (profile_id, audience, is_expert, name_key, quality, changed_at, facets, card, document)
        AS MATERIALIZED (VALUES %s)
    INSERT INTO members_directoryentry
        (profile_id, audience, is_expert, name_key, quality, changed_at, facets, card, document)
    SELECT told.* FROM told LEFT JOIN members_directoryentry AS entry USING (profile_id, audience)
    WHERE (told.is_expert, told.name_key, told.quality, told.changed_at, told.facets, told.card, told.document)
        IS DISTINCT FROM (entry.is_expert, entry.name_key, entry.quality, entry.changed_at, entry.facets, entry.card,
            entry.document)
    ON CONFLICT (profile_id, audience) DO UPDATE SET
        is_expert = EXCLUDED.is_expert, name_key = EXCLUDED.name_key, quality = EXCLUDED.quality,
        changed_at = EXCLUDED.changed_at, facets = EXCLUDED.facets, card = EXCLUDED.card, document = EXCLUDED.document
"""


@transaction.atomic
def refresh(profile: Profile) -> None:
    """Bring a member's directory entries to what the profile says now; entries of a lost audience are gone at once."""
    Profile.objects.select_for_update().get(pk=profile.pk)  # nothing older may be written after something newer
    profile = Profile.objects.with_everything().get(pk=profile.pk)
    DirectoryEntry.objects.filter(profile=profile).exclude(audience__in=_audiences(profile)).delete()
    _write(_rows(profile, _audiences(profile)))


def rebuild(batch: int = 500, after: int = 0, until: int | None = None) -> Iterator[int]:
    """Rewrite every entry, a batch a transaction, while the directory stays open; yields how many profiles are done.

    ``after`` and ``until`` name a part of them by their numbers, so that several processes can share the work.

    Needed when a term's name has changed: documents hold the names of places and fields.
    """
    loader, done = Loader(), 0
    while True:
        with transaction.atomic():
            # Locked, so that nobody's newer choice is overwritten by what was read a moment before.
            ahead = Profile.objects.to_be_found().filter(pk__gt=after).order_by("pk")
            ahead = ahead if until is None else ahead.filter(pk__lte=until)
            pks = list(ahead.select_for_update(of=("self",)).values_list("pk", flat=True)[:batch])
            if not pks:
                break
            rewrite(loader, pks)
        after, done = pks[-1], done + len(pks)
        yield done
    fold_counts()


def rewrite(loader: Loader, pks: list[int]) -> None:
    """Bring the entries of many to what their profiles say, which the transaction at hand has locked or written."""
    wanted = {profile: _audiences(profile) for profile in loader.profiles(pks)}
    right = {(profile.pk, audience) for profile, audiences in wanted.items() for audience in audiences}
    there = DirectoryEntry.objects.filter(profile__in=pks).values_list("profile", "audience")
    DirectoryEntry.objects.filter(pk__in=list(set(there) - right)).delete()
    _write([row for profile, audiences in wanted.items() for row in _rows(profile, audiences)])


def fold_counts() -> None:
    """Keep the table of counts small: its triggers only ever add rows, so that nobody who saves waits for another."""
    DirectoryCount.objects.fold()


def _audiences(profile: Profile) -> list[Audience]:
    """Members find everybody who is listed for them; everyone finds the experts among those listed for everyone."""
    if not profile.is_showing:
        return []
    wanted = {Audience.MEMBERS: profile.is_listed, Audience.PUBLIC: profile.is_expert}
    return [audience for audience, listed in wanted.items() if listed]


def _write(rows: list[list]) -> None:
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, WRITE, rows, template=ROW, page_size=len(rows))


def _rows(profile: Profile, audiences: list[Audience]) -> list[list]:
    """The values of a member's entries, from a profile whose rows have been loaded with it."""
    return [_row(profile, profile._prefetched_objects_cache, audience) for audience in audiences]


def _row(profile: Profile, owned: dict[str, list], audience: Audience) -> list:
    """The values of one entry: nothing that this audience may not see goes in."""
    shown = {part for part in PARTS if profile.shows(part, audience)}
    skills = owned["skills"] if "skills" in shown else []
    languages = owned["languages"] if "languages" in shown else []
    sectors = owned["sectors"] if "sectors" in shown else []
    ties = owned["ties"] if "ties" in shown else []
    offers = [offer.value for offer in profile.offers if "offer" in shown]
    jobs = owned["occupations"] if "career" in shown else []
    degrees = owned["degrees"] if "education" in shown else []
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
        "other_name": profile.other_name,
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
    skill_words = sorted({f"#{number}" for skill in skills for number in skill.skill.lineage})
    told = "\n".join(
        [about]
        + [f"{job.title}, {job.organisation}" for job in jobs]
        + [f"{degree.title}, {degree.institution}" for degree in degrees]
    )
    config = f"portal_{profile.language}"
    return [
        profile.pk,
        audience.value,
        profile.is_expert,
        fold(profile.display_name),
        _quality(card, [about, jobs, degrees], skills),
        profile.updated_at,
        facets,
        as_json(card),
        f"{profile.display_name} {profile.other_name}",
        f"{headline} {places}",
        config,
        headline,
        skill_words,
        " ".join(_names(term) for term in [*sectors, *(spoken.language for spoken in languages)]),
        told,
        config,
        told,
    ]


def _names(term) -> str:
    """A term's names in all four languages: a reader finds "Gent" and "Gand"."""
    return " ".join(dict.fromkeys([term.name_en or "", term.name_fr or "", term.name_nl or "", term.name_de or ""]))


def _quality(card: dict, told: list, skills: list) -> int:
    """How much a reader learns, 0 to 12: those who tell more stand first, nobody is ranked by merit."""
    shown = ["headline", "place", "languages", "sectors", "offers", "photo"]
    return sum(bool(part) for part in [*told, *(card[name] for name in shown)]) + min(len(skills), 3)
